"""`predict runs/birds-* x.wav`: one run, several, none."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tonotope._errors import DataError
from tonotope.experiment.run_files import refuse_run_folder


@pytest.fixture
def two(finished_once: Path, tmp_path: Path) -> list[Path]:
    """Two runs of one name, the second changed last, with a recording beside them."""
    folders = [tmp_path / "runs" / f"owl-{digest}-s0" for digest in ("1a", "2b")]
    for folder in folders:
        shutil.copytree(finished_once, folder)
    os.utime(folders[0], (1, 1))
    sound = next((finished_once.parent.parent / "tones").rglob("*.wav"))
    shutil.copy(sound, tmp_path / "x.wav")
    return folders


def test_two_runs_are_named_with_the_line_that_fits(
    typed: Callable[..., Any], two: list[Path], tmp_path: Path
) -> None:
    sound = tmp_path / "x.wav"
    for ended in (
        typed("predict", *two, sound),
        typed("predict", tmp_path / "runs" / "owl-*", sound),
    ):
        assert (ended.status, ended.out) == (2, "")
        assert f"these are 2 runs, and `predict` takes one: {two[0]}, {two[1]}" in ended.err
        assert f"tonotope predict {two[1]} {sound}\n" in ended.err
    ended = typed("report", *two)
    assert ended.status == 2
    assert f"tonotope report {two[1]}\n" in ended.err


@pytest.mark.parametrize("command", ["run", "check", "new"])
def test_a_run_is_no_folder_of_recordings(
    typed: Callable[..., Any], two: list[Path], tmp_path: Path, command: str
) -> None:
    ended = typed(command, two[0])
    assert (ended.status, ended.out) == (2, "")
    assert "this is the folder of a run, not of recordings" in ended.err
    assert f"`tonotope run {two[0]}/experiment.toml` runs it again" in ended.err
    assert "not a sound file" not in ended.err


def test_an_experiment_file_among_recordings_makes_them_no_run(tmp_path: Path) -> None:
    (tmp_path / "experiment.toml").write_text("", encoding="utf-8")
    refuse_run_folder(tmp_path)
    (tmp_path / "environment.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match="this is the folder of a run"):
        refuse_run_folder(str(tmp_path))


def test_a_pattern_that_the_shell_left_is_looked_up(
    typed: Callable[..., Any], two: list[Path], tmp_path: Path
) -> None:
    ended = typed("predict", tmp_path / "runs" / "owl-1*", tmp_path / "x.wav")
    assert ended.status == 0
    assert len(ended.out.splitlines()) == 2
    ended = typed("predict", tmp_path / "runs" / "dog-*", tmp_path / "x.wav")
    assert ended.status == 2
    assert "dog-*: no run folder has such a name" in ended.err


@pytest.mark.parametrize(("asked_s", "said"), [(0.2, False), (0.3, False), (0.2503, True)])
def test_a_hop_that_becomes_another_is_said(
    typed: Callable[..., Any], two: list[Path], tmp_path: Path, asked_s: float, said: bool
) -> None:
    line = ("predict", two[0], tmp_path / "x.wav", "--windows", "--hop", asked_s)
    ended = typed(*line)
    assert ended.status == 0, ended.err
    found = re.search(r"a hop of (\S+) s becomes (\S+) s: windows begin with a frame", ended.err)
    assert bool(found) == said
    assert found is None or float(found[2]) == pytest.approx(0.26, abs=1e-3)  # 13 frames


@pytest.mark.parametrize("command", ["run", "check", "new", "report", "compare", "predict"])
def test_a_home_that_is_nobodys_is_named(typed: Callable[..., Any], command: str) -> None:
    given = ["~nobody-here/x", *(["sound.wav"] if command == "predict" else [])]
    ended = typed(command, *given)
    assert ended.status == 2
    assert "~nobody-here/x" in ended.err
    assert "whose home that is is not known; write it out" in ended.err.replace("\n", " ")


def test_a_run_after_the_recordings_is_told_where_it_belongs(
    typed: Callable[..., Any], finished_once: Path, two: list[Path], tmp_path: Path
) -> None:
    ended = typed("predict", str(tmp_path / "x.wav"), str(two[0]))
    assert ended.status == 2
    said = " ".join(ended.err.split())
    assert f"x.wav: is not a run, {two[0]} is, and the run comes first:" in said
    assert f"tonotope predict {two[0]} {tmp_path / 'x.wav'}" in said


def test_a_pattern_that_no_shell_looked_up_is_looked_up(
    typed: Callable[..., Any], two: list[Path], tmp_path: Path
) -> None:
    ended = typed("predict", str(two[0]), str(tmp_path / "x*.wav"))
    assert ended.status == 0
    assert "x.wav,0.0" in ended.out
    for given, why in ((str(tmp_path / "no*.wav"), "no file has such a name"),
                       ("-", "standard input is not read; name a sound file")):  # fmt: skip
        ended = typed("predict", str(two[0]), given)
        assert ended.status == 2
        assert why in " ".join(ended.err.split())
