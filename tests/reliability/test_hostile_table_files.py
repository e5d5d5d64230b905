"""Tables in hostile encodings, and with hostile times: robustness, table 5.2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.reliability.hostile_folder import GOOD, HIGH, LOW, check_table, good_sounds, rows


def events(*last: str, usual: str = "0,0.1", mark: str = ",") -> str:
    """An event in each sound, and further ones."""
    times = [usual] * len(GOOD) + [*last]
    lines = [
        mark.join(((LOW + HIGH)[number % 8], *time.split(","), "low" if number % 8 < 4 else "high"))
        for number, time in enumerate(times)
    ]
    return "\n".join([mark.join(("file", "start", "end", "label")), *lines]) + "\n"


BASE = rows()
TIMES = ("data.start=start", "data.end=end")
Case = tuple[str | bytes, int, str]
READ = "its columns: file, label"
FORMS: dict[str, tuple[str | bytes, str]] = {
    "mark": (
        BASE.encode("utf-8-sig"),
        f"UTF-8 with a byte order mark, separated by commas; {READ}",
    ),
    "CRLF": (BASE.replace("\n", "\r\n"), f"UTF-8, separated by commas; {READ}"),
    "CR": (BASE.replace("\n", "\r"), f"UTF-8, separated by commas; {READ}"),
    "semicolon": (BASE.replace(",", ";"), f"UTF-8, separated by semicolons; {READ}"),
    "tab": (BASE.replace(",", "\t"), f"UTF-8, separated by tabs; {READ}"),
    "bar": (BASE.replace(",", "|"), f"UTF-8, separated by bars; {READ}"),
    "Excel's first line": ("sep=;\n" + BASE.replace(",", ";"), "separated by semicolons"),
    "newline": (rows('"low\nand slow"'), f"UTF-8, separated by commas; {READ}"),
    "UTF-16": (BASE.encode("utf-16"), f"UTF-16, separated by commas; {READ}"),
    "UTF-16, no mark": (BASE.encode("utf-16-be"), "UTF-16 without a byte order mark, separated by"),
    "UTF-32": (BASE.encode("utf-32"), f"UTF-32, separated by commas; {READ}"),
    "Latin-1": (rows("h\xf6ch").encode("latin-1"), "Windows Latin-1 (it is no UTF-8), so a cell"),
    "Shift-JIS": (
        rows("ギター").encode("shift-jis"),
        "another encoding whose letters are then wrong",
    ),
}
BROKEN: dict[str, Case] = {
    "nothing": (b"", 2, "t.csv: empty; the first row should name the columns: file,label"),
    "zeros": (bytes(500), 2, "t.csv: empty; the first row should name the columns: file,label"),
    "NUL": (
        BASE.replace("low\n", "l\0w\n", 1),
        1,
        "t.csv (row 2): holds a NUL byte; the table is damaged there",
    ),
    "an open quotation": (BASE + '"low/ddd.wav,low\n', 2, "t.csv: line 10: a quotation mark"),
    "a cell of 10 MB": (
        BASE + f'x.wav,"{"y" * 10**7}"\n',
        2,
        "line 10: a cell of more than 131,072",
    ),
    "half of UTF-16": (BASE.encode("utf-16")[:-3] + b"\0\xd8", 2, "begins as UTF-16, but byte"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), 2, "t.csv: a PNG image, not a table"),
    "a spreadsheet": (b"PK\x03\x04" + bytes(99), 2, "not a table; a table is text: save it as CSV"),
    "JSON": (json.dumps([{"file": LOW[0], "label": "x"}]), 2, "t.csv: JSON, not a table; save it"),
    "a page": ("<html><table>", 2, "t.csv: a web page or XML, not a table; download the table"),
    "LFS": ("version https://git-lfs.github.com/spec/v1\noid", 2, "t.csv: a Git LFS pointer, not"),
    "annex": ("/annex/objects/MD5E-s9--a.csv\n", 2, "t.csv: a git-annex pointer, not the table"),
    "one column": ("file\na.wav\n", 2, "t.csv: one column alone (“file”); a table has a column of"),
    "a column twice": (
        "file,label,label\na,b,c\n",
        2,
        "several columns are called label; give each",
    ),
}
MILLI = "times look like milliseconds: row 2 ends at 200, but low/aaa.wav lasts 0.25 s; they are"
EVENTS: dict[str, Case] = {
    "start > end": (
        events("0.2,0.1"),
        1,
        "low/aaa.wav (row 10): ends at 0.1 s, not after its star",
    ),
    "no length": (events("0.2,0.2"), 1, "low/aaa.wav (row 10): ends at 0.2 s, not after its start"),
    "negative": (
        events("-1,0.1"),
        1,
        "low/aaa.wav (row 10): starts at -1 s, before the sound does",
    ),
    "beyond": (
        events("0.1,0.9"),
        1,
        "low/aaa.wav (row 10): ends at 0.9 s, but the sound lasts 0.2",
    ),
    "begins beyond": (
        events("3,4"),
        1,
        "low/aaa.wav (row 10): starts at 3 s, but the sound lasts ",
    ),
    "words": (events("soon,0.1"), 1, "low/aaa.wav (row 10): `soon` is no number of seconds"),
    "NaN": (events("0.01,nan"), 1, "low/aaa.wav (row 10): `nan` is no number of seconds"),
    "a clock": (events("0:00.05,0:00.1"), 1, "is a time with colons; write it in seconds: 0.05"),
    "overlap": (
        events("0.05,0.2"),
        0,
        "1 event overlaps an earlier one in the same file (rows 2 and 10, …); each is heard with w",
    ),
    "milliseconds": (events(usual="0,200"), 2, MILLI),
    "samples": (
        events(usual="0,2000"),
        2,
        "times look like numbers of samples: row 2 ends at 2000",
    ),
    "decimal comma": (
        events(mark=";").replace("0.1", "0,1"),
        0,
        "8 events in 8 files: times in seconds (decimal comma) from `start` and `end`",
    ),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return good_sounds(tmp_path_factory.mktemp("tables"))


@pytest.mark.parametrize("case", FORMS)
def test_however_it_is_written_it_is_read_and_said(home: Path, case: str) -> None:
    text, said = FORMS[case]
    ended = check_table(home, text)
    assert f"t.csv is {said}" in ended.out or said in ended.out
    assert "8 recordings in 8 groups, 2 classes" in ended.out
    assert ended.status == 0
    assert "left out" not in ended.err


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_no_table_is_named_by_kind_or_line(home: Path, case: str) -> None:
    text, status, said = BROKEN[case]
    ended = check_table(home, text)
    assert said in ended.err
    assert ended.status == status
    assert ended.err.count("tonotope: ") == (status == 2)


@pytest.mark.parametrize("case", EVENTS)
def test_times_that_cannot_be_are_told_by_row(home: Path, case: str) -> None:
    text, status, said = EVENTS[case]
    ended = check_table(home, text, *TIMES)
    assert said in ended.out + ended.err
    assert ended.status == status


def test_a_long_table_is_read_to_its_last_row(home: Path) -> None:
    """50,000 rows, each of which names a file that is not there."""
    ended = check_table(home, BASE + "low/no.wav,low\n" * 50_000)
    assert ended.status == 1
    assert "50,000 times: no such file beside the table" in ended.err
