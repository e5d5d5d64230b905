from __future__ import annotations

from pathlib import Path

import pytest

from tonotope._errors import DataError
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.sources.number_marks import readings
from tonotope.datasets.sources.table import open_table
from tonotope.heads.parse_targets import parse_number


@pytest.fixture
def column(tmp_path: Path, sound):
    """A table of one column of numbers under `hz`, and perhaps more of them, as a manifest."""

    def write(cells: list[str], separator: str = ";", more: list[str] | None = None) -> Manifest:
        rows = [["file", "hz", *(["lat"] if more else [])]]
        for number, cell in enumerate(cells):
            sound(tmp_path / f"{number}.wav", pitch=number, seconds=0.5)
            rows.append(
                [f"{number}.wav", f'"{cell}"', *(more[number : number + 1] if more else [])]
            )
        text = "\n".join(separator.join(row) for row in rows)
        (tmp_path / "t.csv").write_text(text, encoding="utf-8")
        return open_table(tmp_path / "t.csv", Data(), ["hz"])

    return write


def numbers(manifest: Manifest) -> list[float | None]:
    return [parse_number(one.targets["hz"]) for one in manifest.recordings]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1201", ["1201"]),
        ("1,201", ["1201", "1.201"]),
        ("12.345", ["12345", "12.345"]),
        ("-1.201", ["-1201", "-1.201"]),
        ("0,201", ["0.201"]),
        ("1,2010", ["1.2010"]),
        ("1234,567", ["1234.567"]),
        ("1.234.567", ["1234567"]),
        ("1.200,50", ["1200.50"]),
        ("1,200.500", ["1200.500"]),
        ("1 200,500", ["1200.500"]),
        ("1\u202f200", ["1200"]),
        ("1'200.5", ["1200.5"]),
        ("1.201e3", ["1.201e3"]),
        ("\u22121,5", ["-1.5"]),
        ("1,20,000", []),
        ("1.200.50", []),
        ("oboe", []),
        ("", []),
    ],
)
def test_the_ways_to_read_a_number(text: str, plain: list[str]) -> None:
    assert [one.plain for one in readings(text)] == plain


@pytest.mark.parametrize(
    ("cells", "separator", "heard"),
    [
        (["800,5", "1.201", "802,5"], ";", [800.5, 1201, 802.5]),
        (["800.5", "1,201", "802.5"], ",", [800.5, 1201, 802.5]),
        (["1.200,50", "1.201", "3"], ";", [1200.5, 1201, 3]),
        (["1,201,300", "1,201", "3"], "\t", [1201300, 1201, 3]),
        (["0,512", "1,201", "12,345"], ";", [0.512, 1.201, 12.345]),
        (["0.512", "1.201", "12.345"], ";", [0.512, 1.201, 12.345]),
        (["1.25", "1.201", "7"], "\t", [1.25, 1.201, 7]),
        (["1 200", "1 201,500", "7"], ";", [1200, 1201.5, 7]),
        # the separator alone tells
        (["220.125", "440.000", "1.201"], ",", [220.125, 440, 1.201]),
        (["220.125", "440.000", "1.201"], "\t", [220.125, 440, 1.201]),
        (["220,125", "440,000", "1,201"], ";", [220.125, 440, 1.201]),
        (["3", "4", "3.125"], ",", [3, 4, 3.125]),
    ],
)
def test_other_cells_tell_the_decimal_mark(
    column, cells: list[str], separator: str, heard: list[float]
) -> None:
    assert numbers(column(cells, separator)) == heard


@pytest.mark.parametrize(
    ("cells", "separator", "row", "says"),
    [
        (["800", "1,201", "802"], ",", 3, "`1,201` under `hz` may be 1201 or 1.201"),
        (["1,200", "1,201", "1,202"], ",", 2, "`1,200` under `hz` may be 1200 or 1.200"),
        (["1.200", "1.201", "1.202"], ";", 2, "`1.200` under `hz` may be 1200 or 1.200"),
        (["800", "1.201", "802"], "\t", 3, "`1.201` under `hz` may be 1201 or 1.201"),
        (["800", "801", "-12,345"], ";", 4, "`-12,345` under `hz` may be -12345 or -12.345"),
        (["80,5", "80.5", "1,201"], ";", 4, "`1,201` under `hz` may be"),
    ],
)
def test_what_nothing_tells_is_refused(
    column, cells: list[str], separator: str, row: int, says: str
) -> None:
    with pytest.raises(DataError) as refused:
        column(cells, separator)
    assert f"t.csv: row {row}: {says}" in str(refused.value)
    assert "write it as" in str(refused.value)


def test_other_columns_tell_the_decimal_mark(column) -> None:
    assert numbers(column(["1.200", "1.201"], ";", ["48,1372", "48,2"])) == [1200, 1201]
    assert numbers(column(["1.200", "1.201"], ";", ["48.1372", "48.2"])) == [1.2, 1.201]


def test_how_it_was_read_is_said(column) -> None:
    told = "`hz` is read with a decimal comma and with points between thousands: `1.201` is 1201"
    assert told in column(["800,5", "1.201"]).notes
    told = "`hz` is read with a decimal comma: `1,201` is 1.201"
    assert told in column(["1,201", "1,202"]).warnings
    told = "`hz` is read with a decimal point: `1.201` is 1.201"
    assert told in column(["1.201", "1.202"], ",").notes
    assert not [one for one in column(["800.5", "3"], ",").notes if "is read with" in one]


def test_times_of_events_too(tmp_path: Path, sound) -> None:
    sound(tmp_path / "a.wav", seconds=4)
    rows = ["file;label;start;end", 'a.wav;dog;0,5;"1,250"', 'a.wav;cat;"1,500";2,5']
    (tmp_path / "t.csv").write_text("\n".join(rows))
    found = open_table(tmp_path / "t.csv", Data()).recordings
    assert [(one.start_s, one.duration_s) for one in found] == [(0.5, 0.75), (1.5, 1.0)]
    rows = ["file,label,start,end", 'a.wav,dog,0,"1,250"', "a.wav,cat,2,3"]
    (tmp_path / "t.csv").write_text("\n".join(rows))
    with pytest.raises(DataError, match=r"row 2: `1,250` under `end` may be 1250 or 1.250"):
        open_table(tmp_path / "t.csv", Data())


def test_labels_stay_as_they_are(tmp_path: Path, sound) -> None:
    for name in "ab":
        sound(tmp_path / f"{name}.wav", pitch=ord(name), seconds=0.5)
    (tmp_path / "t.csv").write_text('file,label\na.wav,"1,200"\nb.wav,"1,201"\n')
    found = open_table(tmp_path / "t.csv", Data()).recordings
    assert [one.targets["label"] for one in found] == ["1,200", "1,201"]


def test_a_number_alone_that_may_be_two_is_none() -> None:
    assert (parse_number("1,200"), parse_number("-12,345")) == (None, None)
    assert (parse_number("0,200"), parse_number("1200,5"), parse_number("1.200")) == (
        0.2,
        1200.5,
        1.2,
    )
