"""The journey: every file of the contract, the same again, cut off and continued, refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.experiment.conftest import QUICK, write_tones

from tonotope._errors import DataError, ExperimentError, ShapeError
from tonotope._progress import Progress
from tonotope.experiment import run_files, run_folder, train_fold
from tonotope.experiment.config.toml_writer import dump
from tonotope.experiment.experiment_file import described
from tonotope.experiment.request import make_request
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run, load
from tonotope.runtime.interrupt import Interrupted

FILES = {
    "experiment.toml",
    "manifest.csv",
    "split.csv",
    "model.json",
    "model.safetensors",
    "predictions.csv",
    "evaluation.json",
    "skipped.jsonl",
    "environment.json",
}


class Listening(Progress):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.tasks: list[str] = []
        self.said: list[str] = []
        self.facts: list[dict[str, Any]] = []

    def begin(self, task: str, total: int) -> None:
        self.tasks.append(task)

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        self.facts.append(facts)

    def say(self, message: str) -> None:
        self.said.append(message)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tones, one broken file among them, and a finished run on them."""
    folder = tmp_path_factory.mktemp("home")
    write_tones(folder / "tones")
    (folder / "tones" / "low" / "broken.wav").write_bytes(b"not a sound, whatever it is called")
    return folder


@pytest.fixture(scope="module")
def finished(home: Path) -> Run:
    return run(home / "tones", sets=QUICK, out=home / "runs", command="tonotope run tones")


def test_the_folder_holds_what_the_contract_names(finished: Run) -> None:
    names = {path.name for path in finished.folder.iterdir() if path.is_file()}
    assert names - {".lock"} == FILES
    assert {path.name for path in finished.folder.iterdir() if path.is_dir()} == {
        "fold-1",
        "fold-2",
    }
    for fold in finished.folds:
        inside = {path.name for path in finished.part(fold).iterdir()}
        assert {"model.json", "model.safetensors", "history.jsonl", "predictions.csv"} <= inside
    assert finished.finished
    assert finished.name == finished.experiment.folder_name


def test_the_experiment_is_complete_and_has_the_digest_of_the_folder(finished: Run) -> None:
    again = run_folder.load_experiment(finished.folder / "experiment.toml")
    assert again == finished.experiment
    assert again.digest in finished.name
    assert again.data.clip_s == 0.5
    text = (finished.folder / "experiment.toml").read_text(encoding="utf-8")
    for key in ("momentum", "floor", "repair", "confidence", "# high_hz is not set"):
        assert key in text


def test_every_recording_judges_once_and_is_taught_in_the_other_fold(finished: Run) -> None:
    ids = sorted(one.id for one in finished.manifest.recordings)
    assert sorted(finished.predictions.ids) == ids
    for part in finished.splits:
        assert not set(part.train) & set(part.test)
        assert sorted((*part.train, *part.test)) == ids


def test_the_evaluation_has_interval_baseline_and_folds(finished: Run) -> None:
    told = finished.evaluation.to_json()
    assert told["low"] <= told["value"] <= told["high"]
    assert [one["name"] for one in told["baselines"]] == ["majority"]
    assert [one["name"] for one in told["folds"]] == ["1", "2"]
    assert told["n"] == 24
    assert told["value"] == np.mean(finished.predictions.correct)


def test_the_broken_file_is_named(finished: Run) -> None:
    (left_out,) = finished.skipped
    assert left_out["file"] == "low/broken.wav"
    assert "not sound" in left_out["reason"]


def test_the_environment_tells_how_to_do_it_again(finished: Run, home: Path) -> None:
    told = finished.environment
    assert told["command"] == "tonotope run tones"
    assert told["seeds"] == {"experiment": 0, "split": 0}
    assert told["versions"]["torch"]
    assert told["device"] == "cpu"
    assert told["threads"] >= 1
    assert told["precision"] in ("float32", "bfloat16")
    assert told["folder"] == str(Path.cwd())
    assert any("fold 1 of 2" in note for note in told["notes"])


