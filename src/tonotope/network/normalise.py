"""Layers that keep a network's numbers in hand: batch normalisation and dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn


class BatchNorm(LayerStage):
    """Each channel is brought to mean 0 and variance 1 over the batch, then scaled and shifted.

    y = g (x - mean) / sqrt(variance + eps) + b (Ioffe & Szegedy 2015); in use, with the running
    mean and variance of training: r becomes (1 - momentum) r + momentum · batch.
    """

    kind: Literal["batchnorm"] = "batchnorm"
    eps: float = Field(default=1e-5, gt=0, le=1)
    momentum: float = Field(default=0.1, gt=0, le=1)

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        eps = "" if self.eps == 1e-5 else f" eps {self.eps!r}"
        momentum = "" if self.momentum == 0.1 else f" momentum {self.momentum!r}"
        return f"batchnorm{eps}{momentum}"

    def parameters(self, shape: Shape) -> int:
        """A scale and a shift per channel; the running mean and variance are not learnt."""
        return 2 * shape.size("channel")

    def build(self, shape: Shape) -> nn.Module:
        """`nn.BatchNorm1d` or `nn.BatchNorm2d`."""
        from torch import nn

        kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        return kind(shape.size("channel"), eps=self.eps, momentum=self.momentum)


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
        """`nn.Dropout`."""
        from torch import nn

        return nn.Dropout(self.rate)
