"""Dropout: in training, random values are set to zero, so that the network relies on none alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn


class Dropout(LayerStage):
    """In training each value becomes 0 with probability `rate`; others are divided by 1 - rate.

    In text `dropout RATE` (Srivastava et al. 2014). Outside training it does nothing.
    """

    kind: Literal["dropout"] = "dropout"
    rate: float = Field(ge=0, lt=1)

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return f"dropout {self.rate!r}"

    def build(self, shape: Shape) -> nn.Module:
        """Like `nn.Dropout`, with faster random numbers."""
        from tonotope.network.layers import modules

        return modules.Dropout(self.rate)
