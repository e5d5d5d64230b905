"""The scores of one or several systems on the same recordings, each score with its interval.

All systems are scored on the same draws of groups, so that the difference of two systems has an
interval of its own, much narrower than the two intervals would suggest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tonotope.answers.classes import Predictions
from tonotope.evaluation.class_scores import (
    METRICS,
    Tally,
    f1,
    known,
    log_losses,
    precision,
    recall,
)
from tonotope.evaluation.intervals import (
    around_difference,
    around_share,
    resampled,
    standard_error,
    students_t,
    units_of,
)


class Estimate(NamedTuple):
    """A number with the ends of its interval; None where undefined."""

    value: float | None
    low: float | None
    high: float | None


class ClassScores(NamedTuple):
    """How one class fared: how often it was there and named, in how many groups, how well."""

    name: str
    n: int
    named: int
    groups: int
    groups_named: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


@dataclass(frozen=True)
class Counted:
    """One system's counts, in all and in every resample."""

    total: Tally
    draws: Tally
    loss: float
    loss_draws: np.ndarray
    groups_named: np.ndarray
    groups_either: np.ndarray


@dataclass(frozen=True, eq=False)
class Measurement:
    """Systems that answered for the same recordings, on the same draws of groups.

    Attributes:
        systems: the counts of each system.
        classes: the name of each class.
        n: how many recordings.
        groups: how many groups they come from.
        units: how many units the draws are made of: the groups, or, where all recordings come
            from one group, the recordings.
        groups_there: (class,) how many units hold the class.
        confidence: of the intervals.
    """

    systems: tuple[Counted, ...]
    classes: tuple[str, ...]
    n: int
    groups: int
    units: int
    groups_there: np.ndarray
    confidence: float

    @property
    def within_one_group(self) -> bool:
        """Whether all recordings come from one group, so that they had to be drawn singly."""
        return self.groups == 1

    def metric(self, name: str, system: int = 0) -> Estimate:
        """A metric of `METRICS` over all recordings."""
        counted, score = self.systems[system], METRICS[name]
        value = score(counted.total)
        recordings, groups = float(self.n), float(self.units)
        if name != "accuracy":  # a mean over classes rests on less where one of them is small
            recordings = _together(counted.total.there)
            groups = min(groups, _together(self.groups_there))
        low, high = around_share(
            value,
            standard_error(score(counted.draws), self.units),
            recordings=recordings,
            groups=groups,
            confidence=self.confidence,
        )
        return _estimate(value, low, high)

    def log_loss(self, system: int = 0) -> Estimate:
        """The mean log loss; lower is better, and it has no upper limit."""
        counted = self.systems[system]
        value = counted.loss / self.n
        error = standard_error(counted.loss_draws / counted.draws.there.sum(-1), self.units)
        half = students_t(self.confidence, self.units - 1) * error
        return _estimate(value, np.maximum(value - half, 0.0), value + half)

    def difference(self, name: str, system: int, other: int) -> Estimate:
        """How much higher the metric of `system` is than that of `other`."""
        one, two, score = self.systems[system], self.systems[other], METRICS[name]
        value = score(one.total) - score(two.total)
        low, high = around_difference(
            value,
            standard_error(score(one.draws) - score(two.draws), self.units),
            recordings=self.n,
            groups=self.units,
            confidence=self.confidence,
        )
        return _estimate(value, low, high)

    def per_class(self, system: int = 0) -> tuple[ClassScores, ...]:
        """Precision, recall and F1 of every class."""
        counted = self.systems[system]
        there, named = counted.total.there, counted.total.named
        columns = [
            self._of_classes(counted, precision, named, counted.groups_named),
            self._of_classes(counted, recall, there, self.groups_there),
            self._of_classes(counted, f1, (there + named) / 2, counted.groups_either),
        ]
        return tuple(
            ClassScores(
                self.classes[index],
                round(there[index]),
                round(named[index]),
                int(self.groups_there[index]),
                int(counted.groups_named[index]),
                *(column[index] for column in columns),
            )
            for index in range(len(self.classes))
        )

    def _of_classes(
        self,
        counted: Counted,
        score: Callable[[Tally], np.ndarray],
        recordings: np.ndarray,
        groups: np.ndarray,
    ) -> list[Estimate]:
        value = score(counted.total)
        low, high = around_share(
            value,
            standard_error(score(counted.draws), groups),
            recordings=recordings,
            groups=groups,
            confidence=self.confidence,
        )
        return [_estimate(*ends) for ends in zip(value, low, high, strict=True)]


