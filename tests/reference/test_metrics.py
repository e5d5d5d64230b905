from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from tonotope.reference import metrics

PROPERTY = settings(max_examples=30, deadline=None)
SEED = st.integers(0, 2**32 - 1)


@PROPERTY
@given(st.integers(2, 6), st.integers(1, 30), SEED)
def test_the_class_metrics_are_scikit_learns(classes: int, count: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    truth, said = dice.integers(classes, size=(2, count))
    labels = list(range(classes))
    table = metrics.confusion(truth, said, classes)
    assert_array_equal(table, sklearn.metrics.confusion_matrix(truth, said, labels=labels))
    assert metrics.accuracy(truth, said) == sklearn.metrics.accuracy_score(truth, said)
    expected = sklearn.metrics.precision_recall_fscore_support(
        truth, said, labels=labels, zero_division=np.nan
    )
    scores = metrics.class_scores(table)
    assert_allclose(scores.precision, expected[0], rtol=1e-12)
    assert_allclose(scores.recall, expected[1], rtol=1e-12)
    assert_allclose(scores.f1, expected[2], rtol=1e-12)
    assert metrics.macro_f1(table) == pytest.approx(np.nanmean(expected[2]))


@PROPERTY
@given(st.integers(2, 30), SEED)
def test_the_metrics_of_quantities_are_scikit_learns(count: int, seed: int) -> None:
    truth, said = np.random.default_rng(seed).normal(size=(2, count))
    assert metrics.mean_absolute_error(truth, said) == pytest.approx(
        sklearn.metrics.mean_absolute_error(truth, said)
    )
    assert metrics.root_mean_squared_error(truth, said) == pytest.approx(
        sklearn.metrics.root_mean_squared_error(truth, said)
    )
    assert metrics.r_squared(truth, said) == pytest.approx(sklearn.metrics.r2_score(truth, said))


def test_what_has_no_meaning_is_no_number() -> None:
    table = metrics.confusion(np.array([0, 0]), np.array([0, 2]), 4)  # 1 and 3 never occur
    scores = metrics.class_scores(table)
    assert_array_equal(np.isnan(scores.precision), [False, True, False, True])
    assert_array_equal(np.isnan(scores.recall), [False, True, True, True])
    assert_array_equal(np.isnan(scores.f1), [False, True, False, True])
    assert metrics.macro_f1(table) == pytest.approx((2 / 3 + 0) / 2)
    assert np.isnan(metrics.r_squared(np.ones(3), np.arange(3)))


def test_f1_is_the_harmonic_mean() -> None:
    table = np.array([[30, 10], [20, 40]])
    precision, recall, f1 = metrics.class_scores(table)
    assert_allclose(f1, 2 * precision * recall / (precision + recall), rtol=1e-12)
    assert_allclose(recall, [0.75, 2 / 3])
    assert_allclose(precision, [0.6, 0.8])


def test_answering_the_mean_explains_nothing() -> None:
    truth = np.array([1.0, 4.0, 10.0])
    assert metrics.r_squared(truth, np.full(3, 5.0)) == pytest.approx(0)
    assert metrics.r_squared(truth, truth) == 1
    assert metrics.r_squared(truth, -truth) < 0


@PROPERTY
@given(st.integers(0, 300), st.integers(0, 300))
def test_the_interval_of_a_share_is_scipys(right: int, wrong: int) -> None:
    total = max(1, right + wrong)
    expected = scipy.stats.binomtest(right, total).proportion_ci(0.95, method="wilson")
    z = scipy.stats.norm.ppf(0.975)
    assert_allclose(metrics.wilson_interval(right, total, z), expected, atol=1e-12)
