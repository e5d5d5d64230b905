"""Simple models for baselines: constants, and straight lines through statistics of a sound.

**Majority** always predicts the most frequent class, the **training mean** of numbers the mean of
the training recordings, which of tags is how frequent each is: what is to be had without
listening. **Logistic regression** draws one straight line per class or tag, **ridge regression**
one per quantity. All of them learn from the training part alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

# C of scikit-learn: the smaller, the smaller the weights.
_STRENGTHS = (0.01, 0.1, 1.0, 10.0)
_USUAL_STRENGTH = 0.1
# alpha of a ridge: the larger, the smaller the weights.
_ALPHAS = (0.1, 1.0, 10.0, 100.0, 1000.0)
_USUAL_ALPHA = 10.0
_INNER_PARTS = 3
_MOST_WORK = 1e8  # recordings × numbers × classes: beyond, choosing C takes more than seconds
_THRESHOLD = 0.5


def majority(labels: np.ndarray, count: int) -> tuple[tuple[str, ...], np.ndarray]:
    """The share of each class in training, predicted for every recording.

    Returns:
        The classes, sorted, and the scores (recording, class). The highest score is that of the
        most frequent class; of several that are equal, the first in the alphabet.

    >>> majority(np.array(["b", "a", "b"]), 1)[1].round(2)
    array([[0.33, 0.67]])
    """
    classes, counts = np.unique(labels, return_counts=True)
    return tuple(map(str, classes)), np.tile(counts / max(counts.sum(), 1), (count, 1))


def logistic_regression(
    features: np.ndarray, labels: np.ndarray, groups: np.ndarray, test: np.ndarray
) -> tuple[tuple[str, ...], np.ndarray]:
    """Standardise, then one linear score per class, fitted by maximum likelihood.

    How large the weights may grow is chosen inside the training part, by group, where that
    costs a few seconds at most.

    Args:
        features: (recording, number) of the training part.
        labels: (recording,) the label of each, in words.
        groups: (recording,) the group of each.
        test: (recording, number) of the recordings to be scored.

    Returns:
        The classes, sorted, and the probabilities (recording, class).
    """
    if len(set(labels)) < 2:
        return majority(labels, len(test))
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    # These matrices are small: with several threads on a busy machine the threads wait for each
    # other a hundred times longer than they compute.
    with warnings.catch_warnings(), threadpool_limits(1):
        # Classes rarer than the inner parts, a fit that stops early: neither is the user's affair.
        warnings.simplefilter("ignore")
        strength = _strength(features, labels, groups)
        fitted = _logistic_pipeline(strength).fit(features, labels)
        return tuple(map(str, fitted.classes_)), fitted.predict_proba(test)


def training_mean(truth: np.ndarray, count: int) -> np.ndarray:
    """The mean of the known targets of each column, `count` times; (recording, column).

    Of tags, which are 1 or 0, that is how frequent each is. Of what nobody knows it is 0.

    >>> training_mean(np.array([[1.0, np.nan], [3.0, np.nan]]), 1)
    array([[2., 0.]])
    """
    known = np.isfinite(truth)
    total = np.where(known, truth, 0.0).sum(axis=0)
    return np.tile(total / np.maximum(known.sum(axis=0), 1), (count, 1))


def ridge(
    features: np.ndarray, truth: np.ndarray, groups: np.ndarray, test: np.ndarray
) -> np.ndarray:
    """Standardise, then least squares with held-back weights, for each column by itself.

    How large they may grow is chosen inside the training part, by group.

    Args:
        features: (recording, number) of the training part.
        truth: (recording, column) of it, NaN where unknown.
        groups: (recording,) the group of each.
        test: (recording, number) of the recordings to be measured.

    Returns:
        (recording, column).
    """

    def fit(features: np.ndarray, known: np.ndarray, groups: np.ndarray) -> Any:
        return _ridge_pipeline(_alpha(features, known, groups)).fit(features, known)

    def predict(fitted: Any, test: np.ndarray) -> np.ndarray:
        return fitted.predict(test)

    return _by_column(features, truth, groups, test, fit, predict)


def logistic_by_column(
    features: np.ndarray, truth: np.ndarray, groups: np.ndarray, test: np.ndarray
) -> np.ndarray:
    """Standardise, then one logistic regression for each tag; (recording, column)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def fit(features: np.ndarray, known: np.ndarray, groups: np.ndarray) -> Any:
        del groups
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
        return pipeline.fit(features, known > _THRESHOLD)

    def predict(fitted: Any, test: np.ndarray) -> np.ndarray:
        return fitted.predict_proba(test)[:, 1]

    return _by_column(features, truth, groups, test, fit, predict)


def _by_column(
    features: np.ndarray,
    truth: np.ndarray,
    groups: np.ndarray,
    test: np.ndarray,
    fit: Callable[[np.ndarray, np.ndarray, np.ndarray], Any],
    predict: Callable[[Any, np.ndarray], np.ndarray],
) -> np.ndarray:
    """One fit for each column on what is known of it; where all of that is alike, its mean."""
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    predicted = training_mean(truth, len(test))
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # a fit that stops early is not the user's affair
        for at, column in enumerate(truth.T):
            known = np.isfinite(column)
            if len(np.unique(column[known])) > 1:
                fitted = fit(features[known], column[known], groups[known])
                predicted[:, at] = predict(fitted, test)
    return predicted


def _ridge_pipeline(alpha: float) -> Any:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), Ridge(alpha=alpha))


def _alpha(features: np.ndarray, known: np.ndarray, groups: np.ndarray) -> float:
    """The alpha with the smallest squared error on groups left out of the training part."""
    from sklearn.model_selection import GroupKFold

    parts = min(_INNER_PARTS, len(set(groups)))
    if parts < 2:
        return _USUAL_ALPHA
    cost = dict.fromkeys(_ALPHAS, 0.0)
    for inside, outside in GroupKFold(parts).split(features, known, groups):
        for alpha in _ALPHAS:
            predicted = (
                _ridge_pipeline(alpha)
                .fit(features[inside], known[inside])
                .predict(features[outside])
            )
            cost[alpha] += float(((predicted - known[outside]) ** 2).sum())
    return min(_ALPHAS, key=lambda alpha: cost[alpha])


def _logistic_pipeline(strength: float) -> Pipeline:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))


def _strength(features: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> float:
    """The C that does best on groups left out of the training part; the usual one where unknown."""
    from sklearn.model_selection import StratifiedGroupKFold

    kinds, parts = len(set(labels)), min(_INNER_PARTS, len(set(groups)))
    if parts < 2 or features.size * kinds > _MOST_WORK:
        return _USUAL_STRENGTH
    right = dict.fromkeys(_STRENGTHS, 0)
    for inside, outside in StratifiedGroupKFold(parts).split(features, labels, groups):
        if len(set(labels[inside])) < 2:
            return _USUAL_STRENGTH
        for strength in _STRENGTHS:
            fitted = _logistic_pipeline(strength).fit(features[inside], labels[inside])
            predicted = fitted.predict(features[outside])
            right[strength] += int((predicted == labels[outside]).sum())
    return max(_STRENGTHS, key=lambda strength: (right[strength], -strength))
