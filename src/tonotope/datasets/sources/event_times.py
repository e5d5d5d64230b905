"""Which columns say when an event starts and ends, in which unit; a cell as seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

from tonotope.datasets.vocabulary import (
    DURATION_COLUMNS,
    TIME_COLUMNS,
    bare,
    looks_like,
    time_name,
)

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")
_UNITS = ("s", "ms", "min", "samples")
# What to do with times that are not in seconds.
UNIT_CURES: Mapping[str, str] = {
    "ms": "milliseconds; divide them by 1000",
    "min": "minutes; multiply them by 60",
    "samples": "numbers of samples or frames; divide them by their rate in Hz",
}


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
    return TimeColumns()


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
    """Pairs of numbers that may be times: the second is larger, and they differ within a file."""
    columns = _numbers(names, rows)
    files = [row[file].strip() for row in rows]
    return tuple(
        (one, other)
        for one, other in combinations(columns, 2)
        if all(a < b for a, b in zip(columns[one], columns[other], strict=True))
        and len({*zip(files, columns[one], columns[other], strict=True)}) > len({*files})
    )


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


def number_in(text: str) -> float | None:
    """The number of a cell, or the seconds of a time with colons; None where it holds neither."""
    clock_s = _clock_s(text.strip())
    if clock_s is not None:
        return clock_s
    try:
        return seconds_of(text.strip())
    except ValueError:
        return None


def _clock_s(text: str) -> float | None:
    """Seconds of a time with colons, such as 1:02.5 or 0:01:02."""
    clock = _CLOCK.fullmatch(text)
    if not clock:
        return None
    hours, minutes, seconds = clock.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))


def seconds_of(text: str) -> float | None:
    """A number of seconds, with a decimal point or comma; None where the cell is empty.

    >>> seconds_of("1,5"), seconds_of("")
    (1.5, None)

    Raises:
        ValueError: it is none; a time such as 0:01:02 is named with what to write.
    """
    if not text:
        return None
    clock_s = _clock_s(text)
    if clock_s is not None:
        raise ValueError(f"`{text}` is a time with colons; write it in seconds: {clock_s:g}")
    try:
        seconds = float(text.replace(",", ".") if "." not in text else text)
    except ValueError:
        seconds = float("nan")
    if not abs(seconds) < float("inf"):
        raise ValueError(f"`{text}` is no number of seconds")
    return seconds
