"""The whole journey at the command line, from a folder of sounds to a report, in seconds."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tonotope.experiment.run_folder import load

Typed = Callable[..., Any]


@pytest.fixture
def broken(tones: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tones with one file among them that is none; the working folder is beside them."""
    (tones / "low" / "broken.wav").write_bytes(b"not a sound, whatever it is called")
    monkeypatch.chdir(tones.parent)
    return tones


def test_from_a_folder_to_a_report(typed: Typed, broken: Path, quick: list[str]) -> None:
    ended = typed("run", "tones", *quick)
    assert ended.status == 1  # done, but one input was left out
    page = Path(ended.out.strip())
    assert page.name == "report.html"
    assert page.is_file()
    assert ended.out.count("\n") == 1  # nothing but data on standard output
    lines = ended.err.splitlines()
    assert sum("low/broken.wav" in line for line in lines) == 1
    assert any(
        line.startswith("It names ") and "recordings it never heard" in line for line in lines
    )
    assert any(
        "always naming the commonest class" in line and "95 % intervals" in line for line in lines
    )
    run = load(page)
    assert [one["file"] for one in run.skipped] == ["low/broken.wav"]
    assert run.environment["command"].startswith("tonotope run tones --set training.epochs=2")
    assert run.manifest.recordings[0].path.is_file()
    assert json.loads((run.folder / "report.json").read_text(encoding="utf-8"))

    again = typed("run", "tones", *quick)
    assert again.status == 1
    assert again.out == ended.out
    assert f"finished run found: {run.folder}" in again.err


def test_from_a_file_in_json(typed: Typed, tones: Path, quick: list[str]) -> None:
    file = tones.parent / "birds.toml"
    ended = typed("new", tones, "-o", file, *quick)
    assert (ended.status, ended.out) == (0, f"{file}\n")
    shown = typed("shapes", file, "--json")
    told = json.loads(shown.out)
    assert {"parameters", "multiply_adds", "layers"} <= set(told)
    ended = typed("run", file, "--json", "--out", tones.parent / "runs", "--seed", 3, "--name", "x")
    assert ended.status == 0
    told = json.loads(ended.out)
    assert Path(told["folder"]).name.startswith("x-")
    assert told["folder"].endswith("-s3")
    assert told["n"] == 24


def test_a_file_is_not_written_over(typed: Typed, tones: Path) -> None:
    file = tones.parent / "birds.toml"
    file.write_text("mine", encoding="utf-8")
    ended = typed("new", tones, "-o", file)
    assert ended.status == 2
    assert "is there already; name another with -o, or write over it with --force" in ended.err
    assert file.read_text(encoding="utf-8") == "mine"
    assert typed("new", tones, "-o", file, "--force").status == 0


def test_variants_are_run_and_compared(typed: Typed, tones: Path, quick: list[str]) -> None:
    file = tones.parent / "birds.toml"
    typed("new", tones, "-o", file, *quick)
    text = file.read_text(encoding="utf-8")
    text += '\n[[variants]]\nname = "narrow"\nset = { "network.widths" = [2] }\n'
    file.write_text(text, encoding="utf-8")
    ended = typed("run", file, "--out", tones.parent / "runs")
    assert ended.status == 0
    pages = [Path(line) for line in ended.out.splitlines()]
    assert len(pages) == 2
    assert all(page.is_file() for page in pages)
    assert "birds, narrow" in ended.err
    compared = typed("compare", *(page.parent for page in pages))
    assert compared.status == 0
    assert "a clear difference" in compared.out or "too close to tell apart" in compared.out
    told = json.loads(typed("compare", *(page.parent for page in pages), "--json").out)
    assert {one["name"] for one in told["runs"]} == {page.parent.name for page in pages}


@pytest.fixture
def finished(typed: Typed, tones: Path, quick: list[str]) -> Path:
    return Path(typed("run", tones, *quick, "--out", tones.parent / "runs").out.strip()).parent


def test_labelling_recordings_of_any_length(typed: Typed, finished: Path, tones: Path) -> None:
    long = tones.parent / "long.wav"
    soundfile.write(long, 0.1 * np.sin(np.arange(8000 * 7) * 0.2), 8000)
    ended = typed("predict", finished, long, tones / "mid")
    assert ended.status == 0
    rows = list(csv.DictReader(io.StringIO(ended.out)))
    assert len(rows) == 9
    assert {row["label"] for row in rows} <= {"low", "mid", "high"}
    assert float(rows[0]["end_s"]) == pytest.approx(7.0, abs=0.01)
    windows = typed("predict", finished, long, "--windows", "--hop", 0.4, "--to", "jsonl")
    lines = [json.loads(line) for line in windows.out.splitlines()]
    assert len(lines) >= 13
    assert lines[1]["start_s"] == pytest.approx(0.4, abs=0.011)


