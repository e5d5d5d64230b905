"""Scores of quantities and tags: equal to scikit-learn's, with intervals that tell differences."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from tonotope._errors import DataError
from tonotope.answers.classes import Predictions
from tonotope.answers.quantities import Quantities, median_error
from tonotope.answers.tags import Tagged, average_precision
from tonotope.evaluation.baseline_inputs import BaselineData
from tonotope.evaluation.bootstrap import bootstrap
from tonotope.evaluation.compare import compare
from tonotope.evaluation.evaluate import evaluate
from tonotope.evaluation.plan import EvaluationPlan

PLAN = {"confidence": 0.95, "resamples": 300, "seed": 0}


def quantities(noise: float, count: int = 60, holes: int = 0, seed: int = 0) -> Quantities:
    """Two quantities of very different size, in 12 groups."""
    rng = np.random.default_rng(seed)
    truth = rng.normal([1000.0, 2.0], [300.0, 0.5], (count, 2))
    said = truth + noise * rng.normal(0, [300.0, 0.5], (count, 2))
    truth[:holes, 0] = np.nan
    return _table(truth, said, ("pitch", "size"), ("Hz", ""))


def _table(truth: np.ndarray, said: np.ndarray, columns: tuple, units: tuple) -> Quantities:
    ids = tuple(f"r{n:03}" for n in range(len(truth)))
    groups = tuple(f"g{n % 12}" for n in range(len(truth)))
    return Quantities(ids, truth, said, groups, ("",) * len(truth), columns, units)


def one(table: Quantities, at: int = 0) -> Quantities:
    return _table(table.truth[:, [at]], table.predicted[:, [at]], table.columns[at:at + 1],
                  table.units[at:at + 1])  # fmt: skip


def tagged(skill: float, count: int = 80, seed: int = 1) -> Tagged:
    rng = np.random.default_rng(seed)
    truth = (rng.random((count, 3)) < [0.5, 0.2, 0.8]).astype(float)
    scores = np.clip(0.5 + skill * (truth - 0.5) + rng.normal(0, 0.2, truth.shape), 0, 1).round(2)
    ids = tuple(f"r{n:03}" for n in range(count))
    groups = tuple(f"g{n % 10}" for n in range(count))
    return Tagged(ids, truth, scores >= 0.5, groups, ("",) * count, ("a", "b", "c"), scores=scores)


def test_errors_are_those_of_scikit_learn() -> None:
    table = quantities(0.5, holes=7)
    known = bootstrap([table], **PLAN)
    truth, said = table.truth[7:, 0], table.predicted[7:, 0].astype(float)
    wanted = {
        "mae": metrics.mean_absolute_error(truth, said),
        "rmse": metrics.root_mean_squared_error(truth, said),
        "r2": metrics.r2_score(truth, said),
        "median-error": metrics.median_absolute_error(truth, said),
    }
    for name, value in wanted.items():
        estimate = known.columns(table.metric(name))[0]
        assert estimate.value == pytest.approx(value), name
        assert estimate.low < value < estimate.high
    assert known.systems[0].counts.tolist() == [53, 60]


def test_scores_of_tags_are_those_of_scikit_learn() -> None:
    table = tagged(0.4)
    known = bootstrap([table], **PLAN)
    macro = metrics.f1_score(table.truth, table.predicted, average="macro")
    mean = metrics.average_precision_score(table.truth, table.scores, average="macro")
    assert known.metric("macro-f1").value == pytest.approx(macro)
    assert known.metric("map").value == pytest.approx(mean)
    for name, score in (("precision", metrics.precision_score), ("recall", metrics.recall_score)):
        value = score(table.truth[:, 1], table.predicted[:, 1])
        assert known.columns(table.metric(name))[1].value == pytest.approx(value)
    low, high = known.metric("map")[1:]
    assert 0 <= low < mean < high <= 1


def test_a_draw_scores_as_if_recordings_were_there_as_often() -> None:
    table, times = tagged(0.3, 12), np.array([[0, 1, 2, 1, 0, 3, 1, 1, 0, 1, 2, 0]], float)
    rows = np.repeat(np.arange(12), times[0].astype(int))
    own = average_precision(table, 0, times)[0]
    again = metrics.average_precision_score(table.truth[rows, 0], table.scores[rows, 0])
    assert own == pytest.approx(again)
    numbers = quantities(0.4, 12)
    errors = np.abs(numbers.errors[rows, 0])
    assert median_error(numbers, 0, times)[0] == pytest.approx(np.median(errors))


def test_a_smaller_error_is_a_difference_above_zero() -> None:
    good, bad = one(quantities(0.1)), one(quantities(0.8, seed=0))
    known = bootstrap([good, bad], **PLAN)
    for name in ("mae", "rmse", "median-error", "r2"):
        low = known.difference(name, 0, 1).low
        assert low is not None
        assert low > 0, name


def test_more_recordings_make_a_narrower_interval() -> None:
    few, many = (bootstrap([one(quantities(0.5, n))], **PLAN).metric("mae") for n in (36, 900))
    assert many.high - many.low < 0.5 * (few.high - few.low)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """The mean absolute error of normal noise of spread 1 is sqrt(2/π)."""
    rng, inside = np.random.default_rng(0), 0
    for _ in range(60):
        truth = rng.normal(0, 5, (120, 1))
        table = _table(truth, truth + rng.normal(0, 1, truth.shape), ("x",), ("",))
        low, high = bootstrap([table], confidence=0.95, resamples=200, seed=1).metric("mae")[1:]
        inside += low <= np.sqrt(2 / np.pi) <= high
    assert 52 <= inside <= 60


class TestEvaluation:
    def test_quantities_beside_the_training_mean(self) -> None:
        table = one(quantities(0.3))
        pupils = BaselineData(table.ids, table.truth, table.groups)
        beside = {"mean": pupils.predict("mean", table.ids, table)}
        told = evaluate(table, beside, EvaluationPlan(metric="mae"), seed=0).to_json()
        assert told["kind"] == "numbers"
        assert (told["unit"], told["lower_is_better"]) == ("Hz", True)
        assert told["baselines"][0]["value"] > 2 * told["value"]
        assert told["difference"]["value"] > 0
        assert told["verdict"]["excludes_zero"] is True
        assert told["per_column"][0]["mae"] == told["value"]

    def test_several_quantities_have_no_error_in_common(self) -> None:
        plan = EvaluationPlan(metric="r2", resamples=100)
        told = evaluate(quantities(0.3), {}, plan).to_json()
        assert list(told["metrics"]) == ["r2"]
        mean = np.mean([column["r2"] for column in told["per_column"]])
        assert told["value"] == pytest.approx(mean)

    def test_tags_beside_their_prevalence(self) -> None:
        table = tagged(0.6)
        beside = {"prevalence": BaselineData(table.ids, table.truth, table.groups).predict(
            "prevalence", table.ids, table)}  # fmt: skip
        told = evaluate(table, beside, EvaluationPlan(metric="map")).to_json()
        assert told["baselines"][0]["value"] == pytest.approx(table.truth.mean())
        assert told["per_column"][1]["positives"] == int(table.truth[:, 1].sum())

    def test_a_tag_that_nobody_bears_has_no_recall_and_is_named(self) -> None:
        table = tagged(0.6)
        truth = table.truth.copy()
        truth[:, 0] = 0
        bare = Tagged(table.ids, truth, table.predicted, table.groups, table.folds, table.columns,
                      scores=table.scores)  # fmt: skip
        told = evaluate(bare, {}, EvaluationPlan(metric="map", resamples=100)).to_json()
        assert told["per_column"][0]["recall"] is None
        assert told["per_column"][0]["average-precision"] is None
        assert any("Borne by no recording judged" in note and "a" in note for note in told["notes"])

    def test_the_same_seed_gives_the_same_interval(self) -> None:
        first, again = (evaluate(tagged(0.3), seed=4).to_json() for _ in range(2))
        assert first == again


class TestRidge:
    def test_a_straight_line_is_found_and_nothing_leaks_from_the_judged(self) -> None:
        rng = np.random.default_rng(0)
        heard = rng.normal(size=(60, 4))
        truth = (heard @ [3.0, 0.0, -2.0, 0.0] + 10)[:, None]
        truth[45:] = np.nan  # what the judged really are cannot matter
        table = _table(truth, np.zeros((60, 1)), ("x",), ("",))
        pupils = BaselineData(table.ids, truth, table.groups, heard)
        said = pupils.predict("mfcc-ridge", table.ids[:45], table.take(range(45, 60)))
        right = heard[45:] @ [3.0, 0.0, -2.0, 0.0] + 10
        np.testing.assert_allclose(said.predicted[:, 0], right, atol=0.3)
        assert np.isnan(said.truth).all()

    def test_tags_by_logistic_regression(self) -> None:
        rng = np.random.default_rng(0)
        heard = rng.normal(size=(80, 3))
        truth = (heard[:, [0, 1]] > 0).astype(float)
        ids = tuple(f"r{n}" for n in range(80))
        groups = tuple(f"g{n % 8}" for n in range(80))
        table = Tagged(ids, truth, truth, groups, ("",) * 80, ("a", "b"), scores=truth)
        pupils = BaselineData(ids, truth, groups, heard)
        said = pupils.predict("mfcc-logistic-regression", ids[:60], table.take(range(60, 80)))
        assert (said.predicted == truth[60:]).mean() > 0.9


class TestCompare:
    def test_the_smaller_error_comes_first(self) -> None:
        runs = {"bad": one(quantities(0.8)), "good": one(quantities(0.1))}
        told = compare(runs, EvaluationPlan(metric="mae", resamples=200)).to_json()
        assert [run["name"] for run in told["runs"]] == ["good", "bad"]
        (difference,) = told["differences"]
        assert difference["run"] == "good"
        assert difference["excludes_zero"] is True
        assert difference["only_run"] > difference["only_other"]

    def test_other_truths_are_refused(self) -> None:
        runs = {"one": one(quantities(0.1)), "two": one(quantities(0.1, seed=3))}
        with pytest.raises(DataError, match="was told another truth for 60 recordings"):
            compare(runs, EvaluationPlan(metric="mae", resamples=100))

    def test_another_kind_of_answer_is_refused(self) -> None:
        classes = Predictions(("a",), [0], [[1.0]], ("g",), ("",), ("x",))
        with pytest.raises(DataError, match="two answers another question than one"):
            compare({"one": one(quantities(0.1)), "two": classes})


def test_two_f1_are_at_most_1_apart_however_few_the_groups() -> None:
    truth = np.array([[1.0], [0.0], [1.0], [0.0]])
    shared = {"ids": ("a", "b", "c", "d"), "groups": ("g", "g", "h", "h"), "folds": ("",) * 4}
    right, wrong = (
        Tagged(truth=truth, predicted=said, columns=("rain",), scores=0.5 * said, **shared)
        for said in (truth, np.array([[1.0], [1.0], [0.0], [1.0]]))
    )
    found = bootstrap([right, wrong], **PLAN).difference("macro-f1", 0, 1)
    assert (found.low, found.high) == (-1.0, 1.0)
    [text] = [str(evaluate(right, {"other": wrong}))]
    assert text.endswith("better by 0.600")  # F1 of 1 and of 2 · 1 / (2 + 3)


def test_recordings_of_one_group_are_one_group_in_every_row() -> None:
    table = quantities(0.3, count=8)
    alone = Quantities(table.ids, table.truth, table.predicted, ("g",) * 8, table.folds,
                       table.columns, table.units)  # fmt: skip
    assert [row["groups"] for row in evaluate(alone).details["per_column"]] == [1, 1]
    assert [row["groups"] for row in evaluate(table).details["per_column"]] == [8, 8]
