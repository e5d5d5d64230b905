"""A cell of a table as seconds: plain numbers are read, other ways are told what to write."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tonotope.datasets.vocabulary import unit_named

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")
_SPELT = re.compile(r"([-+]?[\d.,]+)\s*([^\W\d_]+)\.?")  # 1.5 s, 500 ms
_TIMEDELTA = re.compile(r"(?:(\d+) days?,? ?)(?:(\d+:\d{1,2}:\d{1,2}(?:\.\d+)?))?")
_ISO_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?", re.IGNORECASE)
_DATE_AND_TIME = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T_]+\d{1,2}:\d{2}.*")
# Seconds in one of these; a number of samples needs the rate of its file.
UNIT_S: Mapping[str, float] = {"s": 1.0, "ms": 0.001, "min": 60.0, "clock": 1.0}


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
        _refuse_other_ways(text)
        seconds = float("nan")
    if not abs(seconds) < float("inf"):
        raise ValueError(f"`{text}` is no number of seconds")
    return seconds


def _refuse_other_ways(text: str) -> None:
    """Refuse what tells a time in another way than as a number of seconds.

    Raises:
        ValueError: names it with what to write.
    """
    told_s = _spelt_s(text)
    if told_s is not None:
        raise ValueError(f"`{text}` is no plain number; write it in seconds: {told_s:g}")
    if _DATE_AND_TIME.fullmatch(text):
        raise ValueError(
            f"`{text}` is a date and a time of day; write how many seconds after the beginning of "
            "its file that is"
        )


def _spelt_s(text: str) -> float | None:
    """Seconds of a number with its unit, of a time as pandas writes it, or as ISO 8601 does.

    >>> _spelt_s("500 ms"), _spelt_s("0 days 00:00:02"), _spelt_s("PT1M2.5S"), _spelt_s("3 cats")
    (0.5, 2.0, 62.5, None)
    """
    if found := _SPELT.fullmatch(text):
        unit = unit_named(found[2])
        number = found[1].replace(",", ".")
        plain = unit in UNIT_S and number.lstrip("+-").replace(".", "", 1).isdigit()
        return float(number) * UNIT_S[unit] if unit and plain else None
    if found := _TIMEDELTA.fullmatch(text):
        return int(found[1]) * 86400 + (_clock_s(found[2]) or 0.0 if found[2] else 0.0)
    found = _ISO_DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (float((one or "0").replace(",", ".")) for one in found.groups())
    return hours * 3600 + minutes * 60 + seconds
