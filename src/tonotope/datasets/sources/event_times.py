"""Which columns say when an event starts and ends, and in which unit; which others may."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from tonotope.datasets.sources.time_cells import number_in
from tonotope.datasets.vocabulary import (
    DURATION_COLUMNS,
    TIME_COLUMNS,
    bare,
    looks_like,
    time_name,
)

_UNITS = ("s", "ms", "min", "samples", "clock")
# What to do with times that are not in seconds.
UNIT_CURES: Mapping[str, str] = {
    "ms": "milliseconds; divide them by 1000",
    "min": "minutes; multiply them by 60",
    "samples": "numbers of samples or frames; divide them by their rate in Hz",
    "clock": "times with colons; write them in seconds",
}
_NO_TIME = re.compile(
    r"hz|freq|\b(?:lat|lon|latitude|longitude|score|conf|confidence|prob|probability|p|rating|age"
    r"|year|count|number|nr|no|id|temp|temperature|height|weight)\b",
    re.IGNORECASE,
)
_MOST_NUMBERS = 8  # columns: of a table of features two may lie inside the files by chance


class TimeColumns(NamedTuple):
    """The columns of start, end, duration and offset within the file, and their unit."""

    start: int | None = None
    end: int | None = None
    duration: int | None = None
    offset: int | None = None
    unit: str = "s"


def find_time_columns(names: Mapping[str, int]) -> TimeColumns:
    """The pair of columns that is called like times, by name and place of those not taken.

    >>> find_time_columns({"onset (s)": 1, "duration": 2})
    TimeColumns(start=1, end=None, duration=2, offset=None, unit='s')
    """
    stems = {time_name(name): at for name, at in reversed([*names.items()])}
    for unit in _UNITS:
        for start, end in TIME_COLUMNS:
            if (start, unit) in stems and (end, unit) in stems:
                at, until = stems[start, unit], stems[end, unit]
                return TimeColumns(at, until, None, _offset(stems, start), unit)
        for start in dict.fromkeys([*(start for start, _ in TIME_COLUMNS), "offset"]):
            for duration in DURATION_COLUMNS:
                if (start, unit) in stems and (duration, unit) in stems:
                    at, lasts = stems[start, unit], stems[duration, unit]
                    return TimeColumns(at, None, lasts, _offset(stems, start), unit)
    return _of_two_units(stems)


def _of_two_units(stems: Mapping[tuple[str, str], int]) -> TimeColumns:
    """A start and an end or a duration in another unit: `onset` and `duration_ms`."""
    units = dict(reversed([*stems]))
    for start in dict.fromkeys([*(start for start, _ in TIME_COLUMNS), "offset"]):
        ends = [end for one, end in TIME_COLUMNS if one == start]
        for last in (*ends, *DURATION_COLUMNS):
            if start in units and last in units and start != last:
                both = (units[start], units[last])
                at, until = stems[start, both[0]], stems[last, both[1]]
                unit = next(unit for unit in _UNITS[1:] if unit in both)
                is_end = last in ends
                return TimeColumns(
                    at,
                    until if is_end else None,
                    None if is_end else until,
                    _offset(stems, start),
                    unit,
                )
    return TimeColumns()


def with_partner(names: Mapping[str, int], start: str | None, end: str | None) -> TimeColumns:
    """The times of a start, or an end, that was given, with what belongs to it by its name.

    A given start alone would make each event last to the end of its file, though a column tells
    when it ends or how long it lasts.

    Args:
        names: the columns that are not taken, and the given ones, with their places.
        start: the given column of starts.
        end: the given column of ends.

    >>> with_partner({"comienza": 1, "duración": 2}, "comienza", None)
    TimeColumns(start=1, end=None, duration=2, offset=None, unit='s')
    """
    given = {name for name in (start, end) if name is not None}
    stems = {time_name(name)[0]: name for name in reversed([*names]) if name not in given}
    duration: str | None = None
    if start is not None and end is None:
        own = [last for first, last in TIME_COLUMNS if first == time_name(start)[0]]
        end = _known(stems, own)
        duration = None if end else _known(stems, DURATION_COLUMNS)
        if not end and not duration:  # an `offset` may be Raven's, or where a file begins
            end = _known(stems, [last for _, last in TIME_COLUMNS if last != "offset"])
    elif start is None and end is not None:
        own = [first for first, last in TIME_COLUMNS if last == time_name(end)[0]]
        start = _known(stems, [*own, *(first for first, _ in TIME_COLUMNS)])
    used = [name for name in (start, end, duration) if name is not None]
    units = [unit for _, unit in map(time_name, used) if unit != "s"]
    at, until, lasts = (None if one is None else names[one] for one in (start, end, duration))
    offset = raven_offset(names, start) if start and end else None
    return TimeColumns(at, until, lasts, offset, (units or ["s"])[0])


def _known(stems: Mapping[str, str], wanted: Sequence[str]) -> str | None:
    return next((stems[name] for name in wanted if name in stems), None)


def _offset(stems: Mapping[tuple[str, str], int], start: str) -> int | None:
    """Raven's `File Offset (s)`: its Begin Time counts from the first of several files."""
    return stems.get(("fileoffset", "s")) if start in {"begintime", "starttime"} else None