def measure(
    systems: Sequence[Predictions], *, confidence: float, resamples: int, seed: int
) -> Measurement:
    """Count what each system got right, in all and in every draw of groups.

    Args:
        systems: answers for the same recordings in the same order, with the same classes.
        confidence: of the intervals.
        resamples: how many draws.
        seed: equal seeds draw alike; neither the order of the recordings nor the names of the
            groups' members change the draws.

    Raises:
        ValueError: the systems answered for different recordings, or for none.
    """
    first = systems[0]
    for other in systems:
        if (other.ids, other.classes) != (first.ids, first.classes):
            message = "systems can be measured together only on the same recordings and classes"
            raise ValueError(message)
    if not len(first):
        message = "there is no recording to measure"
        raise ValueError(message)
    group, groups, units = units_of(first.ids, first.groups)
    there = _count(group, first.truth, units, len(first.classes))
    tables = [there]
    for one in systems:
        tables += _answers(one, group, units)
    sums = np.concatenate(tables, axis=1)
    draws = np.split(resampled(sums, resamples, seed), _ends(tables), axis=1)
    counted = [
        _counted(tables[at : at + 3], draws[at : at + 3], there, draws[0])
        for at in range(1, len(tables), 3)
    ]
    return Measurement(
        tuple(counted), first.classes, len(first), groups, units, _present(there), confidence
    )


def _answers(one: Predictions, group: np.ndarray, units: int) -> list[np.ndarray]:
    """Per unit: hits of each class, how often each was named, the sum of the log losses."""
    classes = len(one.classes)
    hits = _count(group, one.truth, units, classes, weights=one.correct)
    named = _count(group, one.predicted, units, classes)
    loss = np.bincount(group, log_losses(one.truth, one.scores), units)
    return [hits, named, loss[:, None]]


def _counted(
    tables: list[np.ndarray], draws: list[np.ndarray], there: np.ndarray, there_draws: np.ndarray
) -> Counted:
    hits, named, loss = tables
    return Counted(
        total=Tally(hits.sum(0), there.sum(0), named.sum(0)),
        draws=Tally(draws[0], there_draws, draws[1]),
        loss=float(loss.sum()),
        loss_draws=draws[2][:, 0],
        groups_named=_present(named),
        groups_either=_present(there + named),
    )


def _count(
    group: np.ndarray,
    kind: np.ndarray,
    groups: int,
    classes: int,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """(group, class) how many recordings of each class each group holds."""
    cells = np.bincount(group * classes + kind, weights, groups * classes)
    return cells.reshape(groups, classes).astype(np.float64)


def _ends(tables: list[np.ndarray]) -> np.ndarray:
    return np.cumsum([table.shape[1] for table in tables])[:-1]


def _present(table: np.ndarray) -> np.ndarray:
    """(class,) in how many groups a class occurs."""
    return (table > 0).sum(axis=0)


def _together(counts: np.ndarray) -> float:
    """How many recordings a mean over classes is worth: classes² / the sum of 1 / count.

    Equal counts are worth their sum; one small class makes the mean as unsure as itself.

    >>> _together(np.array([10, 10])), round(_together(np.array([1, 19])), 2)
    (20.0, 3.8)
    """
    counts = np.asarray(counts, dtype=np.float64)
    counts = counts[counts > 0]
    return float(len(counts) ** 2 / (1 / counts).sum()) if len(counts) else float("nan")


def _estimate(
    value: np.ndarray | float, low: np.ndarray | float, high: np.ndarray | float
) -> Estimate:
    return Estimate(known(value), known(low), known(high))
