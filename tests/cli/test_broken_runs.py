"""Run folders that a disk, a stranger or an editor has changed: refused with a reason.

`tests/model/test_serialise.py` goes through the file of weights byte by byte; here a person types
`tonotope predict`, `report` or `run`.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import OPTIONS, ran

from tonotope._errors import ModelFileError
from tonotope.experiment.run_folder import load

Change = Callable[[Path], object]


def put(name: str, data: bytes) -> Change:
    return lambda run: (run / name).write_bytes(data)


def edited(name: str, old: str, new: str) -> Change:
    def edit(run: Path) -> None:
        text = (run / name).read_text(encoding="utf-8")
        assert old in text
        (run / name).write_text(text.replace(old, new), encoding="utf-8")

    return edit


def gone(name: str) -> Change:
    return lambda run: (run / name).unlink()


PAYLOAD = b"\x80\x04cos\nsystem\n(S'touch canary'\ntR."
WEIGHTS = "fold-1/model.safetensors"
DESCRIPTION = "fold-2/model.json"
DAMAGES: dict[str, tuple[Change, str]] = {
    "a pickle": (put(WEIGHTS, PAYLOAD), "this is a pickle; it was not opened. Only safetensors"),
    "a zip": (put(WEIGHTS, b"PK\x03\x04" + PAYLOAD), "as `torch.save` writes: it holds a pickle"),
    "cut short": (
        lambda run: os.truncate(run / WEIGHTS, 1000),
        "model.safetensors: damaged: checksum mismatch (1,000 bytes, model.json was written for",
    ),
    "empty": (put(WEIGHTS, b""), "model.safetensors: damaged: empty file"),
    "no weights": (gone(WEIGHTS), "the weights are missing beside model.json"),
    "no description": (gone(DESCRIPTION), "model.json: no model is here; name a finished run"),
    "half a description": (put(DESCRIPTION, b"{"), "model.json: damaged: not a JSON object"),
    "a deep description": (put(DESCRIPTION, b"[" * 100_000), "damaged: not a JSON object"),
    "a later version": (
        edited(DESCRIPTION, '"format_version": 1', '"format_version": 9'),
        "written by a later version of tonotope (format 9;",
    ),
    "other classes": (
        edited(DESCRIPTION, '["high", "low", "mid"]', '["low", "mid", "high"]'),
        "it does not belong to its weights: classes, layers or rate were changed",
    ),
    "a module path": (
        edited(DESCRIPTION, '"kind": "relu"', '"kind": "os.system"'),
        "model.json: `network",
    ),
    "no split": (gone("split.csv"), "split.csv: not a table of id and part"),
    "another split": (put("split.csv", b"x\n1\n"), "its columns should be id, part and, with fold"),
    "no experiment": (gone("experiment.toml"), "not a run folder, it holds no experiment.toml"),
    "half an experiment": (put("experiment.toml", b"x ="), "experiment.toml line 1: not TOML"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_no_damaged_model_answers(
    finished_run: Path, finished_once: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    change, said = DAMAGES[damage]
    change(finished_run)
    monkeypatch.chdir(finished_run.parent)
    ended = ran("predict", finished_run, finished_once.parents[1] / "tones/low/aaa.wav")
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1
    assert not Path("canary").exists()


@pytest.mark.parametrize("name", ["model.pt", "model.pkl", "model.ckpt"])
def test_what_others_call_a_model_is_not_opened(
    finished_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(PAYLOAD)
    ended = ran("predict", name, finished_once.parents[1] / "tones/low/aaa.wav")
    assert (ended.status, ended.out) == (2, "")
    assert f"{name}: not a run folder" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_mutated_models_are_read_whole_or_refused(finished_run: Path) -> None:
    rng = np.random.default_rng(20261121)
    seeds = {name: (finished_run / name).read_bytes() for name in (WEIGHTS, "fold-1/model.json")}
    refused: list[str] = []
    for _ in range(150):
        for name, data in seeds.items():
            (finished_run / name).write_bytes(data)
        name = (WEIGHTS, "fold-1/model.json")[rng.integers(2)]
        data = bytearray(seeds[name])
        for _ in range(rng.integers(1, 4)):
            data[rng.integers(len(data))] = rng.integers(256)
        if rng.random() < 0.3:
            data = data[: rng.integers(len(data))]
        (finished_run / name).write_bytes(data)
        try:
            load(finished_run).model("1")
        except ModelFileError as error:
            refused.append(str(error))
    assert len(refused) > 100
    assert all(said.startswith(str(finished_run / "fold-1")) for said in refused)


def test_a_lost_model_is_written_anew_from_its_checkpoint(
    tones: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tones.parent)
    run = Path(ran("run", "tones", *OPTIONS).out.strip()).parent
    answer = ran("predict", run, "tones").out
    (run / WEIGHTS).write_bytes(b"")
    assert ran("predict", run, "tones").status == 2
    for name in (WEIGHTS, "fold-1/model.json"):
        (run / name).unlink()
    assert not load(run).finished
    assert ran("run", "tones", *OPTIONS).status == 0
    assert ran("predict", run, "tones").out == answer


def test_nothing_but_a_folder_without_sound(finished_once: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("no sound")
    ended = ran("predict", finished_once, tmp_path / "notes")
    assert ended.status == 2
    assert ended.err.count(f"{tmp_path / 'notes'}: no sound files are in it") == 1
    assert "not one recording could be labelled" in ended.err


@pytest.mark.parametrize(
    ("change", "command", "said"),
    [
        (gone("predictions.csv"), "report", "predictions.csv: row 1 of the predictions cannot be"),
        (put("predictions.csv", b"\xff\xfe"), "report", "row 1 of the predictions cannot be read"),
        (put("evaluation.json", b"{"), "report", "evaluation.json: cannot be read as JSON"),
        (put("evaluation.json", b"[" * 100_000), "report", "evaluation.json: cannot be read as J"),
        (put("manifest.csv", b"id\n"), "report", "manifest.csv: not a manifest; missing columns"),
        (put("predictions.csv", b"id\n"), "compare", "its columns must be id, truth, prediction"),
    ],
    ids=("no predictions", "no text", "half", "deep", "manifest", "compare"),
)
def test_a_damaged_table_is_named(
    finished_run: Path, finished_once: Path, change: Change, command: str, said: str
) -> None:
    change(finished_run)
    other = [finished_once] if command == "compare" else []
    ended = ran(command, finished_run, *other)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1


def test_what_an_editor_wrote_into_the_tables_is_text_on_the_page(finished_run: Path) -> None:
    """A run folder may come from a stranger."""
    evil = "<script>alert(1)</script>\u202e"
    path = finished_run / "environment.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told |= {"command": evil, "notes": [evil], "warnings": [evil], evil: evil}
    path.write_text(json.dumps(told), encoding="utf-8")
    line = {"file": evil, "row": None, "reason": evil}
    (finished_run / "skipped.jsonl").write_text(json.dumps(line), encoding="utf-8")
    for name in ("predictions.csv", "manifest.csv", "split.csv"):
        with (finished_run / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        rows = [[cell.replace("low/aaa.wav", f"low/aaa.wav{evil}") for cell in row] for row in rows]
        with (finished_run / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    assert ran("report", finished_run).status == 0
    page = (finished_run / "report.html").read_text(encoding="utf-8")
    assert page.count("<script") == 2  # the page's own
    assert "&lt;script&gt;alert(1)" in page
    assert not re.search("[\u202e\x1b]", page)
