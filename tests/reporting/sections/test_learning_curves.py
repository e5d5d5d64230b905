from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope.experiment.run_folder import load
from tonotope.reporting.i18n import Words
from tonotope.reporting.report_json import gather
from tonotope.reporting.sections.learning_curves import LearningCurves, _metric, _pace

WORDS = Words("en")


@pytest.fixture
def rendered(make_run: Callable[..., Path]) -> Callable[..., dict[str, Any]]:
    def build(**changes: Any) -> dict[str, Any]:
        return dict(
            LearningCurves().render(gather(load(make_run(audio=False, **changes))), WORDS, {})
        )

    return build


def _names(figure: dict[str, Any]) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", figure["curves"].right)


def test_training_and_validation_are_named_at_their_ends(rendered: Callable[..., Any]) -> None:
    found = rendered(epochs=8)
    assert [_names(one) for one in found["figures"]] == [["training", "validation"]] * 2
    assert "8 epochs in 20\u00a0s, 385 clips per second" in found["about"]
    assert "Best on validation at epoch" in found["about"]
    assert all("on validation" in figure["alt"] for figure in found["figures"])
    assert found["table"] is None


def test_folds_are_named_by_the_part_and_under_the_pointer_by_the_fold(
    rendered: Callable[..., Any],
) -> None:
    found = rendered(folds=4, each=8)
    assert _names(found["figures"][0]) == ["training"]
    plot = found["figures"][0]["curves"].plot
    assert re.findall(r"<title>([^<]*)</title>", plot) == [
        f"fold {fold}, training" for fold in (1, 2, 3, 4)
    ]
    assert plot.count("<path") == 4
    assert len(found["table"]["rows"]) == 4
    assert "best epoch" not in found["table"]["heads"]  # nothing was watched: no column of dashes


def test_the_pace_is_that_of_all_folds_together() -> None:
    epochs = [{"epoch": 1}]
    folds = [
        {"fold": "1", "epochs": epochs, "seconds": 1.0, "clips_per_s": 400.0, "data_share": 0.1},
        {"fold": "2", "epochs": epochs, "seconds": 3.0, "clips_per_s": 100.0, "data_share": 0.5},
    ]
    told = _pace([{**one, "best_epoch": None} for one in folds], WORDS)
    assert "2 folds, 2 epochs in 4\u00a0s altogether, 175 clips per second, 40" in told


def test_many_folds_are_named_together(rendered: Callable[..., Any]) -> None:
    found = rendered(folds=10, each=20)
    assert _names(found["figures"][0]) == ["training"]
    assert found["figures"][0]["curves"].plot.count("<path") == 10
    assert "10 folds, 50 epochs" in found["about"]
    fold = {"epochs": [{"epoch": 1}], "seconds": 1.0, "clips_per_s": 9.0, "data_share": 0.1}
    fold |= {"fold": "1", "best_epoch": None}
    told = str(_pace([fold, {**fold, "fold": "2", "epochs": []}], Words("es")))
    assert told.startswith("2 particiones, 1 época en ")


def test_without_validation_nothing_is_said_to_be_best(rendered: Callable[..., Any]) -> None:
    found = rendered(validation=False)
    assert "no best epoch was chosen" in found["about"]
    assert not any("validation" in figure["alt"] for figure in found["figures"])
    assert "mark" not in found["figures"][0]["curves"].plot


def test_without_a_history_the_page_says_so(make_run: Callable[..., Path]) -> None:
    folder = make_run(audio=False)
    (folder / "history.jsonl").unlink()
    found = LearningCurves().render(gather(load(folder)), WORDS, {})
    assert found["figures"] == []
    assert found["about"] == "No history was kept of this run."


def test_what_lies_below_the_lower_edge_is_said() -> None:
    epochs = [
        {"epoch": 1, "train_metric": -50.2, "validation_metric": None},
        {"epoch": 2, "train_metric": 0.4, "validation_metric": None},
    ]
    fold = {"fold": None, "metric": "r2", "epochs": epochs, "best_epoch": None}
    figure = _metric([fold], WORDS)
    assert figure is not None
    assert "values below \u22121 are drawn at the lower edge" in figure["title"]
    assert "the lowest is \u221250.2" in figure["title"]
    epochs[0]["train_metric"] = -0.9
    figure = _metric([fold], WORDS)
    assert figure is not None
    assert "lower edge" not in figure["title"]
