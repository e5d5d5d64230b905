"""Paths, hops and changes of an experiment, as a run meets them: robustness, table 5.3."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.conftest import OPTIONS, ran
from tests.reliability.hostile_folder import good_sounds, no_python, sets_of


def test_a_path_begins_at_the_experiment_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative to the file, not to where the command is given; through `..`, `~` and a variable."""
    root = good_sounds(tmp_path / "home/sounds")
    (tmp_path / "home/deep").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SOUNDS", str(root))
    for source in ("../sounds", "~/sounds", "$SOUNDS", "${SOUNDS}"):
        (tmp_path / "home/deep/x.toml").write_text(f'[data]\nsource = "{source}"\n')
        ended = ran("check", "home/deep/x.toml")
        assert ended.status == 0
        assert "8 recordings in 8 groups, 2 classes" in ended.out


def test_a_hop_beyond_the_window_is_said_before_training(tmp_path: Path) -> None:
    """It may be meant, so it is no error: the share of the sound that no frame sees is told."""
    sets = ["representation.window_s=0.01", "representation.hop_s=0.1"]
    root = good_sounds(tmp_path / "sounds")
    ended = ran("run", root, *OPTIONS, *sets_of(sets), "--out", tmp_path / "runs")
    no_python(ended)
    assert re.search(r"a frame of [\d.]+ ms begins only every .*; shorten hop_s to ", ended.err)


def test_a_run_is_not_continued_with_another_experiment(tmp_path: Path) -> None:
    root = good_sounds(tmp_path / "sounds")
    first = ran("run", root, *OPTIONS, "--out", tmp_path / "runs")
    folder = Path(first.out.strip()).parent
    text = (folder / "experiment.toml").read_text()
    (folder / "experiment.toml").write_text(text.replace("batch_size = 8", "batch_size = 4"))
    again = ran("run", root, *OPTIONS, "--out", tmp_path / "runs")
    no_python(again)
    assert again.status == 2
    assert "experiment.toml was changed after the run was begun: training.batch_size" in again.err
    assert "Undo the change, or remove the folder to begin anew" in again.err
    (folder / "experiment.toml").write_text(text)
    other = ran("run", root, *OPTIONS, "--set", "training.batch_size=4", "--out", tmp_path / "runs")
    assert f"a new run; it differs from {folder}: training.batch_size" in other.err
