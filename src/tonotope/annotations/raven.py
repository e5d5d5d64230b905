"""Raven selection tables, of one recording or of several that were opened as one.

Over several recordings Begin Time counts on from one to the next; File Offset is within each.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path
from typing import ClassVar, TextIO

from tonotope._errors import DataError
from tonotope._wording import counted
from tonotope.annotations.cells import added, lasting, or_empty
from tonotope.annotations.collector import Collector
from tonotope.annotations.event import Event
from tonotope.annotations.format import WriteOptions
from tonotope.annotations.table import Table, names_in

_COLUMNS = (
    *("Selection", "View", "Channel", "Begin Time (s)", "End Time (s)"),
    *("Low Freq (Hz)", "High Freq (Hz)", "Begin Path", "File Offset (s)", "Annotation", "Score"),
)
# Columns that hold labels, the likeliest first: people name them as they like.
_LABELS = (
    *("annotation", "annotations", "species", "label", "common name", "scientific name"),
    *("species code", "sound type", "call type", "class", "type", "tag"),
)
_SCORES = ("score", "confidence")
_FILES = ("begin path", "begin file")
_USED = (
    *("selection", "view", "begin time (s)", "end time (s)", "low freq (hz)", "high freq (hz)"),
    "file offset (s)",
)


class Raven:
    """A table between tabs, a row for each selection and view."""

    name: ClassVar[str] = "raven"
    holds: ClassVar[frozenset[str]] = frozenset({"file", "score", "frequencies", "formulas"})
    decimals: ClassVar[int | None] = 6
    score_decimals: ClassVar[int | None] = None
    is_text: ClassVar[bool] = True

    def fits(self, content: str, path: Path) -> bool:
        """Whether the first row names Raven's times."""
        return {"begin time (s)", "end time (s)"} <= names_in(content)

    def read(self, content: str, events: Collector) -> None:
        """Read each selection once, with its times within its recording."""
        table = Table(content, events)
        table.need("Begin Time (s)", "End Time (s)")
        label = table.label_column(_LABELS)
        file = next((name for name in _FILES if name in table.places), None)
        score = next((name for name in _SCORES if name in table.places and name != label), None)
        used = [label, *_USED, *filter(None, (file, score))]
        rows = _one_view([*table.rows()], label, file, events)
        _refuse_counting_on(rows, file, events)
        before = _before(events.durations) if file else {}
        for row, cells in rows:
            try:
                start, end = _within(cells, file, before, events)
            except DataError as error:
                events.skip(row, str(error))
                continue
            events.add(
                row,
                start,
                end,
                cells[label],
                file=cells[file].strip() if file else "",
                score=cells[score] if score else None,
                low=cells.get("low freq (hz)"),
                high=cells.get("high freq (hz)"),
                columns=_with_channel(table.others(cells, used)),
            )

    def begin(self, out: TextIO, options: WriteOptions) -> None:
        """Write the header."""
        self.out, self.count, self.files = out, 0, set[str]()
        self.before = _before(options.durations)
        self.out.write("\t".join(_COLUMNS) + "\n")

    def write(self, event: Event) -> None:
        """Write one selection.

        Raises:
            DataError: several recordings, and the length of one is not given.
        """
        self.files.add(event.file)
        if len(self.files) > 1 or self.before:
            unknown = sorted(self.files - {*self.before})
            if unknown:
                raise DataError(
                    f"raven: in a table of several recordings times count on from one to the next; "
                    f"give the length of each in their order (durations=…), also of {unknown[0]}"
                )
        self.count += 1
        ahead = self.before.get(event.file, 0.0)
        begin, end = added(ahead, event.start_s), added(ahead, event.end_s)
        cells = [
            *(str(self.count), "Spectrogram 1", "1", f"{begin:.6f}", f"{end:.6f}"),
            *(or_empty(event.low_hz), or_empty(event.high_hz), event.file, f"{event.start_s:.6f}"),
            *(event.label, or_empty(event.score)),
        ]
        self.out.write("\t".join(cells) + "\n")

    def end(self) -> None:
        """Nothing is left to write."""


_Rows = list[tuple[int, Mapping[str, str]]]


def _one_view(rows: _Rows, label: str, file: str | None, events: Collector) -> _Rows:
    """The rows, of two views of one selection the one that has frequencies."""
    kept: dict[tuple[str, ...], tuple[int, Mapping[str, str]]] = {}
    twice = 0
    for row, cells in rows:
        selection = cells.get("selection", "").strip()
        same = (*(cells[name] for name in ("begin time (s)", "end time (s)", label)),)
        key = (selection or f"row {row}", *same, cells[file] if file else "")
        first = kept.get(key)
        if first is None:
            kept[key] = row, cells
        elif cells.get("view") == first[1].get("view"):
            kept[(f"row {row}", *same)] = row, cells  # no second view: a row that is there twice
        else:
            twice += 1
            if not first[1].get("high freq (hz)", "").strip():
                kept[key] = first[0], cells
    if twice:
        found = counted(twice, "row")
        events.note(f"a second view of a selection, which is read once: {found}")
    return list(kept.values())


def _refuse_counting_on(rows: _Rows, file: str | None, events: Collector) -> None:
    """Refuse times over several recordings that nothing leads back into each.

    Raises:
        DataError: says what would.
    """
    files = {cells[file].strip() for _, cells in rows} if file else set()
    offsets = all("file offset (s)" in cells for _, cells in rows)
    if len(files) > 1 and not offsets and not events.durations:
        raise events.error(
            "its times count on from one recording to the next; add the column `File Offset (s)` "
            "(in Raven: View, Configure Selection Table), or give the length of each recording in "
            "their order (durations=…)"
        )


def _within(
    cells: Mapping[str, str], file: str | None, before: Mapping[str, float], events: Collector
) -> tuple[object, object]:
    """Start and end within the recording.

    Raises:
        DataError: they cannot be told.
    """
    begin, end = cells["begin time (s)"], cells["end time (s)"]
    offset = cells.get("file offset (s)", "")
    if offset.strip():
        start_s = events.number(offset, "file offset")
        lasts_s = lasting(events.number(begin, "start time"), events.number(end, "end time"))
        return start_s, added(start_s, lasts_s)
    if not file or not before:
        return begin, end
    name = cells[file].strip()
    if name not in before:
        raise DataError(f"the length of {name} is not given, nor is its file offset")
    both = events.number(begin, "start time"), events.number(end, "end time")
    start_s, end_s = (lasting(before[name], one) for one in both)
    return start_s, end_s


def _with_channel(columns: dict[str, str]) -> dict[str, str]:
    """Further columns, the channel only where it is not the first."""
    return {name: cell for name, cell in columns.items() if (name, cell) != ("Channel", "1")}


def _before(durations: Mapping[str, float]) -> dict[str, float]:
    """How much sound lies before each recording."""
    ends = accumulate(durations.values(), added, initial=0.0)
    return dict(zip(durations, ends, strict=False))
