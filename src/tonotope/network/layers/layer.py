"""What every layer can tell about itself, before a single weight exists.

A layer is a frozen description with a text form, `conv 32 5x5`, and a form in JSON with nothing
left out. Sizes follow time before frequency: a kernel K×L spans K frames and L bands. Two numbers
belong to spectrograms `(channel, time, frequency)`, one number to waveforms `(channel, time)`.
"""

from __future__ import annotations

from abc import abstractmethod
from math import prod
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tonotope._shapes import Axis, Shape, Stage

LARGEST = 2**31 - 1  # every size is a 32-bit number in the formats a network is shipped in

Count = Annotated[int, Field(ge=1, le=LARGEST, strict=True)]
Zeros = Annotated[int, Field(ge=0, le=LARGEST, strict=True)]


def _one_or_two(value: Any) -> Any:
    """A lone number is a list of one, so that JSON and Python may say either."""
    return (value,) if isinstance(value, int) and not isinstance(value, bool) else value


Sizes = Annotated[
    tuple[Count, ...], Field(min_length=1, max_length=2), BeforeValidator(_one_or_two)
]
Pairs = Annotated[tuple[tuple[Zeros, Zeros], ...], Field(min_length=1, max_length=2)]


class LayerStage(Stage):
    """One layer: what it makes of a shape, what that costs, and how it is written."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The layer as it is written in an experiment file."""

    @property
    def name(self) -> str:
        """The layer's word, `conv`."""
        return self.text.split()[0]

    def out_shape(self, shape: Shape) -> Shape:
        """The same shape, for the layers that leave it as it is."""
        return shape

    def parameters(self, shape: Shape) -> int:
        """How many numbers are learnt."""
        return 0

    def multiply_adds(self, shape: Shape) -> int:
        """How often a product is added to a sum, per clip (convolutions and dense layers only)."""
        return 0

    def connections(self, shape: Shape) -> int:
        """How many wires lead into its outputs, biases counted: as many as weights are used."""
        return 0

    def kept(self, shape: Shape) -> int:
        """How many numbers it keeps beside those it learns: running means, fixed codes."""
        return 0

    def values(self, shape: Shape) -> int:
        """How many numbers it holds at a time, per clip."""
        return prod(self.out_shape(shape).sizes)

    def formula(self, shape: Shape) -> str:
        """How the size comes out, in numbers; empty where it stays."""
        return ""

    def weighed(self, shape: Shape) -> str:
        """What one filter or unit looks like and how its parameters add up; empty without any."""
        return ""


def spatial(shape: Shape) -> tuple[Axis, ...]:
    """The axes on which a kernel moves: time, and frequency if there is one."""
    return tuple(axis for axis in shape if axis.name != "channel")


def times(sizes: tuple[int, ...]) -> str:
    """Sizes as they are written, `5x3`."""
    return "x".join(map(str, sizes))


def filters_of(count: int, one: Shape, bias: bool, parameters: int) -> str:
    """Filters in words: how many, the axes and units of one, and how their parameters add up.

    >>> one = Shape([Axis("channel", 1), Axis("time", 80, 1 / 8000, 1 / 8000, "s")])
    >>> filters_of(128, one, True, 10368)
    '128 filters of 1 × 80 (channel, time), seeing 10 ms; 128 · (1 · 80 + 1) = 10,368 parameters'
    """
    extents = " × ".join(measure(axis.reach(axis.size), axis.unit) for axis in one if axis.unit)
    taps = " · ".join(map(str, one.sizes))
    each = f"({taps} + 1)" if bias else taps
    sum_ = f"{count} · {each} = {parameters:,} parameters"
    return f"{count} filters of {one}{f', seeing {extents}' if extents else ''}; {sum_}"


def measure(extent: float, unit: str) -> str:
    """An extent with its unit, in three digits.

    >>> measure(0.058, "s"), measure(3.2, "s"), measure(11025.0, "Hz")
    ('58 ms', '3.2 s', '11 kHz')
    """
    if unit == "s" and 0 < extent < 1:
        return f"{extent * 1000:.3g} ms"
    if unit == "Hz" and extent >= 10_000:
        return f"{extent / 1000:.3g} kHz"
    return f"{extent:.4g} {unit}" if extent < 1000 else f"{extent:.0f} {unit}"
