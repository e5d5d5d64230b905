"""Lines end where the terminal ends, and thousands of messages of one kind are a few lines."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.experiment.conftest import write_tones

from tonotope.cli.grouped_messages import gathered, in_short, kind_of
from tonotope.cli.messages import tell_skipped
from tonotope.cli.progress import Plain
from tonotope.cli.wrapping import columns, width_of, wrapped
from tonotope.datasets.manifest import Skipped

LONG = "look: 24 recordings are shorter than the 8.9 s that the network hears at once: 日本.wav"


@pytest.mark.parametrize("width", [20, 37, 80])
def test_no_word_is_lost_and_no_line_is_longer(width: int) -> None:
    lines = wrapped(LONG, width).split("\n")
    assert all(width_of(line) <= width for line in lines)
    assert all(line.startswith("  ") and line[2] != " " for line in lines[1:])
    assert " ".join(line.strip() for line in lines) == LONG


def test_what_fits_and_what_cannot_be_broken_stays() -> None:
    assert wrapped("a  b   c", 20) == "a  b   c"
    assert wrapped("x" * 50, 20) == "x" * 50
    assert wrapped(f"see {'x' * 50} there", 20) == f"see\n  {'x' * 50}\n  there"
    assert wrapped("    indented by four and long", 20) == "    indented by four\n      and long"
    assert wrapped(LONG, None) == LONG
    assert width_of("\x1b[31mred\x1b[0m") == 3


@pytest.mark.parametrize("width", [24, 30, 40, 60])
def test_a_number_stays_with_its_unit_and_a_command_and_a_formula_are_whole(width: int) -> None:
    for whole in (
        "1320 Hz;",
        "92.9 ms",
        "pip install mirdata",
        "--set data.clip_s=2",
        "f((3 - 1)/1) = 2",
    ):
        for words in range(12):
            lines = wrapped(f"look:{' on' * words} {whole} and more of it", width).split("\n")
            assert all(width_of(line) <= width for line in lines)
            assert any(whole in line for line in lines), lines


def test_only_a_screen_has_a_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert columns(io.StringIO()) is None
    monkeypatch.setenv("COLUMNS", "72")
    assert columns(io.StringIO()) == 72
    monkeypatch.setenv("COLUMNS", "wide")
    assert columns(io.StringIO()) is None


def test_check_fits_80_columns(
    typed: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_tones(tmp_path / "tones")
    monkeypatch.setenv("COLUMNS", "80")
    ended = typed("check", "tones")
    assert max(map(width_of, (ended.out + ended.err).splitlines())) <= 80
    assert len(re.findall(r"folds of whole groups", ended.out)) == 1
    whole = " ".join(ended.out.split())
    assert re.search(
        r"\d folds of whole groups, stratified by `label`, seed 0: test parts of", whole
    )
    monkeypatch.delenv("COLUMNS")
    assert " ".join(typed("check", "tones").out.split()) == whole


@pytest.mark.parametrize("network", ["vgg", "lenet5", "piczak-long", "resnet"])
def test_shapes_leaves_columns_out_and_breaks_no_row(
    typed: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, network: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    whole = typed("shapes", network, "--short").out
    monkeypatch.setenv("COLUMNS", "60")
    ended = typed("shapes", network, "--short")
    assert max(map(len, (ended.out + ended.err).splitlines())) <= 60
    numbers = [line.split()[0] for line in whole.splitlines() if re.match(r" *\d+  ", line)]
    assert numbers == [
        line.split()[0] for line in ended.out.splitlines() if re.match(r" *\d+  ", line)
    ]
    assert "(a wider terminal shows also: " in ended.out
    assert "a wider terminal" not in whole


def test_messages_of_one_kind_are_one_sentence_and_a_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Plain()
    for number in range(9750):
        progress.say(f"{number}.mp3: header says {number}.5 s, file holds 4 s")
    progress.say("one sentence on all of them")
    progress.end()
    progress.end()
    assert capsys.readouterr().err.splitlines() == [
        "0.mp3: header says 0.5 s, file holds 4 s",
        "one sentence on all of them",
        "9,749 more like 0.mp3: 1.mp3, 2.mp3 and 9,747 more",
    ]
    assert len(progress.said) == 9751
    assert kind_of("x.wav: empty file") == kind_of("y.wav: empty file") != ""


def test_three_messages_of_one_kind_are_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Plain()
    said = [f"{number}.mp3: header says {number}.5 s, file holds 4 s" for number in range(3)]
    for line in said:
        progress.say(line)
    progress.end()
    assert capsys.readouterr().err.splitlines() == said


def test_what_messages_quote_makes_no_kind_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Plain()
    for number in range(6):
        progress.say(f"t.csv, row {number}: `{'abcdef'[number]}` is no time")
    progress.end()
    assert capsys.readouterr().err.splitlines() == [
        "t.csv, row 0: `a` is no time",
        "5 more like t.csv, row 0: t.csv, row 1, t.csv, row 2 and 3 more",
    ]


def test_of_many_kinds_eight_are_told_and_the_rest_are_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    reasons = [f"reason {letter}" for letter in "abcdefghijkl"]
    progress = Plain()
    for at in range(4):
        for reason in reasons:
            progress.say(f"{reason[-1]}{at}.wav: {reason}")
    progress.end()
    told = capsys.readouterr().err.splitlines()
    assert told[:8] == [f"{reason[-1]}0.wav: {reason}" for reason in reasons[:8]]
    assert told[8] == "3 more like a0.wav: a1.wav, a2.wav and 1 more"
    assert told[16:] == ["16 more for 4 other reasons: i0.wav, i1.wav, i2.wav and 13 more"]


def test_inputs_left_out_for_many_reasons_fit_on_one_screen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    skipped = [
        Skipped(f"{letter}{at}.wav", None, f"reason {letter}")
        for letter in "abcdefghijkl"
        for at in range(5)
    ]
    tell_skipped(skipped)
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 10
    assert told[0] == "left out: 5 times: reason a (a0.wav, a1.wav, a2.wav and 2 more)"
    assert told[8:] == [
        "left out: 20 more for 4 other reasons: i0.wav, i1.wav, i2.wav and 17 more",
        "60 inputs were left out; every one is named with its reason in --json",
    ]


def test_of_many_classes_the_largest_and_the_smallest_are_in_the_table(
    typed: Callable[..., Any], tmp_path: Path
) -> None:
    for number in range(13):
        for at in range(2 + (number in (3, 5)) - (number == 7)):
            path = tmp_path / "many" / f"class{number:02d}" / f"{at}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            wave = np.sin(np.arange(2000) * (0.1 + 0.011 * number + 0.2 * at))
            soundfile.write(path, 0.5 * wave, 8000)
    told = typed("check", str(tmp_path / "many")).out
    rows = [line.split()[0] for line in told.splitlines() if line.startswith("  class")]
    assert len(rows) == 10
    assert {"class03", "class05", "class07"} < set(rows)
    assert rows == sorted(rows)
    assert "3 classes between these in size are not in the table; every class: --json" in told


def test_many_in_short() -> None:
    many = [f"{name}.wav: holds {at} s" for at, name in enumerate("abcd")] + ["e.wav: empty file"]
    assert [len(one) for one in gathered(many)] == [4, 1]
    assert in_short(many[:4]) == (
        "4 times, for example: holds 0 s (a.wav, b.wav, c.wav and 1 more)"
    )
    assert in_short(many[4:]) == "e.wav: empty file"


def test_many_inputs_left_out_fit_on_one_screen(
    typed: Callable[..., Any], quick: list[str], tmp_path: Path
) -> None:
    tones = write_tones(tmp_path / "tones")
    broken = [tones / "low" / f"broken{number}.wav" for number in range(200)]
    for path in broken:
        path.write_bytes(b"no sound at all")
    for ended in (
        typed("check", tones),
        typed("run", tones, *quick, "--out", tmp_path / "runs"),
    ):
        assert ended.status == 1
        assert len(ended.err.splitlines()) < 40
        assert sum("broken" in line for line in ended.err.splitlines()) <= 4
        assert "200 inputs were left out; every one is named with its reason in " in ended.err
    (kept,) = (tmp_path / "runs").glob("*/skipped.jsonl")
    assert sum("broken" in line for line in kept.read_text().splitlines()) == 200
    run = kept.parent
    shutil.rmtree(tones / "high")
    ended = typed("predict", run, tones / "low")
    where = "200 inputs were left out; every one is named with its reason in `tonotope check AUDIO"
    assert where in ended.err
    assert sum("broken" in line for line in ended.err.splitlines()) <= 4
    listed = typed("check", tones, "--json").out
    assert all(path.name in listed for path in broken)
