"""The size of everything, before anything exists: shapes, parameters, work, and what is seen.

`trace` walks a network's layers from the shape of its input. A network that does not fit is
refused here, before any sound is read, with the layer, the table up to it and what would fit.

The receptive field is how much of the input one value depends on. It grows by
(reach - 1) · step with every window, and the step by the stride (Araujo et al. 2019).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.assemble import names
from tonotope.network.layer import LayerStage

MOST_PARAMETERS = 500_000_000
MOST_VALUES = 500_000_000
_LONGEST_AXIS = 2**30


@dataclass(frozen=True)
class ReceptiveField:
    """How much of one axis of the input a value depends on.

    Attributes:
        axis: `time` or `frequency`.
        indices: how many frames, samples or bands.
        extent: the same in `unit`; for mel bands, that of average ones.
        unit: `s`, `Hz`, or empty.
    """

    axis: str
    indices: int
    extent: float
    unit: str

    def __str__(self) -> str:
        return (
            f"{self.indices} = {measure(self.extent, self.unit)}"
            if self.unit
            else str(self.indices)
        )


@dataclass(frozen=True)
class LayerReport:
    """What one layer does to the shape, and what it costs.

    Attributes:
        number: from 1.
        name: the name of the built part, `01-conv`.
        text: the layer as it is written.
        in_shape: what goes in.
        out_shape: what comes out.
        parameters: how many numbers it learns.
        multiply_adds: how often it adds a product to a sum, per clip.
        receptive_field: one entry per axis of the network's input.
        formula: how the size comes out, in numbers.
        values: how many numbers it holds at a time, per clip.
    """

    number: int
    name: str
    text: str
    in_shape: Shape
    out_shape: Shape
    parameters: int
    multiply_adds: int
    receptive_field: tuple[ReceptiveField, ...]
    formula: str
    values: int

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "number": self.number,
            "name": self.name,
            "text": self.text,
            "in_shape": [axis._asdict() for axis in self.in_shape],
            "out_shape": [axis._asdict() for axis in self.out_shape],
            "parameters": self.parameters,
            "multiply_adds": self.multiply_adds,
            "receptive_field": [asdict(field) for field in self.receptive_field],
            "formula": self.formula,
            "values": self.values,
        }


def trace(layers: Sequence[LayerStage], shape: Shape) -> list[LayerReport]:
    """One report per layer, for inputs of `shape`.

    >>> from tonotope.network.vocabulary import parse
    >>> shape = Shape([Axis("channel", 1), Axis("time", 216), Axis("frequency", 64)])
    >>> report = trace([parse("conv 32 5x5")], shape)[0]
    >>> print(report.out_shape, report.parameters)
    32 × 212 × 60 (channel, time, frequency) 832

    Raises:
        ShapeError: a layer does not fit its input, or the network is too large to build.
    """
    reports: list[LayerReport] = []
    # A second walk with steps and spans of 1 counts the receptive field in indices.
    at, counted = shape, Shape(axis._replace(step=1.0, span=1.0) for axis in shape)
    whole = seen = tuple(_all_of(*axes) for axes in zip(counted, shape, strict=True))[1:]
    for number, (name, layer) in enumerate(zip(names(layers), layers, strict=True), 1):
        try:
            out = layer.out_shape(at)
        except ShapeError as error:
            raise ShapeError(_refusal(layers, shape, reports, str(error))) from None
        if len(out) < len(at):  # flattened: from here on everything that is left is seen
            seen = tuple(_all_of(*axes) for axes in zip(counted, at, strict=True))[1:]
        counted = layer.out_shape(counted)
        if len(out) > 1:
            axes = zip(counted[1:], out[1:], whole, strict=True)
            seen = tuple(_part_of(*three) for three in axes)
        report = LayerReport(
            number=number,
            name=name,
            text=layer.text,
            in_shape=at,
            out_shape=out,
            parameters=layer.parameters(at),
            multiply_adds=layer.multiply_adds(at),
            receptive_field=seen,
            formula=layer.formula(at),
            values=layer.values(at),
        )
        reports.append(report)
        _check_resources(reports)
        at = out
    return reports


def totals(reports: Sequence[LayerReport]) -> dict[str, Any]:
    """The whole network as plain data: `parameters`, `multiply_adds`, `layers`."""
    return {
        "parameters": sum(report.parameters for report in reports),
        "multiply_adds": sum(report.multiply_adds for report in reports),
        "layers": [report.to_json() for report in reports],
    }


def table(reports: Sequence[LayerReport]) -> str:
    """The layers as a table to read: shape, parameters, multiply-adds, receptive field."""
    head = ("", "layer", "comes out", "parameters", "multiply-adds", "one value sees")
    rows = [head] + [
        (
            str(report.number),
            report.text,
            " × ".join(map(str, report.out_shape.sizes)),
            f"{report.parameters:,}",
            f"{report.multiply_adds:,}",
            sight(report.receptive_field),
        )
        for report in reports
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    right = {0, 3, 4}
    lines = (
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)


def sight(fields: Sequence[ReceptiveField]) -> str:
    """A receptive field in words: `5 frames × 3 bands = 58 ms × 240 Hz`."""
    indices = " × ".join(str(field.indices) for field in fields)
    extents = [measure(field.extent, field.unit) for field in fields if field.unit]
    return f"{indices} = {' × '.join(extents)}" if extents else indices


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


def _all_of(counted: Axis, real: Axis) -> ReceptiveField:
    """All that the indices of an axis see together."""
    indices = round(counted.reach(counted.size))
    return ReceptiveField(real.name, indices, real.reach(real.size), real.unit)


def _part_of(counted: Axis, real: Axis, whole: ReceptiveField) -> ReceptiveField:
    """What one index of an axis sees; with padding that could be more than there is."""
    indices, extent = min(round(counted.span), whole.indices), min(real.span, whole.extent)
    return ReceptiveField(whole.axis, indices, extent, whole.unit)


def _check_resources(reports: Sequence[LayerReport]) -> None:
    last = reports[-1]
    parameters = sum(report.parameters for report in reports)
    values = sum(report.values for report in reports)
    if parameters > MOST_PARAMETERS:
        cure = "fewer filters or units, or more pooling before `flatten`"
        what, count, most = "parameters", parameters, MOST_PARAMETERS
    elif values > MOST_VALUES:
        cure = "fewer filters, strides or pooling earlier, or a shorter clip"
        what, count, most = "values per clip", values, MOST_VALUES
    else:
        return
    raise ShapeError(
        f"layer {last.number} (`{last.text}`) brings the network to {count:,} {what}, "
        f"{_bytes(count)} of memory; at most {most:,} ({_bytes(most)}) are built: use {cure}"
    )


def _bytes(values: int) -> str:
    return f"{values * 4 / 1e9:,.3g} GB" if values < 1e12 else f"{values * 4 / 1e12:,.0f} TB"


def _refusal(
    layers: Sequence[LayerStage], shape: Shape, reports: Sequence[LayerReport], message: str
) -> str:
    """The layer that does not fit, what would, and the table up to it."""
    number = len(reports) + 1
    upto = layers[:number]
    cures = [cure for cure in (_longer(upto, shape, axis) for axis in shape) if cure]
    lesson = f"layer {number} (`{layers[number - 1].text}`) {message}"
    if cures:
        lesson += f", or {' or '.join(cures)}"
    came_in = f"comes in: {shape}"
    return "\n".join([lesson, came_in, *([table(reports)] if reports else [])])


def _longer(layers: Sequence[LayerStage], shape: Shape, axis: Axis) -> str:
    """How much longer this axis of the input would have to be, if that alone is the cure."""
    if axis.name == "channel":
        return ""
    size = smallest(layers, shape, axis.name)
    if size is None:
        return ""
    if axis.name == "frequency":
        return f"at least {size} bands"
    if axis.unit:
        return f"a clip of at least {_rounded_up(axis.reach(size))} {axis.unit}"
    return f"at least {size} frames"


def smallest(layers: Sequence[LayerStage], shape: Shape, name: str) -> int | None:
    """The smallest size of the axis `name` with which all layers fit, or None, by halving."""
    low, high = 0, max(1, shape.size(name))
    while not _fit(layers, shape.resized(**{name: high})):
        if high > _LONGEST_AXIS:
            return None
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _fit(layers, shape.resized(**{name: middle})):
            high = middle
        else:
            low = middle
    return high


def _fit(layers: Sequence[LayerStage], shape: Shape) -> bool:
    try:
        for layer in layers:
            shape = layer.out_shape(shape)
    except ShapeError:
        return False
    return True


def _rounded_up(seconds: float) -> str:
    """Three digits, never less than asked for."""
    if seconds <= 0:
        return "0"
    digits = 10 ** (2 - math.floor(math.log10(seconds)))
    return f"{math.ceil(round(seconds * digits, 6)) / digits:g}"
