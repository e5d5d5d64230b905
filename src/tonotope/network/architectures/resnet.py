"""A small residual network, after He, Zhang, Ren & Sun, "Deep residual learning", 2016.

A first convolution, then stages of residual blocks; each stage but the first begins by halving
time and frequency. At the end time is summed up and the frequency axis is kept.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.architectures.vgg import Width
from tonotope.network.blocks import (
    Summary,
    conv_norm,
    conv_norm_relu,
    drop,
    halving,
    is_wave,
    kernel,
    layers,
    shape_after,
    stem,
    summary_layers,
)
from tonotope.network.layers.layer import times
from tonotope.network.layers.vocabulary import Layer


class ResNet(Architecture):
    """Stages of residual blocks, for spectrograms and for waveforms.

    Attributes:
        widths: filters per stage.
        blocks: residual blocks per stage.
        summary: what of the frequency axis the head is given: "keep" it, or its "average".
        dropout: probability before the head; a third of it after every stage.

    >>> from tonotope._shapes import Axis
    >>> shape = Shape([Axis("channel", 1), Axis("time", 216), Axis("frequency", 64)])
    >>> print(ResNet().out_shape(shape))
    2048 (channel)
    """

    kind: Literal["resnet"] = "resnet"
    widths: Annotated[tuple[Width, ...], Field(min_length=1, max_length=16)] = (16, 32, 64, 128)
    blocks: int = Field(default=1, ge=1, le=64)
    summary: Summary = "keep"
    dropout: float = Field(default=0.3, ge=0, lt=1)

    fits_any_sound: ClassVar[bool] = True
    small_inputs: ClassVar[tuple[tuple[int, ...], ...]] = ((1, 32, 32), (1, 2000))

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """The stages, spelled for inputs of `shape`."""
        lines = stem(self.widths[0], shape) or conv_norm_relu(self.widths[0], kernel(shape))
        at = shape_after(lines, shape)
        for stage, width in enumerate(self.widths):
            factors = halving(at) if stage else (1,) * len(halving(at))
            for block in range(self.blocks):
                strides = factors if block == 0 else (1,) * len(factors)
                residual = [self._block(width, at, strides), "relu"]
                at = shape_after(residual, at)
                lines += residual
            lines += drop(round(self.dropout / 3, 4))
        return layers([*lines, *summary_layers(self.summary, self.dropout, shape)])

    def _block(self, width: int, at: Shape, strides: tuple[int, ...]) -> str:
        """Two convolutions beside a shortcut that follows where width or size change."""
        moves = set(strides) != {1}
        stride = times(strides) if moves else ""
        taps = kernel(at)
        body = ", ".join([*conv_norm_relu(width, taps, stride), *conv_norm(width, taps)])
        if not moves and at.size("channel") == width:
            return f"residual [{body}]"
        one = "1" if is_wave(at) else "1x1"
        along = ", ".join(conv_norm(width, one, stride))
        return f"residual [{body}] shortcut [{along}]"
