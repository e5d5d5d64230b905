"""A writer from outside the package: one JSON array in place of lines."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pytest

from tonotope._errors import ExperimentError
from tonotope.prediction import writers
from tonotope.prediction.denoise_files import DenoisedFile, write_cleaned
from tonotope.prediction.rows import PredictedRow
from tonotope.prediction.writers import write_file, write_rows

CLASSES = ("cat", "dog")


class JsonWriter:
    """One array of all rows."""

    def begin(self, out: TextIO, layout: Any) -> None:
        self.out, self.layout, self.rows = out, layout, []

    def write(self, row: PredictedRow) -> None:
        self.rows.append(row.to_json(self.layout))

    def end(self) -> None:
        json.dump(self.rows, self.out, indent=1)


def rows() -> list[PredictedRow]:
    return [
        PredictedRow(f"{name}.wav", 0.0, 1.0, "dog", 0.75, np.array([0.25, 0.75]), CLASSES)
        for name in "ab"
    ]


def test_it_is_given_in_place_of_a_format(tmp_path: Path) -> None:
    write_file(rows(), tmp_path / "all.json", CLASSES, JsonWriter())
    first, second = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert first == {
        "file": "a.wav",
        "start_s": 0.0,
        "end_s": 1.0,
        "label": "dog",
        "score": 0.75,
        "scores": {"cat": 0.25, "dog": 0.75},
    }
    assert second["file"] == "b.wav"


def test_one_that_is_shipped_is_a_file_and_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    line = {"json": f"{__name__}:JsonWriter"}
    monkeypatch.setattr("tonotope.prediction.writers.write.WRITERS", {**writers.WRITERS, **line})
    out = io.StringIO()
    write_rows(rows(), out, CLASSES, "json")
    assert [one["label"] for one in json.loads(out.getvalue())] == ["dog", "dog"]


def test_a_denoiser_writes_with_it_too(tmp_path: Path) -> None:
    out = io.StringIO()
    cleaned = DenoisedFile("a.wav", 1.5, tmp_path / "a.denoised.wav", -12.5, 0)
    write_cleaned([cleaned], out, JsonWriter())
    (row,) = json.loads(out.getvalue())
    assert list(row) == ["file", "start_s", "end_s", "denoised", "removed_db"]
    assert (row["end_s"], row["removed_db"]) == (1.5, -12.5)


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("jsonlines", "no writer is called `jsonlines`; csv .*or jsonl.* would fit"),
        (JsonWriter, r"is no writer: give the name of a format \(csv.* or .*\), or an object"),
        (json, r"begin\(out, layout\), write\(row\) and end\(\)"),
    ],
)
def test_what_is_no_writer_is_refused(to: Any, said: str) -> None:
    with pytest.raises(ExperimentError, match=said):
        write_rows(rows(), io.StringIO(), CLASSES, to)