def test_labelling_into_a_file(typed: Typed, finished: Path, tones: Path, tmp_path: Path) -> None:
    (tones / "mid" / "broken.wav").write_bytes(b"")
    ended = typed("predict", finished, tones / "mid", "--out", tmp_path / "heard.csv")
    assert (ended.status, ended.out) == (1, "")
    assert "broken.wav" in ended.err
    assert len((tmp_path / "heard.csv").read_text(encoding="utf-8").splitlines()) == 9


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--to", "xml"], "--to xml: csv or jsonl would fit"),
        (["--hop", "9"], "a hop of 9 s"),
    ],
)
def test_what_cannot_be_predicted_is_told(
    typed: Typed, finished: Path, tones: Path, options: list[str], said: str
) -> None:
    ended = typed("predict", finished, tones / "mid", *options)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_nothing_that_can_be_labelled_is_a_wrong_request(
    typed: Typed, finished: Path, tmp_path: Path
) -> None:
    (tmp_path / "x.wav").write_bytes(b"")
    ended = typed("predict", finished, tmp_path / "x.wav")
    assert ended.status == 2
    assert "not one recording could be labelled" in ended.err


def test_what_predict_leaves_out_is_told_by_kind(
    typed: Typed, finished: Path, tones: Path, tmp_path: Path
) -> None:
    some = tmp_path / "heard"
    some.mkdir()
    good = next(one for one in sorted((tones / "mid").rglob("*")) if one.is_file())
    (some / good.name).write_bytes(good.read_bytes())
    for number in range(9):
        (some / f"zeros{number}.wav").write_bytes(bytes(5000 + number))
    ended = typed("predict", finished, some)
    told = [one for one in ended.err.splitlines() if one.startswith("left out: ")]
    assert len(told) == 1
    assert told[0].startswith("left out: 9 times: zero bytes alone")
    assert all(f"zeros{number}.wav" in told[0] for number in range(3))
    assert "and 6 more" in told[0]
    assert "9 inputs were left out; every one is named with its reason in `tonotope check" in (
        ended.err
    )
    assert ended.status == 1


def test_the_report_in_another_language(typed: Typed, finished: Path) -> None:
    ended = typed("report", finished, "--lang", "es")
    assert (ended.status, ended.out) == (0, f"{finished / 'report.html'}\n")
    assert 'lang="es"' in (finished / "report.html").read_text(encoding="utf-8")
    wrong = typed("report", finished, "--lang", "xx")
    assert wrong.status == 2


def test_checking_recordings(typed: Typed, broken: Path) -> None:
    ended = typed("check", "tones")
    assert ended.status == 1
    assert "24 recordings" in ended.out
    assert "low/broken.wav" in ended.err
    told = json.loads(typed("check", "tones", "--json").out)
    assert told["recordings"] == 24
    assert told["leaks"] == []
    assert [one["label"] for one in told["classes"]] == ["high", "low", "mid"]


def test_a_leak_is_told(typed: Typed, tones: Path) -> None:
    table = tones.parent / "leaky.csv"
    rows = ["file,label,fold"]
    rows += [f"tones/{label}/{name * 3}.{ending},{label},{number % 2}"
             for label, ending in (("low", "wav"), ("mid", "flac"))
             for number, name in enumerate("abcdef")]  # fmt: skip
    (tones / "low" / "again.wav").write_bytes((tones / "low" / "aaa.wav").read_bytes())
    rows.append("tones/low/again.wav,low,1")
    table.write_text("\n".join(rows), encoding="utf-8")
    told = json.loads(typed("check", table, "--json").out)
    assert "again.wav" in told["leaks"][0]
    checked = typed("check", table)
    assert checked.status == 2
    assert f"refused: {told['leaks'][0]}" in checked.out
    assert (checked.out + checked.err).count(told["leaks"][0]) == 1
    assert checked.err.endswith("tonotope: refused; the end of standard output says why\n")


def test_what_is_installed(typed: Typed) -> None:
    ended = typed("doctor")
    assert ended.status == 0
    assert "torch" in ended.out
    told = json.loads(typed("doctor", "--json").out)
    assert told["missing"] == {}
    assert told["torch"]["threads"] >= 1
    assert told["cache"]["folder"] == os.environ["TONOTOPE_CACHE"]


def test_cut_off_twice_the_same_command_goes_on(
    typed: Typed, tones: Path, quick: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C: the step is finished, the state saved, the next line shown. Then kill -9."""
    line = ["run", "tones", *quick, "--set", "training.epochs=40"]
    folder, runs = tones.parent, tones.parent / "runs"
    with _begun(line, folder) as first:
        _until(lambda: bool(list(runs.glob("*/fold-1/checkpoint.safetensors"))), first)
        first.send_signal(signal.SIGINT)
        out, err = first.communicate(timeout=60)
    assert (first.returncode, out) == (130, "")
    assert "The same command goes on from there:  tonotope run tones --set" in err
    assert "Traceback" not in err
    (run,) = runs.glob("*")
    assert not load(run).finished
    with _begun(line, folder) as second:
        _until(lambda: bool(list(runs.glob("*/fold-2/checkpoint.safetensors"))), second)
        second.kill()  # kill -9
        assert "going on from epoch" in second.communicate(timeout=60)[1]
    assert not load(run).finished
    monkeypatch.chdir(folder)
    assert typed(*line).status == 0
    assert load(run).finished
    for fold in ("1", "2"):
        assert [line["epoch"] for line in load(run).history(fold)] == list(range(1, 41))


def _begun(line: list[str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tonotope", *line],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _until(there: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is there, or the process has ended without it."""
    while not there():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
