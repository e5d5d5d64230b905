"""From evidence to events: thresholds with hysteresis, merged where near, dropped where short.

    evidence       ▁▂▄▆█▇▅▃▂▁▁▂▃▅▂▁
    enter  ------------██------------    reached at least once
    leave  ---------▆█▇▅----------▅--    an event lasts as long as the evidence stays above
    event          └────┘                 the second stretch never entered

An event is a stretch in which the evidence of a class stays at or above `leave`, and reaches
`enter` at least once. Where a head names one class of several, a class enters only where it is also
the most probable, and it ends where another one enters. Events of a class nearer to each other than
`merge` become one; then those shorter than `min_length` are dropped.

Evidence is smeared over a clip, so even of a click it is high for about half a clip or longer. What
falls again sooner is a single window that said something else, and is dropped too, unless a least
length was asked for, or the recording begins or ends there.

Digital silence is no event: a network that never learnt silence names something in it. An event
begins and ends with a hop that sounds.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tonotope.annotations.event import Event
from tonotope.prediction.hop_evidence import Hop, HopEvidence


@dataclass(frozen=True, eq=False)
class EventRule:
    """How evidence becomes events.

    Attributes:
        labels: what each column of the scores is called; empty for what is no event, such as a
            background, or a number.
        enter: (column,) the evidence that an event reaches at least once.
        leave: (column,) the evidence that it keeps.
        rivals: the columns of each head that names one class of several.
        rate_hz: samples per second.
        hop: samples from one window to the next.
        clip: samples of a window.
        merge_s: events of a class nearer than this become one.
        min_length_s: events shorter than this are dropped.
        least_heard: for how many samples evidence lasts at least, digital silence included.
    """

    labels: tuple[str, ...]
    enter: np.ndarray
    leave: np.ndarray
    rivals: tuple[slice, ...]
    rate_hz: int
    hop: int
    clip: int
    merge_s: float
    min_length_s: float
    least_heard: int = 0

    def reached(self, evidence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(column,) whether each enters, and whether each stays, where it has entered."""
        enters, stays = evidence >= self.enter, evidence >= self.leave
        for place in self.rivals:
            best = int(evidence[place].argmax())
            taken = bool(enters[place][best])
            first = np.arange(len(evidence[place])) == best
            enters[place] &= first
            if taken:
                stays[place] &= first
        return enters, stays


@dataclass(slots=True)
class _Stretch:
    """A stretch of a recording in which one class is heard, perhaps not yet over."""

    begin: int
    end: int
    heard: int = 0  # samples with evidence, silent ones too
    entered: bool = False
    evidence: float = 0.0  # summed over the samples that sound
    samples: int = 0  # those, without what was merged in between
    energy: float = 0.0  # of those

    def add(self, hop: Hop, evidence: float, enters: bool) -> None:
        length = hop.end - hop.begin
        self.heard += length
        if hop.silent:
            return
        if not self.samples:
            self.begin = hop.begin
        self.end = hop.end
        self.entered |= enters
        self.evidence += evidence * length
        self.samples += length
        self.energy += hop.power * length

    def join(self, later: _Stretch) -> None:
        self.end = later.end
        self.heard += later.heard
        self.evidence += later.evidence
        self.samples += later.samples
        self.energy += later.energy


class EventFinder:
    """The events of one recording, found while its windows are scored.

    Events come in the order of their begins; only those are held back that begin after one that is
    not yet over.

    Args:
        file: the recording.
        rule: how evidence becomes events.
    """

    def __init__(self, file: str, rule: EventRule) -> None:
        self.file, self.rule = file, rule
        self.evidence = HopEvidence(rule.hop, rule.clip)
        self._merge = round(rule.merge_s * rule.rate_hz)
        self._least = round(rule.min_length_s * rule.rate_hz)
        self._named = np.array([bool(one) for one in rule.labels])
        self._open: dict[int, _Stretch] = {}
        self._over: dict[int, _Stretch] = {}  # entered and over, and may yet be merged
        self._found: list[tuple[int, int, _Stretch]] = []

    def hear(self, block: np.ndarray) -> None:
        """Take the next block of samples, `(time,)`."""
        self.evidence.hear(block)

    def take(self, start: int, scores: np.ndarray) -> Iterator[Event]:
        """Take the next window: its first sample, and its scores `(column,)`."""
        for hop in self.evidence.take(start, scores):
            yield from self._hop(hop)

    def close(self) -> Iterator[Event]:
        """The events that are left, once the recording is over; none ends behind its end."""
        for hop in self.evidence.close():
            yield from self._hop(hop)
        for column in (*self._open,):
            self._end(column)
        for column in (*self._over,):
            self._settle(column, over=True)
        yield from self._ready()

    def _hop(self, hop: Hop) -> Iterator[Event]:
        enters, stays = self.rule.reached(hop.evidence)
        stays &= self._named
        for column in [one for one in self._open if not stays[one]]:
            self._end(column)
        for column in np.flatnonzero(stays).tolist():
            stretch = self._open.setdefault(column, _Stretch(hop.begin, hop.end))
            stretch.add(hop, float(hop.evidence[column]), bool(enters[column]))
        for column, over in (*self._over.items(),):
            following = self._open[column].begin if column in self._open else hop.end
            if following - over.end >= max(1, self._merge):
                self._settle(column)
        yield from self._ready()

    def _end(self, column: int) -> None:
        stretch = self._open.pop(column)
        if not stretch.entered:
            return
        before = self._over.get(column)
        if before is not None and stretch.begin - before.end < self._merge:
            before.join(stretch)
            return
        if before is not None:
            self._settle(column)
        self._over[column] = stretch

    def _settle(self, column: int, over: bool = False) -> None:
        """Nothing more can be merged with a stretch, perhaps since the recording is `over`."""
        stretch = self._over.pop(column)
        at_edge = stretch.begin == 0 or (over and stretch.end == self.evidence.samples)
        long = stretch.end - stretch.begin >= self._least
        if long and (at_edge or stretch.heard >= self.rule.least_heard):
            heapq.heappush(self._found, (stretch.begin, column, stretch))

    def _ready(self) -> Iterator[Event]:
        """Those before which no other can begin any more."""
        waiting = [one.begin for held in (self._open, self._over) for one in held.values()]
        first = min(waiting, default=None)
        while self._found and (first is None or self._found[0][0] <= first):
            begin, column, stretch = heapq.heappop(self._found)
            yield Event(
                self.file,
                round(begin / self.rule.rate_hz, 6),
                round(stretch.end / self.rule.rate_hz, 6),
                self.rule.labels[column],
                round(stretch.evidence / stretch.samples, 4),
                level_db=_decibels(stretch.energy / stretch.samples),
            )


def _decibels(power: float) -> float | None:
    return round(10 * math.log10(power), 1) if power > 0 else None


def events_of(
    file: str, rule: EventRule, sound: np.ndarray, windows: Sequence[tuple[int, np.ndarray]]
) -> list[Event]:
    """The events of a recording that is in memory.

    Args:
        file: its name.
        rule: how evidence becomes events.
        sound: its samples, `(time,)`.
        windows: the first sample of each and its scores `(column,)`, in rising order.
    """
    finder = EventFinder(file, rule)
    finder.hear(sound)
    found = [event for start, scores in windows for event in finder.take(start, scores)]
    return [*found, *finder.close()]
