"""The receptive field: how much of the network's input one value depends on.

It grows by (reach - 1) · step with every window, and the step by the stride (Araujo et al. 2019).
The axes of a shape carry both, as `span` and `step` in their unit; a second shape whose steps and
spans are 1 counts the same in indices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tonotope._shapes import Axis, Shape
from tonotope.network.layers.layer import measure


@dataclass(frozen=True)
class ReceptiveField:
    """How much of one axis of the input a value depends on.

    Attributes:
        axis: `time` or `frequency`.
        indices: how many frames, samples or bands.
        extent: the same in `unit`; for mel bands, of average ones.
        unit: `s`, `Hz`, or empty.
    """

    axis: str
    indices: int
    extent: float
    unit: str

    def __str__(self) -> str:
        extent = f" = {measure(self.extent, self.unit)}" if self.unit else ""
        return f"{self.indices}{extent}"

    def limited_to(self, whole: ReceptiveField) -> ReceptiveField:
        """The part of it that lies on the input; past the ends of the input lies padding."""
        indices, extent = min(self.indices, whole.indices), min(self.extent, whole.extent)
        return ReceptiveField(whole.axis, indices, extent, whole.unit)


def grown(axis: Axis, reach: int, stride: int, size: int) -> Axis:
    """The axis after a window that spans `reach` of its indices and leaves `size` of them."""
    return axis._replace(size=size, step=axis.step * stride, span=axis.reach(reach))


def receptive_field_text(
    fields: Sequence[ReceptiveField], number: Callable[[str], str] = str
) -> str:
    """A receptive field in words: `5 frames × 3 bands = 58 ms × 240 Hz`.

    Args:
        fields: one entry per axis.
        number: what writes a number as another language does.
    """
    indices = " × ".join(str(field.indices) for field in fields)
    measures = [measure(field.extent, field.unit) for field in fields if field.unit]
    extents = [f"{number(of.partition(' ')[0])} {of.partition(' ')[2]}" for of in measures]
    return f"{indices} = {' × '.join(extents)}" if extents else indices


def counted_in_indices(shape: Shape) -> Shape:
    """The shape with steps and spans of 1."""
    return Shape(axis._replace(step=1.0, span=1.0) for axis in shape)


def of_all_values(counted: Shape, shape: Shape) -> tuple[ReceptiveField, ...]:
    """What all indices of each axis but the channel see together."""
    return tuple(
        ReceptiveField(axis.name, round(count.reach(count.size)), axis.reach(axis.size), axis.unit)
        for count, axis in zip(counted[1:], shape[1:], strict=True)
    )


def of_one_value(
    counted: Shape, shape: Shape, whole: Sequence[ReceptiveField]
) -> tuple[ReceptiveField, ...]:
    """What one value sees of each axis of the input, `whole`, that is left."""
    inputs = {field.axis: field for field in whole}
    return tuple(
        ReceptiveField(axis.name, round(count.span), axis.span, axis.unit).limited_to(
            inputs[axis.name]
        )
        for count, axis in zip(counted[1:], shape[1:], strict=True)
        if axis.name in inputs
    )
