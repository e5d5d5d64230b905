"""Rows as events: when their times are used, what they are in seconds, doubts about them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tonotope._errors import DataError
from tonotope._wording import counted, first_five
from tonotope.datasets.manifest import Recording, Skipped
from tonotope.datasets.sources.columns import Columns
from tonotope.datasets.sources.csv_dialect import CsvTable
from tonotope.datasets.sources.doubtful_times import lone_time_warning
from tonotope.datasets.sources.event_times import (
    UNIT_CURES,
    TimeColumns,
    are_always_events,
    is_duration,
)
from tonotope.datasets.sources.table_rows import Row
from tonotope.datasets.sources.time_cells import UNIT_S, number_in, seconds_of
from tonotope.datasets.vocabulary import time_name


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
    wrong = _time_names(chosen, of_other_unit=True)
    files = len({row.file for row in rows})
    if _unused_times(rows, chosen):
        return rows, [
            f"{names} are not used: every file has one row, so they may tell where it was cut "
            f"from; {_keys(chosen)} in [data] hears that part alone"
        ]
    if chosen.times.unit != "s":
        cure = f"{UNIT_CURES[chosen.times.unit]}: times are read in seconds"
        if " and " not in wrong:
            raise DataError(f"{path}: by its name {wrong} holds {cure}")
        raise DataError(f"{path}: by their names {wrong} hold {cure}")
    timed: list[Row] = []
    offset = "" if chosen.times.offset is None else chosen.names[chosen.times.offset]
    for row in rows:
        try:
            start_s, end_s = _start_and_end(*map(seconds_of, row.times))
        except ValueError as error:
            skipped.append(Skipped(row.file, row.number, str(error)))
            continue
        if offset and not row.times[3]:  # its start may count on from the file before
            reason = f"has no `{offset}`, so where it lies in its file is not known"
            skipped.append(Skipped(row.file, row.number, reason))
            continue
        timed.append(row._replace(start_s=start_s, end_s=end_s))
    comma = " (decimal comma)" if any("," in text for row in rows for text in row.times) else ""
    events = f"{counted(len(timed), 'event')} in {counted(files, 'file')}"
    notes = [f"the table names {events}: times in seconds{comma} from {names}"]
    if offset:
        notes.append(f"an event starts at its `{offset}`, counted within its own file")
    return timed, notes


def times_on_sounds(
    sheet: CsvTable, chosen: Columns, rows: Sequence[Row]
) -> tuple[dict[Path, list[tuple[float, float]]], dict[Path, str]]:
    """From when to when rows lie on each sound, in seconds, those that are left out too.

    Args:
        sheet: the table.
        chosen: its columns, with times in seconds.
        rows: those that are used, each with its file and its times.

    Returns:
        these times, and a row of each sound that has one whose times cannot be read.
    """
    paths = {row.file: row.path for row in rows}
    numbers = {row.number for row in rows}
    covers: defaultdict[Path, list[tuple[float, float]]] = defaultdict(list)
    unplaced: dict[Path, str] = {}

    def cover(path: Path, start_s: float | None, end_s: float | None) -> None:
        covers[path].append((start_s or 0.0, math.inf if end_s is None else end_s))

    for row in rows:
        cover(row.path, row.start_s, row.end_s)
    for number, cells, _ in sheet.rows():
        path = paths.get(cells[chosen.file].strip()) if cells else None
        if cells is None or path is None or number in numbers:
            continue
        times = ["" if at is None else cells[at].strip() for at in chosen.times[:4]]
        try:
            if chosen.times.offset is not None and not times[3]:
                raise ValueError
            cover(path, *_start_and_end(*map(seconds_of, times)))
        except ValueError:
            unplaced.setdefault(path, f"row {number}")
    return covers, unplaced


def _time_names(chosen: Columns, *, of_other_unit: bool = False) -> str:
    """The columns of times; only those that are not in seconds, where that is asked for."""
    places = (chosen.times.start, chosen.times.end, chosen.times.duration)
    names = [chosen.names[at] for at in places if at is not None]
    if of_other_unit:
        names = [name for name in names if time_name(name)[1] != "s"]
    return " and ".join(f"`{name}`" for name in names)


def _keys(chosen: Columns) -> str:
    """What to write in [data] to use the times; a duration goes with its start."""
    keys = (("start", chosen.times.start), ("end", chosen.times.end))
    return " and ".join(f'{key} = "{chosen.names[at]}"' for key, at in keys if at is not None)


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
    rows: Sequence[Row], chosen: Columns, recordings: Sequence[Recording], sheet: CsvTable
) -> list[str]:
    """A question where times that are not used lie inside files that last longer.

    They may be recognised by their names, two columns that rise from one to the other, or a
    duration alone.
    """
    lone = len({row.path for row in rows}) == len(rows)
    heard = {one.path: one for one in recordings}
    if not lone:
        return []
    if _unused_times(rows, chosen):
        parts = _parts(rows, chosen, heard)
        return [_unused(parts, chosen)] if parts else []
    if _time_names(chosen):
        return []
    return _maybe_times(rows, chosen, heard, sheet) or lone_time_warning(rows, chosen, heard, sheet)


def _maybe_times(
    rows: Sequence[Row], chosen: Columns, heard: Mapping[Path, Recording], sheet: CsvTable
) -> list[str]:
    """A question about columns that are not called like times, and lie inside the files."""
    cells = {number: cells for number, cells, _ in sheet.rows() if cells}

    def parts_of(times: TimeColumns) -> list[tuple[float, float]]:
        """The parts that these columns would name."""
        with_cells = [
            row._replace(
                times=tuple("" if at is None else cells[row.number][at].strip() for at in times[:4])
            )
            for row in rows
        ]
        return _parts(with_cells, replace(chosen, times=times), heard)

    for start, end in chosen.rising:
        if parts := parts_of(TimeColumns(chosen.names.index(start), chosen.names.index(end))):
            return [_rising(parts, start, end)]
    for at, name in enumerate(chosen.names):
        lasting = is_duration(name) and at not in chosen.targets
        if lasting and (parts := parts_of(TimeColumns(duration=at))):
            return [_shorter(parts, name)]
    return []


def _parts(
    rows: Sequence[Row], chosen: Columns, heard: Mapping[Path, Recording]
) -> list[tuple[float, float]]:
    """How long parts last and the files they lie in; none where any does not lie inside."""
    found: list[tuple[float, float]] = []
    units = ["s" if at is None else time_name(chosen.names[at])[1] for at in chosen.times[:4]]
    for row in rows:
        one = heard.get(row.path)
        if one is None:
            continue
        numbers = [number_in(text) if text else None for text in row.times]
        start_s, end_s = _start_and_end(
            *(
                None if number is None else number * UNIT_S.get(unit, 1 / one.rate_hz)
                for number, unit in zip(numbers, units, strict=True)
            )
        )
        unread = any(text and x is None for text, x in zip(row.times, numbers, strict=True))
        start_s = start_s or 0.0
        if end_s is None and not unread:  # blank, which says nothing of the others
            continue
        if unread or end_s is None or not 0 <= start_s < end_s <= one.duration_s + 0.01:
            return []
        if end_s - start_s < 0.9 * one.duration_s:
            found.append((end_s - start_s, one.duration_s))
    return found


def _unused(parts: Sequence[tuple[float, float]], chosen: Columns) -> str:
    part_s, whole_s = parts[0]
    return (
        f"whole files are heard ({whole_s:g} s where {_time_names(chosen)} say {part_s:g} s, in "
        f"{counted(len(parts), 'file')}), though these times lie inside them: if they are events, "
        f"write {_keys(chosen)} in [data]"
    )


def _rising(parts: Sequence[tuple[float, float]], start: str, end: str) -> str:
    part_s, whole_s = parts[0]
    return (
        f"whole files are heard, though `{start}` and `{end}` may be times inside them "
        f"({part_s:g} s of {whole_s:g} s, in {counted(len(parts), 'file')}): if they say which "
        f'part to hear, name them (start = "{start}", end = "{end}")'
    )


def _shorter(parts: Sequence[tuple[float, float]], name: str) -> str:
    part_s, whole_s = parts[0]
    return (
        f"whole files are heard ({whole_s:g} s where `{name}` says {part_s:g} s, in "
        f"{counted(len(parts), 'file')}): if only a part is meant, name the column that says when "
        'it starts (start = "…")'
    )


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
