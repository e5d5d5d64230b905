"""Rows as events: when their times are used, what they are in seconds, doubts about them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tonotope._errors import DataError
from tonotope._wording import counted, first_five
from tonotope.datasets.manifest import Recording, Skipped
from tonotope.datasets.sources.columns import Columns
from tonotope.datasets.sources.event_times import UNIT_CURES, are_always_events, seconds_of
from tonotope.datasets.sources.table_rows import Row


def with_times(
    rows: list[Row], chosen: Columns, path: Path, skipped: list[Skipped]
) -> tuple[list[Row], list[str]]:
    """The rows with their times as numbers, where the times are times inside the files.

    UrbanSound8K's `start` and `end` say where a clip was cut from another recording. Times that
    were not given by name are taken for events only where a file stands in several rows.
    """
    if chosen.start is None and chosen.end is None:
        return rows, []
    names = _time_names(chosen)
    files = len({row.file for row in rows})
    if _unused_times(rows, chosen):
        return rows, [
            f"{names} are not used: every file has one row, so they may tell where it was cut "
            'from; name them (start = "…", end = "…") to hear that part alone'
        ]
    if chosen.times.unit != "s":
        raise DataError(
            f"{path}: by their name {names} hold {UNIT_CURES[chosen.times.unit]}: times are read "
            "in seconds"
        )
    timed: list[Row] = []
    for row in rows:
        try:
            start_s, end_s = _start_and_end(*map(seconds_of, row.times))
        except ValueError as error:
            skipped.append(Skipped(row.file, row.number, str(error)))
            continue
        timed.append(row._replace(start_s=start_s, end_s=end_s))
    comma = " (decimal comma)" if any("," in text for row in rows for text in row.times) else ""
    events = f"{counted(len(timed), 'event')} in {counted(files, 'file')}"
    notes = [f"{events}: times in seconds{comma} from {names}"]
    if chosen.times.offset is not None:
        offset = chosen.names[chosen.times.offset]
        notes.append(f"an event starts at its `{offset}`, counted within its own file")
    return timed, notes


def _time_names(chosen: Columns) -> str:
    places = (chosen.times.start, chosen.times.end, chosen.times.duration)
    return " and ".join(f"`{chosen.names[at]}`" for at in places if at is not None)


def _unused_times(rows: Sequence[Row], chosen: Columns) -> bool:
    """Whether times were recognised that may be another recording's, so that none is used."""
    if chosen.start is None or not chosen.guessed_times:
        return False
    lone = len({row.file for row in rows}) == len(rows)
    return lone and not are_always_events(chosen.names[chosen.start])


def _start_and_end(
    start_s: float | None, end_s: float | None, lasts_s: float | None, offset_s: float | None
) -> tuple[float | None, float | None]:
    """Start and end within the file, from an end or a duration, and an offset where it is said."""
    if lasts_s is None and end_s is not None:
        lasts_s = end_s - (start_s or 0.0)
    if offset_s is not None:
        start_s, end_s = offset_s, None
    if end_s is None and lasts_s is not None:
        end_s = round((start_s or 0.0) + lasts_s, 9)
    return start_s, end_s


def unused_times_warning(
    rows: Sequence[Row], chosen: Columns, recordings: Sequence[Recording]
) -> list[str]:
    """A warning where times that are not used lie inside files that last longer."""
    if not _unused_times(rows, chosen) or chosen.times.unit != "s":
        return []
    lasts_s = {one.path: one.duration_s for one in recordings}
    inside: list[tuple[float, float]] = []
    for row in rows:
        try:
            start_s, end_s = _start_and_end(*map(seconds_of, row.times))
        except ValueError:
            return []
        whole_s = lasts_s.get(row.path, 0.0)
        if start_s is None or end_s is None or not start_s < end_s <= whole_s + 0.01:
            return []
        if end_s - start_s < 0.9 * whole_s:
            inside.append((end_s - start_s, whole_s))
    if not inside:
        return []
    part_s, whole_s = inside[0]
    return [
        f"whole files are heard ({whole_s:g} s where {_time_names(chosen)} say {part_s:g} s, in "
        f"{counted(len(inside), 'file')}), though these times lie inside them: "
        'name the columns (start = "…", end = "…") if they are events'
    ]


def possible_times_warning(chosen: Columns, skipped: Sequence[Skipped]) -> list[str]:
    """A question about columns that may be times, where rows would say the same without them."""
    same = [one for one in skipped if one.reason.startswith("says the same as row")]
    hint = hint_of_times(chosen)
    if not same or not hint:
        return []
    return [
        f"{counted(len(same), 'row says', 'rows say')} the same as an earlier one and "
        f"{'is' if len(same) == 1 else 'are'} left out, but {hint}"
    ]


def hint_of_times(chosen: Columns) -> str:
    """A question about the columns that may be times; empty where none may."""
    if chosen.rising:
        start, end = chosen.rising[0]
        return (
            f"`{start}` and `{end}` rise like times: if rows are events inside a file, name them "
            f'(start = "{start}", end = "{end}")'
        )
    if not chosen.differing:
        return ""
    named = first_five([f"`{name}`" for name in chosen.differing])
    return (
        f"rows of one file differ in {named}: if rows are events inside a file, call the columns "
        "that say when they begin and end `start` and `end`, or `start` and `duration`"
    )


def overlap_warning(rows: Sequence[Row]) -> list[str]:
    """A warning where events of one file overlap."""
    timed = [row for row in rows if row.start_s is not None or row.end_s is not None]
    last: dict[Path, Row] = {}  # of each file the event that ends last
    pairs: list[tuple[Row, Row]] = []
    for row in sorted(timed, key=lambda one: (one.file, one.start_s or 0.0, _end_s(one))):
        before = last.get(row.path)
        if before is not None and (row.start_s or 0.0) < _end_s(before):
            pairs.append((before, row))
        if before is None or _end_s(row) > _end_s(before):
            last[row.path] = row
    if not pairs:
        return []
    one, other = pairs[0]
    return [
        f"{counted(len(pairs), 'event overlaps', 'events overlap')} an earlier one in the same "
        f"file (rows {one.number} and {other.number}, …); each is heard with what sounds at the "
        "same time"
    ]


def _end_s(row: Row) -> float:
    return float("inf") if row.end_s is None else row.end_s
