"""The class of all layers: output shape, parameters, multiply-adds, formula, before building.

A layer is a frozen description. Its text form is short, `conv 32 5x5`; its JSON form is complete.
Sizes give time before frequency: a kernel K×L spans K frames and L bands. Spectrograms `(channel,
time, frequency)` take two numbers, waveforms `(channel, time)` one.
"""

from __future__ import annotations

from math import prod
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tonotope._shapes import Axis, Shape, Stage

LARGEST = 2**31 - 1  # exported networks hold sizes as 32-bit numbers

Count = Annotated[int, Field(ge=1, le=LARGEST, strict=True)]
Zeros = Annotated[int, Field(ge=0, le=LARGEST, strict=True)]


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, int) and not isinstance(value, bool) else value


Sizes = Annotated[tuple[Count, ...], Field(min_length=1, max_length=2), BeforeValidator(_as_tuple)]
Pairs = Annotated[tuple[tuple[Zeros, Zeros], ...], Field(min_length=1, max_length=2)]


class LayerStage(Stage):
    """One layer: its output shape, what it costs, and how it is written.

    Every `shape` is that of one clip at the layer's input, batch left out.
    """

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file; without settings, its word alone."""
        return str(getattr(self, "kind", ""))

    @property
    def name(self) -> str:
        """The layer's word, `conv`."""
        return self.text.split()[0]

    def out_shape(self, shape: Shape) -> Shape:
        """The output shape; by default that of the input."""
        return shape

    def parameters(self, shape: Shape) -> int:
        """How many numbers it learns."""
        return 0

    def multiply_adds(self, shape: Shape) -> int:
        """Multiplications with a sum, per clip (convolutions and dense layers only)."""
        return 0

    def connections(self, shape: Shape) -> int:
        """How many weights and biases it uses, per clip; one used twice counts twice."""
        return 0

    def kept(self, shape: Shape) -> int:
        """How many numbers it stores and does not learn: running means, fixed codes."""
        return 0

    def values(self, shape: Shape) -> int:
        """How many numbers it holds at a time, per clip."""
        return prod(self.out_shape(shape).sizes)

    def formula(self, shape: Shape) -> str:
        """How the output size is computed, with numbers; empty if it stays the same."""
        return ""

    def weighed(self, shape: Shape) -> str:
        """What one filter or unit looks like, and how the parameters add up; empty without any."""
        return ""


def spatial(shape: Shape) -> tuple[Axis, ...]:
    """The axes on which a window slides: time, and frequency if there is one."""
    return tuple(axis for axis in shape if axis.name != "channel")


def times(sizes: tuple[int, ...]) -> str:
    """Sizes as text, `5x3`."""
    return "x".join(map(str, sizes))


def filters_of(count: int, one: Shape, bias: bool, parameters: int) -> str:
    """Filters as text: how many, the axes and units of one, and how the parameters add up.

    >>> one = Shape([Axis("channel", 1), Axis("time", 80, 1 / 8000, 1 / 8000, "s")])
    >>> filters_of(128, one, True, 10368)
    '128 filters of 1 × 80 (channel, time), seeing 10 ms; 128 · (1 · 80 + 1) = 10,368 parameters'
    """
    extents = " × ".join(measure(axis.reach(axis.size), axis.unit) for axis in one if axis.unit)
    taps = " · ".join(map(str, one.sizes))
    each = f"({taps} + 1)" if bias else taps
    total = f"{count} · {each} = {parameters:,} parameters"
    return f"{count} filters of {one}{f', seeing {extents}' if extents else ''}; {total}"


def measure(extent: float, unit: str) -> str:
    """An extent with its unit, in at most four digits.

    >>> measure(0.058, "s"), measure(3.2, "s"), measure(11025.0, "Hz")
    ('58 ms', '3.2 s', '11 kHz')
    """
    if unit == "s" and 0 < extent < 1:
        return f"{extent * 1000:.3g} ms"
    if unit == "Hz" and extent >= 10_000:
        return f"{extent / 1000:.3g} kHz"
    return f"{extent:.4g} {unit}" if extent < 1000 else f"{extent:.0f} {unit}"
