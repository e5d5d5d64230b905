"""Times in another unit than seconds, told by the lengths of the files: refused or asked about."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tonotope._errors import DataError

CLOCK_S = 1e8  # three years: no recording, but a clock that counts from 1970 or so
_SLACK_S = 0.01  # an event may end this much after its file: tables round
_SHORT_S = 0.02  # as hours this would be a minute
_BY_CHANCE = 0.01  # all times lie so near the beginnings of their files no oftener
_SHORT_EVENT_S = 0.2  # what lasts seconds is shorter than this where it is told in minutes


class TimedRow(NamedTuple):
    """An event as a table tells it, and the file that it lies in."""

    row: int | None
    name: str
    start_s: float | None
    end_s: float | None
    lasts_s: float
    rate_hz: int

    @property
    def last_s(self) -> float:
        """Its end, or its start where it has none."""
        return self.end_s or self.start_s or 0.0

    @property
    def says(self) -> str:
        """What stands in the row."""
        if self.end_s:
            return f"row {self.row} ends at {self.end_s:.13g}"
        return f"row {self.row} starts at {self.start_s or 0.0:.13g}"


def refuse_other_units(timed: Sequence[TimedRow], where: str) -> None:
    """Refuse times that are no seconds by the lengths of their files.

    Args:
        timed: events whose files could be read.
        where: the table, for the message.

    Raises:
        DataError: they are in milliseconds, samples, hours or days, or from a clock; a row is
            named, and what to do.
    """
    ending = [one for one in timed if one.last_s]
    beyond = [one for one in ending if one.last_s > one.lasts_s + _SLACK_S]
    if beyond and len(beyond) > len(ending) / 2:
        _refuse_clock(beyond, where)
        _refuse_small_units(beyond, len(ending), where)
    _refuse_days(timed, where)


def _refuse_small_units(beyond: Sequence[TimedRow], timed: int, where: str) -> None:
    """Times that lie beyond the sound as seconds, and inside it in a smaller unit."""
    units: tuple[tuple[str, str, Callable[[TimedRow], float]], ...] = (
        ("milliseconds", "1000", lambda _: 1000),
        ("numbers of samples", "the sample rate", lambda one: one.rate_hz),
    )
    for unit, divisor, per_second in units:
        inside = [one.last_s / per_second(one) <= one.lasts_s + _SLACK_S for one in beyond]
        if sum(inside) <= timed / 2 or (unit == "milliseconds" and not _most(inside)):
            continue
        one = beyond[inside.index(True)]
        raise DataError(
            f"{where}times look like {unit}: {one.says}, but "
            f"{one.name} lasts {one.lasts_s:.2f} s; they are read as seconds, so "
            f"divide the columns of start and end by {divisor}"
        )


def _refuse_clock(beyond: Sequence[TimedRow], where: str) -> None:
    """Times of a clock (Unix time and its like), whose zero lies years before the recording."""
    if not _most([one.last_s >= CLOCK_S for one in beyond]):
        return
    one = max(beyond, key=lambda one: one.last_s >= CLOCK_S)
    raise DataError(
        f"{where}times look like those of a clock (Unix time): {one.says}; write how many seconds "
        "after the beginning of its file each is"
    )


def _refuse_days(timed: Sequence[TimedRow], where: str) -> None:
    """Times so near the beginning of every file that days or hours lie inside it too.

    A spreadsheet keeps 0:00:01 as 1/86400 of a day, and exports that where the cell is formatted as
    a number.
    """
    for unit, factor in (("fractions of a day, as Excel keeps them", 86400), ("hours", 3600)):
        inside = [
            factor * one.last_s <= one.lasts_s + _SLACK_S
            and one.last_s - (one.start_s if one.end_s and one.start_s else 0.0) < _SHORT_S
            for one in timed
        ]
        if not timed or not _most(inside) or not any(one.last_s for one in timed):
            continue
        one = max(timed, key=lambda one: one.last_s / (one.lasts_s or 1.0))
        raise DataError(
            f"{where}times look like {unit}: read as seconds, no event lies more than "
            f"{one.last_s:.2g} s after the beginning of its file (row {one.row}; {one.name} lasts "
            f"{one.lasts_s:.2f} s); multiply the columns of start and end by {factor}"
        )


def small_times_warning(timed: Sequence[TimedRow]) -> list[str]:
    """A question where all times lie near the beginnings of long files: minutes or fractions?

    Args:
        timed: events, with an end where the table tells one.

    >>> rows = [TimedRow(row, "a.wav", 0.1 * row, 0.1 * row + 0.2, 12.0, 8000) for row in (2, 7)]
    >>> print(small_times_warning(rows)[0])
    no event ends later than 0.9 s after the beginning of its file, though the files last up to
    12.0 s: are these seconds, or fractions of the file? They are read as seconds
    """
    ending = [one for one in timed if one.last_s]
    latest_s = max((one.last_s for one in ending), default=0.0)
    if math.prod(min(1.0, latest_s / max(one.lasts_s, _SLACK_S)) for one in ending) > _BY_CHANCE:
        return []
    minutes = all(60 * one.last_s <= one.lasts_s + _SLACK_S for one in ending)
    lengths_s = sorted(one.end_s - (one.start_s or 0.0) for one in ending if one.end_s)
    short = bool(lengths_s) and lengths_s[len(lengths_s) // 2] < _SHORT_EVENT_S
    minutes = minutes and (short or latest_s <= 1)
    units = "minutes" if minutes else "fractions of the file"
    if minutes and latest_s <= 1:
        units = "minutes or fractions of the file"
    elif not minutes and latest_s > 1:
        return []
    longest_s = max(one.lasts_s for one in ending)
    return [
        f"no event ends later than {latest_s:.3g} s after the beginning of its file, though the "
        f"files last up to {longest_s:.1f} s: are these seconds, or {units}? They "
        "are read as seconds"
    ]


def _most(inside: Sequence[bool]) -> bool:
    """Nearly all: a number of samples early in a file may be taken for milliseconds."""
    return sum(inside) >= 0.9 * len(inside)
