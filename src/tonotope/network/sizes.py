"""The size of everything, before anything exists: shapes, parameters, work, and what is seen.

`trace` walks a network's layers from the shape of its input. A network that does not fit is
refused here, before any sound is read, with the layer, the table up to it and what would fit.

The receptive field is how much of the input one value depends on. It grows by
(reach - 1) · step with every window, and the step by the stride (Araujo et al. 2019).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layer_report import LayerReport, ReceptiveField, table
from tonotope.network.layers.assemble import names
from tonotope.network.layers.dense import Dense, Flatten
from tonotope.network.layers.layer import LayerStage

MOST_PARAMETERS = 500_000_000
MOST_VALUES = 500_000_000
_LONGEST_AXIS = 2**30


def trace(
    layers: Sequence[LayerStage], shape: Shape, outputs: int | None = None
) -> list[LayerReport]:
    """One report per layer, for inputs of `shape`.

    Args:
        layers: of the network.
        shape: what goes in.
        outputs: of the head, whose dense layer is reported as well; None leaves it out. A network
            that answers for itself, one value per class, is given none.

    >>> from tonotope.network.layers.vocabulary import parse
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
    rows = [*zip(names(layers), layers, strict=True), *_head(layers, shape, outputs)]
    for number, (name, layer) in enumerate(rows, 1):
        try:
            out = layer.out_shape(at)
        except ShapeError as error:
            raise ShapeError(_refusal(layers, shape, reports, str(error))) from None
        if len(out) < len(at):  # flattened: from here on everything that is left is seen
            left = tuple(_all_of(*axes) for axes in zip(counted, at, strict=True))[1:]
            seen = tuple(_no_more_than(*two) for two in zip(left, whole, strict=True))
        counted = layer.out_shape(counted)
        if len(out) > 1:
            before = {field.axis: field for field in whole}
            axes = [two for two in zip(counted[1:], out[1:], strict=True) if two[1].name in before]
            seen = tuple(_part_of(*two, before[two[1].name]) for two in axes)
        reports.append(_report(number, name, layer, at, out, seen))
        _check_resources(reports)
        at = out
    return reports


def _head(
    layers: Sequence[LayerStage], shape: Shape, outputs: int | None
) -> list[tuple[str, LayerStage]]:
    """The layers that a head of so many outputs puts on top, where the network leaves room."""
    if outputs is None:
        return []
    for layer in layers:
        try:
            shape = layer.out_shape(shape)
        except ShapeError:
            return []  # the walk itself will say it
    if shape.names == ("class",):
        return []
    flat = [] if len(shape) == 1 else [Flatten()]
    return [("head", layer) for layer in (*flat, Dense(units=outputs))]


def _report(
    number: int,
    name: str,
    layer: LayerStage,
    at: Shape,
    out: Shape,
    seen: tuple[ReceptiveField, ...],
) -> LayerReport:
    return LayerReport(
        number=number,
        name=name,
        text=layer.text,
        in_shape=at,
        out_shape=out,
        parameters=layer.parameters(at),
        kept=layer.kept(at),
        multiply_adds=layer.multiply_adds(at),
        connections=layer.connections(at),
        receptive_field=seen,
        formula=layer.formula(at),
        weighed=layer.weighed(at),
        values=layer.values(at),
    )


def _all_of(counted: Axis, real: Axis) -> ReceptiveField:
    """All that the indices of an axis see together."""
    indices = round(counted.reach(counted.size))
    return ReceptiveField(real.name, indices, real.reach(real.size), real.unit)


def _part_of(counted: Axis, real: Axis, whole: ReceptiveField) -> ReceptiveField:
    """What one index of an axis sees."""
    return _no_more_than(
        ReceptiveField(whole.axis, round(counted.span), real.span, whole.unit), whole
    )


def _no_more_than(seen: ReceptiveField, whole: ReceptiveField) -> ReceptiveField:
    """What is seen of the input itself: beyond its ends lies padding."""
    indices, extent = min(seen.indices, whole.indices), min(seen.extent, whole.extent)
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
