"""`data.background` in a run: learnt, kept, resumed, and never named as an event."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.experiment.conftest import QUICK

import tonotope as tt
from tonotope.answers.classes import Predictions
from tonotope.experiment.run import run
from tonotope.reporting.page import write_report
from tonotope.reporting.report_json import gather

RATE = 8000
SETS = [one for one in QUICK if not one.startswith(("split.", "training.epochs"))]
SETS += ["data.background=unlabelled", "training.epochs=40", "data.clip_s=0.5", "split.folds=2"]


def take(seed: int, seconds: float = 30.0) -> tuple[np.ndarray, list[tt.Event]]:
    """Two kinds of tones with pauses of noise between them, and where they are."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(seconds * RATE)) / RATE
    wave = 0.02 * rng.standard_normal(time_s.size)
    events: list[tt.Event] = []
    for number in range(int(seconds / 3)):
        begin_s = 3 * number + float(rng.uniform(0.5, 1.5))
        here = slice(int(begin_s * RATE), int((begin_s + 0.5) * RATE))
        wave[here] += 0.3 * np.sin(2 * np.pi * (400, 1600)[number % 2] * time_s[here])
        events.append(tt.Event(f"t{seed}.wav", begin_s, begin_s + 0.5, ("owl", "rail")[number % 2]))
    return wave, events


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    folder = tmp_path / "takes"
    folder.mkdir()
    for seed in range(4):
        wave, events = take(seed)
        soundfile.write(folder / f"t{seed}.wav", wave, RATE)
        tt.write_events(events, folder / f"t{seed}.txt", "audacity")
    return folder


def test_a_run_learns_that_nothing_is_heard(takes: Path, tmp_path: Path) -> None:
    done = run(str(takes), sets=SETS, out=tmp_path / "runs")
    assert done.manifest.classes("label") == ("background", "owl", "rail")
    table = (done.folder / "manifest.csv").read_text()
    own = [one for one in done.manifest.recordings if one.targets["label"] == "background"]
    assert len(own) == 20
    assert all(f"{one.id}," in table and one.id.startswith(one.group + "@") for one in own)
    again = run(str(takes), sets=SETS, out=tmp_path / "runs")
    assert again.folder == done.folder

    wave, events = take(9)
    soundfile.write(tmp_path / "new.wav", wave, RATE)
    found = tt.predict(done, tmp_path / "new.wav", per="event")
    heard = [*found]
    assert {one.label for one in heard} == {"owl", "rail"}
    assert found.settings["background"] == ["background"]
    assert set(found.settings["thresholds"]) == {"owl", "rail"}
    assert max(found.settings["thresholds"].values()) <= 0.8
    score = tt.score(heard,
                     [tt.Event("new.wav", one.start_s, one.end_s, one.label) for one in events],
                     tt.DetectionPlan(collar_s=0.5))  # fmt: skip
    assert (score.by_event.micro.hits, score.by_event.micro.predicted) == (10, 10)
    rows = [*tt.predict(done, tmp_path / "new.wav", per="window")]
    assert "background" in {row.label for row in rows}
    soundfile.write(
        tmp_path / "noise.wav", 0.02 * np.random.default_rng(1).standard_normal(80_000), RATE
    )
    assert [*tt.predict(done, tmp_path / "noise.wav", per="event")] == []


def test_none_of_these_is_in_the_evaluation_and_in_the_report(takes: Path, tmp_path: Path) -> None:
    done = run(str(takes), sets=SETS, out=tmp_path / "runs")
    table = done.predictions
    assert isinstance(table, Predictions)
    limits = {
        fold: done.judged_model(fold).description.head.rejection["label"] for fold in done.folds
    }
    named = [scores.max() >= limits[fold][scores.argmax()]
             for scores, fold in zip(table.scores, table.folds, strict=True)]  # fmt: skip
    found = json.loads((done.folder / "evaluation.json").read_text())["none_of_these"]
    assert (found["n"], found["named"]) == (60, sum(named))
    assert 0 < found["named"] < 60
    assert found["right"] == int(table.correct[named].sum())
    assert done.evaluation.details["none_of_these"] == found
    again = tt.evaluate(done, tt.EvaluationPlan(baselines=(), resamples=100))
    assert again.details["none_of_these"] == found
    assert gather(done)["calibration"][0]["none_of_these"] == found
    page = write_report(done).read_text()
    assert f"the network names {found['named']} of 60 recordings: coverage 0." in page
    spanish = write_report(done, lang="es").read_text()
    assert f"la red nombra {found['named']} de 60 grabaciones: cobertura 0," in spanish


def test_a_run_of_before_says_nothing_of_it(takes: Path, tmp_path: Path) -> None:
    done = run(str(takes), sets=SETS, out=tmp_path / "runs")
    path = done.folder / "evaluation.json"
    old = {key: one for key, one in json.loads(path.read_text()).items() if key != "none_of_these"}
    path.write_text(json.dumps(old))
    assert "none_of_these" not in gather(tt.load(done.folder))["calibration"][0]
    assert (
        "coverage"
        not in write_report(tt.load(done.folder)).read_text().split("Are its scores")[1][:3000]
    )
