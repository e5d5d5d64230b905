"""Baselines' models: most frequent class, training mean, logistic regression, ridge regression.

**Majority** always predicts the most frequent class, the **training mean** of numbers the mean of
the training recordings, which of tags is how frequent each is: what is to be had without
listening. **Logistic regression** draws one straight line per class or tag, **ridge regression**
one per quantity. All of them learn from the training part alone.
"""

from __future__ import annotations

import contextlib
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from tonotope.answers.baseline import BaselineInput

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


Scored = tuple[tuple[str, ...], np.ndarray]


def majority(given: BaselineInput) -> Scored:
    """The share of each class in training, predicted for every recording.

    Returns:
        The classes, sorted, and the scores (recording, class). The highest score is that of the
        most frequent class; of several that are equal, the first in the alphabet.

    >>> majority(BaselineInput(None, np.array(["b", "a", "b"]), None, None, ["x"]))[1].round(2)
    array([[0.33, 0.67]])
    """
    classes, counts = np.unique(given.targets, return_counts=True)
    share = counts / max(counts.sum(), 1)
    return tuple(map(str, classes)), np.tile(share, (len(given.test), 1))


def logistic_regression(given: BaselineInput) -> Scored:
    """Standardise, then one linear score per class, fitted by maximum likelihood.

    How large the weights may grow is chosen inside the training part, by group, where that
    costs a few seconds at most.

    Returns:
        The classes, sorted, and the probabilities (recording, class).
    """
    if len(set(given.targets)) < 2:
        return majority(given)
    with _small_fits():
        strength = _strength(given.features, given.targets, given.groups)
        fitted = _logistic(strength).fit(given.features, given.targets)
        return tuple(map(str, fitted.classes_)), fitted.predict_proba(given.test_features)


def training_mean(given: BaselineInput) -> np.ndarray:
    """The mean of the known targets of each column, for every recording; (recording, column).

    Of tags, which are 1 or 0, that is how frequent each is. Of what nobody knows it is 0.

    >>> known = np.array([[1.0, np.nan], [3.0, np.nan]])
    >>> training_mean(BaselineInput(None, known, None, None, ["x"]))
    array([[2., 0.]])
    """
    known = np.isfinite(given.targets)
    total = np.where(known, given.targets, 0.0).sum(axis=0)
    return np.tile(total / np.maximum(known.sum(axis=0), 1), (len(given.test), 1))


def ridge(given: BaselineInput) -> np.ndarray:
    """Standardise, then least squares with held-back weights, for each column by itself.

    How large they may grow is chosen inside the training part, by group.

    Returns:
        (recording, column).
    """

    def predict(features: np.ndarray, known: np.ndarray, groups: np.ndarray) -> np.ndarray:
        fitted = _ridge(_alpha(features, known, groups)).fit(features, known)
        return fitted.predict(given.test_features)

    return _by_column(given, predict)


def logistic_by_column(given: BaselineInput) -> np.ndarray:
    """Standardise, then one logistic regression for each tag; (recording, column)."""

    def predict(features: np.ndarray, known: np.ndarray, groups: np.ndarray) -> np.ndarray:
        del groups
        fitted = _logistic(_USUAL_STRENGTH).fit(features, known > _THRESHOLD)
        return fitted.predict_proba(given.test_features)[:, 1]

    return _by_column(given, predict)


def _by_column(
    given: BaselineInput, predict: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
) -> np.ndarray:
    """One fit for each column on what is known of it; where all of that is alike, its mean."""
    predicted = training_mean(given)
    with _small_fits():
        for at, column in enumerate(given.targets.T):
            known = np.isfinite(column)
            if len(np.unique(column[known])) > 1:
                own = given.features[known], column[known], given.groups[known]
                predicted[:, at] = predict(*own)
    return predicted


@contextlib.contextmanager
def _small_fits() -> Iterator[None]:
    """One thread, and no warning of classes that are rare or of a fit that stops early.

    These matrices are small: with several threads on a busy machine the threads wait for each
    other a hundred times longer than they compute.
    """
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    with warnings.catch_warnings(action="ignore"), threadpool_limits(1):
        yield


def _ridge(alpha: float) -> Pipeline:
    from sklearn.linear_model import Ridge

    return _standardised(Ridge(alpha=alpha))


def _logistic(strength: float) -> Pipeline:
    from sklearn.linear_model import LogisticRegression

    return _standardised(LogisticRegression(C=strength, max_iter=1000))


def _standardised(model: Any) -> Pipeline:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), model)


def _alpha(features: np.ndarray, known: np.ndarray, groups: np.ndarray) -> float:
    """The alpha with the smallest squared error on groups left out of the training part."""
    from sklearn.model_selection import GroupKFold

    parts = min(_INNER_PARTS, len(set(groups)))
    if parts < 2:
        return _USUAL_ALPHA
    cost = dict.fromkeys(_ALPHAS, 0.0)
    for inside, outside in GroupKFold(parts).split(features, known, groups):
        for alpha in _ALPHAS:
            fitted = _ridge(alpha).fit(features[inside], known[inside])
            predicted = fitted.predict(features[outside])
            cost[alpha] += float(((predicted - known[outside]) ** 2).sum())
    return min(_ALPHAS, key=lambda alpha: cost[alpha])


def _strength(features: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> float:
    """The C that does best on groups left out of the training part; the usual one where unknown."""
    from sklearn.model_selection import StratifiedGroupKFold

    counts = Counter(labels)
    # There cannot be more parts than the largest class has recordings.
    kinds, parts = len(counts), min(_INNER_PARTS, len(set(groups)), max(counts.values()))
    if parts < 2 or features.size * kinds > _MOST_WORK:
        return _USUAL_STRENGTH
    right = dict.fromkeys(_STRENGTHS, 0)
    for inside, outside in StratifiedGroupKFold(parts).split(features, labels, groups):
        if len(set(labels[inside])) < 2:
            return _USUAL_STRENGTH
        for strength in _STRENGTHS:
            fitted = _logistic(strength).fit(features[inside], labels[inside])
            predicted = fitted.predict(features[outside])
            right[strength] += int((predicted == labels[outside]).sum())
    return max(_STRENGTHS, key=lambda strength: (right[strength], -strength))
