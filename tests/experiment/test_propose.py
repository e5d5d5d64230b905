"""The proposed file is complete, says why, and is what `run` would do by itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope._errors import DataError, ExperimentError
from tonotope.experiment.check_data import check
from tonotope.experiment.experiment_file import load
from tonotope.experiment.propose import TEMPLATES, propose
from tonotope.experiment.request import make_request


def test_the_text_is_the_experiment(tones: Path, tmp_path: Path) -> None:
    proposal = propose(tones, base=tmp_path, name="birds")
    path = tmp_path / "birds.toml"
    path.write_text(proposal.text(), encoding="utf-8")
    assert load(path) == proposal.experiment
    assert load(path).data.source == str(tones)


def test_a_relative_path_is_told_from_the_experiment_file(
    tones: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tones.parent / "elsewhere").mkdir()
    monkeypatch.chdir(tones.parent / "elsewhere")
    proposal = propose("../tones", base=tones.parent)
    assert proposal.experiment.data.source == "tones/"
    assert len(proposal.manifest.recordings) == 24


def test_every_choice_says_why(tones: Path, tmp_path: Path) -> None:
    text = propose(tones, base=tmp_path).text()
    for line in text.splitlines():
        if " = " in line and not line.startswith(
            ("name", "question", "hypothesis", "seed", "source")
        ):
            assert "#" in line, line


def test_the_frames_that_a_clip_becomes_are_those_of_the_network(tones: Path) -> None:
    proposal = propose(tones, sets=["start=none"])
    frames = proposal.experiment.trace()[0].in_shape.size("time")
    assert f"a clip becomes {frames} frames" in proposal.text()


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_template_fits(tones: Path, tmp_path: Path, template: str) -> None:
    proposal = propose(tones, base=tmp_path, template=template)
    assert proposal.experiment.trace()
    assert tomllib.loads(proposal.text())


def test_a_change_is_laid_over_the_choices(tones: Path, tmp_path: Path) -> None:
    proposal = propose(tones, base=tmp_path, sets=["training.epochs=7", "data.clip_s=0.25"])
    assert proposal.experiment.training.epochs == 7
    assert proposal.experiment.data.clip_s == 0.25
    assert "epochs = 7                    # as asked" in proposal.text()


def test_what_short_sounds_are_varied_by_gives_way_to_the_head(tones: Path) -> None:
    assert propose(tones).experiment.training.time_stretch > 1
    plan = propose(tones, sets=["head.kind=denoise"]).experiment.training
    assert (plan.time_stretch, plan.equaliser_db, plan.noise_db) == (1.0, 0.0, 0.0)


def test_running_recordings_takes_the_same_choices(
    tones: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tones.parent)
    assert make_request("tones").experiment == propose("tones").experiment
    assert make_request(tones).experiment.name == "tones"


def test_a_name_that_is_no_template_is_told(tones: Path) -> None:
    with pytest.raises(
        ExperimentError, match=r"no template is called 'lennet'; did you mean `lenet`"
    ):
        propose(tones, template="lennet")


def test_one_class_alone_is_refused(tones: Path, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tones / "low").rename(tmp_path / "one" / "low")
    with pytest.raises(DataError, match=r"low"):
        propose(tmp_path / "one")


@pytest.mark.parametrize("rate_hz", [1, 5, 10, 19])
def test_a_signal_slower_than_sound_is_heard_at_the_rate_that_is_asked_for(
    tmp_path: Path, rate_hz: int
) -> None:
    rng = np.random.default_rng(0)
    for number in range(8):
        (tmp_path / "d" / "ab"[number % 2]).mkdir(parents=True, exist_ok=True)
        path = tmp_path / "d" / "ab"[number % 2] / f"{'klmnopqr'[number]}.wav"
        soundfile.write(path, 0.1 * rng.standard_normal(60 * rate_hz), rate_hz)
    with pytest.raises(DataError, match=f"have {rate_hz} Hz, .* set representation.rate_hz = 20 "):
        propose(tmp_path / "d")
    sets = ["representation.rate_hz=20"]
    made = propose(tmp_path / "d", sets=sets)
    assert made.experiment.representation.rate_hz == 20
    assert made.experiment.representation.empty_bands() == ()
    assert made.reasons["representation", "rate_hz"] == "as asked"
    assert check(tmp_path / "d", sets).refusals == ()
    with_bands = [*sets, "representation.bands=6", "representation.window_s=1.6"]
    assert propose(tmp_path / "d", sets=with_bands).experiment.representation.bands == 6
    with pytest.raises(DataError, match="sound is heard at 20 Hz or more"):
        propose(tmp_path / "d", sets=["representation.rate_hz=3"])


def test_frames_fit_the_rate_that_is_asked_for(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(8):
        (tmp_path / "ab"[number % 2]).mkdir(exist_ok=True)
        path = tmp_path / "ab"[number % 2] / f"{'klmnopqr'[number]}.wav"
        soundfile.write(path, 0.1 * rng.standard_normal(5 * 8000), 8000)
    for asked in ("representation.rate_hz=200", "representation={rate_hz=200}"):
        found = propose(tmp_path, sets=[asked]).experiment.representation
        assert (found.rate_hz, found.empty_bands()) == (200, ())
        assert found.window_samples >= 100
