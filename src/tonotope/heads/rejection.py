"""From which score on a class counts as heard: what 95 % of its rightly named recordings reach.

A classifier names one of its classes whatever it hears; the highest probability is lower for sounds
of no class (Hendrycks and Gimpel, "A Baseline for Detecting Misclassified and Out-of-Distribution
Examples in Neural Networks", ICLR 2017). As usual there, the threshold is the one that keeps 95 %
of what is known, so no sound of another kind is needed to choose it.
"""

from __future__ import annotations

import numpy as np

KEPT = 0.95
ENOUGH = 10
"""Rightly named recordings that a class needs for a threshold of its own."""


def reached_scores(scores: np.ndarray, truth: np.ndarray) -> tuple[float, ...]:
    """For each class the score that 95 % of its rightly named recordings reach.

    Args:
        scores: (recording, class) probabilities.
        truth: (recording,) the true class; -1 where it is unknown.

    Returns:
        four digits each, rounded down; of a class with fewer than ten rightly named recordings the
        score over all classes together. Empty where not one recording is rightly named.

    >>> reached_scores(np.array([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7]]), np.array([0, 0, 0]))
    (0.6, 0.6)
    """
    scores, truth = np.asarray(scores, np.float64), np.asarray(truth)
    right = (truth >= 0) & (scores.argmax(axis=1) == truth)
    if not right.any():
        return ()
    best = scores.max(axis=1)
    together = _reached(best[right])
    own = [best[right & (truth == at)] for at in range(scores.shape[1])]
    return tuple(_reached(one) if len(one) >= ENOUGH else together for one in own)


def _reached(scores: np.ndarray) -> float:
    """The highest score that at least 95 % reach."""
    place = int(np.floor((1 - KEPT) * len(scores) + 1e-9))
    return float(np.floor(1e4 * np.sort(scores)[place] + 1e-6) / 1e4)
