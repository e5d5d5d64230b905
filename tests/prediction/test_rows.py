from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from tonotope.datasets.manifest import Skipped
from tonotope.prediction.rows import PredictedRow
from tonotope.prediction.writers import write_file, write_rows

CLASSES = ("cat", "=dog", "owl")


@pytest.fixture
def rows() -> list[PredictedRow | Skipped]:
    scores = np.array([0.1, 0.7, 0.2])
    return [
        PredictedRow("=cmd.wav", 0.0, 1.5, "=dog", 0.7, scores, CLASSES),
        Skipped("b.wav", None, "empty file"),
        PredictedRow(
            'two\n"lines", ñ.wav', 1.5, 3.0, "cat", 1 / 3, np.array([1, 0, 0]) / 3, CLASSES
        ),
    ]


def test_csv_has_a_header_and_harmless_cells(rows: list[PredictedRow | Skipped]) -> None:
    out = io.StringIO()
    left_out = write_rows(rows, out, CLASSES)
    assert [one.file for one in left_out] == ["b.wav"]
    header, *lines = csv.reader(out.getvalue().splitlines())
    assert header == ["file", "start_s", "end_s", "label", "score", "cat", "'=dog", "owl"]
    assert lines[0] == ["'=cmd.wav", "0.0", "1.5", "'=dog", "0.7", "0.1", "0.7", "0.2"]
    assert lines[1][:4] == ['two\\n"lines", ñ.wav', "1.5", "3.0", "cat"]
    assert lines[1][4] == "0.33333334"  # single precision, and no more digits than that


def test_json_lines_hold_the_names_as_they_are(rows: list[PredictedRow | Skipped]) -> None:
    out = io.StringIO()
    write_rows(rows, out, CLASSES, "jsonl")
    first, second = map(json.loads, out.getvalue().splitlines())
    assert first == {
        "file": "=cmd.wav",
        "start_s": 0.0,
        "end_s": 1.5,
        "label": "=dog",
        "score": 0.7,
        "scores": {"cat": 0.1, "=dog": 0.7, "owl": 0.2},
    }
    assert second["file"] == 'two\n"lines", ñ.wav'


def test_names_that_are_no_text_still_make_a_line() -> None:
    row = PredictedRow("bytes\udcff.wav", 0.0, 1.0, "cat", 1.0, np.array([1.0, 0, 0]), CLASSES)
    for to in ("csv", "jsonl"):
        out = io.StringIO()
        write_rows([row], out, CLASSES, to)
        assert "\\udcff" in out.getvalue().encode("utf-8").decode()


def test_each_line_is_there_as_soon_as_its_row_is_known(rows: list[PredictedRow | Skipped]) -> None:
    out, seen = io.StringIO(), []

    def slowly():
        for row in rows:
            seen.append(out.getvalue().count("\n"))
            yield row

    write_rows(slowly(), out, CLASSES)
    assert seen == [1, 2, 2]


def test_a_file_is_there_when_it_is_whole(
    rows: list[PredictedRow | Skipped], tmp_path: Path
) -> None:
    target = tmp_path / "out.csv"

    def broken():
        yield rows[0]
        assert not target.exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_file(broken(), target, CLASSES)
    assert list(tmp_path.iterdir()) == []
    write_file(rows, target, CLASSES)
    assert target.read_text(encoding="utf-8").count("\n") == 3


def test_no_recordings_still_make_a_table() -> None:
    out = io.StringIO()
    assert write_rows([], out, CLASSES) == []
    assert out.getvalue() == "file,start_s,end_s,label,score,cat,'=dog,owl\n"


def test_a_very_short_time_has_no_exponent() -> None:
    out = io.StringIO()
    one = np.array([1.0, 0, 0])
    write_rows([PredictedRow("x.wav", 0.0, 6.3e-05, "cat", 1.0, one, CLASSES)], out, CLASSES)
    assert out.getvalue().splitlines()[1].startswith("x.wav,0.0,0.000063,cat,")
