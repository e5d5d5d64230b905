"""Kaleidoscope's table as BirdNET-Analyzer writes it: INDIR, FOLDER, IN FILE, OFFSET, DURATION.

Read in BirdNET-Analyzer's source; what Wildlife Acoustics' own program writes was not tried: its
columns `MANUAL ID` and `AUTO ID*` are read as labels, its `TOP1DIST` is a distance and no score.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar, TextIO

from tonotope._errors import DataError
from tonotope.annotations.cells import added, lasting, or_empty
from tonotope.annotations.collector import Collector
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions
from tonotope.annotations.table import Table, TableWriter, names_in, unquoted

_BIRDNETS = ("lat", "lon", "week", "overlap", "sensitivity")
_COLUMNS = (
    *("INDIR", "FOLDER", "IN FILE", "OFFSET", "DURATION"),
    *("scientific_name", "common_name", "confidence", *_BIRDNETS),
)
_LABELS = ("scientific_name", "common_name", "AUTO ID*", "TOP1MATCH", "MANUAL ID")
_DRIVE = re.compile(r"[A-Za-z]:")
_WINDOWS = re.compile(r"[A-Za-z]:(?:\\|$)|\\\\")


class Kaleidoscope:
    """A table between commas; an event has an offset and a duration."""

    name: ClassVar[str] = "kaleidoscope"
    holds: ClassVar[frozenset[str]] = frozenset({"file", "score"})
    decimals: ClassVar[int | None] = 6
    score_decimals: ClassVar[int | None] = None
    is_text: ClassVar[bool] = True

    def fits(self, content: str, path: Path) -> bool:
        """Whether the first row names Kaleidoscope's file and times."""
        return {"in file", "offset", "duration"} <= names_in(content)

    def read(self, content: str, events: Collector) -> None:
        """Read each row; a person's `MANUAL ID` counts before the program's."""
        table = Table(content, events)
        table.need("IN FILE", "OFFSET", "DURATION")
        label = table.label_column(_LABELS)
        manual = "manual id" if events.label is None and "manual id" in table.places else label
        used = (label, *_COLUMNS[:5], "confidence", *({manual} & {"manual id"}))
        for row, cells in table.rows():
            others = table.others(cells, used)
            if others.get("common_name") == cells[label]:
                del others["common_name"]
            by_hand = cells[manual].strip() and manual != label
            if by_hand and cells[label].strip():
                others[table.names[table.places[label]]] = cells[label]
            try:
                start_s = events.number(cells["offset"], "start time")
                end_s = added(start_s, events.number(cells["duration"], "given duration"))
            except (DataError, ValueError) as error:
                events.skip(row, str(error))
                continue
            events.add(
                row,
                start_s,
                end_s,
                unquoted(cells[manual if by_hand else label]),
                file=_joined(*(unquoted(cells.get(one, "")) for one in _PATH)),
                score=cells.get("confidence"),
                columns=others,
            )

    def begin(self, out: TextIO, options: WriteOptions) -> None:
        """Write the header."""
        self.table = TableWriter(out, _COLUMNS)

    def write(self, event: Event) -> None:
        """Write one row; the last five columns only where they were read."""
        start_s, end_s = round(event.start_s, 6), round(event.end_s, 6)
        common = event.columns.get("common_name", event.label)
        self.table.write(
            [
                *_apart(event.file),
                *(f"{start_s:.6f}", f"{lasting(start_s, end_s):.6f}", event.label, common),
                or_empty(event.score),
                *(event.columns.get(name, "") for name in _BIRDNETS),
            ]
        )

    def end(self) -> None:
        """Nothing is left to write."""


_PATH = ("indir", "folder", "in file")


def _apart(path: str) -> tuple[str, str, str]:
    """The folder above, the folder, and the name of a file.

    >>> _apart("/data/site1/rec1.wav"), _apart("rec1.wav")
    (('/data', 'site1', 'rec1.wav'), ('', '', 'rec1.wav'))
    """
    slash = "\\" if _WINDOWS.match(path) else "/"
    above, found, name = path.rpartition(slash)
    if found and (not above or _DRIVE.fullmatch(above)):
        return above + found, "", name
    indir, found, folder = above.rpartition(slash)
    return indir or found, folder, name


def _joined(indir: str, folder: str, name: str) -> str:
    r"""The path that `_apart` took apart.

    >>> _joined("/data", "site1", "rec1.wav"), _joined("D:\\bats", "night1", "a.wav")
    ('/data/site1/rec1.wav', 'D:\\bats\\night1\\a.wav')
    """
    slash = "\\" if _WINDOWS.match(indir) else "/"
    path = ""
    for one in (indir.strip(), folder.strip(), name.strip()):
        path += one if not path or path.endswith(slash) or not one else slash + one
    return path
