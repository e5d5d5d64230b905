"""Axes of time: seconds, minutes or hours of a recording; hours of the day; days."""

from __future__ import annotations

from datetime import datetime, timedelta

from tonotope.reporting.i18n import Words
from tonotope.reporting.svg import ticks

Labels = list[tuple[float, str]]

DAY_S = 86_400.0
_STEPS_H = (0.25, 0.5, 1, 2, 3, 4, 6)
BINS_S = (
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600,
    7200, 10_800, 21_600, 43_200, DAY_S, 2 * DAY_S, 7 * DAY_S, 30 * DAY_S, 365 * DAY_S,
)  # fmt: skip
"""Lengths of time in which events are counted."""


def bin_width(span_s: float, most: int) -> float:
    """The shortest round length of time of which at most `most` make the span.

    >>> bin_width(3600, 48), bin_width(2.0, 48)
    (120, 0.05)
    """
    return next((one for one in BINS_S if one * most >= span_s), span_s / most)


def elapsed(span_s: float, words: Words, most: int = 7) -> Labels:
    """Labels along a recording, in the unit that fits its length; the first has the unit."""
    unit, scale = "ms", 0.001
    for name, seconds, least in (("s", 1.0, 1.0), ("min", 60.0, 180.0), ("h", 3600.0, 10_800.0)):
        if span_s >= least:
            unit, scale = name, seconds
    at = ticks(0, span_s / scale, most)
    texts = [words.short(one) for one in at]
    texts[0] = words.unit(at[0], unit)
    return [(one * scale / span_s, text) for one, text in zip(at, texts, strict=True)]


def of_day(first_s: float, last_s: float, most: int = 9) -> Labels:
    """Labels along a part of the day, from and to seconds after midnight: 04:00, 05:00."""
    span_h = (last_s - first_s) / 3600
    first_h = first_s / 3600
    step_h = next((one for one in _STEPS_H if span_h / one < most), _STEPS_H[-1])
    at_h = -(-first_h // step_h) * step_h
    found: Labels = []
    while at_h <= first_h + span_h + 1e-9:
        ends = last_s <= DAY_S  # the day ends at 24:00, a night goes on at 00:00
        text = clock(at_h * 3600 if ends else at_h * 3600 % DAY_S)[:5]
        found.append(((at_h - first_h) / span_h, text))
        at_h += step_h
    return found


def dates(first: datetime, span_s: float, most: int = 6) -> Labels:
    """Labels along days: 2024-05-13 where they are days, 04:00 where all lies within one."""
    width = bin_width(span_s, most)
    midnight = datetime(first.year, first.month, first.day)
    since_s = (first - midnight).total_seconds()
    found: Labels = []
    at_s = -(-since_s // width) * width
    while at_s <= since_s + span_s + 1e-6:
        when = midnight + timedelta(seconds=at_s)
        text = f"{when:%Y-%m-%d}" if width >= DAY_S or at_s % DAY_S == 0 else f"{when:%H:%M}"
        found.append(((at_s - since_s) / span_s, text))
        at_s += width
    return found


def clock(seconds: float) -> str:
    """A time of day: 04:31:07.

    >>> clock(4 * 3600 + 31 * 60 + 7.4), clock(86400), clock(90_000)
    ('04:31:07', '24:00:00', '01:00:00')
    """
    whole = int(seconds + 1e-6)
    whole = whole % 86_400 if whole > 86_400 else whole
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
