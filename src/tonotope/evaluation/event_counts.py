"""What of two lists of events agrees, counted: by segments of time, and event by event.

Counts are kept for each unit (a recording, or a block of time of one), so that a bootstrap needs
nothing but their sums. They are those of `sed_eval` 0.2.1, tested against it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tonotope.annotations.event import Event
from tonotope.evaluation.event_matching import (
    Collar,
    Matching,
    gains,
    greedy,
    near_events,
    optimal,
    substitutions,
)

UnitOf = Callable[[str, float], int]
"""The unit of a moment: from a recording and a time in seconds to a number from 0."""


@dataclass(frozen=True, eq=False)
class Counts:
    """Sums over what was judged.

    Attributes:
        classes: (unit, class, 3) hits, truly there, predicted.
        errors: (unit, 3) substitutions, deletions, insertions over all classes.
    """

    classes: np.ndarray
    errors: np.ndarray

    @classmethod
    def zeros(cls, units: int, classes: int) -> Counts:
        """Nothing counted yet, in so many units and classes."""
        return cls(np.zeros((units, classes, 3)), np.zeros((units, 3)))


class Ranked(NamedTuple):
    """The predicted events of one class, for average precision.

    Attributes:
        scores: (event,) of each.
        gained: (event,) whether it makes one more pair with a true event possible.
        units: (event,) the unit of each.
    """

    scores: np.ndarray
    gained: np.ndarray
    units: np.ndarray


class Sides(NamedTuple):
    """The events of one recording, as written and as predicted."""

    truth: Sequence[Event]
    predicted: Sequence[Event]


def count_segments(
    recordings: Mapping[str, Sides],
    labels: Mapping[str, int],
    segment_s: float,
    unit_of: UnitOf,
    units: int,
    block_segments: int | None = None,
) -> Counts:
    """Count the segments in which classes are heard: truly, as predicted, and both.

    A segment holds a class where an event of it touches the segment.

    Args:
        recordings: the events of each recording.
        labels: the number of each class.
        segment_s: the length of a segment in seconds.
        unit_of: the unit of a moment.
        units: how many there are.
        block_segments: how many segments a block of time has, where units are blocks.
    """
    counts = Counts.zeros(units, len(labels))
    for name, sides in recordings.items():
        spans = [_spans(events, labels, segment_s) for events in (sides.truth, sides.predicted)]
        ends = np.unique(np.concatenate([one[:, 1:].ravel() for one in spans]))
        if len(ends) < 2:
            continue
        if block_segments:
            first = -(-ends[0] // block_segments) * block_segments
            ends = np.unique(np.append(ends, np.arange(first, ends[-1], block_segments)))
        length = np.diff(ends).astype(np.float64)
        unit = [unit_of(name, (one + 0.5) * segment_s) for one in ends[:-1].tolist()]
        sums = np.zeros((3, len(length)))
        for label in np.unique(np.concatenate([one[:, 0] for one in spans])):
            truth, predicted = (_covered(one[one[:, 0] == label, 1:], ends) for one in spans)
            found = np.stack([truth & predicted, truth, predicted])
            sums += found
            for at, cells in enumerate(found):
                np.add.at(counts.classes[:, label, at], unit, cells * length)
        hits, true, named = sums
        errors = (
            np.minimum(true, named) - hits,
            np.maximum(true - named, 0),
            np.maximum(named - true, 0),
        )
        for at, cells in enumerate(errors):
            np.add.at(counts.errors[:, at], unit, cells * length)
    return counts


def _spans(events: Sequence[Event], labels: Mapping[str, int], segment_s: float) -> np.ndarray:
    """(event, 3) the class of each, its first segment, and the one after its last."""
    found = [
        (
            labels[one.label],
            math.floor(one.start_s / segment_s),
            math.ceil(one.end_s / segment_s),
        )
        for one in events
    ]
    spans = np.array(found, np.int64).reshape(-1, 3)
    return spans[spans[:, 1] < spans[:, 2]]


def _covered(spans: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """(cell,) whether a span covers the cell between one end and the next."""
    steps = np.zeros(len(ends), np.int64)
    np.add.at(steps, np.searchsorted(ends, spans[:, 0]), 1)
    np.add.at(steps, np.searchsorted(ends, spans[:, 1]), -1)
    return steps.cumsum()[:-1] > 0


def count_events(
    recordings: Mapping[str, Sides],
    labels: Mapping[str, int],
    rule: Collar,
    matching: Matching,
    unit_of: UnitOf,
    units: int,
) -> Counts:
    """Count the events that were found, confused, missed and made up.

    A pair counts in the unit of the true event, what is predicted in vain in its own.

    Args:
        recordings: the events of each recording.
        labels: the number of each class.
        rule: how near a predicted event must be.
        matching: `optimal` (as many pairs as possible) or `greedy` (the first that fits).
        unit_of: the unit of a moment.
        units: how many there are.
    """
    counts = Counts.zeros(units, len(labels))
    match = {"optimal": optimal, "greedy": greedy}[matching]
    for name, (truth, predicted) in recordings.items():
        near = near_events(times_of(truth), times_of(predicted), rule)
        same = [
            [one for one in ones if predicted[one].label == truth[at].label]
            for at, ones in enumerate(near)
        ]
        pairs = match(same)
        confused = dict(substitutions(near, pairs))
        unit = [unit_of(name, one.start_s) for one in truth]
        theirs = [unit_of(name, one.start_s) for one in predicted]
        for at, one in {**pairs, **confused}.items():
            theirs[one] = unit[at]
        for at, one in enumerate(truth):
            counts.classes[unit[at], labels[one.label], 1] += 1
            counts.classes[unit[at], labels[one.label], 0] += at in pairs
            kind = None if at in pairs else 0 if at in confused else 1
            if kind is not None:
                counts.errors[unit[at], kind] += 1
        known = {*pairs.values(), *confused.values()}
        for at, one in enumerate(predicted):
            counts.classes[theirs[at], labels[one.label], 2] += 1
            counts.errors[theirs[at], 2] += at not in known
    return counts


def rank_events(
    recordings: Mapping[str, Sides], label: str, rule: Collar, unit_of: UnitOf
) -> Ranked:
    """The predicted events of a class by score, and with which of them one more pair is possible.

    Raises:
        ValueError: an event has no score.
    """
    scores: list[float] = []
    gained: list[bool] = []
    units: list[int] = []
    for name, sides in recordings.items():
        truth, predicted = ([one for one in side if one.label == label] for side in sides)
        if not predicted:
            continue
        own = [one.score for one in predicted if one.score is not None]
        if len(own) < len(predicted):
            raise ValueError(f"{label}: an event of {name} has no score")
        near = near_events(times_of(truth), times_of(predicted), rule)
        found = gains(near, np.argsort(-np.array(own), kind="stable").tolist())
        scores += own
        gained += [found[at] for at in range(len(own))]
        units += [unit_of(name, one.start_s) for one in predicted]
    return Ranked(np.array(scores), np.array(gained, bool), np.array(units, np.int64))


def times_of(events: Sequence[Event]) -> np.ndarray:
    """(event, 2) where each begins and ends, in seconds."""
    return np.array([(one.start_s, one.end_s) for one in events], np.float64).reshape(-1, 2)
