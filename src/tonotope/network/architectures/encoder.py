"""The way down of an autoencoder: blocks of convolutions that halve, and nothing summed up.

Each block is two times [convolution, batch norm, ReLU]; between two blocks time and frequency are
halved by pooling (a waveform keeps every fourth place). The last block stays as it is, so that a
decoder finds its way back; for the shape of it see Ronneberger, Fischer and Brox, "U-Net", 2015.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.architectures.vgg import Width
from tonotope.network.blocks import conv_norm_relu, kernel, layers, pool, shape_after
from tonotope.network.layers.vocabulary import Layer


class Encoder(Architecture):
    """Blocks of 3x3 convolutions for spectrograms, of 9 taps for waveforms; every axis is kept.

    Attributes:
        widths: filters per block.
        convolutions: convolutions per block.
        pooling: how the sound is halved between blocks, "mean" or "max".

    >>> from tonotope._shapes import Axis
    >>> shape = Shape([Axis("channel", 1), Axis("time", 216), Axis("frequency", 64)])
    >>> print(Encoder().out_shape(shape))
    64 × 54 × 16 (channel, time, frequency)
    """

    kind: Literal["encoder"] = "encoder"
    widths: Annotated[tuple[Width, ...], Field(min_length=1, max_length=16)] = (16, 32, 64)
    convolutions: int = Field(default=2, ge=1, le=16)
    pooling: Literal["mean", "max"] = "max"

    fits_any_sound: ClassVar[bool] = True
    small_inputs: ClassVar[tuple[tuple[int, ...], ...]] = ((1, 32, 32), (1, 2000))

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """The blocks, spelled for inputs of `shape`: an axis of size 1 is pooled no further."""
        lines: list[str] = []
        at = shape
        for number, width in enumerate(self.widths):
            halved = pool(f"{self.pooling}pool", at) if number else []
            block = [*halved, *conv_norm_relu(width, kernel(shape)) * self.convolutions]
            at = shape_after(block, at)
            lines += block
        return layers(lines)