def raven_offset(names: Mapping[str, int], start: str) -> int | None:
    """The column of offsets within the file that belongs to a start that was given by name."""
    return _offset({time_name(name): at for name, at in names.items()}, time_name(start)[0])


def are_always_events(start: str) -> bool:
    """Whether a start is called as programs for annotation call it: `Begin Time (s)`.

    A plain `start` may say where a file was cut from another recording, as in UrbanSound8K.
    """
    return bare(start).endswith(("(s)", "(sec)", "(seconds)"))


def rising_pairs(
    names: Mapping[str, int], rows: Sequence[Sequence[str]], file: int
) -> tuple[tuple[str, str], ...]:
    """Pairs of numbers that may be times: the second is larger, and they differ within a file.

    A second column that is called like a duration is none, nor is one that lies beyond the next
    start everywhere, or falls while the first rises: it rather says how long something lasts.
    Where each file has one row, neighbours alone may be a pair.
    """
    columns = {name: at for name, at in _numbers(names, rows).items() if not is_duration(name)}
    files = [row[file].strip() for row in rows]
    if len({*files}) == len(files):
        return _neighbours(columns, names)
    return tuple(
        (one, other)
        for one, other in combinations(columns, 2)
        if all(a < b for a, b in zip(columns[one], columns[other], strict=True))
        and _follow([*zip(files, columns[one], columns[other], strict=True)])
    )


def is_duration(name: str) -> bool:
    """Whether a column is called like a duration: `Dauer`, `dur (ms)`."""
    return time_name(name)[0] in DURATION_COLUMNS


def _neighbours(
    columns: Mapping[str, Sequence[float]], names: Mapping[str, int]
) -> tuple[tuple[str, str], ...]:
    """Columns side by side that rise in every row, those called like times first."""
    free = [name for name in columns if not _NO_TIME.search(name.replace("_", " "))]
    few = len(free) <= _MOST_NUMBERS
    found = [
        (one, other)
        for one, other in pairwise(free)
        if names[other] == names[one] + 1
        and (few or looks_like(one) == "time")
        and all(0 <= a < b for a, b in zip(columns[one], columns[other], strict=True))
    ]
    return tuple(sorted(found, key=lambda pair: looks_like(pair[0]) != "time"))


def _follow(events: Sequence[tuple[str, float, float]]) -> bool:
    """Whether a file has several events, their ends rise, and one ends before the next starts."""
    ordered = sorted({*events})
    steps = [(a, b) for a, b in pairwise(ordered) if a[0] == b[0]]
    rise = all(before[2] <= after[2] for before, after in steps)
    return bool(steps) and rise and any(before[2] <= after[1] for before, after in steps)


def differing_columns(
    names: Mapping[str, int], rows: Sequence[Sequence[str]], file: int
) -> tuple[str, ...]:
    """Columns of numbers that differ between rows of one file, those called like times first.

    A column that merely counts the rows is left out.
    """
    files = [row[file].strip() for row in rows]
    found = [
        name
        for name, numbers in _numbers(names, rows).items()
        if len({*zip(files, numbers, strict=True)}) > len({*files})
        and {b - a for a, b in pairwise(numbers)} != {1.0}
    ]
    return tuple(sorted(found, key=lambda name: looks_like(name) != "time"))


def _numbers(names: Mapping[str, int], rows: Sequence[Sequence[str]]) -> dict[str, list[float]]:
    """The columns that hold numbers alone, frequencies left aside."""
    columns: dict[str, list[float]] = {}
    for name, at in sorted(names.items(), key=lambda item: item[1]):
        numbers = [number_in(row[at]) for row in rows]
        if not re.search(r"hz|freq", name, re.IGNORECASE) and None not in numbers:
            columns[name] = [number for number in numbers if number is not None]
    return columns
