"""What `check` and `run` say of many recordings fits on one screen, and nothing of it is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tonotope.cli.one_screen import (
    Entry,
    fitted,
    in_one_line,
    kind_in_one_line,
    path_in,
    with_short_names,
)
from tonotope.cli.progress import Plain
from tonotope.cli.wrapping import width_of

Typed = Callable[..., Any]
LONG = "Erithacus rubecula"
EACH = 13  # recordings of each class


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def recordings(folder: Path, classes: int, spoilt: Callable[[int, Path, np.ndarray], None]) -> Path:
    """Tones of classes with long names; `spoilt` is given number, path and wave of each."""
    for number in range(classes * EACH):
        name = f"{LONG} {number % classes:02d}"
        path = folder / name / f"XC{100_000 + 37 * number}-{LONG.replace(' ', '_')}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        wave = 0.5 * np.sin(np.arange(800) * (0.1 + 0.0031 * number))
        soundfile.write(path, wave, 8000)
        spoilt(number, path, wave)
    return folder


SPOILT: dict[int, Callable[[Path, np.ndarray], object]] = {
    0: lambda path, wave: path.write_bytes(b""),
    1: lambda path, wave: path.write_bytes(bytes(4000)),
    2: lambda path, wave: path.write_bytes(b"<!DOCTYPE html><html>404</html>" * 9),
    3: lambda path, wave: path.write_bytes(b"version https://git-lfs.github.com/spec/v1\n"),
    4: lambda path, wave: path.write_bytes(path.read_bytes()[:700]),
    5: lambda path, wave: soundfile.write(path, np.append(wave, np.nan), 8000, "FLOAT"),
    6: lambda path, wave: soundfile.write(path, 0 * wave[: 100 + int(path.stem[2:8]) % 601], 8000),
    7: lambda path, wave: soundfile.write(path, np.clip(40 * wave, -1, 1), 8000),
    8: lambda path, wave: soundfile.write(path, 0.3 * wave + 0.5, 8000),
    9: lambda path, wave: soundfile.write(path, 1e-4 * wave, 8000, "FLOAT"),
    10: lambda path, wave: soundfile.write(path, np.stack([wave, -wave], 1), 8000),
    11: lambda path, wave: soundfile.write(path, np.round(20_000 * wave), 8000, "FLOAT"),
    12: lambda path, wave: soundfile.write(path, wave, 4000),
    13: lambda path, wave: path.with_name(f"{path.stem} copy.wav").write_bytes(path.read_bytes()),
}


def mixed(number: int, path: Path, wave: np.ndarray) -> None:
    """Fourteen kinds of faults, three or more of each."""
    SPOILT.get(number % 40, lambda path, wave: None)(path, wave)


def on_screen(ended: Any) -> list[str]:
    lines = (ended.err + ended.out).splitlines()
    assert len(lines) <= 24, "\n".join(lines)
    assert max(map(width_of, lines)) <= 80
    return lines


def test_any_mixture_of_faults_fits_on_one_screen(typed: Typed, tmp_path: Path) -> None:
    ended = typed("check", recordings(tmp_path / "mixed", 12, mixed))
    lines = on_screen(ended)
    counts = {
        found[2]: int(found[1])
        for line in lines
        if (found := re.match(r"left out: (\d+) × ([^…:;(]+)", line))
    }
    assert counts["empty file "] == counts["a web page "] == 4
    assert [sum(one.startswith(start) for one in counts) for start in ("zero", "a Git")] == [1, 1]
    (whole,) = re.findall(r"(\d+) inputs were left out; every one is named", ended.err)
    assert int(whole) == sum(counts.values())
    doubts = [line for line in lines if line.startswith("look: ")]
    assert any(re.match(r"look: 4 × header says .*: .*\.wav$", line) for line in doubts)
    assert re.match(r"12 classes; .*all of it in full: --json$", lines[-1])


def test_what_there_is_no_room_for_is_counted(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recordings(tmp_path / "mixed", 12, mixed)
    found = json.loads(typed("check", folder, "--json").out)
    monkeypatch.setattr("tonotope.cli.check_screen.LINES", 15)
    lines = on_screen(typed("check", folder))
    assert len(lines) == 15
    (more,) = re.findall(r"^12 classes; (\d+) more doubts; (\d+) more notes; all of", lines[-1])
    doubts = sum(line.startswith("look: ") for line in lines)
    assert doubts + int(more[0]) == len([*found["warnings"], *found["advice"]])
    # The table of classes, each its own group and the copies are said once.
    known = ("144 files in 12 classes: ", "each file is its own", "the bytes of another one")
    notes = 1 + sum(not any(one in note for one in known) for note in found["notes"])
    assert int(more[1]) == notes - sum("folds of whole groups" in line for line in lines)
    assert len(found["skipped"]) == 20


def test_what_decides_comes_first_and_names_keep_their_ends(typed: Typed, tmp_path: Path) -> None:
    lines = on_screen(typed("check", recordings(tmp_path / "mixed", 12, mixed)))
    first = [at for at, line in enumerate(lines) if line.startswith("No group ")]
    assert first[0] == 1 + max(at for at, line in enumerate(lines) if "left out" in line)
    examples = re.findall(r"\S+-Erithacus_rubecula(?: copy)?\.wav$", "\n".join(lines), re.M)
    assert len(examples) >= 6  # others are cut where what to do needs the room


def test_a_refusal_of_many_recordings_comes_first(typed: Typed, tmp_path: Path) -> None:
    def contradicts(number: int, path: Path, wave: np.ndarray) -> None:
        mixed(number, path, wave)
        if number in (20, 60):
            other = path.parent.parent / f"{LONG} 00" / f"again {number}.wav"
            other.write_bytes(path.read_bytes())

    ended = typed("check", recordings(tmp_path / "mixed", 12, contradicts))
    lines = on_screen(ended)
    assert ended.status == 2
    (at,) = [at for at, line in enumerate(lines) if line.startswith("refused: ")]
    said = " ".join(" ".join(lines[at : at + 3]).split())
    assert re.search(r"XC\d+-Er\S*rubecula\.wav", said)
    assert "are the same bytes with different labels" in said
    assert "; correct one label, or leave" in said
    assert not any(line.startswith("look: ") for line in lines[:at])


def test_of_each_kind_of_doubt_the_reason_is_read(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty contradictions are one refusal, in which names leave room for the reason."""

    def contradicts(number: int, path: Path, wave: np.ndarray) -> None:
        if number % 3 == 0:
            folder = path.parent.parent / f"{LONG} {(number + 1) % 12:02d}"
            folder.mkdir(exist_ok=True)
            other = folder / f"again {path.name}"
            other.write_bytes(path.read_bytes())

    folder = recordings(tmp_path / "twice", 12, contradicts)
    lines = on_screen(typed("check", folder))
    said = " ".join(" ".join(lines).split())
    refusal = r"refused: \S.*\.wav, .*\.wav are the same bytes with different labels"
    assert re.search(refusal, said)
    assert "correct one label of each, or leave the recordings out" in said
    # The refusal says it of all of them.
    assert not [line for line in lines if line.startswith("look: ") and "same bytes" in line]
    monkeypatch.setattr("tonotope.cli.check_screen.LINES", 12)
    said = " ".join(" ".join(on_screen(typed("check", folder))).split())
    assert re.search(refusal, said)


