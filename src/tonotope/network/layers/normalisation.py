"""Normalisation layers: batch norm by channel or by frequency; each clip by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tonotope._errors import ShapeError
from tonotope._shapes import Shape
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn


class BatchNorm(LayerStage):
    """Each channel is normalised to mean 0 and variance 1 over the batch, then scaled and shifted.

    y = g (x - mean) / sqrt(variance + eps) + b (Ioffe & Szegedy 2015). Outside training it uses
    running values of mean and variance: in training r becomes (1 - momentum) r + momentum · batch.

    In text `batchnorm [over frequency] [eps E] [momentum M]`.

    Attributes:
        over: `channel` or `frequency`, the axis whose indices are normalised one by one.
        eps: added to the variance, so that the root is never 0.
        momentum: the weight of one batch in the running values.
    """

    kind: Literal["batchnorm"] = "batchnorm"
    over: Literal["channel", "frequency"] = "channel"
    eps: float = Field(default=1e-5, gt=0, le=1)
    momentum: float = Field(default=0.1, gt=0, le=1)

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        over = "" if self.over == "channel" else f" over {self.over}"
        eps = "" if self.eps == 1e-5 else f" eps {self.eps!r}"
        momentum = "" if self.momentum == 0.1 else f" momentum {self.momentum!r}"
        return f"batchnorm{over}{eps}{momentum}"

    def out_shape(self, shape: Shape) -> Shape:
        """The same shape.

        Raises:
            ShapeError: there is no frequency axis to normalise over.
        """
        if self.over not in shape.names:
            raise ShapeError(f"finds no {self.over} axis in {shape}: `batchnorm` fits")
        return shape

    def parameters(self, shape: Shape) -> int:
        """A scale and a shift per channel."""
        return 2 * shape.size(self.over)

    def kept(self, shape: Shape) -> int:
        """A running mean and a running variance per channel."""
        return 2 * shape.size(self.over)

    def build(self, shape: Shape) -> nn.Module:
        """`nn.BatchNorm1d` or `nn.BatchNorm2d`; over frequency, with axes transposed."""
        from torch import nn

        from tonotope.network.layers.modules import FrequencyNorm

        self.out_shape(shape)
        if self.over == "frequency":
            return FrequencyNorm(shape.size("frequency"), eps=self.eps, momentum=self.momentum)
        kind = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        return kind(shape.size("channel"), eps=self.eps, momentum=self.momentum)


class ClipNorm(LayerStage):
    """Each clip is normalised to mean 0 and standard deviation 1.

    (x - mean) / standard deviation, over all values of the clip; a silent clip stays 0. Nothing is
    learned. Each value depends on the whole clip, which the receptive field does not count.
    """

    kind: Literal["clipnorm"] = "clipnorm"

    def formula(self, shape: Shape) -> str:
        """The function of each value x."""
        return "(x - mean) / standard deviation, of the clip"

    def build(self, shape: Shape) -> nn.Module:
        """A module without parameters."""
        from tonotope.network.layers.modules import ClipNormalising

        return ClipNormalising()
