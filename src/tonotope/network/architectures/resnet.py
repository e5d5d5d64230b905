"""A small residual network, after He, Zhang, Ren & Sun, "Deep residual learning", 2016.

A first convolution, then stages of residual blocks; each stage but the first begins by halving
time and frequency. At the end, time is pooled and the frequency axis is kept.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.layers.layer import times
from tonotope.network.shared_layers import (
    Summary,
    Widths,
    conv_norm,
    conv_norm_relu,
    drop,
    halving,
    is_wave,
    kernel,
    shape_after,
    stem,
    summary_layers,
)


class ResNet(Architecture):
    """Stages of residual blocks, for spectrograms and for waveforms.

    Attributes:
        widths: filters per stage.
        blocks: residual blocks per stage.
        summary: "keep" the frequency axis for the head, or "average" over it.
        dropout: probability before the head; a third of it after every stage.

    >>> from tonotope._shapes import Axis
    >>> shape = Shape([Axis("channel", 1), Axis("time", 216), Axis("frequency", 64)])
    >>> print(ResNet().out_shape(shape))
    2048 (channel)
    """

    kind: Literal["resnet"] = "resnet"
    widths: Widths = (16, 32, 64, 128)
    blocks: int = Field(default=1, ge=1, le=64)
    summary: Summary = "keep"
    dropout: float = Field(default=0.3, ge=0, lt=1)

    small_inputs = ((1, 32, 32), (1, 2000))

    def lines(self, shape: Shape) -> list[str]:
        """The stages for inputs of `shape`."""
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
        return [*lines, *summary_layers(self.summary, self.dropout, shape)]

    def _block(self, width: int, at: Shape, strides: tuple[int, ...]) -> str:
        """Two convolutions and a shortcut, which has a convolution if width or size change."""
        stride = times(strides) if set(strides) != {1} else ""
        taps = kernel(at)
        body = ", ".join([*conv_norm_relu(width, taps, stride), *conv_norm(width, taps)])
        if not stride and at.size("channel") == width:
            return f"residual [{body}]"
        one = "1" if is_wave(at) else "1x1"
        return f"residual [{body}] shortcut [{', '.join(conv_norm(width, one, stride))}]"
