"""Temperatures of a run: from validation, or in folds from the other folds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from tests.experiment.conftest import QUICK, write_tones

import tonotope as tt
from tonotope._progress import Progress
from tonotope.experiment import calibrate_folds, run_files
from tonotope.experiment.experiment_file import described
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run
from tonotope.heads.temperature import fit_temperature, temper
from tonotope.model import Model, serialise
from tonotope.prediction.stream import predict
from tonotope.reporting import write_report


@pytest.fixture(scope="module")
def folds(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of three folds without validation."""
    home = tmp_path_factory.mktemp("folds")
    tones = write_tones(home / "tones")
    return run(tones, sets=[*QUICK, "split.folds=3"], out=home / "runs")


def _of_fold(run: Run, fold: str, name: str) -> tuple[np.ndarray, np.ndarray]:
    path = run.part(fold) / name
    table = type(run.predictions).read_csv(path)
    return table.scores.astype(float), table.truth


def test_the_temperature_of_a_fold_is_that_of_the_other_folds(folds: Run) -> None:
    # Every recording is one clip here, so that its score is the clip's.
    (temperatures,) = folds.temperatures.values()
    plain = {one: _of_fold(folds, one, run_files.UNCALIBRATED) for one in folds.folds}
    for fold, temperature in zip(folds.folds, temperatures, strict=True):
        others = [plain[one] for one in folds.folds if one != fold]
        scores, truth = (np.concatenate(part) for part in zip(*others, strict=True))
        expected = fit_temperature(scores, np.arange(len(truth)), truth)
        assert temperature == pytest.approx(expected, rel=2e-3)
    assert len(set(temperatures)) > 1


def test_the_predictions_are_the_plain_ones_at_the_temperature(folds: Run) -> None:
    (temperatures,) = folds.temperatures.values()
    for fold, temperature in zip(folds.folds, temperatures, strict=True):
        plain, _ = _of_fold(folds, fold, run_files.UNCALIBRATED)
        found, _ = _of_fold(folds, fold, run_files.PREDICTIONS)
        assert temperature is not None
        np.testing.assert_allclose(found, temper(plain, temperature), atol=1e-5)
        pooled = dict(zip(folds.predictions.ids, folds.predictions.scores, strict=True))
        table = type(folds.predictions).read_csv(folds.part(fold) / run_files.PREDICTIONS)
        for name, row in zip(table.ids, table.scores, strict=True):
            np.testing.assert_allclose(pooled[name], row, atol=1e-6)


def test_the_rejection_of_a_fold_is_what_the_other_folds_reach(folds: Run) -> None:
    # Each recording is one clip, and no class has ten: the threshold is that of all together.
    found, limits = [], ()
    for fold, temperature in zip(folds.folds, folds.temperatures["label"], strict=True):
        right = []
        for other in folds.folds:
            if other != fold:
                plain, truth = _of_fold(folds, other, run_files.UNCALIBRATED)
                assert temperature is not None
                scores = temper(plain, temperature)
                right += [*scores.max(axis=1)[scores.argmax(axis=1) == truth]]
        limits = folds.model(fold).description.head.rejection["label"]
        assert limits == pytest.approx([sorted(right)[int(0.05 * len(right))]] * len(limits),
                                       abs=2e-4)  # fmt: skip
        found.append(limits[0])
    settings = tt.predict(folds, folds.manifest.recordings[0].path, per="event").settings
    assert [*settings["thresholds"].values()] == pytest.approx([np.mean(found)] * len(limits))
    assert set(settings["thresholds_from"].values()) == {"validation"}


def test_predict_gives_the_scores_of_the_model_with_its_temperature(folds: Run) -> None:
    fold = folds.folds[0]
    table = type(folds.predictions).read_csv(folds.part(fold) / run_files.PREDICTIONS)
    recording = next(one for one in folds.manifest.recordings if one.id == table.ids[0])
    (row,) = predict(folds.model(fold), [recording.path])
    np.testing.assert_allclose(row.scores, table.scores[0], atol=2e-3)


