"""BirdNET's table: `Start (s), End (s), Scientific name, Common name, Confidence, File`."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, TextIO

from tonotope.annotations.cells import or_empty, plain
from tonotope.annotations.collector import Collector
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions
from tonotope.annotations.table import Table, TableWriter, names_in, unquoted

_COLUMNS = ("Start (s)", "End (s)", "Scientific name", "Common name", "Confidence", "File")


class BirdNet:
    """A table between commas; the label is the scientific name."""

    name: ClassVar[str] = "birdnet"
    holds: ClassVar[frozenset[str]] = frozenset({"file", "score"})
    decimals: ClassVar[int | None] = None
    score_decimals: ClassVar[int | None] = None
    is_text: ClassVar[bool] = True

    def fits(self, content: str, path: Path) -> bool:
        """Whether the first row names BirdNET's times and a species."""
        names = names_in(content)
        return {"start (s)", "end (s)"} <= names and bool(
            {"scientific name", "common name"} & names
        )

    def read(self, content: str, events: Collector) -> None:
        """Read each row; older versions write no column `File`."""
        table = Table(content, events)
        table.need("Start (s)", "End (s)")
        label = table.label_column(("Scientific name", "Common name"))
        used = (label, "Start (s)", "End (s)", "Confidence", "File")
        for row, cells in table.rows():
            others = table.others(cells, used)
            if others.get("Common name") == cells[label]:  # as written below
                del others["Common name"]
            events.add(
                row,
                cells["start (s)"],
                cells["end (s)"],
                unquoted(cells[label]),
                file=unquoted(cells.get("file", "").strip()),
                score=cells.get("confidence"),
                columns=others,
            )

    def begin(self, out: TextIO, options: WriteOptions) -> None:
        """Write the header."""
        self.table = TableWriter(out, _COLUMNS)

    def write(self, event: Event) -> None:
        """Write one row; where only one name is known, it stands in both columns."""
        common = event.columns.get("Common name", event.label)
        times = plain(event.start_s), plain(event.end_s)
        self.table.write([*times, event.label, common, or_empty(event.score), event.file])

    def end(self) -> None:
        """Nothing is left to write."""
