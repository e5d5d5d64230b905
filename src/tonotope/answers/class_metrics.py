"""Metrics of a classifier: confusion, (balanced) accuracy, precision, recall, F1, log loss.

Every metric here but the log loss is a function of three counts per class: how often it was there,
how often it was named, and how often both. The counts may be weighted and may carry leading axes,
so that one call scores a thousand resamples at once.

A metric whose denominator is zero is undefined: NaN in arrays, `None` in results, never 0 or 1.
Recall of a class that is not there, precision of a class never named, are such.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from tonotope._wording import first_five
from tonotope.answers.metric import (
    Estimate,
    Metric,
    Score,
    effective_groups,
    mean_of_defined,
    ratio,
)


class Tally(NamedTuple):
    """Three counts per class; leading axes are resamples.

    Attributes:
        hits: (..., class) recordings of the class that were named so.
        there: (..., class) recordings of the class.
        named: (..., class) recordings that were named so.
    """

    hits: np.ndarray
    there: np.ndarray
    named: np.ndarray


def confusion(truth: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """How often each class was taken for each: rows are the truth, columns the predictions.

    Truth and predictions are class numbers, (recording,); the result is (class, class).

    >>> confusion([0, 0, 1], [0, 1, 1], 2)
    array([[1, 1],
           [0, 1]])
    """
    cells = np.asarray(truth, dtype=np.int64) * classes + np.asarray(predicted, dtype=np.int64)
    return np.bincount(cells, minlength=classes * classes).reshape(classes, classes)


def tally(counts: np.ndarray) -> Tally:
    """The three counts per class of a confusion matrix, (..., class, class)."""
    counts = np.asarray(counts)
    return Tally(np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(-1), counts.sum(-2))


def accuracy(counts: Tally) -> np.ndarray:
    """The share of recordings named rightly. Of counts (..., class) the last axis goes.

    >>> accuracy(tally([[1, 1], [0, 1]])).round(3)
    np.float64(0.667)
    """
    return ratio(counts.hits.sum(-1), counts.there.sum(-1))


def recall(counts: Tally) -> np.ndarray:
    """Of the recordings of a class, the share that was named so; (..., class)."""
    return ratio(counts.hits, counts.there)


def precision(counts: Tally) -> np.ndarray:
    """Of the recordings named so, the share that are of the class; (..., class)."""
    return ratio(counts.hits, counts.named)


def f1(counts: Tally) -> np.ndarray:
    """The harmonic mean of precision and recall, (..., class).

    Written as 2·hits / (there + named), it is 0 for a class that is there and never hit, and
    undefined only for a class that is neither there nor named.
    """
    return ratio(2 * counts.hits, counts.there + counts.named)


def balanced_accuracy(counts: Tally) -> np.ndarray:
    """The mean recall of the classes that are there: each class weighs the same.

    Of counts (..., class) the last axis goes.
    """
    return mean_of_defined(recall(counts))


def macro_f1(counts: Tally) -> np.ndarray:
    """The mean F1 of the classes that are there or were named.

    Of counts (..., class) the last axis goes.
    """
    return mean_of_defined(f1(counts))


METRICS: Mapping[str, Callable[[Tally], np.ndarray]] = MappingProxyType(
    {"accuracy": accuracy, "balanced-accuracy": balanced_accuracy, "macro-f1": macro_f1}
)


def log_losses(truth: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """(recording,) minus the natural logarithm of the share of the scores the true class was given.

    A share below the smallest step of single precision counts as that step: a score written in
    single precision says no more.
    """
    scores = np.asarray(scores, dtype=np.float64)
    total = scores.sum(axis=1)
    share = scores[np.arange(len(scores)), truth] / np.where(total > 0, total, 1)
    return -np.log(np.clip(share, np.finfo(np.float32).eps, 1))


_OF_ONE_CLASS = ("precision", "recall", "f1")


@dataclass(frozen=True, eq=False)
class ResampledClasses:
    """One system's counts, over all recordings and in every resample.

    Attributes:
        total: the counts over all recordings.
        draws: the counts of every draw.
        loss: the sum of the log losses.
        loss_draws: (draw,) the same of every draw.
        units: how many units the draws are made of.
        groups_there: (class,) how many units hold the class.
        groups_named: (class,) in how many units it was named.
        groups_either: (class,) in how many units either.
        effective: how many units of equal size would tell as much.
        effective_there: (class,) the same of each class, by the recordings of the class.
        effective_named: (class,) by the recordings named so.
        effective_either: (class,) by both.
    """

    total: Tally
    draws: Tally
    loss: float
    loss_draws: np.ndarray
    units: int
    groups_there: np.ndarray
    groups_named: np.ndarray
    groups_either: np.ndarray
    effective: float
    effective_there: np.ndarray
    effective_named: np.ndarray
    effective_either: np.ndarray

    def overall(self, metric: Metric) -> Score:
        """A metric over all recordings."""
        n = float(self.total.there.sum())
        if metric.name == "log-loss":
            draws = self.loss_draws / self.draws.there.sum(-1)
            whole = self.loss / round(n)
            return Score(whole, draws, self.units, n, self.units, self.effective)
        score = METRICS[metric.name]
        recordings, groups, effective = n, float(self.units), self.effective
        if metric.name != "accuracy":  # a mean over classes rests on less where one is small
            recordings = _together(self.total.there)
            groups = min(groups, _together(self.groups_there))
            effective = min(effective, _together(self.effective_there))
        draws = score(self.draws)
        return Score(score(self.total), draws, self.units, recordings, groups, effective)

    def by_column(self, metric: Metric) -> list[Score]:
        """Precision, recall or F1 of every class, in one score with an axis of classes."""
        there, named = self.total.there, self.total.named
        score, recordings, groups, effective = {
            "precision": (precision, named, self.groups_named, self.effective_named),
            "recall": (recall, there, self.groups_there, self.effective_there),
            "f1": (f1, (there + named) / 2, self.groups_either, self.effective_either),
        }[metric.name]
        draws = score(self.draws)
        return [Score(score(self.total), draws, groups, recordings, groups, effective)]

    def rows(
        self,
        classes: Sequence[str],
        estimate: Callable[[Metric], list[Estimate]],
        *,
        one_group: bool = False,
    ) -> list[dict[str, object]]:
        """What `evaluation.json` holds of each class; of `one_group` the units are recordings."""
        columns = {name: estimate(Metric(name, "proportion")) for name in _OF_ONE_CLASS}
        rows = []
        for at, name in enumerate(classes):
            n, groups = round(self.total.there[at]), int(self.groups_there[at])
            groups = min(groups, 1) if one_group else groups
            row: dict[str, object] = {"name": name, "n": n, "groups": groups}
            for key, found in columns.items():
                value, low, high = found[at]
                row |= {key: value, f"{key}_low": low, f"{key}_high": high}
            rows.append(row)
        return rows

    def notes(self, classes: Sequence[str]) -> list[str]:
        """Classes that are missing, that are never predicted, or that come from one group."""
        kinds = (
            ("Not in the test part, so that recall is undefined", self.total.there == 0),
            ("Never predicted, so that precision is undefined", self.total.named == 0),
            ("From one group only, so that recall has no interval", self.groups_there == 1),
        )
        return [
            f"{words}: {first_five([classes[int(at)] for at in np.flatnonzero(such)])}."
            for words, such in kinds
            if such.any()
        ]


def resample_classes(
    systems: Sequence[Any], unit: np.ndarray, units: int, draws: Iterable[np.ndarray]
) -> list[ResampledClasses]:
    """Count what each system got right, over all recordings and in every draw of units.

    Args:
        systems: predictions of the same recordings in the same order, with the same classes.
        unit: (recording,) the unit that is drawn.
        units: how many there are.
        draws: blocks (draw, unit) of how often each was drawn.

    Raises:
        ValueError: the systems answered for different recordings, or for none.
    """
    first = systems[0]
    for other in systems:
        if (other.ids, other.classes) != (first.ids, first.classes):
            message = "systems can be measured together only on the same recordings and classes"
            raise ValueError(message)
    if not len(first):
        raise ValueError("there is no recording to measure")
    there = _count(unit, first.truth, units, len(first.classes))
    tables = [there]
    for one in systems:
        tables += _counts(one, unit, units)
    sums = np.concatenate(tables, axis=1)
    ends = np.cumsum([table.shape[1] for table in tables])[:-1]
    drawn = np.split(np.concatenate([times @ sums for times in draws]), ends, axis=1)
    found = []
    for at in range(1, len(tables), 3):
        hits, named, loss = tables[at : at + 3]
        found.append(
            ResampledClasses(
                total=Tally(hits.sum(0), there.sum(0), named.sum(0)),
                draws=Tally(drawn[at], drawn[0], drawn[at + 1]),
                loss=float(loss.sum()),
                loss_draws=drawn[at + 2][:, 0],
                units=units,
                groups_there=_present(there),
                groups_named=_present(named),
                groups_either=_present(there + named),
                effective=float(effective_groups(there.sum(axis=1))),
                effective_there=effective_groups(there),
                effective_named=effective_groups(named),
                effective_either=effective_groups(there + named),
            )
        )
    return found


def _counts(one: Any, unit: np.ndarray, units: int) -> list[np.ndarray]:
    """Per unit: hits of each class, how often each was named, the sum of the log losses."""
    classes = len(one.classes)
    hits = _count(unit, one.truth, units, classes, weights=one.correct)
    named = _count(unit, one.predicted, units, classes)
    loss = np.bincount(unit, log_losses(one.truth, one.scores), units)
    return [hits, named, loss[:, None]]


def _count(
    unit: np.ndarray,
    index: np.ndarray,
    units: int,
    classes: int,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """(unit, class) how many recordings of each class each unit holds."""
    cells = np.bincount(unit * classes + index, weights, units * classes)
    return cells.reshape(units, classes).astype(np.float64)


def _present(table: np.ndarray) -> np.ndarray:
    """(class,) in how many units a class occurs."""
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
