"""Predictions as lines of text: one per recording or window, for a table or for a program."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

import numpy as np

from tonotope import _files
from tonotope.sound.manifest import Skipped
from tonotope.sound.names import escaped, guarded

Format = Literal["csv", "jsonl"]
COLUMNS = ("file", "start_s", "end_s", "label", "score")


@dataclass(frozen=True, eq=False)
class Heard:
    """What was heard in a recording, or in one window of it.

    Attributes:
        file: the recording, as it was named.
        start_s: where it begins; 0 for a whole recording.
        end_s: where it ends.
        label: the class with the highest score.
        score: that score.
        scores: (class,) the score of every class.
        classes: the name of each.
    """

    file: str
    start_s: float
    end_s: float
    label: str
    score: float
    scores: np.ndarray
    classes: tuple[str, ...]


def write_rows(
    rows: Iterable[Heard | Skipped], out: TextIO, classes: Sequence[str], to: Format = "csv"
) -> list[Skipped]:
    """Write each row as soon as it is known.

    Args:
        rows: what `stream.predict` yields.
        out: a text file, or standard output.
        classes: whose scores are written, in this order; the columns bear their names.
        to: `csv` with a header, cells made harmless for spreadsheets; `jsonl` with one object a
            line.

    Returns:
        The files that were left out, each with its reason.
    """
    table = csv.writer(out, lineterminator="\n")
    if to == "csv":
        table.writerow([*COLUMNS, *map(_cell, classes)])
    skipped = []
    for row in rows:
        if isinstance(row, Skipped):
            skipped.append(row)
        elif to == "csv":
            table.writerow(_cells(row, classes))
        else:
            out.write(json.dumps(_object(row, classes)) + "\n")
    return skipped


def write_file(
    rows: Iterable[Heard | Skipped], path: Path, classes: Sequence[str], to: Format = "csv"
) -> list[Skipped]:
    """The same into a file, which is there when it is whole."""
    with (
        _files.writing(Path(path)) as aside,
        aside.open("w", encoding="utf-8", newline="") as file,
    ):
        return write_rows(rows, file, classes, to)


def _by_class(row: Heard, classes: Sequence[str]) -> dict[str, float]:
    """The scores in single precision, which is all that they hold; 0 for a class not known."""
    known = dict(zip(row.classes, row.scores, strict=True))
    return {name: _short(known.get(name, 0.0)) for name in classes}


def _short(score: float) -> float:
    return float(str(np.float32(score)))


def _cell(text: str) -> str:
    return guarded(escaped(text))


def _cells(row: Heard, classes: Sequence[str]) -> list[object]:
    fixed = (_cell(row.file), row.start_s, row.end_s, _cell(row.label), _short(row.score))
    return [*fixed, *_by_class(row, classes).values()]


def _object(row: Heard, classes: Sequence[str]) -> dict[str, object]:
    fixed = (row.file, row.start_s, row.end_s, row.label, _short(row.score))
    return {**dict(zip(COLUMNS, fixed, strict=True)), "scores": _by_class(row, classes)}
