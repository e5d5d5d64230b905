"""A small network of 3x3 convolutions in blocks, after Simonyan & Zisserman, "VGG", 2015.

Each block is two times [convolution, batch norm, ReLU], then pooling by two and dropout, and is
twice as wide as the one before. At the end time is summed up and the frequency axis is kept.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.blocks import (
    Summary,
    conv_norm_relu,
    drop,
    kernel,
    layers,
    pool,
    shape_after,
    stem,
    summary_layers,
)
from tonotope.network.layers.vocabulary import Layer

Width = Annotated[int, Field(ge=1, le=65536)]


class VGG(Architecture):
    """Blocks of 3x3 convolutions for spectrograms; of 9 taps, after a longer one, for waveforms.

    Attributes:
        widths: filters per block.
        convolutions: convolutions per block.
        pooling: how each block halves time and frequency, "mean" or "max".
        summary: what of the frequency axis the head is given: "keep" it, or its "average".
        dropout: probability before the head; a third of it after every block.

    >>> from tonotope._shapes import Axis
    >>> shape = Shape([Axis("channel", 1), Axis("time", 216), Axis("frequency", 64)])
    >>> print(VGG().out_shape(shape))
    1024 (channel)
    """

    kind: Literal["vgg"] = "vgg"
    widths: Annotated[tuple[Width, ...], Field(min_length=1, max_length=16)] = (16, 32, 64, 128)
    convolutions: int = Field(default=2, ge=1, le=16)
    pooling: Literal["mean", "max"] = "mean"
    summary: Summary = "keep"
    dropout: float = Field(default=0.3, ge=0, lt=1)

    fits_any_sound: ClassVar[bool] = True
    small_inputs: ClassVar[tuple[tuple[int, ...], ...]] = ((1, 32, 32), (1, 2000))

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """The blocks, spelled for inputs of `shape`: an axis of size 1 is pooled no further."""
        lines = stem(self.widths[0], shape)
        at = shape_after(lines, shape)
        for width in self.widths:
            block = conv_norm_relu(width, kernel(shape)) * self.convolutions
            at = shape_after(block, at)
            pooling = pool(f"{self.pooling}pool", at)
            at = shape_after(pooling, at)
            lines += [*block, *pooling, *drop(round(self.dropout / 3, 4))]
        return layers([*lines, *summary_layers(self.summary, self.dropout, shape)])
