"""Shapes whose axes have names and units, and the face that every stage of a model shows.

A shape is what passes between the chapters: `channel × time × frequency`, where an index on the
time axis knows how many seconds it steps and spans. So every layer can say "5 frames × 3 bands =
58 ms × 240 Hz". The batch axis is left out: it never changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from torch import nn


class Axis(NamedTuple):
    """One axis of a tensor.

    Attributes:
        name: `channel`, `time` or `frequency`.
        size: how many indices it has.
        step: how far one index lies from the next, in `unit` (0 where that means nothing).
        span: how much of the sound one index sees, in `unit`.
        unit: `s`, `Hz`, or empty.

    >>> Axis("time", 216, 0.0232, 0.0464, "s").reach(5)
    0.1392
    """

    name: str
    size: int
    step: float = 0.0
    span: float = 0.0
    unit: str = ""

    def reach(self, indices: int) -> float:
        """What `indices` neighbours see together, in `unit`."""
        return round((indices - 1) * self.step + self.span, 12)


class Shape(tuple[Axis, ...]):
    """The named axes of a tensor, batch left out.

    >>> shape = Shape([Axis("channel", 1), Axis("time", 216, unit="s"), Axis("frequency", 64)])
    >>> print(shape)
    1 × 216 × 64 (channel, time, frequency)
    >>> shape.size("time"), shape.sizes
    (216, (1, 216, 64))
    >>> print(shape.resized(channel=16, time=108))
    16 × 108 × 64 (channel, time, frequency)
    """

    __slots__ = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """The plain sizes, in order."""
        return tuple(axis.size for axis in self)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the axes, in order."""
        return tuple(axis.name for axis in self)

    def axis(self, name: str) -> Axis:
        """The axis called `name`; KeyError where there is none."""
        for axis in self:
            if axis.name == name:
                return axis
        raise KeyError(name)

    def size(self, name: str) -> int:
        """The size of the axis called `name`."""
        return self.axis(name).size

    def resized(self, **sizes: int) -> Shape:
        """The same axes with some sizes changed (steps and spans are kept)."""
        return Shape(axis._replace(size=sizes.get(axis.name, axis.size)) for axis in self)

    def __str__(self) -> str:
        return f"{' × '.join(map(str, self.sizes))} ({', '.join(self.names)})"


class Description(BaseModel):
    """A frozen value that describes a choice; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Stage(Description):
    """A part of a model: it knows what shape it makes of a shape, and builds itself for it.

    The module built returns exactly `out_shape(shape)`, batch first.
    """

    def out_shape(self, shape: Shape) -> Shape:
        """The shape that comes out when `shape` goes in."""
        raise NotImplementedError(type(self).__name__)

    def build(self, shape: Shape) -> nn.Module:
        """The PyTorch module for inputs of `shape`, freshly initialised."""
        raise NotImplementedError(type(self).__name__)
