"""A small network of 3x3 convolutions in blocks, after Simonyan & Zisserman, "VGG", 2015.

Each block is two times [convolution, batch norm, ReLU], then pooling by two and dropout, and is
twice as wide as the one before. At the end, time is pooled and the frequency axis is kept. The head
may hear the last blocks beside each other: later ones know what, earlier ones know how it sounds.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.shared_layers import (
    Statistics,
    Summary,
    Widths,
    conv_norm_relu,
    drop,
    kernel,
    pool,
    shape_after,
    stem,
    summary_layers,
)


class VGG(Architecture):
    """Blocks of 3x3 convolutions for spectrograms; of kernel 9, after a longer one, for waveforms.

    Attributes:
        widths: filters per block.
        convolutions: convolutions per block.
        pooling: how each block halves time and frequency, "mean" or "max".
        summary: "keep" the frequency axis for the head, or "average" over it.
        summary_blocks: how many of the last blocks the head hears, each summarised by itself.
        statistics: what is kept of each channel over time.
        dropout: probability before the head; a third of it after every block.

    >>> from tonotope._shapes import Axis
    >>> shape = Shape([Axis("channel", 1), Axis("time", 216), Axis("frequency", 64)])
    >>> print(VGG().out_shape(shape))
    1024 (channel)
    """

    kind: Literal["vgg"] = "vgg"
    widths: Widths = (16, 32, 64, 128)
    convolutions: int = Field(default=2, ge=1, le=16)
    pooling: Literal["mean", "max"] = "mean"
    summary: Summary = "keep"
    summary_blocks: int = Field(default=1, ge=1, le=16)
    statistics: Statistics = "mean+max"
    dropout: float = Field(default=0.3, ge=0, lt=1)

    small_inputs = ((1, 32, 32), (1, 2000))

    @model_validator(mode="after")
    def _has_these_blocks(self) -> VGG:
        if self.summary_blocks > len(self.widths):
            raise ValueError(
                f"summary_blocks = {self.summary_blocks}: there are {len(self.widths)} blocks, one "
                "for each of `widths`, and the head hears some of the last ones"
            )
        return self

    def lines(self, shape: Shape) -> list[str]:
        """The blocks for inputs of `shape`; an axis of size 1 is not pooled further."""
        lines = stem(self.widths[0], shape)
        at = shape_after(lines, shape)
        blocks: list[list[str]] = []
        for width in self.widths:
            block = conv_norm_relu(width, kernel(shape)) * self.convolutions
            at = shape_after(block, at)
            pooling = pool(f"{self.pooling}pool", at)
            at = shape_after(pooling, at)
            blocks.append([*block, *pooling, *drop(round(self.dropout / 3, 4))])
        summary = summary_layers(self.summary, 0, shape, self.statistics)
        heard = summary
        for block in reversed(blocks[len(blocks) - self.summary_blocks + 1 :]):
            deeper = ", ".join([*block, *heard])
            heard = [f"parallel [{deeper}] [{', '.join(summary)}]"]
        first = blocks[: len(blocks) - self.summary_blocks + 1]
        return [*lines, *(line for block in first for line in block), *heard, *drop(self.dropout)]
