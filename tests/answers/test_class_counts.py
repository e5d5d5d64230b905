from __future__ import annotations

import warnings

import numpy as np
import pytest
import sklearn.metrics as oracle

from tonotope.answers.class_metrics import (
    METRICS,
    accuracy,
    balanced_accuracy,
    confusion,
    f1,
    log_losses,
    macro_f1,
    precision,
    recall,
    tally,
)
from tonotope.answers.metric import known


@pytest.fixture(params=range(20))
def answers(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, int]:
    """Truths and guesses, many of them with classes that are never there or never named."""
    rng = np.random.default_rng(request.param)
    classes = int(rng.integers(2, 9))
    there = rng.choice(classes, rng.integers(1, classes + 1), replace=False)
    n = int(rng.integers(1, 60))
    return rng.choice(there, n), rng.integers(0, classes, n), classes


def test_scores_agree_with_scikit_learn(answers: tuple[np.ndarray, np.ndarray, int]) -> None:
    truth, guessed, classes = answers
    counts = tally(confusion(truth, guessed, classes))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns where a class is absent
        np.testing.assert_array_equal(
            confusion(truth, guessed, classes),
            oracle.confusion_matrix(truth, guessed, labels=range(classes)),
        )
        wanted = {
            "accuracy": oracle.accuracy_score(truth, guessed),
            "balanced-accuracy": oracle.balanced_accuracy_score(truth, guessed),
            "macro-f1": oracle.f1_score(truth, guessed, average="macro"),
        }
        per_class = oracle.precision_recall_fscore_support(
            truth, guessed, labels=range(classes), zero_division=np.nan
        )
    for name, value in wanted.items():
        assert METRICS[name](counts) == pytest.approx(value, abs=1e-12), name
    for score, theirs in zip((precision, recall), per_class, strict=False):
        np.testing.assert_allclose(score(counts), theirs, rtol=0, atol=1e-12)
    ours, theirs = f1(counts), per_class[2]
    defined = np.isfinite(ours)
    np.testing.assert_allclose(ours[defined], theirs[defined], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(counts.there, per_class[3])


def test_log_loss_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    scores = rng.dirichlet(np.ones(5), 40)
    truth = rng.integers(0, 5, 40)
    theirs = oracle.log_loss(truth, scores, labels=range(5))
    assert log_losses(truth, scores).mean() == pytest.approx(theirs, abs=1e-12)


def test_a_class_given_no_share_costs_much_but_not_everything() -> None:
    [loss] = log_losses(np.array([1]), np.array([[1.0, 0.0]]))
    assert loss == pytest.approx(-np.log(np.finfo(np.float32).eps))
    [lost] = log_losses(np.array([1]), np.array([[0.0, 0.0]]))
    assert np.isfinite(lost)


def test_what_has_no_denominator_is_undefined_and_never_0_or_1() -> None:
    counts = tally(confusion(np.array([0, 0]), np.array([0, 1]), 3))
    assert known(recall(counts)[1]) is None
    assert known(precision(counts)[2]) is None
    assert known(f1(counts)[2]) is None
    assert known(f1(counts)[1]) == 0  # named and never right: that is a plain 0
    nothing = tally(np.zeros((3, 3)))
    assert [known(metric(nothing)) for metric in METRICS.values()] == [None, None, None]


def test_an_absent_class_does_not_pull_the_means_down() -> None:
    counts = tally(np.diag([3, 5, 0]))
    assert (balanced_accuracy(counts), macro_f1(counts)) == (1, 1)


def test_leading_axes_are_scored_one_by_one() -> None:
    rng = np.random.default_rng(1)
    many = rng.integers(0, 4, (7, 3, 3))
    for metric in (*METRICS.values(), precision, recall, f1):
        together = metric(tally(many))
        for one, matrix in zip(together, many, strict=True):
            np.testing.assert_array_equal(one, metric(tally(matrix)))


def test_weights_count_as_repetition() -> None:
    truth, guessed = np.array([0, 1, 1]), np.array([0, 0, 1])
    once = confusion(truth, guessed, 2)
    assert accuracy(tally(3 * once)) == accuracy(tally(once)) == pytest.approx(2 / 3)
