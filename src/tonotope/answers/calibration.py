"""Calibration of class scores: reliability bins, ECE, Brier score, log loss.

A score is calibrated if of the predictions with a score of 0.8 eight in ten are right.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from tonotope.answers.class_metrics import log_losses

BINS = 10
FIGURES = {"ece": "ECE", "log_loss": "log loss"}  # those that a temperature is to make smaller
DECIMALS = 3  # with which they are shown
_WORSE_BY = 0.01  # less is nothing that anyone would act upon


class CalibrationGap(NamedTuple):
    """The mean score of the predicted classes beside the share of correct predictions.

    Attributes:
        gap: their difference: above 0 the scores are too high, below 0 too low.
        mean: the mean score.
        right: the share of correct predictions.
    """

    gap: float
    mean: float
    right: float


def mean_top_score(scores: np.ndarray) -> float | None:
    """The mean over recordings of the highest of the scores (recording, class); None: no recording.

    >>> mean_top_score(np.array([[0.75, 0.25], [0.5, 0.5]]))
    0.625
    """
    return float(scores.max(axis=1).mean()) if len(scores) else None


def calibration_gap(mean_score: float | None, correct: int, n: int) -> CalibrationGap:
    """How far the mean score is from the share of correct predictions.

    >>> calibration_gap(0.625, correct=1, n=2)
    CalibrationGap(gap=0.125, mean=0.625, right=0.5)
    """
    mean, right = mean_score or 0.0, correct / n if n else 0.0
    return CalibrationGap(round(mean - right, 6), round(mean, 6), round(right, 6))


def measure_calibration(scores: np.ndarray, truth: np.ndarray) -> dict[str, Any]:
    """How honest scores are: their bins, and three figures, each the better the smaller.

    Args:
        scores: (recording, class) probabilities.
        truth: (recording,) the index of the true class.

    Returns:
        `ece`: the expected calibration error: over ten bins of the highest score, the difference
            between mean score and share of right predictions, weighted by the recordings in each
            (Guo et al. 2017, equation 3). It is 0 to 1, and above 0 by chance alone where
            recordings are few.
        `brier`: the mean over recordings of the squared differences, summed over classes, between
            scores and 1 for the true class, 0 for the others (Brier 1950): 0 to 2.
        `log_loss`: the mean of minus the natural logarithm of the true class's score.
        `bins`: of each bin that holds a recording `low`, `high`, `n`, `score` (the mean) and
            `right` (the share).

    >>> found = measure_calibration(np.array([[0.75, 0.25], [0.75, 0.25]]), np.array([0, 1]))
    >>> found["ece"], found["brier"], found["bins"]
    (0.25, 0.625, [{'low': 0.7, 'high': 0.8, 'n': 2, 'score': 0.75, 'right': 0.5}])
    """
    scores, truth = np.asarray(scores, np.float64), np.asarray(truth)
    rows = np.arange(len(truth))
    top, right = scores.max(axis=1), scores.argmax(axis=1) == truth
    place = np.minimum((top * BINS).astype(int), BINS - 1)
    bins = [
        {
            "low": at / BINS,
            "high": (at + 1) / BINS,
            "n": int((place == at).sum()),
            "score": round(float(top[place == at].mean()), 6),
            "right": round(float(right[place == at].mean()), 6),
        }
        for at in np.unique(place).tolist()
    ]
    wanted = np.zeros_like(scores)
    wanted[rows, truth] = 1.0
    return {
        "ece": round(
            sum(one["n"] * abs(one["score"] - one["right"]) for one in bins) / len(top), 6
        ),
        "brier": round(float(((scores - wanted) ** 2).sum(axis=1).mean()), 6),
        "log_loss": round(float(log_losses(truth, scores).mean()), 6),
        "bins": bins,
    }


def worse_after(calibration: Mapping[str, Any] | None) -> dict[str, tuple[float, float]]:
    """The figures that a temperature made worse on the test part, by a hundredth or more.

    Args:
        calibration: `before` and `after` the temperature, each from `measure_calibration`.

    Returns:
        `ece` and `log_loss`, those that are worse, before and after; none where nothing is known.

    >>> before = {"ece": 0.2856, "log_loss": 0.8295}
    >>> worse_after({"before": before, "after": {"ece": 0.3864, "log_loss": 0.8296}})
    {'ece': (0.2856, 0.3864)}
    """
    found = calibration or {}
    before, after = found.get("before") or {}, found.get("after") or {}
    pairs = {one: (before.get(one), after.get(one)) for one in FIGURES}
    return {
        one: (first, then)
        for one, (first, then) in pairs.items()
        if first is not None and then is not None and round(then - first, DECIMALS) >= _WORSE_BY
    }
