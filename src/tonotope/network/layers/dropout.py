"""Dropout: in training, each value is set to zero by chance, so that none is relied on alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn


class Dropout(LayerStage):
    """In training each value is struck out with probability `rate`, the rest grow by 1/(1 - rate).

    In text `dropout RATE` (Srivastava et al. 2014). In use it does nothing.
    """

    kind: Literal["dropout"] = "dropout"
    rate: float = Field(ge=0, lt=1)

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return f"dropout {self.rate!r}"

    def build(self, shape: Shape) -> nn.Module:
        """`nn.Dropout`, with chance that costs less."""
        from tonotope.network.layers import modules

        return modules.Dropout(self.rate)
