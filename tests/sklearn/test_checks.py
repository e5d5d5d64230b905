"""scikit-learn's own checks of an estimator: every one of them, none expected to fail."""

from __future__ import annotations

from collections.abc import Callable
from unittest import SkipTest

from sklearn.utils.estimator_checks import parametrize_with_checks

from tonotope.sklearn import AudioClassifier, AudioRegressor

# The defaults pass too; these learn the little data of the checks in a tenth of the time.
QUICK = {"epochs": 8, "learning_rate": 0.01}
# The ends of checks that need something not asked for here; what comes before them has passed.
OPTIONAL = ("pandas is not installed", "SCIPY_ARRAY_API is not set")


@parametrize_with_checks([AudioClassifier(**QUICK), AudioRegressor(**QUICK)])
def test_scikit_learn_finds_nothing(
    estimator: AudioClassifier | AudioRegressor, check: Callable[..., None]
) -> None:
    try:
        check(estimator)
    except SkipTest as skipped:
        if not str(skipped).startswith(OPTIONAL):
            raise
