"""Calibration: the mean score of the predicted class beside the share of correct predictions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Calibration(NamedTuple):
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


def calibration(mean_score: float | None, correct: int, n: int) -> Calibration:
    """How far the mean score is from the share of correct predictions.

    >>> calibration(0.625, correct=1, n=2)
    Calibration(gap=0.125, mean=0.625, right=0.5)
    """
    mean, right = mean_score or 0.0, correct / n if n else 0.0
    return Calibration(round(mean - right, 6), round(mean, 6), round(right, 6))