def test_the_model_says_what_the_predictions_say(finished: Run, home: Path) -> None:
    import torch

    from tonotope.audio.clip import Clip

    fold = finished.folds[0]
    model = finished.model(fold)
    part = next(one for one in finished.splits if one.fold == fold)
    by_id = {one.id: one for one in finished.manifest.recordings}
    rows = {name: row for row, name in enumerate(finished.predictions.ids)}
    for name in part.test[:4]:
        wave = (
            Clip.read(by_id[name].path).mono("mean").resampled(model.description.rate_hz).samples[0]
        )
        wave = np.pad(wave, (0, max(0, model.description.clip_samples - len(wave))))
        wave = wave[: model.description.clip_samples]
        with torch.no_grad():
            outputs = model(torch.from_numpy(wave)[None])
            scores = model.description.head.scores(outputs)["label"][0].numpy()
        np.testing.assert_allclose(scores, finished.predictions.scores[rows[name]], atol=2e-3)


def test_the_same_again_returns_the_finished_run(finished: Run, home: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.folder.rglob("*.*")}
    heard = Listening()
    again = run(home / "tones", sets=QUICK, out=home / "runs", progress=heard)
    assert again.folder == finished.folder
    assert f"finished run found: {finished.folder}" in heard.said
    assert before == {path: path.stat().st_mtime_ns for path in finished.folder.rglob("*.*")}


def test_a_moved_run_is_as_good(finished: Run, tmp_path: Path) -> None:
    shutil.copytree(finished.folder, tmp_path / "moved")
    moved = load(tmp_path / "moved")
    assert moved.finished
    assert moved.evaluation == finished.evaluation
    assert moved.model("2").description == finished.model("2").description
    assert len(moved.models()) == 2


def test_a_changed_experiment_is_another_run_and_the_difference_is_said(
    finished: Run, home: Path
) -> None:
    heard = Listening()
    changed = (*QUICK[1:], "training.epochs=1")
    other = run(home / "tones", sets=changed, out=home / "runs", progress=heard)
    assert other.folder != finished.folder
    assert any(
        "it differs from" in said and "training.epochs: 2 → 1" in said for said in heard.said
    )


def test_a_replica_differs_by_its_seed_alone(finished: Run, home: Path) -> None:
    other = run(home / "tones", sets=QUICK, out=home / "runs", seed=1)
    assert other.name == finished.name.replace("-s0", "-s1")
    first, second = (run.predictions.scores for run in (finished, other))
    assert not np.allclose(first, second)


def test_the_same_experiment_gives_the_same_digits(
    finished: Run, home: Path, tmp_path: Path
) -> None:
    again = run(home / "tones", sets=QUICK, out=tmp_path)
    assert again.name == finished.name
    np.testing.assert_array_equal(again.predictions.scores, finished.predictions.scores)
    assert again.evaluation == finished.evaluation


def test_the_experiment_of_a_run_can_be_run_again(finished: Run) -> None:
    again = run(finished.folder / "experiment.toml")
    assert again.folder == finished.folder


def test_an_experiment_that_was_changed_in_the_folder_is_refused(
    finished: Run, home: Path, tmp_path: Path
) -> None:
    shutil.copytree(finished.folder, tmp_path / finished.name)
    path = tmp_path / finished.name / "experiment.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("epochs = 2", "epochs = 3"), "utf-8")
    with pytest.raises(
        ExperimentError, match=r"was changed after the run was begun: training.epochs: 3 → 2"
    ):
        run(home / "tones", sets=QUICK, out=tmp_path)


class TestChangedRecordings:
    def begun(self, tones: Path) -> Path:
        file = tones.parent / "tones.toml"
        table = {"data": {"source": "tones"}, "network": {"kind": "vgg"}}
        table["representation"] = {"kind": "log-mel"}
        file.write_text(dump(table), encoding="utf-8")
        run(file, sets=[*QUICK, "training.epochs=1"], out=tones.parent / "runs")
        return tones

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ("sound", r"1 sound different \(low/aaa.wav\)"),
            ("gone", r"1 are gone \(low/aaa.wav\)"),
            ("new", r"1 are new \(low/zzz.wav\)"),
        ],
    )
    def test_they_are_named_and_the_run_is_refused(
        self, tones: Path, change: str, said: str
    ) -> None:
        path = self.begun(tones) / "low" / "aaa.wav"
        if change == "sound":
            soundfile.write(path, np.zeros(4000), 8000)
        elif change == "gone":
            path.unlink()
        else:
            soundfile.write(path.with_name("zzz.wav"), np.zeros(4000), 8000)
        with pytest.raises(DataError, match=said):
            self.begun(tones)


