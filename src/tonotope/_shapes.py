"""Shapes whose axes have names and units; base classes of settings: `Stage`, `Description`.

A shape is `channel × time × frequency`; its time axis knows how many seconds lie between two
indices and how many one index spans. So each layer can say "5 frames × 3 bands = 58 ms × 240 Hz".
The batch axis is left out: it never changes.
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
        size: the number of indices.
        step: distance from one index to the next, in `unit` (0 if it has no unit).
        span: how much of the input one index depends on, in `unit`.
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
        """How much `indices` neighbours span together, in `unit`."""
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
        """The axis called `name`; KeyError if there is none."""
        for axis in self:
            if axis.name == name:
                return axis
        raise KeyError(name)

    def size(self, name: str) -> int:
        """The size of the axis called `name`."""
        return self.axis(name).size

    def resized(self, **sizes: int) -> Shape:
        """The same axes with some sizes changed; steps and spans stay."""
        return Shape(axis._replace(size=sizes.get(axis.name, axis.size)) for axis in self)

    def __str__(self) -> str:
        return f"{' × '.join(map(str, self.sizes))} ({', '.join(self.names)})"


class Description(BaseModel):
    """A frozen set of options; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Stage(Description):
    """A part of a model: it knows its output shape for an input shape, and builds its module.

    The output of the module is exactly `out_shape(shape)`, batch first.
    """

    def out_shape(self, shape: Shape) -> Shape:
        """The output shape for inputs of `shape`, batch left out."""
        raise NotImplementedError(type(self).__name__)

    def build(self, shape: Shape) -> nn.Module:
        """The PyTorch module for inputs of `shape`, freshly initialised."""
        raise NotImplementedError(type(self).__name__)
