from __future__ import annotations

import json

import numpy as np
import pytest

from tonotope._errors import DataError
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


def test_a_run_is_as_good_as_itself(noisy) -> None:
    [same] = compare({"a": noisy(1, 0.7), "b": noisy(1, 0.7)}, PLAN).differences
    assert same.score.value == 0
    assert same.score.low < 0 < same.score.high
    assert same.to_json()["excludes_zero"] is False


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
        r"\(r100\.wav, .* and 15 more\).*same data, split and seed",
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
