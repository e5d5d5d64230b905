from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tonotope.experiment.run_folder import load
from tonotope.reporting.i18n import Words
from tonotope.reporting.sections.learning_curves import LearningCurves


def _write(folder: Path, *lines: dict[str, object] | str) -> None:
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    (folder / "history.jsonl").write_text(text + "\n")


def test_the_best_epoch_is_the_one_whose_weights_were_kept(make_run: Callable[..., Path]) -> None:
    folder = make_run(audio=False)
    losses = [0.9, 0.4, 0.4, 0.6]
    right = [0.5, 0.7, 0.8, 0.9]
    _write(
        folder,
        *(
            {"epoch": n, "train_loss": 1.0, "validation_loss": loss, "validation_accuracy": share}
            for n, (loss, share) in enumerate(zip(losses, right, strict=True), 1)
        ),
    )
    assert LearningCurves().gather(load(folder), {})[0]["best_epoch"] == 2
    text = (folder / "experiment.toml").read_text()
    (folder / "experiment.toml").write_text(
        text.replace("[training]", '[training]\nbest = "metric"')
    )
    assert LearningCurves().gather(load(folder), {})[0]["best_epoch"] == 4


def test_a_head_that_was_fitted_at_once_has_no_best_iteration(
    make_run: Callable[..., Path],
) -> None:
    folder = make_run(audio=False)
    losses = ({"epoch": n, "train_loss": 1 / n, "validation_loss": n, "seconds": 2.0,
               "data_seconds": 1.0, "clips_per_s": 5e4} for n in (1, 2, 3))  # fmt: skip
    _write(folder, *losses)
    text = (folder / "experiment.toml").read_text()
    text = text.replace("[training]", '[training]\noptimizer = "lbfgs"')
    start = '[start]\nrun = "tonotope:ear"\nfrozen = true\n'
    (folder / "experiment.toml").write_text(text + start)
    (found,) = LearningCurves().gather(load(folder), {})
    assert (found["best_epoch"], found["clips_per_s"], found["seconds"]) == (None, None, 6.0)
    about = str(LearningCurves().render({"learning": [found], "kind": "class", "tasks": []},
                                        Words("en"), {})["about"])  # fmt: skip
    assert "fitted to what the network answers to each clip, in 3 iterations and 6" in about
    assert "epoch" not in about


def test_an_epoch_told_twice_counts_once_and_no_number_is_no_point(
    make_run: Callable[..., Path],
) -> None:
    folder = make_run(audio=False)
    _write(
        folder,
        {"precision": "float32"},
        {"epoch": 1, "train_loss": 2.0, "seconds": 3.0, "data_seconds": 1.0},
        {"epoch": 2, "train_loss": 9.0, "seconds": 9.0},
        {"epoch": 2, "train_loss": float("nan"), "seconds": 1.0, "data_seconds": 1.0},
        '{"epoch": 3, "train_lo',
    )
    (found,) = LearningCurves().gather(load(folder), {})
    assert [(one["epoch"], one["train_loss"]) for one in found["epochs"]] == [(1, 2.0), (2, None)]
    assert (found["best_epoch"], found["seconds"], found["data_share"]) == (None, 4.0, 0.5)


def test_every_fold_has_its_history(make_run: Callable[..., Path]) -> None:
    found = LearningCurves().gather(load(make_run(folds=3, epochs=4, audio=False)), {})
    assert [(one["fold"], len(one["epochs"])) for one in found] == [("1", 4), ("2", 4), ("3", 4)]
    assert found[0]["clips_per_s"] == pytest.approx(383)


def test_no_history_is_no_error(make_run: Callable[..., Path]) -> None:
    folder = make_run(audio=False)
    (folder / "history.jsonl").unlink()
    assert LearningCurves().gather(load(folder), {})[0]["epochs"] == []
