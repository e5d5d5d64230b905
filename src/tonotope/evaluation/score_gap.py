"""How far class scores lie from the share of right answers, with an interval over groups.

The gap is the difference of two figures of the same recordings, the mean score of the predicted
classes and the share of right answers. The mean score is known; what is not is the share on other
recordings. So the interval is that of a share (`around_share`) with the standard error of the gap,
and no wider knowledge is claimed of the gap than of the score: where all are right, no more is
known than so many groups can vouch for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tonotope.answers.calibration import calibration_gap, mean_top_score
from tonotope.answers.metric import Estimate, effective_groups, known, ratio
from tonotope.evaluation.intervals import (
    ROUGH_BELOW,
    around_share,
    drawn,
    standard_error,
    units_of,
)

HONEST_WITHIN = 0.05
"""A gap up to this is called none."""


def score_gap(
    scores: np.ndarray,
    correct: np.ndarray,
    *,
    ids: Sequence[str],
    groups: Sequence[str],
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Estimate:
    """The mean score minus the share of right answers; above 0 the scores are too high.

    Args:
        scores: `(recording, class)` of the test part.
        correct: `(recording,)` whether each answer is right.
        ids: of the recordings.
        groups: of the recordings; a group is drawn as a whole.
        confidence: of the interval.
        resamples: how many draws of groups.
        seed: of the draws.

    >>> scores, correct = np.array([[0.75, 0.25], [0.75, 0.25]]), np.array([True, False])
    >>> score_gap(scores, correct, ids=("a", "b"), groups=("s1", "s2")).value
    0.25
    """
    gap = calibration_gap(mean_top_score(scores), int(correct.sum()), len(correct)).gap
    if not len(correct):
        return Estimate(gap, None, None)
    unit, _, units = units_of(ids, groups)
    away = scores.max(axis=1).astype(np.float64) - correct
    sums = np.stack([np.bincount(unit, away, units), np.bincount(unit, minlength=units)], axis=1)
    draws = np.concatenate([times @ sums for times in drawn(units, resamples, seed)])
    error = standard_error(ratio(draws[:, 0], draws[:, 1]), units)
    least, most = around_share(
        correct.mean(),
        error,
        recordings=len(correct),
        groups=units,
        effective_groups=effective_groups(sums[:, 1]),
        confidence=confidence,
    )
    mean = scores.max(axis=1).astype(np.float64).mean()
    return Estimate(gap, known(mean - most), known(mean - least))


def honesty(gap: Estimate, groups: int | None) -> str:
    """What the evidence allows to say of scores: one rule for the page, whatever the task.

    Returns:
        `good` only where the whole interval of the gap lies within the tolerance; `high` or `low`
        where it lies beyond; `few` where fewer groups than ten cannot tell; `unclear` where more
        cannot either.

    >>> honesty(Estimate(0.21, 0.1, 0.3), 12), honesty(Estimate(0.08, 0.02, 0.14), 32)
    ('high', 'unclear')
    >>> honesty(Estimate(0.21, -0.1, 0.5), 2), honesty(Estimate(-0.02, -0.04, 0.02), 20)
    ('few', 'good')
    """
    value, low, high = gap
    if value is None or low is None or high is None or groups == 1:
        return "few"
    if low > HONEST_WITHIN or high < -HONEST_WITHIN:
        return "high" if value > 0 else "low"
    if low >= -HONEST_WITHIN and high <= HONEST_WITHIN:
        return "good"
    return "few" if groups is not None and groups < ROUGH_BELOW else "unclear"
