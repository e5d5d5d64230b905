from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tonotope._errors import DataError
from tonotope.answers.classes import Predictions
from tonotope.answers.metric import Estimate
from tonotope.evaluation.evaluate import Evaluation, EvaluationPlan, evaluate
from tonotope.evaluation.result import NamedScore

PLAN = EvaluationPlan(resamples=300)


@pytest.fixture
def judged(noisy) -> Evaluation:
    return evaluate(noisy(1, 0.8), {"majority": noisy(2, 0.35), "plain": noisy(3, 0.6)}, PLAN)


def test_evaluation_json_has_the_keys_that_were_promised(judged: Evaluation) -> None:
    told = judged.to_json()
    promised = ["metric", "value", "low", "high", "n", "groups", "per_class", "baselines"]
    assert {*promised, "difference", "folds", "confusion", "notes"} <= set(told)
    assert (told["metric"], told["n"], told["groups"]) == ("accuracy", 120, 30)
    assert told["low"] < told["value"] < told["high"]
    assert {"name", "value", "low", "high"} <= set(told["baselines"][0])
    numbers = {"precision", "recall", "f1"}
    ends = {f"{name}_{end}" for name in numbers for end in ("low", "high")}
    assert {"name", "n", *numbers, *ends} <= set(told["per_class"][0])
    assert np.array(told["confusion"]["counts"]).sum() == 120
    assert told["confusion"]["classes"] == ["cat", "dog", "owl"]
    assert set(told["metrics"]) == {"accuracy", "balanced-accuracy", "macro-f1", "log-loss"}
    assert told["metrics"]["accuracy"] == {name: told[name] for name in ("value", "low", "high")}


def test_the_difference_is_against_the_best_baseline(judged: Evaluation) -> None:
    told = judged.to_json()
    assert told["difference"]["baseline"] == "plain"
    values = {one["name"]: one["value"] for one in told["baselines"]}
    assert told["difference"]["value"] == pytest.approx(told["value"] - values["plain"])
    verdict = told["verdict"]
    assert verdict["correct"] == round(120 * told["value"])
    assert verdict["baseline_correct"] == round(120 * values["plain"])
    assert verdict["excludes_zero"] is True


def test_no_better_than_the_baseline_is_said_plainly(noisy) -> None:
    verdict = evaluate(noisy(1, 0.6), {"plain": noisy(2, 0.6)}, PLAN).verdict
    assert verdict["excludes_zero"] is False


def test_the_file_is_strict_json_and_the_same_every_time(
    judged: Evaluation, noisy, tmp_path: Path
) -> None:
    judged.write(tmp_path / "evaluation.json")
    text = (tmp_path / "evaluation.json").read_text(encoding="utf-8")
    assert json.loads(text) == json.loads(json.dumps(judged.to_json()))
    again = evaluate(noisy(1, 0.8), {"majority": noisy(2, 0.35), "plain": noisy(3, 0.6)}, PLAN)
    assert again.to_json() == judged.to_json()


def test_it_follows_from_predictions_csv_alone(judged: Evaluation, noisy, tmp_path: Path) -> None:
    tables = {}
    for name, one in (
        ("run", noisy(1, 0.8)),
        ("majority", noisy(2, 0.35)),
        ("plain", noisy(3, 0.6)),
    ):
        one.write_csv(tmp_path / f"{name}.csv")
        tables[name] = Predictions.read_csv(tmp_path / f"{name}.csv")
    assert evaluate(tables.pop("run"), tables, PLAN).to_json() == judged.to_json()


def test_baselines_may_come_in_any_order_of_rows(judged: Evaluation, noisy) -> None:
    turned = {
        "majority": noisy(2, 0.35).take(np.arange(119, -1, -1)),
        "plain": noisy(3, 0.6).take(np.roll(np.arange(120), 7)),
    }
    assert evaluate(noisy(1, 0.8), turned, PLAN).to_json() == judged.to_json()


def test_baselines_that_know_fewer_classes_are_matched_by_name(make) -> None:
    run = make([0, 1, 2, 2], [0, 1, 2, 1])
    plain = Predictions(
        run.ids, [0, 1, 2, 2], [[0, 0, 1.0]] * 4, run.groups, run.folds, ("cat", "dog", "owl")
    )
    short = Predictions.of_labels(
        run.ids, ["cat", "dog", "owl", "owl"], np.ones((4, 1)), run.groups, run.folds, ("owl",)
    )
    assert (
        evaluate(run, {"b": short}, PLAN).to_json() == evaluate(run, {"b": plain}, PLAN).to_json()
    )


def test_folds_stand_side_by_side_with_their_mean_and_spread(make) -> None:
    folds = ["10"] * 4 + ["2"] * 4
    run = make([0, 1, 2, 0, 1, 2, 0, 1], [0, 1, 2, 0, 1, 2, 1, 2], folds=folds)
    told = evaluate(run, {}, PLAN).to_json()
    assert [(one["name"], one["value"], one["n"]) for one in told["folds"]] == [
        ("2", 0.5, 4),
        ("10", 1.0, 4),
    ]
    assert told["folds"][0]["low"] < 0.5 < told["folds"][0]["high"]
    assert told["mean_over_folds"] == {
        "value": 0.75,
        "spread": pytest.approx(np.std([0.5, 1.0], ddof=1)),
        "folds": 2,
    }


