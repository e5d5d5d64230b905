"""Plain methods for quantities and tags: constants, and straight lines through averaged MFCCs.

**Mean** says of every recording the mean of the training recordings, **prevalence** how frequent
each tag is among them: what is to be had without listening. **MFCC and ridge regression** and
**MFCC and logistic regression** hear each recording as the mean and the spread of its cepstral
coefficients (`baseline.mfcc_statistics`), and draw one straight line per quantity or tag.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tonotope.answers.columns_table import Grid
from tonotope.answers.quantities import Quantities
from tonotope.answers.tags import Tagged

_HELD_BACK = (0.1, 1.0, 10.0, 100.0, 1000.0)  # alpha of a ridge: the larger, the smaller weights
_USUAL = 10.0
_INNER_PARTS = 3
_THRESHOLD = 0.5


def answered(test: Grid, said: np.ndarray) -> Grid:
    """`test` with what a baseline says in the place of what was said.

    Args:
        test: any predictions for the test part; only who and what is in it is used.
        said: (recording, column) quantities, or the probability of each tag.
    """
    told: dict[str, Any] = {
        name: getattr(test, name) for name in ("ids", "truth", "groups", "folds", "columns")
    }
    if isinstance(test, Tagged):
        return Tagged(**told, said=said >= _THRESHOLD, scores=said)
    assert isinstance(test, Quantities)
    return Quantities(**told, said=said, units=test.units)


def mean(truth: np.ndarray, count: int) -> np.ndarray:
    """The mean of what is known of each column, said `count` times; (recording, column).

    Of tags, which are 1 or 0, that is how frequent each is. Of what nobody knows it is 0.

    >>> mean(np.array([[1.0, np.nan], [3.0, np.nan]]), 1)
    array([[2., 0.]])
    """
    known = np.isfinite(truth)
    total = np.where(known, truth, 0.0).sum(axis=0)
    return np.tile(total / np.maximum(known.sum(axis=0), 1), (count, 1))


def ridge(
    features: np.ndarray, truth: np.ndarray, groups: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """Standardise, then least squares with held-back weights, for each column by itself.

    How far they are held back is chosen inside the training part, by group.

    Args:
        features: (recording, number) of the training part.
        truth: (recording, column) of it, NaN where unknown.
        groups: (recording,) the group of each.
        wanted: (recording, number) of the recordings to be measured.

    Returns:
        (recording, column).
    """

    def fit(features: np.ndarray, known: np.ndarray, groups: np.ndarray) -> Any:
        return _lines(_alpha(features, known, groups)).fit(features, known)

    def say(fitted: Any, wanted: np.ndarray) -> np.ndarray:
        return fitted.predict(wanted)

    return _by_column(features, truth, groups, wanted, fit, say)


def logistic(
    features: np.ndarray, truth: np.ndarray, groups: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """Standardise, then one logistic regression for each tag; (recording, column)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def fit(features: np.ndarray, known: np.ndarray, groups: np.ndarray) -> Any:
        del groups
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
        return pipeline.fit(features, known > _THRESHOLD)

    def say(fitted: Any, wanted: np.ndarray) -> np.ndarray:
        return fitted.predict_proba(wanted)[:, 1]

    return _by_column(features, truth, groups, wanted, fit, say)


def _by_column(
    features: np.ndarray,
    truth: np.ndarray,
    groups: np.ndarray,
    wanted: np.ndarray,
    fit: Callable[[np.ndarray, np.ndarray, np.ndarray], Any],
    say: Callable[[Any, np.ndarray], np.ndarray],
) -> np.ndarray:
    """One fit for each column on what is known of it; where all of that is alike, its mean."""
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    said = mean(truth, len(wanted))
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # a fit that stops early is not the user's affair
        for at, column in enumerate(truth.T):
            known = np.isfinite(column)
            if len(np.unique(column[known])) > 1:
                fitted = fit(features[known], column[known], groups[known])
                said[:, at] = say(fitted, wanted)
    return said


def _lines(alpha: float) -> Any:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), Ridge(alpha=alpha))


def _alpha(features: np.ndarray, known: np.ndarray, groups: np.ndarray) -> float:
    """The alpha with the smallest squared error on groups left out of the training part."""
    from sklearn.model_selection import GroupKFold

    parts = min(_INNER_PARTS, len(set(groups)))
    if parts < 2:
        return _USUAL
    cost = dict.fromkeys(_HELD_BACK, 0.0)
    for inside, outside in GroupKFold(parts).split(features, known, groups):
        for alpha in _HELD_BACK:
            said = _lines(alpha).fit(features[inside], known[inside]).predict(features[outside])
            cost[alpha] += float(((said - known[outside]) ** 2).sum())
    return min(_HELD_BACK, key=lambda alpha: cost[alpha])
