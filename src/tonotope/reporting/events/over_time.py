"""How many events of each class begin in each hour, minute or recording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup

from tonotope._escape import shown
from tonotope.reporting.events.tally import EventTally, Heard
from tonotope.reporting.events.time_axis import Labels, bin_width, dates, elapsed
from tonotope.reporting.i18n import Words
from tonotope.reporting.svg import across, ticks

MOST_CLASSES, MOST_BINS = 12, 60
PLOT_PX = 46


@dataclass
class OverTime:
    """Counts of classes in bins of time.

    Attributes:
        counts: of each class, in each bin.
        heard_s: how much of each bin was heard; nothing was counted where it is 0.
        first: when the first bin begins, where that is known.
        width_s: how long a bin is; 0 where each is a recording, or several.
        of_recordings: how many recordings a bin holds, where each is one or several.
    """

    counts: dict[str, list[int]]
    heard_s: list[float]
    first: datetime | None
    width_s: float
    of_recordings: int = 0


def over_time(tally: EventTally, *, clocked: bool) -> OverTime:
    """Count each event where it begins.

    Args:
        tally: what was heard.
        clocked: whether the names say when the recordings begin, and the page shows it.
    """
    recordings = tally.recordings
    if clocked:
        starts = [one.moment or datetime.min for one in recordings]
        first = min(starts)
        ends = [
            (start - first).total_seconds() + one.duration_s
            for start, one in zip(starts, recordings, strict=True)
        ]
        width = bin_width(max(ends), MOST_BINS - 1)
        midnight = datetime(first.year, first.month, first.day)
        since = (first - midnight).total_seconds() // width * width
        first = midnight + timedelta(seconds=since)
        offsets = [(start - first).total_seconds() for start in starts]
        span = max(o + one.duration_s for o, one in zip(offsets, recordings, strict=True))
        return _in_bins(recordings, offsets, width, span, first)
    if len(recordings) == 1:
        span = recordings[0].duration_s or 1.0
        return _in_bins(recordings, [0.0], bin_width(span, MOST_BINS), span, None)
    each = -(-max(len(recordings), 1) // MOST_BINS)
    number = -(-len(recordings) // each)
    counts = {label: [0] * number for label in tally.counts}
    heard = [0.0] * number
    for at, one in enumerate(recordings):
        heard[at // each] += one.duration_s
        for label, count in one.counts.items():
            counts[label][at // each] += count
    return OverTime(counts, heard, None, 0.0, each)


def _in_bins(
    recordings: Sequence[Heard],
    offsets: Sequence[float],
    width: float,
    span: float,
    first: datetime | None,
) -> OverTime:
    number = max(1, int(-(-span // width)))
    counts: dict[str, list[int]] = {}
    heard = [0.0] * number
    for one, offset in zip(recordings, offsets, strict=True):
        for at in range(
            int(offset // width), min(number, int((offset + one.duration_s) // width) + 1)
        ):
            begin, end = max(offset, at * width), min(offset + one.duration_s, (at + 1) * width)
            heard[at] += max(0.0, end - begin)
        for label, marks in one.marks.items():
            of = counts.setdefault(label, [0] * number)
            for mark in marks:
                of[min(int((offset + mark.start_s) // width), number - 1)] += mark.number
    return OverTime(counts, heard, first, width)


def rows(found: OverTime, counts: Counter[str], lanes: dict[str, int], words: Words) -> list[Any]:
    """A row for each of the most frequent classes: its steps, its highest count, its total."""
    order = sorted(counts, key=lambda label: (-counts[label], label))[:MOST_CLASSES]
    return [
        {
            "name": shown(label),
            "lane": lanes[label],
            "about": words.say("events.total", n=counts[label]),
            "top": words.number(max(found.counts[label])),
            "alt": words.say(
                "events.over.alt",
                label=shown(label),
                n=counts[label],
                most=max(found.counts[label]),
            ).unescape(),
            "svg": _plot(found, label, lanes[label]),
        }
        for label in order
    ]


def axis(found: OverTime, words: Words) -> Markup:
    """The labels below all rows."""
    number = len(found.heard_s)
    if found.of_recordings:
        count = number * found.of_recordings
        if number < 2:
            return across([(0.5, "1")])
        at = [one for one in ticks(1, count, 7) if one == round(one) and one >= 1]
        labels: Labels = [
            (((one - 1) // found.of_recordings + 0.5) / number, words.number(one))
            for one in sorted({1.0, *at})
        ]
        return across(_apart(labels))
    span = number * found.width_s
    return across(dates(found.first, span) if found.first else elapsed(span, words))


def unit(found: OverTime, words: Words) -> Markup:
    """What one count is of: events in each hour."""
    if found.of_recordings:
        return words.say("events.over.recordings", n=found.of_recordings)
    return words.say("events.over.bins", width=words.time(found.width_s))


def _apart(labels: Labels) -> Labels:
    kept: Labels = []
    for one in labels:
        if not kept or one[0] - kept[-1][0] > 0.06:
            kept.append(one)
    return kept


def _plot(found: OverTime, label: str, lane: int) -> Markup:
    """Steps where time was heard, with a gap where not; points where each is a recording."""
    values, number = found.counts[label], len(found.heard_s)
    top = max(values) or 1
    base = Markup('<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(PLOT_PX)
    if found.of_recordings:
        dot = Markup('<circle class="c{}" cx="{:.2f}%" cy="{:.1f}" r="3"/>')
        stem = Markup('<line class="stem c{}" x1="{:.2f}%" x2="{:.2f}%" y1="{}" y2="{:.1f}"/>')
        parts = [base]
        for at, value in enumerate(values):
            x, y = 100 * (at + 0.5) / number, PLOT_PX - value / top * (PLOT_PX - 4)
            if value:
                parts.append(stem.format(lane, x, x, PLOT_PX, y))
                parts.append(dot.format(lane, x, y))
        inner = Markup("").join(parts)
    else:
        inner = base + _steps(values, found.heard_s, top, lane)
    return Markup(
        '<svg class="plot counts" width="100%" height="{}" aria-hidden="true">{}</svg>'
    ).format(PLOT_PX, inner)


def _steps(values: Sequence[int], heard_s: Sequence[float], top: int, lane: int) -> Markup:
    number, path, pen = len(values), [], False
    for at, value in enumerate(values):
        if not heard_s[at]:
            pen = False
            continue
        left, right, y = 100 * at / number, 100 * (at + 1) / number, 100 * (1 - value / top)
        path.append(f"{'L' if pen else 'M'}{left:.2f} {y:.1f}H{right:.2f}")
        pen = True
    return Markup(
        '<svg x="0" y="3" width="100%" height="{}" viewBox="0 0 100 100"'
        ' preserveAspectRatio="none">'
        '<path class="c{}" d="{}"/></svg>'
    ).format(PLOT_PX - 4, lane, "".join(path))
