"""Days and times in names: `2024-03-01 10.15.22`, `20240511_210000`, `24Y05M05`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

_WHOLE_DAY = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"  # 20240511
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"  # 11052024
    r"|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"  # 240511
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d"  # 110524
    r"|(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d"  # 11.5.2024
    r"|(?:19|20)\d\d\.(?:0?[1-9]|1[0-2])\.(?:0?[1-9]|[12]\d|3[01])"
    r"|\d\d(?:\d\d)?y\d\dm\d\dd?"  # 24Y05M05
)
_DAY_AND_TIME = re.compile(r"(?:19|20)\d{6}t?\d{4}(?:\d\d)?z?|(?:19|20)\d{6}t\d{4}(?:\d\d)?z?")
_TIME = re.compile(r"t?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?[a-z]?|\d\dh(?:\d\d(?:m\d\ds?)?)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTH = re.compile(
    r"0?[1-9]|1[0-2]|jan\w*|feb\w*|mar\w*|apr\w*|abr\w*|ma[yi]\w*|jun\w*|jul\w*|aug\w*|ago\w*"
    r"|sep\w*|o[ck]t\w*|nov\w*|de[cz]\w*|dic\w*|ene\w*"
)
_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]")
_PAIR = re.compile(r"[0-5]\d")


def day_in(parts: Sequence[str]) -> tuple[int, ...]:
    """Where a name says a day: the places of its parts, from 0; empty where it says none.

    >>> day_in(["rec", "2024", "03", "01", "10", "15"]), day_in(["20240511", "210000"])
    ((1, 2, 3), (0,))
    >>> day_in(["Audio", "[2024", "03", "01", "120000]"])  # Ableton Live
    (1, 2, 3)
    """
    plain = [_bare(part) for part in parts]
    for at in range(len(plain) - 2):
        first, month, last = plain[at : at + 3]
        ends = (first, last) if _YEAR.fullmatch(first) else (last, first)
        if _YEAR.fullmatch(ends[0]) and _MONTH.fullmatch(month) and _DAY.fullmatch(ends[1]):
            return (at, at + 1, at + 2)
    for at, part in enumerate(plain):
        if _WHOLE_DAY.fullmatch(part) or _DAY_AND_TIME.fullmatch(part):
            return (at,)
    return ()


_MOMENT = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)[tT _.-]{0,3}"
    r"([01]\d|2[0-3])([-_.:h]?)([0-5]\d)(?:[-_.:m]?([0-5]\d))?(?!\d)"
)


def moment_in(name: str) -> datetime | None:
    """The day and the time of day that a name says; None where it does not say both for certain.

    Only a year of four digits in front is taken, since `110524` may be a day of May or of November.
    The last of several counts.

    >>> moment_in("S4A01234_20240513_043000.wav"), moment_in("2024-05-13T04.30 pond.wav")
    (datetime.datetime(2024, 5, 13, 4, 30), datetime.datetime(2024, 5, 13, 4, 30))
    >>> moment_in("20241340_043000.wav"), moment_in("110524_0430.wav")
    (None, None)
    """
    for found in reversed([*_MOMENT.finditer(name)]):
        year, _, month, day, hour, _, minute, second = found.groups()
        try:
            return datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}")
        except ValueError:
            continue
    return None


def _bare(part: str) -> str:
    """A part without capitals, and without the brackets around a day and a time."""
    return part.strip("[](){}").casefold()


def time_in(parts: Sequence[str]) -> tuple[int, ...]:
    """Where a name says a time of day, behind a day: the places of its parts, from 0.

    >>> time_in(["rec", "2024", "03", "01", "10", "15"]), time_in(["20240511", "210000"])
    ((4, 5), (1,))
    """
    day = day_in(parts)
    if not day:
        return ()
    behind = day[-1] + 1
    if behind < len(parts) and _TIME.fullmatch(_bare(parts[behind])):
        return (behind,)
    end = behind
    while end < min(len(parts), behind + 3) and _PAIR.fullmatch(_bare(parts[end])):
        end += 1
    return tuple(range(behind, end)) if end > behind + 1 else ()
