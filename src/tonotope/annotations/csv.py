"""tonotope's own table: `file,start_s,end_s,label,score,low_hz,high_hz`, cells made harmless."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import ClassVar, TextIO

from tonotope.annotations.cells import as_cell, from_cell, or_empty, plain
from tonotope.annotations.collector import Collector
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions
from tonotope.annotations.table import Table, names_in

COLUMNS = ("file", "start_s", "end_s", "label", "score", "low_hz", "high_hz")


class Csv:
    """A table between commas that loses nothing but further columns."""

    name: ClassVar[str] = "csv"
    holds: ClassVar[frozenset[str]] = frozenset(
        {"file", "score", "frequencies", "any_text", "formulas"}
    )
    decimals: ClassVar[int | None] = None
    score_decimals: ClassVar[int | None] = None
    is_text: ClassVar[bool] = True

    def fits(self, content: str, path: Path) -> bool:
        """Whether the first row names times as they are named here."""
        return {"start_s", "end_s"} <= names_in(content)

    def read(self, content: str, events: Collector) -> None:
        """Read each row; a window's row of `tonotope predict` is one too."""
        table = Table(content, events)
        table.need("start_s", "end_s")
        label = table.label_column(("label",))
        for row, cells in table.rows():
            events.add(
                row,
                cells["start_s"],
                cells["end_s"],
                from_cell(cells[label]),
                file=from_cell(cells.get("file", "")),
                score=cells.get("score"),
                low=cells.get("low_hz"),
                high=cells.get("high_hz"),
                columns=table.others(cells, (*COLUMNS, label)),
            )

    def begin(self, out: TextIO, options: WriteOptions) -> None:
        """Write the header."""
        self.table = csv.writer(out, lineterminator="\n")
        self.table.writerow(COLUMNS)

    def write(self, event: Event) -> None:
        """Write one row."""
        bounds = or_empty(event.low_hz), or_empty(event.high_hz)
        times = plain(event.start_s), plain(event.end_s)
        texts = as_cell(event.file), as_cell(event.label)
        self.table.writerow([texts[0], *times, texts[1], or_empty(event.score), *bounds])

    def end(self) -> None:
        """Nothing is left to write."""
