from __future__ import annotations

import json

import numpy as np
import pytest

from tonotope._errors import DataError
from tonotope.answers.quantities import Quantities
from tonotope.answers.tags import Tagged
from tonotope.evaluation.compare import compare
from tonotope.evaluation.plan import EvaluationPlan

PLAN = EvaluationPlan(resamples=300)


def test_runs_are_ranked_and_every_pair_has_its_difference(noisy) -> None:
    runs = {"poor": noisy(2, 0.4), "good": noisy(1, 0.8), "fair": noisy(3, 0.6)}
    told = compare(runs, PLAN).to_json()
    json.dumps(told, allow_nan=False)
    assert [one["name"] for one in told["runs"]] == ["good", "fair", "poor"]
    pairs = [(one["run"], one["other"]) for one in told["differences"]]
    assert pairs == [("good", "fair"), ("good", "poor"), ("fair", "poor")]
    for one in told["differences"]:
        assert 0 < one["value"] < one["high"]
        assert one["excludes_zero"] == (one["low"] > 0)
    first = told["differences"][0]
    right = {name: run.correct for name, run in runs.items()}
    assert first["only_run"] == (right["good"] & ~right["fair"]).sum()
    assert first["only_other"] == (right["fair"] & ~right["good"]).sum()
    assert first["only_run"] - first["only_other"] == round(first["value"] * told["n"])
    assert told["notes"] == [
        "3 differences are shown, each with its own interval: where all runs are equally good, "
        "about 0.15 of them would still exclude zero."
    ]


def test_a_run_gives_the_same_answers_as_itself(noisy) -> None:
    """Nothing but other recordings could tell them apart, so there is no interval."""
    [same] = compare({"a": noisy(1, 0.7), "b": noisy(1, 0.7)}, PLAN).differences
    assert same.score == (0, None, None)
    assert (same.same, same.n, same.only_run, same.only_other) == (True, 120, 0, 0)
    assert same.to_json()["excludes_zero"] is False
    assert same.to_json()["same_answers"] is True


@pytest.mark.parametrize("metric", ["accuracy", "balanced-accuracy", "macro-f1"])
def test_the_groups_may_all_differ_alike_and_the_interval_is_that_of_the_recordings(
    make, metric: str
) -> None:
    """Six groups of eight: one run is always right, the other half of the time in each group."""
    truth = [0, 0, 0, 0, 1, 1, 1, 1] * 6
    groups = [f"s{at // 8}" for at in range(48)]
    runs = {
        "right": make(truth, truth, groups=groups, classes=("cat", "dog")),
        "cat": make(truth, [0] * 48, groups=groups, classes=("cat", "dog")),
    }
    [one] = compare(runs, EvaluationPlan(metric=metric, resamples=300)).differences
    half = 2.5706 * np.sqrt(25 - 24**2 / 50) / 50
    assert one.score.low == pytest.approx(one.score.value - half, abs=1e-4)
    assert one.score.high == pytest.approx(one.score.value + half, abs=1e-4)


def test_both_wrong_with_other_answers_are_not_the_same_answers(make) -> None:
    truth, groups = [0] * 12, [f"s{at // 2}" for at in range(12)]
    runs = {name: make(truth, [said] * 12, groups=groups) for name, said in (("a", 1), ("b", 2))}
    [one] = compare(runs, PLAN).differences
    assert not one.same
    assert (one.score.value, one.score.high) == pytest.approx((0, 2.5706 / 14), abs=1e-4)
    assert one.score.low == -one.score.high


def test_tags_and_numbers_are_held_to_the_same_rule() -> None:
    """Groups that differ by the same amount each; each recording by itself differs by 0 or 2."""
    ids, groups = tuple(map(str, range(16))), tuple(f"s{at // 4}" for at in range(16))
    rest = {"ids": ids, "groups": groups, "folds": ("",) * 16, "columns": ("x",)}
    truth = np.zeros((16, 1))
    far = np.tile([[4.0], [2.0]], (8, 1))
    near = np.full((16, 1), 2.0)
    [one] = compare(
        {"near": Quantities(truth=truth, predicted=near, **rest),
         "far": Quantities(truth=truth, predicted=far, **rest)},
        EvaluationPlan(metric="mae", resamples=2000),
    ).differences  # fmt: skip
    spread = np.std([2, 0] * 8, ddof=1) / 4  # of the mean of 16 independent recordings
    assert one.score.value == 1
    assert one.score.high - 1 == pytest.approx(3.1824 * spread, rel=0.1)
    given = np.tile([[1.0], [1.0], [1.0], [0.0]], (4, 1))
    less = np.tile([[1.0], [0.0], [1.0], [0.0]], (4, 1))
    tags = {
        name: Tagged(truth=given, predicted=said, scores=said, **rest)
        for name, said in (("all", given), ("less", less))
    }
    [one] = compare(tags, EvaluationPlan(metric="macro-f1", resamples=300)).differences
    assert one.score.high - one.score.low > 0.2
    for kind in (
        {name: Quantities(truth=truth, predicted=near, **rest) for name in "ab"},
        dict.fromkeys("ab", tags["less"]),
    ):
        metric = "mae" if "Quantities" in str(type(kind["a"])) else "macro-f1"
        [one] = compare(kind, EvaluationPlan(metric=metric, resamples=300)).differences
        assert (one.same, one.score) == (True, (0, None, None))


def test_rows_may_come_in_any_order(noisy) -> None:
    turned = noisy(2, 0.5).take(np.arange(119, -1, -1))
    straight = compare({"a": noisy(1, 0.7), "b": noisy(2, 0.5)}, PLAN)
    assert compare({"a": noisy(1, 0.7), "b": turned}, PLAN).to_json() == straight.to_json()


def test_one_run_is_no_comparison(noisy) -> None:
    with pytest.raises(DataError, match="at least two runs; 1 given"):
        compare({"a": noisy(1, 0.7)}, PLAN)


def test_runs_on_other_recordings_are_refused_with_examples(noisy) -> None:
    less = noisy(2, 0.5).take(np.arange(100))
    with pytest.raises(
        DataError,
        match=r"b, held against a, is about other recordings: 20 it has not judged "
        r"\(r100\.wav, .* and 17 more\).*same data, split and seed",
    ):
        compare({"a": noisy(1, 0.7), "b": less}, PLAN)


def test_runs_that_group_otherwise_are_refused_with_examples(make) -> None:
    a = make([0, 1], [0, 1], groups=["s1", "s2"])
    b = make([0, 1], [0, 1], groups=["s1", "s1"])
    with pytest.raises(
        DataError, match=r"groups its recordings otherwise .*r001\.wav: `s2` or `s1`"
    ):
        compare({"a": a, "b": b}, PLAN)


def test_runs_without_recordings_are_refused(make) -> None:
    with pytest.raises(DataError, match="a has judged no recording"):
        compare({"a": make([], []), "b": make([], [])}, PLAN)


def test_few_groups_are_said(make) -> None:
    runs = {"a": make([0, 1], [0, 1]), "b": make([0, 1], [1, 1])}
    assert compare(runs, PLAN).notes == (
        "The recordings come from 2 groups only: the intervals are rough, and none is shown where "
        "it would say nothing.",
    )
    one = {name: make([0, 1], [0, 1], groups=["s", "s"]) for name in "ab"}
    assert "come from one group" in compare(one, PLAN).notes[0]
