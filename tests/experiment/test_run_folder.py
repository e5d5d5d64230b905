"""The run folder: written once, read lazily, moved freely, refused where it does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tonotope._errors import DataError, ExperimentError
from tonotope.datasets.manifest import Skipped
from tonotope.datasets.split import Split
from tonotope.experiment import run_files
from tonotope.experiment.json_files import write_json
from tonotope.experiment.run_files import write_skipped
from tonotope.experiment.run_folder import Run, load
from tonotope.experiment.split_file import read_splits, write_splits

ODD = ("a, b.wav", "=cmd|'/c calc'!A1", "new\\nline", "ünï/códe 🦉.wav", '"quoted".wav', "@0-1.5")


def test_splits_read_back_equal(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    one = Split(train=ODD[:4], validation=ODD[4:5], test=ODD[5:], rule="by hand")
    write_splits(path, [one])
    read = read_splits(path)[0]
    assert (set(read.train), set(read.validation), set(read.test)) == (
        set(one.train), set(one.validation), set(one.test)
    )  # fmt: skip
    assert read.fold is None
    folds = [Split(ODD[:3], (), ODD[3:], "a", "night"), Split(ODD[3:], (), ODD[:3], "b", "2")]
    write_splits(path, folds)
    assert [(one.fold, set(one.test)) for one in read_splits(path)] == [
        ("night", set(ODD[3:])),
        ("2", set(ODD[:3])),
    ]


def test_a_split_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "split.csv"
    for text in ("id,part\na,trian\n", "name\na\n", "id,part\na\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DataError, match="not a table of id and part"):
            read_splits(path)


def test_what_was_left_out_reads_back(tmp_path: Path) -> None:
    write_skipped(
        tmp_path / run_files.SKIPPED, [Skipped("x.wav", 3, "empty"), Skipped("y", None, "ü")]
    )
    assert Run(tmp_path).skipped == [
        {"file": "x.wav", "row": 3, "reason": "empty"},
        {"file": "y", "row": None, "reason": "ü"},
    ]


def test_a_line_cut_off_by_a_crash_is_left_out(tmp_path: Path) -> None:
    (tmp_path / run_files.HISTORY).write_text('{"epoch": 1}\n{"epoch": 2}\n{"epo', encoding="utf-8")
    assert [line["epoch"] for line in Run(tmp_path).history()] == [1, 2]


def test_what_is_no_run_is_told_with_the_runs_nearby(tmp_path: Path) -> None:
    with pytest.raises(ExperimentError, match=r"no such folder; `tonotope run DATA` makes one"):
        load(tmp_path / "nothing")
    for name in ("birds-1", "birds-2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / run_files.EXPERIMENT).write_text("seed = 1\n", encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"the runs in .* are: birds-1, birds-2"):
        load(tmp_path / "brids-1")
    with pytest.raises(ExperimentError, match=r"not a run folder.*birds-1, birds-2"):
        load(tmp_path)
    assert load(tmp_path / "birds-1").experiment.seed == 1
    assert load(tmp_path / "birds-1" / "report.html").folder == tmp_path / "birds-1"


def test_a_run_that_is_not_finished_says_so(tmp_path: Path) -> None:
    (tmp_path / run_files.EXPERIMENT).write_text("seed = 1\n", encoding="utf-8")
    run = load(tmp_path)
    assert not run.finished
    assert "unfinished" in repr(run)
    with pytest.raises(ExperimentError, match=r"the run has no evaluation.json yet"):
        _ = run.evaluation


@pytest.mark.parametrize("text", ["{", "[1]", '"x"', "[" * 100_000])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / run_files.EVALUATION).write_text(text, encoding="utf-8")
    with pytest.raises(ExperimentError, match=r"evaluation.json: (cannot be read|holds no table)"):
        _ = Run(tmp_path).evaluation


def test_folds_of_any_name_have_folders_of_their_own(tmp_path: Path) -> None:
    run = Run(tmp_path)
    names = ["1", "night", "../..", "a/b", "a_b", "CON:", "ü", "x" * 300]
    folders = [run.part(name) for name in names]
    assert len(set(folders)) == len(names)
    assert {folder.parent for folder in folders} == {tmp_path}
    assert run.part() == tmp_path
    assert max(len(folder.name) for folder in folders) < 70


def test_json_is_written_for_people_too(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"name": "é", "value": 1})
    text = (tmp_path / "x.json").read_text(encoding="utf-8")
    assert "é" in text
    assert text.count("\n") == 4
    assert json.loads(text) == {"name": "é", "value": 1}