def test_without_folds_there_is_no_mean_over_them(judged: Evaluation) -> None:
    assert (judged.folds, judged.mean_over_folds) == ((), None)


def test_an_absent_class_is_undefined_and_said(make) -> None:
    run = evaluate(make([0, 1, 0, 1], [0, 1, 1, 1]), {}, PLAN)
    owl = run.to_json()["per_class"][2]
    assert (owl["recall"], owl["precision"], owl["f1"]) == (None, None, None)
    notes = " ".join(run.notes)
    assert "Not in the test part, so that recall is undefined: owl." in notes
    assert "Never predicted, so that precision is undefined: owl." in notes


@pytest.mark.parametrize(
    ("truth", "said", "groups", "sentence"),
    [
        ([0, 1, 0], [0, 1, 1], ["s"] * 3, "All recordings come from one group"),
        ([0, 1, 0], [0, 1, 1], ["s", "t", "t"], "rough: the recordings come from 2 groups only"),
        ([0], [0], ["s"], "There is one recording only: no interval can be given"),
        ([0, 1], [0, 1], ["s", "t"], "Every recording is right: the lower end is what 2 groups"),
        ([0, 1], [0, 1], ["s", "t"], "There is no baseline"),
        (
            [0, 1],
            [0, 1],
            ["s", "t"],
            "From one group only, so that recall has no interval: cat, dog",
        ),
    ],
)
def test_what_to_know_before_believing_is_said(make, truth, said, groups, sentence) -> None:
    assert sentence in " ".join(evaluate(make(truth, said, groups=groups), {}, PLAN).notes)


def test_folds_of_one_speaker_each_are_said(make) -> None:
    run = make([0, 1, 0, 1], [0, 1, 1, 1], groups=list("aabb"), folds=list("1122"))
    assert any("Each fold holds a single group" in note for note in evaluate(run, {}, PLAN).notes)
    run = make([0, 1, 0, 1, 1], [0, 1, 1, 1, 1], groups=list("aabbc"), folds=list("11222"))
    assert any("Folds 1 hold a single group" in note for note in evaluate(run, {}, PLAN).notes)


def test_a_sound_score_needs_no_notes(judged: Evaluation) -> None:
    assert judged.notes == ()


def test_one_recording_has_a_score_and_no_interval(make) -> None:
    assert evaluate(make([0], [0]), {}, PLAN).score == (1.0, None, None)


def test_nothing_to_evaluate_is_refused(make) -> None:
    with pytest.raises(DataError, match="the test part holds no recording"):
        evaluate(make([], []), {}, PLAN)


def test_a_baseline_for_other_recordings_is_refused_with_examples(make) -> None:
    run, other = make([0, 1, 2], [0, 1, 2]), make([0, 1, 2, 0], [0, 1, 2, 0])
    with pytest.raises(
        DataError, match=r"majority .* other recordings: 1 only it has judged \(r003"
    ):
        evaluate(run, {"majority": other}, PLAN)
    with pytest.raises(DataError, match=r"1 it has not judged \(r003\.wav\)"):
        evaluate(other, {"majority": run}, PLAN)


def test_a_baseline_told_another_truth_is_refused(make) -> None:
    with pytest.raises(
        DataError, match=r"another truth for 1 recording: r001\.wav: `dog` or `cat`"
    ):
        evaluate(make([0, 1], [0, 1]), {"majority": make([0, 0], [0, 1])}, PLAN)


@pytest.mark.parametrize("metric", ["balanced-accuracy", "macro-f1"])
def test_another_figure_may_count(noisy, metric: str) -> None:
    plan = EvaluationPlan(metric=metric, resamples=300)
    told = evaluate(noisy(1, 0.8), {"majority": noisy(2, 0.35)}, plan).to_json()
    assert told["metric"] == metric
    assert told["value"] == told["metrics"][metric]["value"] != told["metrics"]["accuracy"]["value"]


def test_an_evaluation_is_printed_in_one_line() -> None:
    score, baseline = Estimate(0.9, 0.8, 0.95), Estimate(0.7, 0.6, 0.8)
    evaluation = Evaluation(
        plan=EvaluationPlan(), score=score, n=128, groups=32, metrics={}, folds=(), notes=(),
        baselines=(NamedScore("majority", baseline, 90, 128, 32),), best="majority",
        difference=Estimate(0.2, 0.1, 0.3), details={},
    )  # fmt: skip
    assert str(evaluation) == (
        "accuracy 0.900 (0.800 to 0.950), 128 recordings, 32 groups;"
        " majority 0.700 (0.600 to 0.800); better by 0.200 (0.100 to 0.300)"
    )
    assert repr(evaluation) == f"<Evaluation: {evaluation}>"
    worse = replace(evaluation, difference=Estimate(-0.2, -0.3, 0.1))
    assert str(worse).endswith("; worse by 0.200 (-0.100 to 0.300)")
    assert evaluation.verdict["excludes_zero"] is True
    assert replace(evaluation, groups=1).verdict["excludes_zero"] is None
