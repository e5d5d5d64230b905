"""The recordings as strips of time: a row for each day or recording, a lane for each class."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import PurePath

from tonotope._escape import shown
from tonotope.annotations.event import Event
from tonotope.reporting.events.marks import Mark, merged
from tonotope.reporting.events.tally import EventTally, Heard
from tonotope.reporting.events.time_axis import DAY_S
from tonotope.reporting.i18n import Words
from tonotope.reporting.short_names import shortened_paths

LANES = 7
"""Classes that have a colour and a lane of their own; the others share one more."""
MOST_ROWS, MOST_MARKS, NAME_LETTERS = 60, 4000, 34
_THINNEST = 1 / 400  # of the axis: recordings that are shorter would be specks on it


@dataclass
class Row:
    """A strip: a day of one folder, or a recording.

    Attributes:
        key: the recording, or the folder and the day.
        name: what stands beside it.
        short: the same, short enough.
        heard: the stretches that were heard, in seconds along the axis.
        marks: those of each lane.
        count: how many events.
    """

    key: str
    name: str = ""
    short: str = ""
    heard: list[tuple[float, float]] = field(default_factory=list)
    marks: dict[int, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0


@dataclass
class Strips:
    """All rows on one axis.

    Attributes:
        rows: in their order.
        first_s: where the axis begins, in seconds.
        last_s: where it ends.
        by_day: whether it is a time of day.
        more: recordings that have no row.
        merged_s: how near events stand as one mark; 0 where each has its own.
    """

    rows: list[Row]
    first_s: float
    last_s: float
    by_day: bool
    more: int = 0
    merged_s: float = 0.0

    @property
    def span_s(self) -> float:
        """How long the axis is."""
        return self.last_s - self.first_s

    def place(self, at_s: float) -> float:
        """The share of the width at which a time lies."""
        return min(max((at_s - self.first_s) / self.span_s, 0.0), 1.0)


def lanes_of(counts: Counter[str]) -> dict[str, int]:
    """The lane of each class: the most frequent first, what is left in the last one."""
    order = sorted(counts, key=lambda label: (-counts[label], label))
    # Eight classes need no lane for "others".
    own = len(order) if len(order) <= LANES + 1 else LANES
    return {label: min(at, own) for at, label in enumerate(order)}


def by_clock(recordings: Sequence[Heard]) -> bool:
    """Whether every name says when it begins, and the recordings are no specks on a day."""
    if not recordings or any(one.moment is None for one in recordings):
        return False
    lengths = sorted(one.duration_s for one in recordings)
    first_s, last_s = _hours(recordings)
    return lengths[len(lengths) // 2] >= _THINNEST * (last_s - first_s)


def strips_of(tally: EventTally, lanes: Mapping[str, int]) -> Strips:
    """The rows of all that was heard."""
    recordings = tally.recordings
    clocked = by_clock(recordings)
    strips = _days(recordings, lanes) if clocked else _recordings(recordings, lanes)
    if not clocked and len(strips.rows) > MOST_ROWS:
        kept = sorted(range(len(strips.rows)), key=lambda at: -strips.rows[at].count)[:MOST_ROWS]
        strips.more = len(strips.rows) - MOST_ROWS
        strips.rows = [strips.rows[at] for at in sorted(kept)]
    elif len(strips.rows) > MOST_ROWS:  # days: the last ones
        strips.more = len(strips.rows) - MOST_ROWS
        strips.rows = strips.rows[-MOST_ROWS:]
    _merge(strips)
    short = shortened_paths([row.name for row in strips.rows], NAME_LETTERS)
    for row in strips.rows:
        row.short = short[row.name]
    return strips


def _recordings(recordings: Sequence[Heard], lanes: Mapping[str, int]) -> Strips:
    """A row for each, from 0 to its end; in order of time where all names tell it."""
    if all(one.moment for one in recordings):
        recordings = sorted(recordings, key=lambda one: (one.moment or datetime.min, one.file))
    rows = []
    names = within_common_folder(one.file for one in recordings)
    for one in recordings:
        row = Row(
            one.file, names[one.file], heard=[(0.0, one.duration_s)], count=one.counts.total()
        )
        for label, marks in one.marks.items():
            row.marks[lanes[label]] += marks
        rows.append(row)
    longest = max((one.duration_s for one in recordings), default=0.0)
    return Strips(rows, 0.0, longest or 1.0, by_day=False)


def _days(recordings: Sequence[Heard], lanes: Mapping[str, int]) -> Strips:
    """A row for each day of each folder; one that goes on behind midnight where nights were heard.

    A day begins in the longest stretch of hours in which nothing was ever heard.
    """
    days: dict[tuple[date, str], Row] = {}
    folders = {str(PurePath(one.file).parent) for one in recordings}
    first_s, last_s = _hours(recordings)
    for one in recordings:
        assert one.moment is not None
        day, since_s = _day_of(one.moment, first_s)
        folder = PurePath(one.file).parent
        for number in range(int((since_s + one.duration_s - first_s) // DAY_S) + 1):
            begin, end = number * DAY_S - since_s, (number + 1) * DAY_S - since_s
            begin, end = begin + first_s, end + first_s
            if begin >= one.duration_s:
                continue
            now = day + timedelta(days=number)
            row = days.setdefault((now, str(folder)), Row(_day_key(one.file, now)))
            row.name = f"{shown(folder.name)}/" * (len(folders) > 1) + _day_name(now, last_s)
            row.heard.append(
                (first_s + max(0.0, -begin), first_s + min(DAY_S, one.duration_s - begin))
            )
            for label, marks in one.marks.items():
                for mark in marks:
                    if begin <= mark.start_s < end:
                        at_s = first_s + mark.start_s - begin
                        until_s = first_s + min(mark.end_s - begin, DAY_S)
                        row.marks[lanes[label]].append(Mark(at_s, until_s, mark.number))
                        row.count += mark.number
    rows = [days[key] for key in sorted(days)]
    return Strips(rows, first_s, last_s, by_day=True)


def _day_of(moment: datetime, first_s: float) -> tuple[date, float]:
    """The day to which a moment belongs, and seconds since its midnight, `first_s` at least."""
    since_s = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    if since_s < first_s:
        return (moment - timedelta(days=1)).date(), since_s + DAY_S
    return moment.date(), since_s


def _day_key(file: str, day: date) -> str:
    return f"{PurePath(file).parent}/{day}"


def _day_name(day: date, last_s: float) -> str:
    """2024-05-12, or 2024-05-12/13 where the axis goes on behind midnight."""
    if last_s <= DAY_S:
        return str(day)
    after = day + timedelta(days=1)
    return f"{day}/{after:%d}" if after.month == day.month else f"{day}/{after:%m-%d}"


def _hours(recordings: Sequence[Heard]) -> tuple[float, float]:
    """From which to which full hour something was heard on any day, in seconds after midnight.

    >>> night = datetime(2024, 5, 12, 22, 30)
    >>> _hours([Heard("a", 600, night), Heard("b", 600, night + timedelta(hours=7))])
    (79200, 108000)
    """
    heard = [False] * 24
    for one in recordings:
        assert one.moment is not None
        since_s = one.moment.minute * 60 + one.moment.second + one.duration_s
        for hour in range(min(24, max(1, int(-(-since_s // 3600))))):
            heard[(one.moment.hour + hour) % 24] = True
    if all(heard):
        return 0, DAY_S
    # Where the longest gap ends, the day begins; of equal ones, where it begins earliest.
    gaps = {
        hour: next(n for n in range(1, 25) if heard[(hour - 1 - n) % 24])
        for hour in range(24)
        if heard[hour] and not heard[hour - 1]
    }
    first = max(gaps, key=lambda hour: (gaps[hour], -hour))
    last = max(n for n in range(24) if heard[(first + n) % 24])
    return first * 3600, (first + last + 1) * 3600


def _merge(strips: Strips) -> None:
    """Make near events one mark where there would be too many for a page."""
    shared = any(mark.number > 1 for row in strips.rows for of in row.marks.values() for mark in of)
    width = strips.span_s / 1000 if shared else 0.0
    while width or sum(len(of) for row in strips.rows for of in row.marks.values()) > MOST_MARKS:
        width = width or strips.span_s / 1000
        for row in strips.rows:
            for lane, of in row.marks.items():
                row.marks[lane] = merged(of, width)
        strips.merged_s = width
        if sum(len(of) for row in strips.rows for of in row.marks.values()) <= MOST_MARKS:
            return
        if width > strips.span_s:
            return
        width *= 2


def within_common_folder(files: Iterable[str]) -> dict[str, str]:
    """Each file's name within the folder that holds them all, made safe to show.

    >>> within_common_folder(["n/a/1.wav", "n/b/2.wav"])
    {'n/a/1.wav': 'a/1.wav', 'n/b/2.wav': 'b/2.wav'}
    """
    paths = {file: PurePath(file) for file in files}
    parents = [path.parent.parts for path in paths.values()]
    common = 0
    for level in zip(*parents, strict=False):
        if len({*level}) > 1:
            break
        common += 1
    return {file: shown(PurePath(*path.parts[common:])) for file, path in paths.items()}


def place_of(event: Event, heard: Heard, strips: Strips) -> tuple[str, float]:
    """The key of the row in which an event stands, and where on the axis, in seconds."""
    if not strips.by_day or heard.moment is None:
        return event.file, event.start_s
    day, at_s = _day_of(heard.moment + timedelta(seconds=event.start_s), strips.first_s)
    return _day_key(event.file, day), at_s


def when_text(event: Event, heard: Heard | None, words: Words, *, clocked: bool) -> str:
    """When an event begins: at a time of day, or in its recording."""
    if clocked and heard is not None and heard.moment is not None:
        at = heard.moment + timedelta(seconds=event.start_s)
        return f"{at:%Y-%m-%d} {at:%H:%M:%S}"
    return moment_text(event.start_s, words)


def moment_text(at_s: float, words: Words) -> str:
    """A time within a recording: 3.2 s, 4:07, 1:02:03."""
    if at_s < 60:
        return f"{words.number(at_s, 1)}\u00a0s"
    whole = int(at_s)
    hours = f"{whole // 3600}:{whole // 60 % 60:02}" if whole >= 3600 else f"{whole // 60}"
    return f"{hours}:{whole % 60:02}" + ("" if whole >= 3600 else "\u00a0min")
