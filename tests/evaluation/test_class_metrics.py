from __future__ import annotations

import numpy as np
import pytest

from tonotope.answers.class_metrics import METRICS
from tonotope.answers.classes import Predictions
from tonotope.answers.metric import Metric
from tonotope.evaluation.bootstrap import Bootstrap, bootstrap
from tonotope.evaluation.evaluate import evaluate
from tonotope.evaluation.intervals import around_share


def measured(*systems: Predictions, resamples: int = 500, seed: int = 0) -> Bootstrap:
    return bootstrap(systems, confidence=0.95, resamples=resamples, seed=seed)


def test_every_metric_lies_inside_its_interval(noisy) -> None:
    found = measured(noisy(1, 0.7))
    for name in METRICS:
        value, low, high = found.metric(name)
        assert 0 < low < value < high < 1, name
        assert 0.1 < high - low < 0.4, name


def test_the_order_of_the_recordings_does_not_matter(noisy) -> None:
    one = noisy(1, 0.7)
    turned = one.take(np.random.default_rng(5).permutation(len(one)))
    for name in METRICS:
        assert measured(one).metric(name) == measured(turned).metric(name)


def test_nor_does_it_where_all_come_from_one_group(make) -> None:
    one = make([0, 1, 2, 0, 1], [0, 1, 1, 0, 2], groups=["s"] * 5)
    assert measured(one).metric("accuracy") == measured(one.take([4, 2, 0, 1, 3])).metric(
        "accuracy"
    )
    assert measured(one).within_one_group
    assert measured(one).metric("accuracy").low is not None


def test_fewer_groups_make_wider_intervals(make) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 120)
    widths = []
    for groups in (6, 24, 120):
        of = np.arange(120) // (120 // groups)
        said = np.where(np.isin(of, rng.choice(groups, groups // 3, replace=False)), 0, truth)
        one = make(truth, said, groups=[f"g{number}" for number in of])
        _, low, high = measured(one).metric("accuracy")
        widths.append(high - low)
    assert widths[0] > 1.5 * widths[1] > 1.5 * 1.5 * widths[2]


def test_the_paired_difference_is_surer_than_the_two_scores(make, noisy) -> None:
    """Two systems that stumble over the same recordings."""
    one = noisy(1, 0.7)
    said = np.where(np.arange(120) % 8 == 0, (one.truth + 1) % 3, one.predicted)
    two = make(one.truth, said, groups=one.groups)
    found = measured(one, two)
    value, low, high = found.difference("accuracy", 0, 1)
    a, b = found.metric("accuracy", 0), found.metric("accuracy", 1)
    assert value == pytest.approx(a.value - b.value)
    assert 0 < low < value < high
    # 15 recordings of 120 tell the two apart: as many independent ones give 0.107.
    assert high - low < 0.65 * (a.high - a.low)
    assert b.high > a.low  # the two intervals alone would not have told them apart


def test_differences_turn_their_sign(noisy) -> None:
    found = measured(noisy(1, 0.7), noisy(2, 0.5))
    for name in METRICS:
        there, back = found.difference(name, 0, 1), found.difference(name, 1, 0)
        assert there == pytest.approx((-back.value, -back.high, -back.low))


def test_classes_are_counted_and_scored(make) -> None:
    one = make([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1], groups=list("aabbcc"))
    cat, dog, owl = evaluate(one).details["per_class"]
    assert (cat["name"], cat["n"], cat["groups"]) == ("cat", 3, 2)
    assert dog["n"] == 3
    assert cat["recall"] == pytest.approx(2 / 3)
    ends = cat["precision"], cat["precision_low"], cat["precision_high"]
    assert ends == (1.0, None, None)  # named in one group only: no interval
    assert cat["recall_low"] < 2 / 3 < cat["recall_high"]
    assert dog["f1"] == pytest.approx(6 / 7)
    assert owl["n"] == 0
    assert owl["recall"] is owl["precision"] is owl["f1"] is None
    counts = measured(one).systems[0]
    assert counts.total.named.tolist() == [2, 4, 0]
    assert counts.groups_named.tolist() == [1, 2, 0]


def test_one_small_class_makes_the_balanced_accuracy_unsure(make) -> None:
    even = make([0] * 50 + [1] * 50, [0] * 50 + [1] * 50)
    uneven = make([0] * 96 + [1] * 4, [0] * 96 + [1] * 4)
    assert measured(even).metric("balanced-accuracy").low > 0.95
    assert measured(uneven).metric("balanced-accuracy").low < 0.8
    assert measured(uneven).metric("accuracy").low > 0.95


def test_a_class_in_one_group_makes_it_unsure_however_many_recordings_that_holds(make) -> None:
    one = make(
        [0] * 49 + [1] * 50, [0] * 49 + [1] * 50, groups=[f"g{n}" for n in range(49)] + ["h"] * 50
    )
    assert measured(one).metric("accuracy").low > 0.9
    assert measured(one).metric("balanced-accuracy").low < 0.5


def test_a_group_that_holds_nearly_all_recordings_is_nearly_alone(make) -> None:
    """Cats: 7 of one group, 1 of another, all right; dogs: 4 and 4, all right."""
    one = make([0] * 8 + [1] * 8, [0] * 8 + [1] * 8, groups=["a"] * 7 + ["b"] + ["a", "b"] * 4)
    found = measured(one)
    cats, dogs = (found.columns(Metric("recall", "proportion"))[at] for at in (0, 1))
    assert cats.low == pytest.approx(0.025 ** (50 / 64))
    assert dogs.low == pytest.approx(0.025 ** (1 / 2))
    whole = 16**2 / (11**2 + 5**2)
    assert found.metric("accuracy").low == pytest.approx(0.025 ** (1 / whole))
    balanced = min(whole, 4 / (50 / 64 + 1 / 2))
    assert found.metric("balanced-accuracy").low == pytest.approx(0.025 ** (1 / balanced))


def test_groups_that_are_all_alike_are_worth_their_recordings(make) -> None:
    """Ten groups, each with 9 cats, 8 of them right, and one dog: 36 recordings of equal weight."""
    one = make(
        ([0] * 9 + [1]) * 10, ([0] * 8 + [1] * 2) * 10, groups=[f"g{n // 10}" for n in range(100)]
    )
    value, *ends = measured(one).metric("balanced-accuracy")
    assert value == pytest.approx((8 / 9 + 1) / 2)
    assert ends == pytest.approx(
        around_share(value, 0.0, recordings=36, groups=10, confidence=0.95)
    )


def test_log_loss_has_an_interval_above_zero(noisy) -> None:
    value, low, high = measured(noisy(1, 0.7)).metric("log-loss")
    assert 0 <= low < value < high
    assert value == pytest.approx(0.7 * -np.log(0.6) + 0.3 * -np.log(0.2), abs=0.1)


def test_many_recordings_are_counted_exactly() -> None:
    rng = np.random.default_rng(0)
    n = 10_000
    truth, scores = rng.integers(0, 10, n), rng.dirichlet(np.ones(10), n)
    ids = tuple(map(str, range(n)))
    one = Predictions(ids, truth, scores, ids, ("",) * n, tuple("abcdefghij"))
    found = measured(one, one, resamples=200)
    assert found.units == n
    assert found.metric("accuracy").value == (scores.argmax(1) == truth).mean()


def test_other_recordings_or_none_cannot_be_measured(make) -> None:
    with pytest.raises(ValueError, match="only on the same recordings"):
        measured(make([0], [0]), make([0, 1], [0, 1]))
    with pytest.raises(ValueError, match="no recording to measure"):
        measured(make([], []))
