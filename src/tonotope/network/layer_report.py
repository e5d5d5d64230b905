"""What a layer does to the shape and what it costs, as a value, as JSON, as a table to read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tonotope._shapes import Shape
from tonotope.network.layers.layer import measure

_WIDEST_TEXT = 48


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
        name: the name of the built part, `01-conv`; `head` for the layer that a head puts on top.
        text: the layer as it is written.
        in_shape: what goes in.
        out_shape: what comes out.
        parameters: how many numbers it learns.
        kept: how many it keeps beside them: running means and variances, fixed codes.
        multiply_adds: how often it adds a product to a sum, per clip.
        connections: how many wires lead into its outputs, biases counted, per clip.
        receptive_field: one entry per axis of the network's input.
        formula: how the size comes out, in numbers.
        weighed: what one filter looks like, and how the parameters add up.
        values: how many numbers it holds at a time, per clip.
    """

    number: int
    name: str
    text: str
    in_shape: Shape
    out_shape: Shape
    parameters: int
    kept: int
    multiply_adds: int
    connections: int
    receptive_field: tuple[ReceptiveField, ...]
    formula: str
    weighed: str
    values: int

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            **vars(self),
            "in_shape": [axis._asdict() for axis in self.in_shape],
            "out_shape": [axis._asdict() for axis in self.out_shape],
            "receptive_field": [asdict(field) for field in self.receptive_field],
        }


def totals(reports: Sequence[LayerReport]) -> dict[str, Any]:
    """The whole network as plain data: its sums, and `layers`."""
    sums = ("parameters", "kept", "multiply_adds", "connections")
    told: dict[str, Any] = {name: sum(getattr(one, name) for one in reports) for name in sums}
    return told | {"layers": [report.to_json() for report in reports]}


def table(reports: Sequence[LayerReport], *, connections: bool = False, told: bool = False) -> str:
    """The layers as a table to read: shape, parameters, multiply-adds, receptive field.

    Args:
        reports: the layers.
        connections: whether to count the wires too, as papers did before 2000.
        told: whether lines under a layer say how its size comes out and what its filters are.
    """
    head = ["", "layer", "comes out", "parameters", "multiply-adds", "one value sees"]
    rows = [head, *map(_row, reports)]
    if connections:
        head.insert(5, "connections")
        for row, report in zip(rows[1:], reports, strict=True):
            row.insert(5, f"{report.connections:,}")
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    right = {0, *range(3, len(head) - 1)}
    lines = []
    for row, report in zip(rows, [None, *reports], strict=True):
        cells = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join(cells).rstrip())
        if told and report:
            lines += [" " * (widths[0] + 4) + line for line in explanation(report)]
    return "\n".join(lines)


def explanation(report: LayerReport) -> list[str]:
    """How the size of a layer comes out, and what its filters look like: a line each, or none."""
    return [line for text in (report.formula, report.weighed) for line in text.splitlines()]


def receptive_field_text(fields: Sequence[ReceptiveField]) -> str:
    """A receptive field in words: `5 frames × 3 bands = 58 ms × 240 Hz`."""
    indices = " × ".join(str(field.indices) for field in fields)
    extents = [measure(field.extent, field.unit) for field in fields if field.unit]
    return f"{indices} = {' × '.join(extents)}" if extents else indices


def _row(report: LayerReport) -> list[str]:
    return [
        "head" if report.name == "head" else str(report.number),
        _cut(report.text),
        " × ".join(map(str, report.out_shape.sizes)),
        f"{report.parameters:,}",
        f"{report.multiply_adds:,}",
        receptive_field_text(report.receptive_field),
    ]


def _cut(text: str) -> str:
    """Layers made of layers can be longer than a line."""
    return text if len(text) <= _WIDEST_TEXT else f"{text[: _WIDEST_TEXT - 1]}…"
