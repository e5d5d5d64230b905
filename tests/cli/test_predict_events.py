"""`tonotope predict --events`: what it writes, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from tests.cli.conftest import ran


@pytest.fixture
def tones(finished_once: Path) -> Path:
    return finished_once.parents[1] / "tones"


def test_events_go_to_stdout_and_what_they_were_found_by_to_stderr(
    finished_once: Path, tones: Path
) -> None:
    ended = ran("predict", finished_once, tones / "mid", "--events", "--threshold", 0.001)
    assert ended.status == 0
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert len({row["file"] for row in rows}) == len([*(tones / "mid").iterdir()])
    assert {row["label"] for row in rows} <= {"low", "mid", "high"}
    assert "events: threshold 0.001; left below 0.8 of it, hop " in ended.err


def test_a_file_has_its_settings_beside_it(
    finished_once: Path, tones: Path, tmp_path: Path
) -> None:
    out = tmp_path / "heard.jsonl"
    ended = ran(
        "predict", finished_once, tones, "--events", "--to", "jsonl", "--out", out,
        "--threshold", "0.4", "--threshold", "low=0.9", "--threshold", "mid=auto",
        "--merge", "0.3", "--min-length", 0,
    )  # fmt: skip
    assert (ended.status, ended.out) == (0, "")
    assert all("label" in json.loads(line) for line in out.read_text().splitlines())
    told = json.loads((tmp_path / "heard.settings.json").read_text())
    assert (told["thresholds"]["low"], told["thresholds"]["high"]) == (0.9, 0.4)
    assert told["thresholds_from"]["mid"] == "validation"
    assert (told["merge_s"], told["min_length_s"], told["min_heard_s"]) == (0.3, 0, 0)


def test_label_tracks_go_into_a_folder(finished_once: Path, tones: Path, tmp_path: Path) -> None:
    line = ("predict", finished_once, tones / "low", "--events", "--to", "audacity")
    ended = ran(*line)
    assert (ended.status, ended.out) == (2, "")
    assert "name a folder (--out DIR)" in ended.err
    assert ran(*line, "--out", tmp_path / "tracks").status == 0
    names = {one.stem for one in (tones / "low").iterdir()}
    assert {one.stem for one in (tmp_path / "tracks").glob("*.txt")} == names
    [one, *_] = (tones / "low").iterdir()
    assert (
        ran("predict", finished_once, one, *line[3:], "--threshold", 0.001).out.count("\t") % 2 == 0
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--events", "--threshold", "2"], "a threshold of 2: a number above 0 and up to 1"),
        (["--events", "--threshold", "0,5"], "a threshold of 0,5:"),
        (["--events", "--threshold", "nan"], "a threshold of nan:"),
        (["--events", "--threshold", ""], "a threshold of :"),
        (["--events", "--threshold", "lo=0.5"], "no class or tag is called so; there are: high"),
        (["--events", "--threshold", "loww=0.5"], "did you mean `low`?"),
        (["--events", "--threshold", "low=1e400"], "a threshold of 1e400"),
        (["--events", "--threshold", "low=0.5", "--threshold", "low=0.6"], "given twice"),
        (["--events", "--min-length", "-1"], "min_length_s = -1: a length in seconds"),
        (["--events", "--windows"], "--windows says nothing of --events"),
        (["--events", "--sounds", "x"], "--sounds says nothing of --events"),
        (["--events", "--to", "audacty"], "csv or jsonl or audacity or birdnet"),
        (["--to", "audacity"], "csv or jsonl would fit; it is a form of --events"),
        (["--threshold", "0.5"], "--threshold says what is an event; add --events"),
        (["--merge", "0"], "--merge says what is an event; add --events"),
    ],
)
def test_what_does_not_fit_is_a_sentence(
    finished_once: Path, tones: Path, options: list[str], message: str
) -> None:
    ended = ran("predict", finished_once, tones, *options)
    assert (ended.status, ended.out) == (2, "")
    assert message in " ".join(ended.err.split())
