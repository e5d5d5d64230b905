"""Metrics: how good the predictions are, as numbers to compare.

From the confusion table N, N[i, j] = how often class i was taken for class j:

    accuracy     Σ_i N[i, i] / Σ N
    precision_j  N[j, j] / Σ_i N[i, j]      of what was called j, how much was j
    recall_i     N[i, i] / Σ_j N[i, j]      of what was i, how much was found
    F1           2 · precision · recall / (precision + recall), their harmonic mean

A share of few recordings is uncertain: `wilson_interval` says how far off it may be.

And for quantities the mean absolute error, the root of the mean squared error, and R², the share of
the truth's variance that the prediction explains. Where a metric has no meaning (the precision of a
class that was never named) it is NaN, "not a number", and neither 0 nor 1.

Sources: van Rijsbergen, Information retrieval (1979), chapter 7, for precision, recall and F;
Draper and Smith, Applied regression analysis, chapter 1, for R²; Wilson, Probable inference,
the law of succession, and statistical inference (1927).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np


class ClassScores(NamedTuple):
    """Precision, recall and F1, each (class,); NaN where a class leaves them undefined."""

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray


def confusion(truth: np.ndarray, prediction: np.ndarray, classes: int) -> np.ndarray:
    """The confusion matrix: rows are the truth, columns the prediction.

    Args:
        truth: (batch,), class numbers from 0.
        prediction: (batch,), the same.
        classes: how many there are.

    Returns:
        (truth, prediction), counts.

    >>> confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), 3).tolist()
    [[1, 1, 0], [0, 1, 0], [0, 1, 0]]
    """
    table = np.zeros((classes, classes), int)
    np.add.at(table, (truth, prediction), 1)
    return table


def accuracy(truth: np.ndarray, prediction: np.ndarray) -> float:
    """The share of correct predictions. Both arrays hold class numbers, (batch,).

    >>> accuracy(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]))
    0.5
    """
    return float((truth == prediction).mean())


def wilson_interval(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Between which shares the true one lies, if `right` of `total` were correct.

        (p + z²/2n ± z · √(p(1-p)/n + z²/4n²)) / (1 + z²/n),    p = right / n, n = total

    The recordings must be independent: those of one source are not, and the interval is then wider.

    Args:
        right: how many were correct.
        total: out of how many, at least one.
        z: 1.96 for an interval that holds the truth 95 times out of 100.

    >>> low, high = wilson_interval(36, 50)
    >>> print(f"{low:.3f} to {high:.3f}")
    0.583 to 0.825
    """
    share, extra = right / total, z**2 / total
    half = z * math.sqrt((share * (1 - share) + extra / 4) / total)
    return (share + extra / 2 - half) / (1 + extra), (share + extra / 2 + half) / (1 + extra)


def class_scores(table: np.ndarray) -> ClassScores:
    """Precision, recall and F1 of each class.

    F1 is computed as 2·N[i, i] / (named i + were i): the same, and defined as soon as a class was
    named or was there at all.

    Args:
        table: (truth, prediction), `confusion`.

    >>> class_scores(confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), 3)).recall.tolist()
    [0.5, 1.0, 0.0]
    """
    right, named, there = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    return ClassScores(_share(right, named), _share(right, there), _share(2 * right, named + there))


def macro_f1(table: np.ndarray) -> float:
    """The mean of the classes' F1, every class counting alike; undefined classes are left out.

    `table` is (truth, prediction), from `confusion`.
    """
    return float(np.nanmean(class_scores(table).f1))


def mean_absolute_error(truth: np.ndarray, prediction: np.ndarray) -> float:
    """The mean of |prediction - truth|, in the unit of the truth. Both arrays are (batch,).

    >>> mean_absolute_error(np.array([1.0, 2.0]), np.array([2.0, 5.0]))
    2.0
    """
    return float(np.abs(prediction - truth).mean())


def root_mean_squared_error(truth: np.ndarray, prediction: np.ndarray) -> float:
    """√ of the mean of (prediction - truth)²: one large error weighs more than several small ones.

    Both arrays are (batch,).

    >>> root_mean_squared_error(np.array([0.0, 0.0]), np.array([1.0, 7.0]))
    5.0
    """
    return float(np.sqrt(((prediction - truth) ** 2).mean()))


def r_squared(truth: np.ndarray, prediction: np.ndarray) -> float:
    """R² = 1 - Σ (truth - prediction)² / Σ (truth - mean truth)². Both arrays are (batch,).

    1 is perfect, 0 no better than always answering the mean, and below 0 worse than that. NaN where
    the truth never varies.

    >>> r_squared(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
    0.5
    """
    rest = ((truth - prediction) ** 2).sum()
    spread = ((truth - truth.mean()) ** 2).sum()
    return float(1 - rest / spread) if spread > 0 else float("nan")


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """The quotient part / whole, NaN where the whole is 0."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
