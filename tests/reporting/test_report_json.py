from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tonotope._errors import TonotopeError
from tonotope.answers.class_metrics import confusion
from tonotope.experiment.run_folder import load
from tonotope.reporting.report_json import gather
from tonotope.reporting.sections import classes
from tonotope.reporting.sections.classes import hardest
from tonotope.reporting.sections.results import verdict


def _clip(name: str, truth: int, heard: int, lead: float) -> dict[str, object]:
    return {"file": name, "truth": truth, "heard": heard, "lead": lead}


def test_every_recording_stands_in_its_cell(make_run: Callable[..., Path]) -> None:
    run = load(make_run(each=12, folds=3))
    report = gather(run)
    predictions = run.predictions
    counts = confusion(predictions.truth, predictions.predicted, 3)
    np.testing.assert_array_equal(report["confusion"], counts)
    for key, cell in report["cells"].items():
        truth, heard = map(int, key.split("-"))
        assert cell["n"] == counts[truth, heard] > 0
        for number in cell["clips"]:
            clip = report["clips"][number]
            row = predictions.ids.index(clip["file"])
            assert (clip["truth"], clip["heard"]) == (truth, heard)
            assert clip["score"] == pytest.approx(predictions.scores[row, heard], abs=1e-6)
            assert clip["row"] == row
    assert sum(cell["n"] for cell in report["cells"].values()) == len(predictions)


def test_the_figures_are_those_of_the_evaluation(make_run: Callable[..., Path]) -> None:
    run = load(make_run(each=12, metric="macro-f1"))
    report, evaluation = gather(run), run.evaluation.to_json()
    for name in ("metric", "value", "low", "high", "n", "groups"):
        assert report["score"][name] == evaluation[name]
    assert report["score"]["correct"] == evaluation["correct"] == sum(run.predictions.correct)
    assert report["difference"] == evaluation["difference"]
    for ours, theirs in zip(report["classes"], evaluation["per_class"], strict=True):
        assert {name: ours[name] for name in ("name", "n", "recall", "recall_low", "f1")} == {
            name: theirs[name] for name in ("name", "n", "recall", "recall_low", "f1")
        }
    assert [one["correct"] for one in report["baselines"]] == [
        one["correct"] for one in evaluation["baselines"]
    ]


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.2, "better"),
        (0.0, 0.2, "unsure"),
        (-0.1, 0.1, "unsure"),
        (-0.2, -0.01, "worse"),
        (None, None, "unsure"),
    ],
)
def test_the_verdict_says_no_more_than_the_interval(
    low: float | None, high: float | None, said: str
) -> None:
    difference = {"baseline": "majority", "value": 0.0, "low": low, "high": high}
    assert verdict({"baselines": [{}], "difference": difference}) == said


def test_without_a_baseline_nothing_is_compared() -> None:
    assert verdict({"baselines": [], "difference": None}) == "alone"


def test_the_hardest_mistakes_come_first_and_no_pair_fills_the_page() -> None:
    clips = [_clip(f"{n}", 0, 1, 0.9 - 0.1 * n) for n in range(4)]
    clips += [_clip("x", 1, 0, 0.3), _clip("hit", 1, 1, 0.99)]
    assert hardest(clips) == [0, 1, 4]


def test_without_a_mistake_the_closest_hits_are_shown() -> None:
    clips = [_clip(f"{n}", 0, 0, lead) for n, lead in enumerate((0.5, 0.1, 0.9, 0.3))]
    assert hardest(clips) == [1, 3, 0]


def test_a_large_test_part_is_listed_in_part_and_counted_whole(
    make_run: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(classes, "LISTED_IN_ALL", 7)
    monkeypatch.setattr(classes, "LISTED_IN_A_CELL", 2)
    report = gather(load(make_run(each=30, audio=False)))
    assert len(report["clips"]) == 7
    assert max(len(cell["clips"]) for cell in report["cells"].values()) == 2
    assert sum(cell["n"] for cell in report["cells"].values()) == report["score"]["n"] == 30
    wrong = [one["truth"] != one["heard"] for one in report["clips"]]
    assert wrong == sorted(wrong, reverse=True)  # mistakes have the first claim


def test_the_split_counts_recordings_groups_and_sound(make_run: Callable[..., Path]) -> None:
    told = gather(load(make_run(each=9, seconds=2.0, clip_s=2.0, audio=False)))["split"]
    parts = {one["part"]: one for one in told["parts"]}
    assert {name: one["recordings"] for name, one in parts.items()} == {
        "train": 15,
        "validation": 6,
        "test": 6,
    }
    assert (parts["test"]["groups"], parts["test"]["seconds"]) == (3, 12.0)
    assert told["classes"][0] == {
        "class": "bell",
        "counts": {"train": 5, "validation": 2, "test": 2},
    }


def test_folds_are_counted_once_each(make_run: Callable[..., Path]) -> None:
    told = gather(load(make_run(each=12, folds=3, audio=False)))["split"]
    assert told["folds"] == ["1", "2", "3"]
    assert {one["class"]: sum(one["counts"].values()) for one in told["classes"]} == {
        "bell": 12,
        "drum": 12,
        "flute": 12,
    }


def test_an_unfinished_run_is_said_to_be_one(make_run: Callable[..., Path]) -> None:
    folder = make_run(audio=False)
    (folder / "evaluation.json").unlink()
    with pytest.raises(TonotopeError, match=r"no evaluation\.json yet"):
        gather(load(folder))


def test_everything_is_plain_json(make_run: Callable[..., Path]) -> None:
    report = gather(load(make_run(audio=False)))
    assert json.loads(json.dumps(report, allow_nan=False)) == report