def test_the_evaluation_tells_before_and_after(folds: Run) -> None:
    found = folds.evaluation.details["calibration"]
    assert sum(one["n"] for one in found["before"]["bins"]) == folds.evaluation.n
    assert sum(one["n"] for one in found["after"]["bins"]) == folds.evaluation.n
    assert found["before"]["brier"] != found["after"]["brier"]


def test_the_same_comes_out_after_a_stop_between_two_folds(folds: Run, tmp_path: Path) -> None:
    copy = tmp_path / "runs" / folds.name
    shutil.copytree(folds.folder, copy)
    environment = json.loads((copy / "environment.json").read_text())
    environment.pop("finished")
    (copy / "environment.json").write_text(json.dumps(environment))
    (copy / "evaluation.json").unlink()
    again = run(folds.experiment, out=tmp_path / "runs")
    assert again.temperatures == folds.temperatures
    np.testing.assert_array_equal(again.predictions.scores, folds.predictions.scores)


def test_the_weights_are_not_written_again_with_the_temperature(
    folds: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "fold"
    shutil.copytree(folds.part(folds.folds[0]), copy)
    model = Model.load(copy)
    before = (copy / "model.safetensors").read_bytes()
    # A full disk from here on: what is there can still be read.
    monkeypatch.setattr(serialise, "write_bytes", _full)
    model.with_head(model.description.head.model_copy(update={"temperature": 3.0})).save(copy)
    assert (copy / "model.safetensors").read_bytes() == before
    assert Model.load(copy).description.head.answers[0].temperature == 3.0


def _full(*_: object) -> None:
    raise OSError("no space left")


def test_a_fold_that_no_other_suits_has_no_temperature_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Listening(Progress):
        said: ClassVar[list[str]] = []

        def say(self, message: str) -> None:
            self.said.append(message)

    monkeypatch.setattr(calibrate_folds, "_targets", lambda *_: None)
    heard = Listening()
    found = run(write_tones(tmp_path / "tones"), sets=QUICK, out=tmp_path, progress=heard)
    assert found.temperatures["label"] == [None, None]
    assert [one for one in heard.said if "its scores have no temperature" in one] == [
        f"fold {fold}: the other folds have other classes or unknown labels, so its scores have no"
        " temperature"
        for fold in found.folds
    ]
    assert found.evaluation.details["calibration"]["before"] is None


def test_a_report_shows_the_diagram(folds: Run) -> None:
    page = write_report(folds).read_text()
    assert "Are its scores honest?" in page
    assert 'class="plot scatter reliability"' in page
    numbers = json.loads((folds.folder / "report.json").read_text())["calibration"]
    (own,) = numbers
    assert own["temperatures"] == next(iter(folds.temperatures.values()))
    assert own["after"] == folds.evaluation.details["calibration"]["after"]


def test_one_split_has_the_temperature_of_its_validation_part(tmp_path: Path) -> None:
    table = {
        "data": {"source": str(write_tones(tmp_path / "tones"))},
        "network": {"kind": "vgg"},
        "representation": {"kind": "log-mel"},
    }
    shares = ["split.train=0.5", "split.validation=0.25", "split.test=0.25"]
    sets = [*(one for one in QUICK if "folds" not in one), *shares]
    watched = run(described(table, sets), out=tmp_path / "runs")
    (temperature,) = watched.temperatures["label"]
    assert temperature is not None
    plain = watched.uncalibrated["label"].scores
    np.testing.assert_allclose(watched.predictions.scores, temper(plain, temperature), atol=1e-5)
    given = run(
        described(table, [*sets, "head.kind=classify", "head.temperature=1"]), out=tmp_path / "runs"
    )
    assert given.temperatures["label"] == [1.0]
    np.testing.assert_allclose(given.predictions.scores, plain, atol=1e-6)
