"""A head that answers with sound, from the recordings to the figures and the sounds it leaves."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tonotope._errors import DataError, ExperimentError, ShapeError
from tonotope.cli.exit_status import status_of
from tonotope.cli.messages import sentences
from tonotope.evaluation.compare import compare
from tonotope.experiment.check_data import check
from tonotope.experiment.experiment_file import described
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run, load

RATE_HZ = 2000
QUICK: dict[str, Any] = {
    "name": "hush",
    "data": {"source": "tones.csv", "group": "player", "part": "part", "clip_s": 0.4},
    "split": {"column": "part"},
    "representation": {"kind": "log-mel", "rate_hz": RATE_HZ, "window_s": 0.032, "hop_s": 0.016,
                       "bands": 16, "level": "clip"},
    "network": {"kind": "encoder", "widths": [4, 8], "convolutions": 1},
    "head": {"kind": "denoise"},
    "training": {"epochs": 2, "batch_size": 8, "learning_rate": 0.02, "precision": "float32"},
    "evaluation": {"resamples": 100},
}  # fmt: skip
TRUNK = ["conv 4 3x3 padding same", "relu", "maxpool 2x2", "conv 8 3x3 padding same", "relu"]


def write_tones(folder: Path) -> Path:
    """Twenty short tones, one of them longer than a clip, and which part each belongs to."""
    rows = [["file", "player", "part", "register", "hertz"]]
    for number in range(20):
        hertz = 100 + 35 * number
        time = np.arange(int((1.1 if number == 18 else 0.4) * RATE_HZ)) / RATE_HZ
        wave = 0.3 * np.sin(2 * np.pi * hertz * time) * np.exp(-3 * time)
        soundfile.write(folder / f"{number:02}.wav", wave, RATE_HZ)
        part = "train" if number % 5 < 3 else "validation" if number % 5 == 4 else "test"
        rows.append([f"{number:02}.wav", f"p{number}", part, "high" if number > 9 else "low",
                     str(hertz)])  # fmt: skip
    with (folder / "tones.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tones(tmp_path_factory.mktemp("tones"))


def ran(home: Path, *sets: str, **tables: Any) -> Run:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        return run(described({**QUICK, **tables}, sets), out=home / "runs")


@pytest.fixture(scope="module")
def hush(home: Path) -> Run:
    return ran(home)


def test_the_figures_are_of_sounds_beside_the_noisy_one_and_a_plain_filter(hush: Run) -> None:
    told, table = hush.evaluation.to_json(), hush.predictions
    assert (told["kind"], told["metric"], told["unit"]) == ("sound", "si-sdr", "dB")
    assert [one["name"] for one in told["baselines"]] == ["noisy", "wiener"]
    assert set(told["metrics"]) == {"si-sdr", "si-sdr-gain", "mse"}
    assert table.ids == hush.splits[0].test
    assert told["value"] == pytest.approx(table.predicted[:, 0].mean())
    noisy = told["baselines"][0]
    assert noisy["value"] == pytest.approx(table.truth[:, 0].mean())
    gain = told["metrics"]["si-sdr-gain"]["value"]
    assert gain == pytest.approx(told["value"] - noisy["value"], abs=1e-4)
    assert sentences(hush.evaluation)[1].startswith("SI-SDR ")
    assert " dB (" in sentences(hush.evaluation)[1]


def test_some_sounds_can_be_listened_to_noisy_denoised_and_clean(hush: Run, home: Path) -> None:
    folder = hush.folder / "sounds"
    index = json.loads((folder / "sounds.json").read_text(encoding="utf-8"))["sounds"]
    assert len(index) == len(hush.predictions)
    gained = [one["after_db"] - one["before_db"] for one in index]
    assert gained == sorted(gained, reverse=True)
    for one in index:
        waves = {name: soundfile.read(folder / file) for name, file in one["files"].items()}
        assert set(waves) == {"noisy", "denoised", "clean"}
        source, _ = soundfile.read(home / one["id"])
        clean, rate_hz = waves["clean"]
        assert rate_hz == RATE_HZ
        assert len({len(wave) for wave, _ in waves.values()}) == 1
        np.testing.assert_allclose(clean / np.abs(clean).max(), source / np.abs(source).max(),
                                   atol=2e-3)  # fmt: skip


def test_the_same_again_finds_the_run_and_a_lost_table_is_made_anew(hush: Run, home: Path) -> None:
    assert ran(home).folder == hush.folder
    before = (hush.folder / "predictions.csv").read_bytes()
    (hush.folder / "predictions.csv").unlink()
    (hush.folder / "evaluation.json").unlink()
    ran(home)
    assert (hush.folder / "predictions.csv").read_bytes() == before


def test_runs_of_other_seeds_hear_the_same_noise(hush: Run, home: Path) -> None:
    other = ran(home, "seed=1", "training.epochs=1")
    np.testing.assert_array_equal(other.predictions.truth, hush.predictions.truth)
    told = compare({"a": hush.predictions, "b": other.predictions}, hush.experiment.evaluation)
    assert told.metric == "si-sdr"
    third = ran(home, "head.noise_seed=1", "training.epochs=1")
    with pytest.raises(DataError, match="another truth"):
        compare({"a": hush.predictions, "b": third.predictions}, hush.experiment.evaluation)


def test_folds_other_recordings_as_noise_and_a_waveform(home: Path) -> None:
    found = ran(
        home,
        'head.noises=["recordings", "white"]', "training.epochs=1",
        representation={"kind": "waveform", "rate_hz": RATE_HZ},
        split={"folds": 2, "validation": 0.2},
    )  # fmt: skip
    assert len(found.predictions) == 20
    assert len(found.models()) == 2
    assert all((found.part(fold) / "sounds" / "sounds.json").is_file() for fold in found.folds)
    again = load(found.folder)
    assert again.experiment.head.noises == ("recordings", "white")  # type: ignore[union-attr]


def test_what_nobody_named_is_chosen_for_the_head() -> None:
    made = described({"head": {"kind": "denoise"}})
    assert (made.network.kind, made.representation.kind) == ("encoder", "log-mel")
    assert (made.training.mixup, made.training.time_shift, made.training.time_masks) == (0, 0, 0)
    assert made.evaluation.metric == "si-sdr"
    named = described({"head": {"kind": "denoise"}, "representation": {"kind": "complex"}})
    assert named.representation.kind == "complex"


@pytest.mark.parametrize("part", ["trunk", "5"])
def test_the_encoder_becomes_the_beginning_of_a_classifier(home: Path, part: str) -> None:
    first = ran(home, "head.skips=false", network={"kind": "layers", "layers": TRUNK})
    longer = [*TRUNK, "conv 8 3x3 padding same", "relu", "conv 8 3x3", "relu",
              "globalpool time mean", "flatten"]  # fmt: skip
    taken = ran(
        home,
        data={**QUICK["data"], "label": "register"},
        head={"kind": "classify"},
        network={"kind": "layers", "layers": longer},
        start={"run": str(first.folder), "part": part, "frozen": True},
        training={**QUICK["training"], "epochs": 1},
    )
    before, after = first.model(), taken.model()
    assert next(iter(after.network._modules)) == "01-conv"
    for one, other in zip(before.network, after.network, strict=False):
        for name, weight in one.state_dict().items():
            np.testing.assert_array_equal(other.state_dict()[name].numpy(), weight.numpy())
    assert "accuracy" in taken.evaluation.metrics


def test_a_trunk_into_several_tasks(home: Path) -> None:
    first = ran(home, "head.skips=false", network={"kind": "layers", "layers": TRUNK})
    tasks = [
        {"name": "register", "head": {"kind": "classify"}},
        {"name": "pitch", "head": {"kind": "regress", "targets": ["hertz"]}},
    ]
    taken = ran(
        home,
        head={"kind": "multitask", "tasks": tasks},
        network={"kind": "layers", "layers": [*TRUNK, "globalpool time mean", "flatten"]},
        start={"run": str(first.folder), "part": "trunk"},
        training={**QUICK["training"], "epochs": 1},
    )
    assert taken.evaluation.metric == "accuracy"


class TestRefusedBeforeAnythingIsDecoded:
    @pytest.fixture(autouse=True)
    def _deaf(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tonotope.experiment import prepared_data

        def heard(*_: Any, **__: Any) -> None:
            raise AssertionError("a recording was decoded")

        monkeypatch.setattr(prepared_data, "decode_all", heard)

    @pytest.mark.parametrize(
        ("sets", "error", "said"),
        [
            (("network.kind=vgg",), ShapeError, r"of `vgg` .*encoder"),
            (("representation.kind=mfcc", "representation.coefficients=8"), ShapeError, "cepstral"),
            (("training.mixup=0.2",), ExperimentError,
             r"training.mixup = 0.2 alters the noisy sound"),
            (("training.time_shift=0.1",), ExperimentError, r"training.time_shift = 0.1"),
            (("head.snr_db=[9, 1]",), ExperimentError, r"from the lowest to the highest"),
            (('head.noises=["hum"]',), ExperimentError, r"white"),
            (("evaluation.metric=accuracy",), ExperimentError,
             r"answers with sound; si-sdr or si-sdr-gain or mse would fit"),
            (('evaluation.baselines=["majority"]',), ExperimentError, r"noisy, wiener"),
        ],
    )  # fmt: skip
    def test_with_what_would_fit(
        self, home: Path, sets: tuple[str, ...], error: type[Exception], said: str
    ) -> None:
        with pytest.raises(error, match=said):
            ran(home, *sets)


def test_check_needs_no_label(home: Path, tmp_path: Path) -> None:
    from tonotope.experiment.config.toml_writer import dump

    data = {**QUICK["data"], "source": str(home / "tones.csv")}
    path = tmp_path / "hush.toml"
    path.write_text(dump({**QUICK, "data": data}), encoding="utf-8")
    told = check(str(path))
    assert not told.refusals
    assert told.rules


class TestOnTheCommandLine:
    def test_predict_writes_the_sounds_and_a_row_for_each(
        self, hush: Run, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        names = [str(home / "18.wav"), str(home / "03.wav")]
        line = ["predict", str(hush.folder), *names, "--out", str(tmp_path / "rows.csv")]
        assert status_of(line) == 0
        with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
            rows = [*csv.DictReader(file)]
        assert [row["file"] for row in rows] == names
        for row in rows:
            written, source = soundfile.info(row["denoised"]), soundfile.info(row["file"])
            assert (written.frames, written.samplerate) == (source.frames, RATE_HZ)
            assert Path(row["denoised"]).parent == tmp_path
        assert status_of([*line[:3], "--sounds", str(tmp_path / "there")]) == 0
        assert (tmp_path / "there" / "18.denoised.wav").is_file()
        capsys.readouterr()
        assert status_of([*line, "--windows"]) == 2
        assert "gives back each recording as a whole" in capsys.readouterr().err

    def test_shapes_tells_the_way_back(self, hush: Run, capsys: pytest.CaptureFixture[str]) -> None:
        assert status_of(["shapes", str(hush.folder / "experiment.toml")]) == 0
        told = capsys.readouterr().out
        assert "and back, by the head:" in told
        assert "up 2x2, beside 4 of layer 3, conv 4 3x3, batchnorm, relu" in told
        assert "conv 1 1x1, mask" in told

    def test_compare_tells_decibels(
        self, hush: Run, home: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        other = ran(home, "seed=1", "training.epochs=1")
        assert status_of(["compare", str(hush.folder), str(other.folder)]) == 0
        assert "SI-SDR" in capsys.readouterr().out

    def test_new_chooses_what_suits_it(self, home: Path, tmp_path: Path) -> None:
        path = tmp_path / "hush.toml"
        line = ["new", str(home / "tones.csv"), "-o", str(path), "--set", "head.kind=denoise"]
        assert status_of(line) == 0
        text = path.read_text(encoding="utf-8")
        assert 'kind = "encoder"' in text
        assert "time_stretch" not in text  # of short sounds the rule, and refused here
        assert status_of(["shapes", str(path)]) == 0
