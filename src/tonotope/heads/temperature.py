"""Temperature scaling: one number, fitted on validation, that makes class scores honest.

The scores of a clip are `softmax(z / T)`: a temperature T above 1 makes them less sure, below 1
surer; which class comes first in a clip never changes. T is fitted to the recordings of the
validation part as they are judged, by the vote of their clips' scores. Source: Guo et al., "On
Calibration of Modern Neural Networks" (ICML 2017), section 4.2.

A few validation recordings that are all right would ask for T = 0, certainty. So log T has a normal
prior of mean 0 and deviation 1. It draws T towards 1, but weighs no more than a recording or two: a
dozen recordings of one group that are surely wrong still move T to 3.
"""

from __future__ import annotations

import numpy as np

LOWEST, HIGHEST = 0.05, 20.0
_STEPS = 61  # a grid over log T, so that no local minimum is taken for the lowest
_REFINED = 40
_GOLDEN = (5**0.5 - 1) / 2
_LEAST = 1e-38  # the smallest probability in single precision


def temper(scores: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities at another temperature: `softmax(log p / T)`.

    Args:
        scores: (clip, class) probabilities at temperature 1.
        temperature: T, above 0.

    >>> temper(np.array([[0.8, 0.2]]), 2.0).round(3)
    array([[0.667, 0.333]])
    """
    logits = np.log(np.maximum(np.asarray(scores, np.float64), _LEAST)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def fit_temperature(
    scores: np.ndarray, recording: np.ndarray, truth: np.ndarray, shares: np.ndarray | None = None
) -> float | None:
    """The temperature with the least log loss over recordings; a prior draws it towards 1.

    Args:
        scores: (clip, class) probabilities at temperature 1.
        recording: (clip,) which recording each comes from, from 0.
        truth: (recording,) the true class; -1 where it is unknown.
        shares: (clip,) of each clip in the answer for its recording, 1 together; without them,
            equal ones.

    Returns:
        T, with four digits; None where no recording has a known class.
    """
    recording, truth = np.asarray(recording), np.asarray(truth)
    if not (truth >= 0).any():
        return None
    counts = np.bincount(recording, minlength=len(truth))
    known = (truth >= 0) & (counts > 0)
    if shares is None:
        shares = 1 / counts[recording]

    def cost(log_t: float) -> float:
        of_clips = temper(scores, float(np.exp(log_t)))[
            np.arange(len(recording)), truth[recording].clip(0)
        ]
        voted = np.bincount(recording, of_clips * shares, len(truth))
        return float(-np.log(np.maximum(voted[known], _LEAST)).sum() + log_t**2 / 2)

    grid = np.linspace(np.log(LOWEST), np.log(HIGHEST), _STEPS)
    best = int(np.argmin([cost(one) for one in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, _STEPS - 1)]
    for _ in range(_REFINED):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        low, high = (low, right) if cost(left) <= cost(right) else (left, high)
    return float(f"{np.exp((low + high) / 2):.4g}")
