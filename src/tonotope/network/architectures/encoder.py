"""The encoder of an autoencoder: blocks of convolutions, pooling between, no global pooling.

Each block is two times [convolution, batch norm, ReLU]; between two blocks, pooling halves time and
frequency (divides a waveform by four). A decoder reverses the steps, as in Ronneberger, Fischer &
Brox, "U-Net", 2015.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.shared_layers import Widths, conv_norm_relu, kernel, pool, shape_after


class Encoder(Architecture):
    """Blocks of 3x3 convolutions for spectrograms, of 9 taps for waveforms; every axis is kept.

    Attributes:
        widths: filters per block.
        convolutions: convolutions per block.
        pooling: between blocks, "mean" or "max".

    >>> from tonotope._shapes import Axis
    >>> shape = Shape([Axis("channel", 1), Axis("time", 216), Axis("frequency", 64)])
    >>> print(Encoder().out_shape(shape))
    64 × 54 × 16 (channel, time, frequency)
    """

    kind: Literal["encoder"] = "encoder"
    widths: Widths = (16, 32, 64)
    convolutions: int = Field(default=2, ge=1, le=16)
    pooling: Literal["mean", "max"] = "max"

    small_inputs = ((1, 32, 32), (1, 2000))

    def lines(self, shape: Shape) -> list[str]:
        """The blocks for inputs of `shape`; an axis of size 1 is not pooled further."""
        lines: list[str] = []
        for number, width in enumerate(self.widths):
            pooling = pool(f"{self.pooling}pool", shape) if number else []
            block = [*pooling, *conv_norm_relu(width, kernel(shape)) * self.convolutions]
            lines += block
            shape = shape_after(block, shape)
        return lines
