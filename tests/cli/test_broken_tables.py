"""Tables as people keep them: every slip is told by its row, and nothing is merged in silence.

Each table stands beside the folder `tones` and is given to `tonotope check`; the one that holds
all slips that can be lived with is trained on.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import OPTIONS, Ended, ran
from tests.experiment.conftest import write_tones

from tonotope.experiment.run_folder import Run, load

LOW = [f"tones/low/{name * 3}.wav" for name in "abcdefgh"]
HIGH = [f"tones/high/{name * 3}.ogg" for name in "abcdefgh"]
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("tables")
    write_tones(home / "tones")
    return home


@pytest.fixture
def check(home: Path) -> Callable[..., Ended]:
    """Write a table and check it."""

    def write(text: str | bytes, *options: str) -> Ended:
        data = text if isinstance(text, bytes) else text.encode()
        (home / "t.csv").write_bytes(data)
        return ran("check", home / "t.csv", *options)

    return write


def rows(low: str = "low", high: str = "high", header: str = "file,label") -> str:
    named = [f"{name},{low}" for name in LOW] + [f"{name},{high}" for name in HIGH]
    return "\n".join([header, *named]) + "\n"


SLIPS = {
    "tones/low/gone.wav,low": "tones/low/gone.wav (row {}): no such file beside the table",
    "http://x/y.wav,low": "http://x/y.wav (row {}): an address, not a file; download it",
    ",low": "slips.csv (row {}): names no file",
    f"{LOW[0]},": f"{LOW[0]} (row {{}}): has no label",
    f"{LOW[1]},NaN": f"{LOW[1]} (row {{}}): has no label (`NaN`)",
    f"{LOW[4]},low": f"{LOW[4]} (row {{}}): says the same as row 6",
    f"{HIGH[0]},high,loud": "slips.csv (row {}): has 3 cells, but the header has 2 (a comma inside",
    HIGH[1]: "slips.csv (row {}): has 1 cell, but the header has 2",
    f"{HIGH[2]},hi\0gh": "slips.csv (row {}): holds a NUL byte; the table is damaged there",
    "tones/mid/bad.wav,low": "tones/mid/bad.wav (row {}): empty file (0 bytes)",
}


@pytest.fixture(scope="module")
def trained(home: Path) -> Ended:
    """A run on a table that holds all slips that can be lived with."""
    (home / "tones/mid/bad.wav").write_bytes(b"")
    text = rows().replace(f"{LOW[0]},low", f"{LOW[0]},007").replace(f"{LOW[1]},low", f"{LOW[1]},7")
    text = text.replace(f"{LOW[2]},low", f"{LOW[2]},Low ").replace(f"{LOW[3]},low", f"{LOW[3]},NA")
    text = text.replace(f"{HIGH[0]},high", f'{HIGH[0]},"{FORMULA}"')
    text = text.replace(f"{HIGH[1]},high", f'{HIGH[1]},"<b>two\nlines</b>"')
    (home / "slips.csv").write_text(text + "\n".join(SLIPS), encoding="utf-8")
    return ran("run", home / "slips.csv", *OPTIONS, "--out", home / "runs")


@pytest.fixture(scope="module")
def run(trained: Ended) -> Run:
    return load(Path(trained.out.strip()))


@pytest.mark.parametrize("row", SLIPS, ids=ascii)
def test_a_row_that_cannot_be_used_is_left_out_by_its_number(
    trained: Ended, run: Run, row: str
) -> None:
    number = 18 + [*SLIPS].index(row)
    said = SLIPS[row].format(number)
    lines = [line.removeprefix("left out: ") for line in trained.err.splitlines()]
    assert sum(line.startswith(said) for line in lines) == 1
    (entry,) = [one for one in run.skipped if one["row"] == number]
    assert f"{entry['file']} (row {number}): {entry['reason']}".startswith(said)


def test_the_other_rows_are_trained_on(trained: Ended, run: Run) -> None:
    assert trained.status == 1
    assert len(run.skipped) == len(SLIPS)
    assert "Traceback" not in trained.err
    assert len(run.manifest.recordings) == 16
    assert {one.targets["label"] for one in run.manifest.recordings} == {
        *("low", "high", "007", "7", "Low ", "NA", FORMULA, "<b>two\nlines</b>"),
    }


@pytest.mark.parametrize(
    "said",
    [
        "2 files named in the table could not be found: tones/low/gone.wav, http://x/y.wav",
        "`Low ` (1) and `low` (4) differ in case, spaces or marks alone: did you mean one class?",
        "`007` (1) and `7` (1) are the same number written differently: did you mean one class?",
        "1 recording is labelled `NA`, read as a class like any other; if it means that the label",
        "8 sound files beside them are not named in the table: tones/mid/aaa.flac, ",
    ],
)
def test_doubtful_labels_are_said_and_kept_with_the_run(
    trained: Ended, run: Run, said: str
) -> None:
    assert trained.err.count(said) == 1
    assert any(said in one for one in run.environment["warnings"])


def test_a_spreadsheet_runs_nothing_and_every_label_comes_back(run: Run) -> None:
    for name in ("manifest.csv", "predictions.csv"):
        with (run.folder / name).open(encoding="utf-8", newline="") as file:
            for cells in csv.reader(file):
                assert not any(cell and cell[0] in "=+@\t\r" for cell in cells)
                assert not any("\n" in cell for cell in cells)
    assert FORMULA in run.predictions.classes
    assert "<b>two\nlines</b>" in run.predictions.classes
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert "<b>two" not in page
    assert "&lt;b&gt;two\\nlines&lt;/b&gt;" in page


def test_a_class_without_a_recording_to_judge_has_no_figure(run: Run) -> None:
    """Five classes of one recording each only teach: undefined, neither 0 nor 1."""
    told = json.loads((run.folder / "report.json").read_text(encoding="utf-8"))
    lone = [one for one in told["classes"] if not one["n"]]
    assert len(lone) == 6
    assert all(one["recall"] is None for one in lone)
    assert any("never tested, because a class would" in note for note in run.environment["notes"])
    assert told["score"]["n"] == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (rows().encode("utf-8-sig"), "t.csv is UTF-8 with a byte order mark, separated by commas"),
        (rows().encode("utf-16"), "t.csv is UTF-16, separated by commas"),
        (rows(high="h\xf6ch").encode("latin-1"), "t.csv is Windows Latin-1 (it is no UTF-8)"),
        (rows().replace("\n", "\r\n"), "t.csv is UTF-8, separated by commas"),
        (rows().replace("\n", "\r"), "t.csv is UTF-8, separated by commas"),
        (rows().replace(",", ";"), "t.csv is UTF-8, separated by semicolons"),
        (rows().replace(",", "\t"), "t.csv is UTF-8, separated by tabs"),
        (rows(high='"high\nand loud"'), "t.csv is UTF-8, separated by commas"),
    ],
    ids=("mark", "UTF-16", "Latin-1", "CRLF", "CR", "semicolons", "tabs", "newline"),
)
def test_however_it_is_written_it_is_read_and_said(
    check: Callable[..., Ended], text: str | bytes, said: str
) -> None:
    ended = check(text)
    assert (ended.status, ended.err) == (0, "")
    assert "16 recordings in 16 groups, 2 classes" in ended.out
    assert said in ended.out


def events(*times: str) -> str:
    return "file,start,end,label\n" + "".join(
        f"{LOW[0]},{one},{'low' if number % 2 else 'high'}\n" for number, one in enumerate(times)
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "t.csv: empty; the first row should name the columns: file,label"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "t.csv: a PNG image, not a table"),
        ("file\na.wav\n", "t.csv: one column alone (“file”)"),
        ("file,label,label\na,b,c\n", "several columns are called label; give each its own name"),
        (f"{LOW[0]},low\n{HIGH[0]},high\n", "looks like a recording, not like names; put a row"),
        ('file,label\na.wav,"dog\nb.wav,cat\n', "line 2: a quotation mark is opened in this"),
        (b'file,label\na.wav,"' + b"x" * 10_000_000 + b'"\n', "line 2: a cell of more than 131,0"),
        (
            rows() + f"{LOW[0]},high\n",
            f"rows 2 and 18 call {LOW[0]} `low` and `high`; a recording has one label",
        ),
        ("file,label\nx.wav,low\ny.wav,high\n", "no row can be used: x.wav (row 2): no such file"),
        (events("0,200", "200,450"), "times look like milliseconds: row 2 ends at 200, but"),
    ],
)
def test_what_cannot_be_lived_with_is_one_lesson(
    check: Callable[..., Ended], text: str | bytes, said: str
) -> None:
    ended = check(text)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert ended.err.count("\n") == 1


def test_times_that_cannot_be_are_told_by_their_row(check: Callable[..., Ended]) -> None:
    times = ("0,0.2", "0.3,0.1", "-1,0.2", "0.1,0.9", "soon,0.2", "0.15,0.4")
    ended = check(events(*times), "--set", "data.start=start", "--set", "data.end=end")
    assert ended.status == 2  # both events are of one file, so nothing can be held out
    assert "all recordings belong to one group" in " ".join(ended.out.split())
    for number, reason in {
        3: "ends at 0.1 s, not after its start at 0.3 s",
        4: "starts at -1 s, before the sound does",
        5: "ends at 0.9 s, but the sound lasts 0.50 s",
        6: "`soon` is no number of seconds",
    }.items():
        assert f"{LOW[0]} (row {number}): {reason}" in ended.err
    assert "look: 1 event overlaps an earlier one in the same file (rows 2 and 7, …)" in ended.out


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (
            rows(high="low"),
            [],
            "there is only `low` under `label` among 16 recordings; two classes",
        ),
        (
            rows(),
            ["--set", "data.label=labl"],
            "but no column is called so; the columns are: file, label; did you mean `label`",
        ),
    ],
)
def test_nothing_is_trained_where_nothing_can_be_learnt(
    home: Path, text: str, options: list[str], said: str
) -> None:
    (home / "one.csv").write_text(text, encoding="utf-8")
    ended = ran("run", home / "one.csv", *OPTIONS, *options, "--out", home / "none")
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
    assert not (home / "none").exists()


def test_many_rows_that_lead_nowhere_are_told_apart_in_time(check: Callable[..., Ended]) -> None:
    text = rows() + "".join(f"gone/{number}.wav,low\n" for number in range(20_000))
    ended = check(text, "--json")
    assert ended.status == 1
    assert len(json.loads(ended.out)["skipped"]) == 20_000