class TestCutOff:
    def test_after_a_fold_it_goes_on_and_ends_the_same(
        self, finished: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, calls = train_fold.fit, []

        def cut_off(*args: Any, **kwargs: Any) -> Any:
            calls.append(kwargs["folder"].name)
            if len(calls) == 2:
                raise Interrupted("stopped")
            return real(*args, **kwargs)

        monkeypatch.setattr(train_fold, "fit", cut_off)
        with pytest.raises(Interrupted):
            run(home / "tones", sets=QUICK, out=tmp_path)
        begun = load(tmp_path / finished.name)
        assert not begun.finished
        assert not (begun.folder / "predictions.csv").exists()
        again = run(home / "tones", sets=QUICK, out=tmp_path)
        assert calls == ["fold-1", "fold-2", "fold-2"]  # the first fold is not trained again
        np.testing.assert_array_equal(again.predictions.scores, finished.predictions.scores)

    @pytest.mark.parametrize("after", ["manifest.csv", "experiment.toml", "split.csv"])
    def test_whatever_file_was_the_last_it_goes_on(
        self, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: str
    ) -> None:
        from tonotope import _files

        real = _files.writing

        class Killed(BaseException):
            pass

        def writing(path: Path) -> Any:
            if Path(path).name == after:
                raise Killed
            return real(path)

        sets = [*QUICK, "training.epochs=1"]
        monkeypatch.setattr(_files, "writing", writing)
        with pytest.raises(Killed):
            run(home / "tones", sets=sets, out=tmp_path)
        name = make_request(home / "tones", sets=sets).resolve().experiment.folder_name
        leftover = (
            tmp_path / name / f"{_files.LEFTOVER}{2**31 - 1}-0"
        )  # of a process that is no more
        leftover.parent.mkdir(exist_ok=True)
        leftover.write_bytes(b"half")
        with pytest.raises(Killed):
            run(home / "tones", sets=sets, out=tmp_path)
        assert not leftover.exists()
        monkeypatch.undo()
        assert run(home / "tones", sets=sets, out=tmp_path).finished


def test_two_processes_on_one_folder(finished: Run, home: Path, tmp_path: Path) -> None:
    from tonotope._errors import TrainingError
    from tonotope.runtime.lock import locked

    shutil.copytree(finished.folder, tmp_path / finished.name)
    (tmp_path / finished.name / "environment.json").write_text("{}", encoding="utf-8")
    with locked(tmp_path / finished.name), pytest.raises(TrainingError, match=r"process \d+ is"):
        run(home / "tones", sets=QUICK, out=tmp_path)


def test_a_network_that_does_not_fit_is_told_before_the_recordings_are_looked_at() -> None:
    experiment = described(
        {"data": {"source": "no/such/folder", "clip_s": 0.1}},
        ["network.kind=layers", 'network.layers=["maxpool 500x1"]'],
    )
    with pytest.raises(ShapeError, match=r"layer 1 \(`maxpool 500x1"):
        run(experiment)


def test_one_split_lies_in_the_run_folder_itself(home: Path, tmp_path: Path) -> None:
    sets = [
        *(one for one in QUICK if "folds" not in one),
        *("split.train=0.5", "split.validation=0.25", "split.test=0.25", "training.epochs=1"),
    ]
    experiment = described({"data": {"source": str(home / "tones")}, "network": {"kind": "vgg"},
                            "representation": {"kind": "log-mel"}}, sets)  # fmt: skip
    heard = Listening()
    found = run(experiment, out=tmp_path, progress=heard)
    assert found.folds == ()
    assert found.history()[0]["validation_loss"] is not None
    assert found.evaluation.n == len(found.splits[0].test) == len(found.predictions)
    assert any("the network hears 0.5 s at once" in said for said in heard.said)
    assert json.loads((found.folder / "model.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("each", [2, 3])
def test_classes_of_few_recordings_are_evaluated(tmp_path: Path, sound, each: int) -> None:
    for number, label in enumerate("abc"):
        for one in range(each):
            sound(tmp_path / "few" / label / f"{label}{'xyz'[one]}.wav", pitch=7 * number + one)
    fewer = [one for one in QUICK if "folds" not in one and "baselines" not in one]
    fewer += ["split.folds=2", "training.epochs=1"]
    found = run(tmp_path / "few", sets=fewer, out=tmp_path / "runs")
    assert [one.name for one in found.evaluation.baselines] == [
        "majority",
        "mfcc-logistic-regression",
    ]


def test_a_baseline_that_fails_does_not_cost_the_training(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ArithmeticError("no straight line")

    monkeypatch.setattr("tonotope.answers.baseline_methods._logistic", failing)
    found = run(
        home / "tones",
        sets=[*(one for one in QUICK if "baselines" not in one), "seed=5"],
        out=tmp_path,
    )
    assert [one.name for one in found.evaluation.baselines] == ["majority"]
    assert found.evaluation.notes[-1] == (
        "The baseline `mfcc-logistic-regression` could not be computed (ArithmeticError: no "
        "straight line); everything else is complete."
    )


def test_the_time_left_for_all_folds_is_told(home: Path, tmp_path: Path) -> None:
    heard = Listening()
    run(home / "tones", sets=[*QUICK, "training.epochs=1"], out=tmp_path, progress=heard)
    assert any(task.startswith("fold 2 (2 of 2): ") for task in heard.tasks)
    left = [facts["all_folds_left_s"] for facts in heard.facts if "all_folds_left_s" in facts]
    assert left
    assert all(value >= 0 for value in left)


def test_the_same_sound_in_two_parts_is_refused_whatever_it_is_called(tones: Path) -> None:
    wave, rate = soundfile.read(tones / "low" / "aaa.wav", dtype="int16")
    soundfile.write(tones / "high" / "copy.flac", wave, rate)
    sets = [*QUICK, "training.epochs=1", "split.folds=8"]
    with pytest.raises(
        DataError, match=r"the same sound lies in two parts.*high/copy.flac.*low/aaa.wav.*labels"
    ):
        run(tones, sets=sets, out=tones.parent / "runs")


def test_what_cannot_be_decoded_leaves_the_split(tones: Path) -> None:
    """The header is sound and the rest is not: only decoding finds out."""
    wave = np.full(8000, np.nan, np.float32)
    soundfile.write(tones / "low" / "nan.wav", wave, 8000, subtype="FLOAT")
    found = run(tones, sets=[*QUICK, "training.epochs=1"], out=tones.parent / "runs")
    (left_out,) = found.skipped
    assert left_out["file"] == "low/nan.wav"
    assert "low/nan.wav" not in found.predictions.ids
    assert all("low/nan.wav" not in (*part.train, *part.test) for part in found.splits)
    assert len(found.predictions) == 24


def refused_once_decoded(folder: Path, how: str) -> Path:
    """Tones that `run` refuses when it has decoded them, and not before."""
    tones = write_tones(folder / "tones")
    if how == "one class is left":
        for label in ("low", "mid"):
            for path in [*(tones / label).iterdir()]:
                path.unlink()
                wave = np.full(4000, np.nan, dtype=np.float32)
                soundfile.write(path.with_suffix(".wav"), wave, 8000, subtype="FLOAT")
    else:  # in another file format, so that the bytes differ
        wave, rate = soundfile.read(tones / "low" / "aaa.wav", dtype="int16")
        soundfile.write(tones / "mid" / "zzz.flac", wave, rate)
    return tones


@pytest.mark.parametrize("how", ["one sound, two labels", "one class is left"])
@pytest.mark.parametrize("others", [False, True])
def test_a_refused_run_leaves_no_folder(tmp_path: Path, how: str, others: bool) -> None:
    tones, out = refused_once_decoded(tmp_path, how), tmp_path / "runs"
    if others:
        (out / "another").mkdir(parents=True)
    with pytest.raises(DataError):
        run(tones, sets=QUICK, out=out)
    assert [one.name for one in out.rglob("*")] == ["another"] * others
    assert out.exists() == others


def test_no_description_ever_lies_without_its_weights(
    tones: Path, quick: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run killed between the two files of its model: what lies there can be read, or is none."""
    replace = Path.replace

    def killed(aside: Path, target: Path) -> Path:
        moved = replace(aside, target)
        if Path(target).name in run_files.MODEL_FILES:
            folder = Path(target).parent
            assert (folder / "model.safetensors").exists() or not (folder / "model.json").exists()
        return moved

    monkeypatch.setattr(Path, "replace", killed)
    done = run(tones, sets=quick, out=tones.parent / "runs")
    assert done.model().description.head.answers
