"""Rows, files and clips that are told apart."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from tonotope._errors import TrainingError
from tonotope.audio.clip import Clip
from tonotope.heads import Classify
from tonotope.network import LeNet
from tonotope.representation import LogMel
from tonotope.sklearn import AudioClassifier, AudioRegressor

Tones = Callable[..., tuple[np.ndarray, np.ndarray]]
# Nothing is varied: two tones are then told apart in a few steps, whatever chance brings.
UNVARIED = {
    "mixup": 0.0, "time_masks": 0, "frequency_masks": 0, "frequency_roll": 0, "level_db": 0.0,
    "equaliser_db": 0.0, "noise_db": 0.0, "time_stretch": 1.0, "label_smoothing": 0.0,
}  # fmt: skip
SMALL = {
    "network": ["conv 8 3x3 padding same", "relu", "globalpool time mean+max"],
    "batch_size": 4,
    "learning_rate": 0.01,
    "training": UNVARIED,
    "random_state": 0,
}


def small(**changes: object) -> AudioClassifier:
    return AudioClassifier(**{"rate_hz": 8000, "epochs": 12, **SMALL, **changes})


def test_rows_of_sound_are_heard_as_a_spectrogram(tones: Tones) -> None:
    waves, pitch_hz = tones()
    kind = np.where(pitch_hz > 800, "high", "low")
    told = small().fit(waves, kind)
    assert told.classes_.tolist() == ["high", "low"]
    assert told.model_.description.representation.kind == "log-mel"
    assert told.model_.description.clip_samples == 1600
    assert told.n_features_in_ == 1600
    assert [line["epoch"] for line in told.history_] == list(range(1, 13))
    assert told.score(waves, kind) == 1.0
    chances = told.predict_proba(waves)
    assert chances.shape == (24, 2)
    assert chances.sum(1) == pytest.approx(np.ones(24))


def test_what_is_left_of_a_fit_lies_where_the_error_says(
    tones: Tones, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    waves, pitch_hz = tones()
    lost = torch.tensor(float("nan"), requires_grad=True)
    with monkeypatch.context() as patch:
        patch.setattr(Classify, "loss", lambda *_, **__: lost * 1)
        with pytest.raises(TrainingError, match="last good weights") as raised:
            small().fit(waves, pitch_hz > 800)
    (folder,) = tmp_path.glob("tonotope-*")
    assert str(folder / "checkpoint.safetensors") in str(raised.value)
    assert (folder / "checkpoint.safetensors").is_file()
    small(epochs=1).fit(waves, pitch_hz > 800)
    assert list(tmp_path.glob("tonotope-*")) == [folder]


def test_files_and_clips_are_heard_alike(files: list[str]) -> None:
    kind = [number % 2 == 0 for number in range(12)]
    told = small().fit(files, kind)
    assert told.score(np.array(files), kind) == 1.0
    assert not hasattr(told, "n_features_in_")
    clips = [Clip.read(name) for name in files]
    assert told.predict_proba(clips) == pytest.approx(told.predict_proba(files), abs=1e-6)
    column = np.array(files, dtype=object)[:, None]
    assert told.predict(column).tolist() == told.predict([Path(one) for one in files]).tolist()
    again = [files[3], files[0], files[3]]
    assert told.predict(again).tolist() == [False, True, False]


def test_the_clip_of_files_holds_them_and_their_rate_is_theirs(files: list[str]) -> None:
    told = small(rate_hz=None, epochs=1).fit(files, [0, 1] * 6)
    description = told.model_.description
    assert description.rate_hz == 8000
    assert description.clip_samples == 1600  # 0.2 s: the longest, as `tonotope new` has it


def test_what_is_long_is_heard_in_windows(tones: Tones) -> None:
    waves, pitch_hz = tones(8, samples=4000)
    told = small(clip_s=0.1).fit(waves, pitch_hz > 800)
    assert told.model_.description.clip_samples == 800
    assert told.score(waves, pitch_hz > 800) == 1.0


def test_folds_of_groups_grids_and_pipelines(files: list[str]) -> None:
    kind = np.array([0, 1] * 6)
    groups = np.repeat([0, 1, 2], 4)
    scores = cross_val_score(small(), files, kind, groups=groups, cv=GroupKFold(3))
    assert scores.tolist() == [1.0, 1.0, 1.0]
    told = cross_val_score(
        small(validation_fraction=0.4, epochs=2), files, kind, cv=GroupKFold(3), groups=groups,
        params={"groups": groups}, error_score="raise",
    )  # fmt: skip
    assert len(told) == 3
    grid = GridSearchCV(small(), {"epochs": np.array([1, 12])}, cv=2).fit(files, kind)
    assert grid.best_params_["epochs"] in (1, 12)
    line = make_pipeline(FunctionTransformer(list), small())
    assert line.fit(files, kind).score(files, kind) == 1.0


def test_whole_groups_choose_the_epoch(tones: Tones) -> None:
    waves, pitch_hz = tones()
    told = small(validation_fraction=0.25, verbose=0)
    told.fit(waves, pitch_hz > 800, groups=np.repeat(["a", "b", "c", "d"], 6))
    assert all("validation_loss" in line for line in told.history_)
    labels = ["x", "y"] * 6
    train, held = told._parts(labels, np.repeat([7, 8, 9], 4), seed=0)
    assert len(held) == 4
    assert len(set(held // 4)) == 1
    assert sorted([*train, *held]) == list(range(12))


def test_equal_numbers_give_equal_networks(tones: Tones) -> None:
    waves, pitch_hz = tones()
    one = small(epochs=1).fit(waves, pitch_hz > 800).predict_proba(waves)
    same = clone(small(epochs=1)).fit(waves, pitch_hz > 800).predict_proba(waves)
    other = small(epochs=1, random_state=1).fit(waves, pitch_hz > 800).predict_proba(waves)
    assert np.array_equal(one, same)
    assert not np.allclose(one, other)


def test_a_copy_and_what_joblib_keeps_say_the_same(tones: Tones, tmp_path: Path) -> None:
    waves, pitch_hz = tones(8)
    told = small(epochs=1).fit(waves, pitch_hz > 800)
    said = told.predict_proba(waves)
    joblib.dump(told, tmp_path / "told")
    # Weights and words: of our code nothing but the estimator and its plan.
    assert b"tonotope.network" not in (tmp_path / "told").read_bytes()
    for again in (copy.deepcopy(told), joblib.load(tmp_path / "told")):
        assert np.array_equal(again.predict_proba(waves), said)


def test_what_is_saved_is_a_model_and_can_be_loaded(files: list[str], tmp_path: Path) -> None:
    told = small(epochs=1).fit(files, [10, 2] * 6)
    told.save(tmp_path / "model")
    assert sorted(one.name for one in (tmp_path / "model").iterdir()) == [
        "model.json",
        "model.safetensors",
    ]
    again = AudioClassifier.load(tmp_path / "model")
    assert again.classes_.tolist() == ["2", "10"]  # in the order of the numbers they were
    assert np.array_equal(again.predict_proba(files), told.predict_proba(files))
    assert clone(again).set_params(epochs=1).fit(files, [10, 2] * 6).score(files, [10, 2] * 6) > 0
    with pytest.raises(ValueError, match="head is `classify`, but AudioRegressor needs `regress`"):
        AudioRegressor.load(tmp_path / "model")


def test_short_rows_are_plain_values(capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 12))
    y = np.where(x[:, 1] > x[:, 9], "up", "down")  # what counts is the place, not the pitch
    told = AudioClassifier(random_state=0, verbose=1, epochs=40, learning_rate=0.01).fit(x, y)
    assert told.score(x, y) > 0.95
    assert told.training_.time_shift == 0
    assert told.training_.mixup == 0
    printed = capsys.readouterr().out
    assert "epoch 40: loss " in printed
    with pytest.raises(ValueError, match="how many of X's samples make a second"):
        told.save("nowhere")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rate_hz": None}, "X has 1,600 samples in each row.*set `rate_hz`, for example"),
        ({"rate_hz": 8}, "8 Hz: whole numbers from 20 .* did you mean 8000"),
        ({"epochs": 0}, "`training.epochs` = 0 does not fit: it takes a whole number, at least 1"),
        ({"training": {"epcohs": 3}}, "unknown key `training.epcohs`; did you mean `epochs`"),
        ({"representation": "mel"}, "`representation.kind` = .mel. is unknown; .* log-mel"),
        ({"representation": 3}, "`representation` = 3 does not fit: give .auto."),
        ({"representation": LogMel()}, "`rate_hz` = 8000 and .* 22050 Hz, are not the same"),
        ({"network": ["conv 8 900x3"]}, "layer 1 .* needs 900"),
        ({"validation_fraction": 1}, "`validation_fraction` = 1 does not fit: from 0 to below 1"),
        ({"clip_s": -1.0}, "clip_s"),
    ],
)
def test_parameters_that_do_not_fit_are_refused_in_fit(
    tones: Tones, changes: dict[str, object], words: str
) -> None:
    waves, pitch_hz = tones(8)
    estimator = small(**changes)  # nothing is said here
    with pytest.raises(ValueError, match=words):
        estimator.fit(waves, pitch_hz > 800)


def test_sounds_that_do_not_fit_are_refused(files: list[str], tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF and then nothing")
    with pytest.raises(ValueError, match=r"1 of the files in X cannot be used: .*broken\.wav: "):
        small().fit([*files[:3], str(tmp_path / "broken.wav")], [0, 1, 0, 1])
    told = small(epochs=1).fit(files, [0, 1] * 6)
    with pytest.raises(ValueError, match=r"no\.wav"):
        told.predict(["no.wav"])
    with pytest.raises(ValueError, match="X holds clips and file names: give one kind"):
        told.predict([files[0], Clip(np.zeros(8), 8000)])
    with pytest.raises(ValueError, match="these clips of X have no samples: 1"):
        told.predict([Clip(np.ones(8), 8000), Clip(np.zeros((1, 0)), 8000)])
    with pytest.raises(ValueError, match="y has only one class"):
        small().fit(files, [1] * 12)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        small().fit(files, [1, 2])
    with pytest.raises(ValueError, match="y to be passed, but the target y is None"):
        small().fit(files, None)


def test_a_description_may_be_given(tones: Tones) -> None:
    waves, pitch_hz = tones(8, samples=8000)
    shown = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=32)
    told = AudioClassifier(representation=shown, network=LeNet(), epochs=1, random_state=0)
    told.fit(waves, pitch_hz > 800)
    assert told.model_.description.representation == shown
    assert told.model_.description.network[0].text == "conv 6 5x5"


def test_a_sound_too_short_for_frames_stays_a_wave(tones: Tones) -> None:
    waves, pitch_hz = tones(8, samples=400)
    told = AudioClassifier(rate_hz=8000, epochs=1, random_state=0).fit(waves, pitch_hz > 800)
    assert told.model_.description.representation.kind == "waveform"
    assert told.training_.mixup > 0  # what is a sound is varied as sounds are


@pytest.mark.data
def test_digits_of_speakers_never_heard(real_data: Path) -> None:
    rows = [line.split(",") for line in (real_data / "fsdd/fsdd.csv").read_text().splitlines()[1:]]
    kept = [row for row in rows if row[1] in ("0", "1", "6") and int(row[3]) < 8]
    names = [str(real_data / "fsdd" / row[0]) for row in kept]
    digits, speakers = [row[1] for row in kept], [row[2] for row in kept]
    judged = AudioClassifier(
        representation={"kind": "log-mel", "hop_s": 0.02},
        network={"kind": "vgg", "widths": [8, 16, 32]},
        epochs=10, batch_size=8, learning_rate=0.01, random_state=0,
    )  # fmt: skip
    scores = cross_val_score(judged, names, digits, groups=speakers, cv=GroupKFold(2))
    assert scores.mean() > 0.5  # a third would be chance
