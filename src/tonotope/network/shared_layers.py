"""Layers that several architectures share: conv-norm-relu, stem, pooling, summary, dropout."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.layers.layer import spatial, times
from tonotope.network.layers.vocabulary import Layer, parse

Summary = Literal["keep", "average"]
Statistics = Literal["mean", "max", "mean+max", "mean+std", "mean+max+std"]
Widths = Annotated[
    tuple[Annotated[int, Field(ge=1, le=65536)], ...], Field(min_length=1, max_length=16)
]

# From this many samples on, the first layer of a network on waveforms has a stride of 4.
_LONG_WAVE = 4096


def layers(lines: Iterable[str]) -> tuple[Layer, ...]:
    """The layers that the lines describe."""
    return tuple(parse(line) for line in lines)


def is_wave(shape: Shape) -> bool:
    """Whether the input has no frequency axis."""
    return len(spatial(shape)) == 1


def kernel(shape: Shape) -> str:
    """3x3 for spectrograms, 9 for waveforms: nine weights either way (Donahue et al. 2019)."""
    return "9" if is_wave(shape) else "3x3"


def halving(shape: Shape) -> tuple[int, ...]:
    """Strides that keep a quarter of the values: 2 × 2, or 4 on a waveform; 1 on axes of size 1."""
    factor = 4 if is_wave(shape) else 2
    return tuple(min(factor, axis.size) for axis in spatial(shape))


def conv_norm_relu(width: int, kernel: str, stride: str = "") -> list[str]:
    """Convolution that keeps the size (or divides it by `stride`), batch norm, ReLU."""
    return [*conv_norm(width, kernel, stride), "relu"]


def conv_norm(width: int, kernel: str, stride: str = "") -> list[str]:
    """Convolution and batch norm; the shift of the norm replaces the bias of the convolution."""
    stride = f" stride {stride}" if stride else ""
    return [f"conv {width} {kernel}{stride} padding same nobias", "batchnorm"]


def stem(width: int, shape: Shape) -> list[str]:
    """The first layers on a waveform: long filters that can find pitch, as a spectrogram would.

    80 taps with stride 4 (Dai et al. 2017), or 9 taps with stride 1 on short sounds.
    """
    if not is_wave(shape):
        return []
    long = shape.size("time") >= _LONG_WAVE
    return conv_norm_relu(width, "80", "4") if long else conv_norm_relu(width, "9")


def summary_layers(
    summary: Summary, dropout: float, shape: Shape, statistics: Statistics = "mean+max"
) -> list[str]:
    """The last layers before the head: mean and maximum over time, flattened.

    "keep" leaves the frequency axis, so that the head sees where in frequency a pattern lies;
    "average" averages over frequency first.
    """
    averaged = ["globalpool frequency mean"] if summary == "average" and not is_wave(shape) else []
    return [*averaged, f"globalpool time {statistics}", "flatten", *drop(dropout)]


def drop(rate: float) -> list[str]:
    """Dropout, unless the rate is 0."""
    return [f"dropout {rate!r}"] if rate else []


def pool(kind: str, shape: Shape) -> list[str]:
    """Pooling by `halving`, unless every axis has size 1."""
    factors = halving(shape)
    return [f"{kind} {times(factors)}"] if set(factors) != {1} else []


def shape_after(lines: Iterable[str], shape: Shape) -> Shape:
    """The shape after the layers that the lines describe."""
    for layer in layers(lines):
        shape = layer.out_shape(shape)
    return shape
