"""Shape inference: shape, parameters, multiply-adds and receptive field; refuses misfits.

`trace` follows a shape through the layers. A network that does not fit is refused here, before any
sound is read: the error names the layer, the table up to it and what would fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layer_report import LayerReport, table
from tonotope.network.layers.assemble import names
from tonotope.network.layers.dense import Dense, Flatten
from tonotope.network.layers.layer import LayerStage
from tonotope.network.layers.receptive_field import counted_in_indices, of_all_values, of_one_value

MOST_PARAMETERS = 500_000_000
MOST_VALUES = 500_000_000
_LONGEST_AXIS = 2**30


def trace(
    layers: Sequence[LayerStage], shape: Shape, outputs: int | None = None
) -> list[LayerReport]:
    """One report per layer, for inputs of `shape`.

    Args:
        layers: of the network.
        shape: of the input, batch left out.
        outputs: of the head, whose dense layer is reported too; None leaves it out. A network with
            an output layer of its own, one value per class, gets no dense layer.

    >>> from tonotope.network.layers.vocabulary import parse
    >>> shape = Shape([Axis("channel", 1), Axis("time", 216), Axis("frequency", 64)])
    >>> report = trace([parse("conv 32 5x5")], shape)[0]
    >>> print(report.out_shape, report.parameters)
    32 × 212 × 60 (channel, time, frequency) 832

    Raises:
        ShapeError: a layer does not fit its input, or the network is too large to build.
    """
    _check_features(shape)
    reports: list[LayerReport] = []
    at, counted = shape, counted_in_indices(shape)
    whole = seen = of_all_values(counted, shape)
    rows = [*zip(names(layers), layers, strict=True), *_head(layers, shape, outputs)]
    for number, (name, layer) in enumerate(rows, 1):
        try:
            out = layer.out_shape(at)
        except ShapeError as error:
            refusal = ShapeError(*_refusal(layers, shape, reports, str(error)))
            refusal.layers = tuple(reports)
            raise refusal from None
        if len(out) < len(at):  # flattened: each value depends on all that is left
            left = of_all_values(counted, at)
            seen = tuple(field.limited_to(all_) for field, all_ in zip(left, whole, strict=True))
        counted = layer.out_shape(counted)
        if len(out) > 1:
            seen = of_one_value(counted, out, whole)
        reports.append(
            LayerReport(
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
        )
        _check_resources(reports)
        at = out
    return reports


def _head(
    layers: Sequence[LayerStage], shape: Shape, outputs: int | None
) -> list[tuple[str, LayerStage]]:
    """The layers of a head with so many outputs, unless the network has an output layer."""
    out = _out_shape(layers, shape) if outputs is not None else None
    if outputs is None or out is None or out.names == ("class",):
        return []
    flatten = [] if len(out) == 1 else [Flatten()]
    return [("head", layer) for layer in (*flatten, Dense(units=outputs))]


def _out_shape(layers: Sequence[LayerStage], shape: Shape) -> Shape | None:
    """The shape after the layers; None if one does not fit."""
    try:
        for layer in layers:
            shape = layer.out_shape(shape)
    except ShapeError:
        return None
    return shape


def _check_features(shape: Shape) -> None:
    values = math.prod(shape.sizes)
    if values > MOST_VALUES:
        raise ShapeError(
            f"a clip gives the network {shape}: {values:,} values, {_bytes(values)} of memory; at "
            f"most {MOST_VALUES:,} ({_bytes(MOST_VALUES)}) are built: use a shorter clip_s, a "
            "longer hop_s, fewer bands or a shorter window_s"
        )


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
) -> list[str]:
    """The layer that does not fit, what would fit, and the table up to it, line by line."""
    number = len(reports) + 1
    first = layers[:number]
    cures = [cure for cure in (_longer(first, shape, axis) for axis in shape[1:]) if cure]
    reason = f"layer {number} (`{layers[number - 1].text}`) {message}"
    if cures:
        reason += f", or {' or '.join(cures)}"
    return [reason, f"comes in: {shape}", *(table(reports).split("\n") if reports else [])]


def _longer(layers: Sequence[LayerStage], shape: Shape, axis: Axis) -> str:
    """The size this axis of the input needs; empty if a larger size alone does not help."""
    size = smallest(layers, shape, axis.name)
    if size is None:
        return ""
    if axis.name == "frequency":
        return f"at least {size} bands"
    if axis.unit:
        return f"a clip of at least {_rounded_up(axis.reach(size))} {axis.unit}"
    return f"at least {size} frames"


def smallest(layers: Sequence[LayerStage], shape: Shape, name: str) -> int | None:
    """The smallest size of the axis `name` at which all layers fit, by bisection; None if none."""
    low, high = 0, max(1, shape.size(name))
    while _out_shape(layers, shape.resized(**{name: high})) is None:
        if high > _LONGEST_AXIS:
            return None
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if _out_shape(layers, shape.resized(**{name: middle})) is not None:
            high = middle
        else:
            low = middle
    return high


def _rounded_up(seconds: float) -> str:
    """At most three digits, and never less than `seconds`."""
    if seconds <= 0:
        return "0"
    digits = 10 ** (2 - math.floor(math.log10(seconds)))
    return f"{math.ceil(round(seconds * digits, 6)) / digits:g}"
