"""`training.final = "all"`: the judged networks keep their score, another one predicts."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from tests.experiment.conftest import QUICK, write_tones

import tonotope as tt
from tonotope._progress import Progress
from tonotope.experiment import run_files
from tonotope.experiment.experiment_file import described
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run
from tonotope.experiment.train_final import final_plan
from tonotope.heads import Classify, Multitask, Tag
from tonotope.heads.multitask import Part
from tonotope.model import Model
from tonotope.reporting import write_report
from tonotope.runtime.interrupt import Interrupted
from tonotope.training.plan import TrainingPlan

FINAL = 'training.final="all"'


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tones(tmp_path_factory.mktemp("final") / "tones")


@pytest.fixture(scope="module")
def folds(tones: Path) -> Run:
    """A run of three folds, with a last network of everything."""
    return run(tones, sets=[*QUICK, "split.folds=3", FINAL], out=tones.parent / "folds")


@pytest.fixture(scope="module")
def single(tones: Path) -> Run:
    """A run of one split with validation, with a last network of everything."""
    shares = ["split.train=0.5", "split.validation=0.25", "split.test=0.25"]
    quick = [one for one in QUICK if not one.startswith("split")]
    sets = [*quick, *shares, "training.epochs=4", FINAL]
    kinds = {"representation": {"kind": "log-mel"}, "network": {"kind": "vgg"}}
    experiment = described({"data": {"source": str(tones), "clip_s": 0.5}, **kinds}, sets)
    return run(experiment, out=tones.parent / "single")


def _weights(model: Model) -> list[torch.Tensor]:
    return [one.detach() for one in model.parameters()]


def test_the_score_is_that_of_the_networks_that_did_not_hear_the_test_part(
    folds: Run, tones: Path
) -> None:
    plain = run(tones, sets=[*QUICK, "split.folds=3"], out=tones.parent / "plain")
    np.testing.assert_array_equal(folds.predictions.scores, plain.predictions.scores)
    assert folds.evaluation.score == plain.evaluation.score
    for fold in plain.folds:
        for one, other in zip(
            _weights(folds.judged_model(fold)), _weights(plain.model(fold)), strict=True
        ):
            torch.testing.assert_close(one, other, rtol=0, atol=0)


@pytest.mark.parametrize("kind", ["folds", "single"])
def test_the_last_network_learns_from_every_recording_and_predicts(
    kind: str, request: pytest.FixtureRequest
) -> None:
    found: Run = request.getfixturevalue(kind)
    (model,) = found.models()
    lines = found.history_of_final()
    judged = [found.judged_model(fold) for fold in found.folds or (None,)]
    mean = model.standardise.mean
    assert all(not torch.equal(mean, one.standardise.mean) for one in judged)
    assert not any("validation_loss" in line for line in lines)
    for one, other in zip(_weights(model), _weights(Model.load(found.folder)), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)  # the run folder's own model


def test_its_scores_are_those_of_predict(folds: Run, tones: Path) -> None:
    file = tones / folds.manifest.recordings[0].id
    with_run, alone, fold = (
        np.array([row.scores for row in tt.predict(one, file)])
        for one in (folds, Model.load(folds.folder / run_files.FINAL), folds.judged_model("1"))
    )
    np.testing.assert_array_equal(with_run, alone)
    assert not np.allclose(with_run, fold)


def test_it_trains_for_as_many_epochs_as_the_judged_one_was_kept_after(single: Run) -> None:
    losses = [line["validation_loss"] for line in single.history()]
    assert len(single.history_of_final()) == int(np.argmin(losses)) + 1
    # The learning rate of its last step is the end of the cosine, not the middle of a longer one.
    judged, final = single.history(), single.history_of_final()
    if len(final) < len(judged):
        assert final[-1]["learning_rate"] < judged[len(final) - 1]["learning_rate"]


def test_its_temperature_is_the_mean_of_the_judged_ones(folds: Run) -> None:
    (temperatures,) = folds.temperatures.values()
    expected = float(np.exp(np.mean(np.log([one for one in temperatures if one]))))
    assert folds.model().description.head.answers[0].temperature == pytest.approx(expected, 1e-3)


def test_the_page_and_the_notes_say_whose_score_stands(folds: Run, single: Run) -> None:
    page = write_report(folds).read_text("utf-8")
    assert "learned from all 24 recordings, for 2 epochs, and was not judged." in page
    assert "The score is that of 3 networks that each learned from a part of them." in page
    assert "The score is that of the network that learned" in write_report(single).read_text(
        "utf-8"
    )
    assert any("so it has no score of its own" in one for one in folds.environment["notes"])


def test_a_run_stopped_in_the_last_network_goes_on_to_the_same_weights(
    folds: Run, tones: Path, tmp_path: Path
) -> None:
    class Stop(Progress):
        def say(self, message: str) -> None:
            if message.startswith("the last network"):
                raise Interrupted("stopped")

    sets = [*QUICK, "split.folds=3", FINAL]
    with pytest.raises(Interrupted):
        run(tones, sets=sets, out=tmp_path, progress=Stop())
    (folder,) = tmp_path.iterdir()
    assert not Run(folder).finished
    assert Run(folder).evaluation.score == folds.evaluation.score  # the score is there already
    again = run(tones, sets=sets, out=tmp_path)
    assert again.finished
    for one, other in zip(_weights(again.model()), _weights(folds.model()), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_a_run_without_its_last_network_is_not_finished(folds: Run) -> None:
    path = folds.folder / "model.safetensors"
    kept = path.read_bytes()
    path.unlink()
    try:
        assert not Run(folds.folder).finished
    finally:
        path.write_bytes(kept)
    assert Run(folds.folder).finished


def test_a_training_that_starts_from_it_is_refused_where_it_heard_the_test_part(
    folds: Run, tones: Path
) -> None:
    # Of the same recordings, so the model of a fold is taken, not the last network.
    said: list[str] = []

    class Listen(Progress):
        def say(self, message: str) -> None:
            said.append(message)

    start = f'start={{run="{folds.folder}"}}'
    run(tones, sets=[*QUICK, "split.folds=3", start], out=tones.parent / "on", progress=Listen())
    assert any("begin as they were in" in one and ", fold 1" in one for one in said)
    assert not any("the network of all recordings" in one for one in said)
    others = write_tones(tones.parent / "others", clips=4)
    for path in others.glob("*/*"):
        path.write_bytes(path.read_bytes() + b"\0")  # other bytes: other recordings
    run(others, sets=[*QUICK, start], out=tones.parent / "on2", progress=Listen())
    assert any("the network of all recordings" in one for one in said)


def test_a_denoiser_has_a_last_network_too(tones: Path) -> None:
    sets = [*QUICK[:5], "split.folds=2", 'head.kind="denoise"', "evaluation.baselines=[]", FINAL]
    found = run(tones, sets=[*sets, "training.epochs=1"], out=tones.parent / "denoise")
    assert len(found.models()) == 1
    assert "was not judged" in write_report(found).read_text("utf-8")


def test_what_was_found_for_networks_trained_alike_is_taken() -> None:
    plain = Classify(classes=("a", "b"))
    warm = [plain.model_copy(update={"temperature": one}) for one in (1.0, 4.0)]
    assert plain.take_calibration([*warm, plain]).temperature == 2.0
    assert plain.take_calibration([plain]) is plain
    fixed = plain.model_copy(update={"temperature": 3.0})
    assert fixed.take_calibration(warm).temperature == 3.0
    tags = Tag(labels=("a", "b"))
    found = [tags.model_copy(update={"thresholds": one}) for one in ((0.1, 0.5), (0.3, 0.9))]
    assert tags.take_calibration(found).thresholds == pytest.approx((0.2, 0.7))
    assert tags.take_calibration([Tag(labels=("b",), thresholds=(0.3,))]) is tags
    both = Multitask(tasks=(Part(name="x", head=plain), Part(name="y", head=tags)))
    other = Multitask(tasks=(Part(name="x", head=warm[1]), Part(name="y", head=found[0])))
    heads = [part.head for part in both.take_calibration([other]).tasks]
    assert heads[0].answers[0].temperature == 4.0
    assert heads[1].answers[0].thresholds == (0.1, 0.5)


def test_of_several_networks_the_lower_median_of_their_epochs_is_taken() -> None:
    plan = TrainingPlan(epochs=9, patience=3)
    losses = {"a": (3, 2, 1, 2), "b": (1, 2, 3), "c": (4, 3, 2, 1), "d": (2, 1, 1)}

    class Trained:
        folds = tuple(losses)

        def history(self, fold: str) -> list[dict[str, float]]:
            own = enumerate(losses[fold], start=1)
            return [{"epoch": epoch, "validation_loss": loss} for epoch, loss in own]

    found = final_plan(cast(Run, Trained()), plan)
    assert (found.epochs, found.patience) == (2, 0)  # of 3, 1, 4 and 2
