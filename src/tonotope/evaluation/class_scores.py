"""The scores of a classification, from the counts of what was right and what was not.

Every score here but the log loss is a function of three counts per class: how often it was there,
how often it was named, and how often both. The counts may be weighted and may carry leading axes,
so that one call scores a thousand resamples at once.

A score whose denominator is zero is undefined: NaN in arrays, `None` in results, never 0 or 1.
Recall of a class that is not there, precision of a class never named, are such.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np


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
    """How often each class was taken for each: rows are the truth, columns what was said.

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
    """The share of recordings named rightly.

    >>> accuracy(tally([[1, 1], [0, 1]])).round(3)
    np.float64(0.667)
    """
    return _ratio(counts.hits.sum(-1), counts.there.sum(-1))


def recall(counts: Tally) -> np.ndarray:
    """Of the recordings of a class, the share that was named so; (..., class)."""
    return _ratio(counts.hits, counts.there)


def precision(counts: Tally) -> np.ndarray:
    """Of the recordings named so, the share that are of the class; (..., class)."""
    return _ratio(counts.hits, counts.named)


def f1(counts: Tally) -> np.ndarray:
    """The harmonic mean of precision and recall, (..., class).

    Written as 2·hits / (there + named), it is 0 for a class that is there and never hit, and
    undefined only for a class that is neither there nor named.
    """
    return _ratio(2 * counts.hits, counts.there + counts.named)


def balanced_accuracy(counts: Tally) -> np.ndarray:
    """The mean recall of the classes that are there: each class weighs the same."""
    return _mean_of_defined(recall(counts))


def macro_f1(counts: Tally) -> np.ndarray:
    """The mean F1 of the classes that are there or were named."""
    return _mean_of_defined(f1(counts))


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


def known(value: float | np.ndarray) -> float | None:
    """A number, or None where it is undefined.

    >>> known(np.float64("nan")), known(0.5)
    (None, 0.5)
    """
    number = float(value)
    return number if math.isfinite(number) else None


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    above, below = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
    undefined = below == 0
    return np.where(undefined, np.nan, above / np.where(undefined, 1.0, below))[()]


def _mean_of_defined(values: np.ndarray) -> np.ndarray:
    defined = np.isfinite(values)
    return _ratio(np.where(defined, values, 0.0).sum(-1), defined.sum(-1))
