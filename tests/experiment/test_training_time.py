"""`training.minutes` becomes epochs once; afterwards nothing looks at a clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import Write

from tonotope.experiment import training_time
from tonotope.experiment.data_requirements import make_splits
from tonotope.experiment.propose import propose
from tonotope.experiment.request import make_request
from tonotope.experiment.run import run
from tonotope.experiment.training_time import TrainingTime, clips_in_epoch, clips_per_second

SETS = ("network.widths=[2]", "data.clip_s=0.1", "split.folds=2", "evaluation.baselines=[]")


@pytest.fixture
def tones(tmp_path: Path, sound: Write) -> Path:
    """Two classes of six recordings: the first four of 0.25 s, the others of 0.1 s."""
    for pitch in range(12):
        seconds = 0.25 if pitch % 6 < 4 else 0.1
        sound(tmp_path / "tones" / "ab"[pitch // 6] / f"{pitch}.wav", pitch=pitch, seconds=seconds)
    return tmp_path / "tones"


@pytest.fixture
def speed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A machine of 200 clips a second; how often it was measured."""
    asked: list[int] = []

    def measured(*_: object) -> float:
        asked.append(1)
        return 200.0

    monkeypatch.setattr(training_time, "clips_per_second", measured)
    return asked


def test_an_epoch_has_the_clips_of_every_fold(tones: Path) -> None:
    resolved = make_request(tones, sets=SETS).resolve()
    splits = make_splits(resolved.experiment, resolved.manifest)
    lasting = {one.id: max(1, round(one.duration_s / 0.1)) for one in resolved.manifest.recordings}
    assert sorted(lasting.values()) == [1] * 4 + [2] * 8
    learnt = sum(lasting[name] for part in splits for name in part.train)
    assert clips_in_epoch(resolved.experiment, resolved.manifest, splits) == learnt == 20
    validated = make_request(tones, sets=[*SETS, "split.validation=0.34"]).resolve()
    splits = make_splits(validated.experiment, validated.manifest)
    learnt = sum(lasting[name] for part in splits for name in part.train)
    answered = sum(2 * lasting[name] - 1 for part in splits for name in part.validation)
    assert answered
    expected = pytest.approx(learnt + answered / 3)
    assert clips_in_epoch(validated.experiment, validated.manifest, splits) == expected


def test_a_run_keeps_the_epochs_and_goes_on_without_a_clock(
    tones: Path, tmp_path: Path, speed: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    sets = [*SETS, "training.minutes=0.005"]
    first = run(tones, sets=sets, out=tmp_path / "runs")
    assert (first.experiment.training.epochs, first.experiment.training.minutes) == (3, 0.0)
    assert first.environment["planned"] == {"minutes": 0.005, "clips_per_s": 200.0, "epochs": 3}
    assert len(first.history(first.folds[0])) == 3
    assert len(speed) == 1
    again = run(tones, sets=sets, out=tmp_path / "runs")
    assert (again.folder, len(speed)) == (first.folder, 1)
    other = run(tones, sets=[*SETS, "training.minutes=0.01"], out=tmp_path / "runs")
    assert (other.experiment.training.epochs, len(speed)) == (6, 2)
    file = run(first.folder / "experiment.toml", out=tmp_path / "elsewhere")
    assert (file.name, len(speed)) == (first.name, 2)


def test_minutes_take_the_place_of_epochs_in_a_file(
    tones: Path, tmp_path: Path, speed: list[int]
) -> None:
    path = tmp_path / "x.toml"
    path.write_text(propose(tones, sets=[*SETS, "training.epochs=7"], base=tmp_path).text())
    found = run(path, sets=["training.minutes=0.005"], out=tmp_path / "runs")
    assert (found.experiment.training.epochs, speed) == (3, [1])


def test_new_writes_epochs_and_what_was_measured(tones: Path, speed: list[int]) -> None:
    proposal = propose(tones, sets=[*SETS, "training.minutes=5"])
    splits = make_splits(proposal.experiment, proposal.manifest)
    text = training_time.timed(proposal, splits).text()
    before, after = text.split("\nepochs = 3000\n")
    said = " ".join(before.replace("\n# ", " ").split())
    assert "5 minutes: 3,000 epochs of training, about 5 minutes: this machine learns" in said
    assert said.endswith("200 clips a second, as measured just now")
    assert after
    assert "minutes =" not in text


@pytest.mark.parametrize(
    ("minutes", "speed", "clips", "epochs", "said"),
    [
        (5.0, 100.0, 1500.0, 20, "20 epochs of training, about 5 minutes"),
        (0.5, 100.0, 1500.0, 2, "2 epochs of training, about 30 s"),
        (0.01, 100.0, 1500.0, 1, "1 epoch of training, about 15 s"),
        (60.0, 1e5, 10.0, 10_000, "10,000 epochs of training, about 1 s"),
    ],
)
def test_as_many_epochs_as_fit(
    minutes: float, speed: float, clips: float, epochs: int, said: str
) -> None:
    found = TrainingTime.fitted(minutes, speed, clips)
    assert found.epochs == epochs
    assert str(found).startswith(said)
    assert ("so few teach little" in str(found)) == (epochs < 5)


def test_wider_networks_and_longer_clips_learn_from_fewer_clips(tones: Path) -> None:
    def measured(*sets: str) -> float:
        resolved = make_request(tones, sets=[*SETS, *sets]).resolve()
        return clips_per_second(resolved.experiment, resolved.manifest)

    assert measured() > 3 * measured("network.widths=[64,64]", "data.clip_s=0.25")