def test_where_there_is_room_sentences_stay_whole(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonotope.cli.check_screen.LINES", 28)

    def quiet(number: int, path: Path, wave: np.ndarray) -> None:
        if number % 20 == 0:
            soundfile.write(path, np.zeros(700 + number), 8000)

    lines = typed("check", recordings(tmp_path / "quiet", 8, quiet)).out.splitlines()
    assert len(lines) <= 28
    said = " ".join(" ".join(lines).split())
    assert re.search(r"look: 6 recordings without any sound: .* and 3 more; leave them out", said)
    shown = sum(line.startswith(f"  {LONG}") for line in lines)
    assert shown >= 4
    hidden = f"{8 - shown} classes between these in size are not in the table"
    assert (hidden in said) == (shown < 8)


def test_few_recordings_are_told_in_full_whatever_is_wrong(typed: Typed, tmp_path: Path) -> None:
    def every(number: int, path: Path, wave: np.ndarray) -> None:
        mixed(number % 14, path, wave)

    ended = typed("check", recordings(tmp_path / "few", 3, every))
    assert "×" not in ended.out + ended.err
    assert "all of it in full" not in ended.out
    assert len((ended.out + ended.err).splitlines()) > 24


def test_a_run_of_many_holds_its_messages_for_one_screen(
    typed: Typed, quick: list[str], tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    ended = typed("run", recordings(tmp_path / "mixed", 3 * 4, mixed), *quick, "--out", runs)
    assert ended.status == 1
    said = ended.err.splitlines()
    (at,) = [at for at, line in enumerate(said) if "all of it in full: `tonotope check`" in line]
    assert at < 18
    assert any(re.match(r"4 × empty file .*: .*\.wav$", line) for line in said[:at])
    assert any(re.match(r"4 × header says .*: .*\.wav$", line) for line in said[:at])
    (kept,) = runs.glob("*/skipped.jsonl")
    number = len(kept.read_text().splitlines())
    assert f"{number} inputs were left out; every one is named with its reason in" in " ".join(said)


def test_what_was_held_is_told_where_a_run_is_refused(typed: Typed, tmp_path: Path) -> None:
    folder = recordings(tmp_path / "one", 1, mixed)
    ended = typed("run", folder, "--out", tmp_path / "runs")
    assert ended.status == 2
    assert "empty file" in ended.err


def test_messages_wait_for_training_and_what_is_left_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = Plain()
    progress.holding = True
    progress.begin("look at the files", 5000)
    for number in range(60):
        for letter in "abcdefghijklmnopqrstuvwxyz":
            progress.say(f"folder {letter}/{number}.wav: reason {letter}; and a remedy " + 9 * "x")
    assert capsys.readouterr().err == ""
    progress.begin("fold 1 (1 of 5): train", 10)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "60 × reason a; and a remedy xxxxxxxxx: folder a/0.wav"
    assert len(said) == 18
    assert said[-1] == "540 more messages; all of it in full: `tonotope check` with --json"
    progress.end()
    assert capsys.readouterr().err == ""


def test_the_most_pressing_are_shown_where_there_is_too_little_room() -> None:
    entries = [Entry(3, "", "c"), Entry(1, "", "a"), Entry(2, "", "b")]
    assert fitted(entries, 2, 80) == (["", "a", "b"], 0)
    assert fitted(entries, 5, 80) == (["c", "a", "b"], 2)


@pytest.mark.parametrize(
    ("name", "room", "expected"),
    [
        ("a/b.wav", 20, "a/b.wav"),
        ("Corvus corax/nest/XC1.mp3", 12, "Cor…/XC1.mp3"),
        ("Corvus corax/XC123456-Corvus_corax.mp3", 26, "…/XC123456-Corvus_corax.mp3"),
        ("0123456789abcdefghij.wav", 12, "0123…hij.wav"),
    ],
)
def test_the_name_of_a_file_outlives_its_folders(name: str, room: int, expected: str) -> None:
    assert path_in(name, room + (expected[:2] == "…/")) == expected


@pytest.mark.parametrize(
    ("said", "room", "expected"),
    [
        ("7 recordings below -60 dB: x/a.wav, x/b.wav, x/c.wav and 4 more; see", 40,
         "7 recordings below -60 dB; see: x/a.wav"),
        ("75 recordings to look at: header says 1.1 s, file holds 0.7 s; what is there is used "
         "(was it cut short?), or alike: x/a.wav, x/b.wav, x/c.wav and 72 more", 60,
         "75 × header says 1.1 s, file holds 0.7 s…: x/a.wav"),
        ("9 recordings: it hums, or alike (x/a.wav, x/b.wav, x/c.wav and 6 more)", 50,
         "9 × it hums, or alike: x/a.wav"),
        ("name it in a column (data.group), or the score will be too high", 40,
         "name it in a column (data.group)…"),
        ("26 recordings are there twice (x/a copy.wav and x/a.wav are the same bytes)", 60,
         "26 recordings are there twice: x/a copy.wav"),
    ],
)  # fmt: skip
def test_a_sentence_keeps_its_count_and_one_example(said: str, room: int, expected: str) -> None:
    assert in_one_line(said, room) == expected
    assert in_one_line(said, 500).endswith(said.partition(": ")[2] or said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('`observer_name` looks like a group (sp0, sp1 and 12 more) and is not used: group = '
         '"observer_name" in [data] takes it',
         '`observer_name` looks like a group and is not used: group = "observer_name"'),
        ("70 cells hold several labels (`owl/rail`), and each combination is a class of its own; "
         'if a sound may have several, take head.kind = "tag" with head.column = "species"',
         '70 cells hold several labels (`owl/rail`)…; head.kind = "tag"'),
        ("`Curlew` (36) and `curlew` (36) differ in case, spaces or marks alone: did you mean one "
         "class? They stay different until the table is changed",
         "`Curlew` (36) and `curlew` (36) differ in case…: did you mean one class?"),
        ("3 recordings to look at: the mean of its channels is 53 dB below each of them: they "
         "cancel; data.channels = 0 takes one: bird14 of a long name 0031.wav, b.wav, c.wav",
         "3 × the mean of its channels is 53 dB…; data.channels = 0: bird14…e 0031.wav"),
        ("every recording is its own group: if several come from one speaker, place or session, "
         "name it in a column (data.group), or the score will be too high",
         "every recording is its own group: name it in a column (data.group)"),
        ("lapwing: one group alone, so it can be in training or in the test, not in both; record "
         "it elsewhere too", "lapwing: one group alone, so it can be in training or in the test…"),
    ],
)  # fmt: skip
def test_what_is_wrong_and_what_to_do_stay_on_one_line(said: str, expected: str) -> None:
    assert width_of(expected) <= 76
    assert in_one_line(said, 76) == expected


def test_rows_that_repeat_different_rows_repeat_an_earlier_one() -> None:
    many = [f"song.wav (row {row}): says the same as row {row - 1}" for row in range(3, 2703)]
    assert kind_in_one_line(many, 80) == (
        "2,700 × says the same as an earlier row: song.wav (row 3 as row 2)"
    )
    same = [f"song.wav (row {row}): says the same as row 2" for row in (3, 4)]
    assert kind_in_one_line(same, 80) == "2 × says the same as row 2: song.wav (row 3)"


def test_kinds_and_refusals_in_one_line() -> None:
    many = [f"{LONG}/XC{number}-song.wav: empty file; copy it again" for number in range(9)]
    assert kind_in_one_line(many, 40) == "9 × empty file; copy it…: …/XC0-song.wav"
    assert kind_in_one_line(many[:1], 40) == "Eritha…/XC0-song.wav: empty file…"
    two = f"{2 * LONG}/one song.wav, {2 * LONG}/two songs.wav are the same bytes, but differ"
    short = with_short_names(two, 90)
    assert short == "…/one song.wav, two songs.wav are the same bytes, but differ"


def test_where_nothing_waited_nothing_is_said_of_more(capsys: pytest.CaptureFixture[str]) -> None:
    """A run of many without a message, whose progress alone has filled the screen."""
    progress = Plain()
    progress.holding = True
    progress.begin("listen to the recordings", 1000)
    progress.lines = 50
    progress.release()
    assert capsys.readouterr().err == ""


def test_what_is_left_out_by_wish_is_said_by_run_and_report(
    typed: Typed, quick: list[str], tones: Path, tmp_path: Path
) -> None:
    files = sorted(path.relative_to(tones).as_posix() for path in tones.glob("*/*.*"))
    parts = ["sin usar" if at % 4 == 3 else ("train", "test")[at % 2] for at in range(len(files))]
    unused = parts.count("sin usar")
    rows = [
        f"{name},{name.partition('/')[0]},{part}" for name, part in zip(files, parts, strict=True)
    ]
    table = tones / "all.csv"
    table.write_text("\n".join(["file,label,split", *rows]))
    ended = typed("run", table, *quick, "--out", tmp_path / "runs")
    table.unlink()
    said = f"{unused} rows are left out, since `split` says sin usar"
    assert said in " ".join(ended.err.split())
    (page,) = (tmp_path / "runs").glob("*/report.html")
    text = page.read_text()
    assert "Nothing was left out" not in text
    left_out = text[text.index("<h2>Left out</h2>") :]
    assert f"{unused} rows are left out" in left_out[:400]
    assert "All other input was read." in left_out[:600]
