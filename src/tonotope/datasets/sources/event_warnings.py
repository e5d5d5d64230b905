"""Doubts about events: blank starts and ends, overlaps, times that may be in another unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tonotope._wording import counted, first_three
from tonotope.datasets.manifest import Recording
from tonotope.datasets.sources.columns import Columns
from tonotope.datasets.sources.other_units import TimedRow, small_times_warning
from tonotope.datasets.sources.table_rows import Row

_SHORT_S = 0.01


def event_warnings(
    rows: Sequence[Row],
    chosen: Columns,
    recordings: Sequence[Recording],
    lasts_s: Mapping[Path, float],
) -> list[str]:
    """Sentences on events that are heard otherwise than they may be meant.

    Args:
        rows: those that are used, each with its recording.
        chosen: the columns; blank cells of times that are not used say nothing.
        recordings: in the order of the rows.
        lasts_s: the length of each file in seconds.
    """
    timed = _timed(rows, recordings, lasts_s)
    return [
        *_overlapping(rows),
        *_blank(rows, chosen, recordings),
        *(_short(rows) or small_times_warning(timed)),
    ]


def _timed(
    rows: Sequence[Row], recordings: Sequence[Recording], lasts_s: Mapping[Path, float]
) -> list[TimedRow]:
    return [
        TimedRow(row.number, row.file, row.start_s, row.end_s, lasts_s[row.path], one.rate_hz)
        for row, one in zip(rows, recordings, strict=True)
        if row.start_s is not None or row.end_s is not None
    ]


def _overlapping(rows: Sequence[Row]) -> list[str]:
    """Warnings where events have no end, and where events of one file overlap."""
    timed = [row for row in rows if row.start_s is not None or row.end_s is not None]
    last: dict[Path, Row] = {}  # of each file the event that ends last
    pairs: list[tuple[Row, Row]] = []
    for row in sorted(timed, key=lambda one: (one.file, one.start_s or 0.0, _end_s(one))):
        before = last.get(row.path)
        if before is not None and (row.start_s or 0.0) < _end_s(before):
            pairs.append((before, row))
        if before is None or _end_s(row) > _end_s(before):
            last[row.path] = row
    endless = [row for row in timed if row.end_s is None]
    if len(endless) > 1 and len(endless) == len(timed):
        return [
            f"{counted(len(endless), 'event has', 'events have')} no end and are heard to the end "
            'of their files: name the column of ends (end = "…"), or call one of durations '
            "`duration`"
        ]
    if not pairs:
        return []
    one, other = pairs[0]
    return [
        f"{counted(len(pairs), 'event overlaps', 'events overlap')} an earlier one in the same "
        f"file (rows {one.number} and {other.number}, …); each is heard with what sounds at the "
        "same time"
    ]


def _blank(rows: Sequence[Row], chosen: Columns, recordings: Sequence[Recording]) -> list[str]:
    """What is heard of rows whose start or end is blank, where other rows have one.

    Args:
        rows: those that are used, each with its recording.
        chosen: the columns; blank cells of times that are not used say nothing.
        recordings: in the order of the rows.
    """
    if chosen.start is None and chosen.end is None:
        return []
    if all(row.start_s is None and row.end_s is None for row in rows):
        return []
    begun = chosen.start is not None
    ends = any(row.end_s is not None for row in rows)
    found: list[str] = []
    for row, one in zip(rows, recordings, strict=True):
        begin_s, end_s = one.start_s, one.start_s + one.duration_s
        if begun and row.start_s is None and ends and row.end_s is None:
            found.append(
                f"row {row.number} has no start and no end: {begin_s:.2f} to {end_s:.2f} s"
            )
        elif begun and row.start_s is None:
            found.append(f"row {row.number} has no start: {begin_s:.2f} to {end_s:.2f} s")
        elif ends and row.end_s is None:
            found.append(f"row {row.number} has no end: {begin_s:.2f} to {end_s:.2f} s")
    if not found:
        return []
    return [
        f"{counted(len(found), 'row')} with a blank start or end: the sound is "
        f"heard from the beginning or to the end of the file ({first_three(found)}): if that is "
        "not meant, fill the cells in or take the rows out"
    ]


def _short(rows: Sequence[Row]) -> list[str]:
    """A question where most events are so short that their times may not be in seconds."""
    lengths_s = [row.end_s - (row.start_s or 0.0) for row in rows if row.end_s is not None]
    short_s = sorted(length_s for length_s in lengths_s if length_s < _SHORT_S)
    if len(short_s) <= len(lengths_s) / 2:
        return []
    return [
        f"{len(short_s):,} of {counted(len(lengths_s), 'event')} "
        f"{'lasts' if len(short_s) == 1 else 'last'} less than "
        f"{1000 * _SHORT_S:g} ms ({1000 * short_s[len(short_s) // 2]:.3g} ms, for example): are "
        "the times in seconds?"
    ]


def _end_s(row: Row) -> float:
    return float("inf") if row.end_s is None else row.end_s
