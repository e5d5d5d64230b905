"""Names of folders, groups and files that steer terminals: raw inside, spelled where written."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.cli.conftest import OPTIONS, ran

import tonotope
from tonotope._errors import DataError
from tonotope._escape import from_cell

CLASSES = {
    "two\nlines": 220,
    "clear\x1b[2J": 700,
    "turned\u202egnp": 2200,
    os.fsdecode(b"bytes\xff"): 3300,
}
GROUPS = ("ann\x07", "bob\u2028", "eve\r", os.fsdecode(b"joe\xfe"))
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four classes of four groups each, every name of a kind that does harm."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for label, pitch_hz in CLASSES.items():
        for group in GROUPS:
            folder = tmp_path / "calls" / label / group
            folder.mkdir(parents=True)
            for take in range(2):
                time = np.arange(4000) / 8000
                wave = 0.3 * np.sin(2 * np.pi * pitch_hz * (1 + 0.02 * take) * time)
                wave += 0.02 * rng.standard_normal(len(time))
                soundfile.write(os.fsencode(folder / f"take\t{take}.wav"), wave, 8000)
    (tmp_path / "calls" / "clear\x1b[2J" / "empty\n.wav").write_bytes(b"")
    return tmp_path


def test_no_name_reaches_terminal_table_or_page_as_it_is(home: Path) -> None:
    quick = [*OPTIONS, "--set", "data.group=folder"]
    checked = ran("check", "calls", "--set", "data.group=folder")
    in_json = ran("check", "calls", "--set", "data.group=folder", "--json")
    trained = ran("run", "calls", *quick, "--out", "runs")
    assert (checked.status, in_json.status, trained.status) == (1, 1, 1)
    (folder,) = (home / "runs").iterdir()
    again = ran("report", folder)
    labelled = ran("predict", folder, "calls", "--to", "csv")
    lost = ran("check", "nowhere\n\x1b[2J")
    assert lost.status == 2
    for ended in (checked, in_json, trained, again, labelled, lost):
        assert not RAW.search(ended.out + ended.err)
        assert "Traceback" not in ended.err
    assert len(lost.err.splitlines()) == 1
    assert "clear\\x1b[2J/empty\\n.wav: empty file (0 bytes)" in trained.err
    for name in ("manifest.csv", "split.csv", "predictions.csv", "report.html"):
        assert not RAW.search((folder / name).read_bytes().decode("utf-8"))
    assert json.loads(in_json.out)["skipped"][0]["file"] == "clear\x1b[2J/empty\n.wav"
    rows = list(csv.DictReader(io.StringIO(labelled.out)))
    assert {from_cell(row["file"]).split("/")[1] for row in rows} == {*CLASSES}


def test_inside_every_name_is_what_it_is(home: Path) -> None:
    sets = [one for one in OPTIONS if one != "--set"]
    run = tonotope.run("calls", sets=[*sets, "data.group=folder"], out="runs")
    names = {
        f"{label}/{group}/take\t{take}.wav"
        for label in CLASSES
        for group in GROUPS
        for take in range(2)
    }
    assert {one.id for one in run.manifest.recordings} == names
    assert {one.group for one in run.manifest.recordings} == {*GROUPS}
    assert {*run.predictions.ids} == names
    assert {*run.predictions.classes} == {*CLASSES}
    assert run.skipped[0]["file"] == "clear\x1b[2J/empty\n.wav"


def test_an_error_is_one_line_wherever_it_is_printed() -> None:
    with pytest.raises(DataError) as raised:
        tonotope.open_source(tonotope.Data(source="no\n\x1b[2J\u202e"))
    assert not RAW.search(str(raised.value))
    assert len(str(raised.value).splitlines()) == 1
