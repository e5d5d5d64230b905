"""`LayerReport`: one row of the table of layers, as text, JSON and explanation; totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tonotope._shapes import Shape
from tonotope.network.layers.receptive_field import ReceptiveField, receptive_field_text

_WIDEST_TEXT = 48
_SEES = "one value sees"


@dataclass(frozen=True)
class LayerReport:
    """What one layer does to the shape, and what it costs.

    Attributes:
        number: from 1.
        name: of the module, `01-conv`; `head` for the dense layer of a head.
        text: the layer in an experiment file.
        in_shape: of its input.
        out_shape: of its output.
        parameters: how many numbers it learns.
        kept: how many numbers it stores and does not learn: running means and variances, codes.
        multiply_adds: per clip.
        connections: how many weights and biases it uses, per clip; one used twice counts twice.
        receptive_field: one entry per axis of the network's input.
        formula: how the output size is computed, with numbers.
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
    """The whole network as plain data: the sums of its layers, and `layers`."""
    sums = ("parameters", "kept", "multiply_adds", "connections")
    data: dict[str, Any] = {name: sum(getattr(one, name) for one in reports) for name in sums}
    return data | {"layers": [report.to_json() for report in reports]}


def table(
    reports: Sequence[LayerReport],
    *,
    connections: bool = False,
    explained: bool = False,
    width: int | None = None,
    told: Callable[[str], str] = str,
    number: Callable[[str], str] = str,
) -> str:
    """The layers as a table: output sizes, parameters, multiply-adds, receptive field.

    Args:
        reports: the layers.
        connections: whether to count connections too, as papers did before 2000.
        explained: whether to add, below each layer, how its size is computed and its filters.
        width: leave columns out, the last ones first, until a row has no more letters than this;
            a line below the table names them.
        told: what tells the heads of the columns in another language.
        number: what writes a number as another language does.
    """
    sees = told(_SEES)
    head = ["", *map(told, ("layer", "comes out", "parameters", "multiply-adds")), sees]
    rows = [head, *(_row(report, number) for report in reports)]
    if connections:
        head.insert(5, told("connections"))
        for row, report in zip(rows[1:], reports, strict=True):
            row.insert(5, number(f"{report.connections:,}"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    left_out: list[str] = []
    while width and len(head) > 3 and sum(widths) + 2 * (len(widths) - 1) > width:
        left_out.insert(0, head.pop())
        widths.pop()
        for row in rows[1:]:
            row.pop()
    right = {0} | {at for at in range(3, len(head)) if head[at] != sees}
    lines = []
    for row, report in zip(rows, [None, *reports], strict=True):
        cells = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join(cells).rstrip())
        if explained and report:
            lines += [" " * (widths[0] + 4) + line for line in explanation(report)]
    if left_out:
        lines.append(f"(a wider terminal shows also: {', '.join(left_out)})")
    return "\n".join(lines)


def explanation(report: LayerReport) -> list[str]:
    """How the size of a layer is computed, and what its filters look like: a line each, or none."""
    return [line for text in (report.formula, report.weighed) for line in text.splitlines()]


def _row(report: LayerReport, number: Callable[[str], str]) -> list[str]:
    # A residual block can be longer than a line.
    text = report.text
    return [
        "head" if report.name == "head" else str(report.number),
        text if len(text) <= _WIDEST_TEXT else f"{text[: _WIDEST_TEXT - 1]}…",
        " × ".join(map(str, report.out_shape.sizes)),
        number(f"{report.parameters:,}"),
        number(f"{report.multiply_adds:,}"),
        receptive_field_text(report.receptive_field, number),
    ]
