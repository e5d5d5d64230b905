"""Predictions as lines of text: one per recording or window, for a table or for a program."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TextIO

import numpy as np

from tonotope import _files
from tonotope._escape import escaped, guarded
from tonotope.datasets.manifest import Skipped
from tonotope.heads import Answer
from tonotope.prediction.score_layout import Layout

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
        scores: (column,) the score of every class; of other heads what `layout` says.
        classes: the name of each column.
        said: what the scores come to, for each answer of the layout; of one classifier the label.
    """

    file: str
    start_s: float
    end_s: float
    label: str
    score: float
    scores: np.ndarray
    classes: tuple[str, ...]
    said: Mapping[str, Any] = field(default_factory=dict)


def write_rows(
    rows: Iterable[Heard | Skipped],
    out: TextIO,
    classes: Sequence[str] | Layout,
    to: Format = "csv",
) -> list[Skipped]:
    """Write each row as soon as it is known.

    Args:
        rows: what `stream.predict` yields.
        out: a text file, or standard output.
        classes: whose scores are written, in this order; the columns bear their names. Or the
            layout of the scores, where they stand for something else than classes.
        to: `csv` with a header, cells made harmless for spreadsheets; `jsonl` with one object a
            line.

    Returns:
        The files that were left out, each with its reason.
    """
    layout = classes if isinstance(classes, Layout) else _of_classes(classes)
    table = csv.writer(out, lineterminator="\n")
    if to == "csv":
        table.writerow([*COLUMNS[:3], *map(_cell, _heads(layout))])
    skipped = []
    for row in rows:
        if isinstance(row, Skipped):
            skipped.append(row)
        elif to == "csv":
            table.writerow(_cells(row, layout))
        else:
            out.write(json.dumps(_object(row, layout)) + "\n")
    return skipped


def write_file(
    rows: Iterable[Heard | Skipped],
    path: Path,
    classes: Sequence[str] | Layout,
    to: Format = "csv",
) -> list[Skipped]:
    """The same into a file, which is there when it is whole."""
    with (
        _files.writing(Path(path)) as aside,
        aside.open("w", encoding="utf-8", newline="") as file,
    ):
        return write_rows(rows, file, classes, to)


def _short(score: float) -> float:
    return float(str(np.float32(score)))


def _cell(text: str) -> str:
    return guarded(escaped(text))


def _of_classes(classes: Sequence[str]) -> Layout:
    return Layout((Answer("label", "class", tuple(classes)),))


def _heads(layout: Layout) -> list[str]:
    """The names of the columns after file, start and end; of several answers, whose they are."""
    heads: list[str] = []
    for one in layout.answers:
        alone = len(layout.answers) == 1
        columns = one.columns if alone else [f"{one.name}: {name}" for name in one.columns]
        if one.kind == "class":
            heads += ["label", "score"] if alone else [one.name, f"{one.name} score"]
        elif one.kind == "tags":
            heads.append("tags" if alone else one.name)
        heads += columns
    return heads


def _parts(row: Heard, layout: Layout) -> Iterator[tuple[Answer, dict[str, float], Any]]:
    """For each answer its scores by name, in single precision, and what they come to."""
    held: dict[str, dict[str, float]] = {}
    if len(layout.answers) == 1:
        held[layout.answers[0].name] = dict(zip(row.classes, row.scores, strict=True))
    else:
        held = {
            name: dict(zip(layout.columns[place], row.scores[place], strict=True))
            for name, place in layout.places.items()
        }
    for one in layout.answers:
        # 0 for a class that this model does not know.
        scores = {name: _short(held[one.name].get(name, 0.0)) for name in one.columns}
        yield one, scores, row.said.get(one.name, row.label)


def _cells(row: Heard, layout: Layout) -> list[object]:
    cells: list[object] = [_cell(row.file), row.start_s, row.end_s]
    for one, scores, said in _parts(row, layout):
        if one.kind == "class":
            cells += [_cell(said), scores.get(said, _short(row.score))]
        elif one.kind == "tags":
            cells.append(_cell(";".join(said)))
        cells += scores.values()
    return cells


def _object(row: Heard, layout: Layout) -> dict[str, object]:
    told: dict[str, object] = dict(
        zip(COLUMNS[:3], (row.file, row.start_s, row.end_s), strict=True)
    )
    for one, scores, said in _parts(row, layout):
        own: dict[str, object] = dict(scores)
        if one.kind == "class":
            own = {"label": said, "score": scores.get(said, _short(row.score)), "scores": scores}
        elif one.kind == "tags":
            own = {"tags": said, "scores": scores}
        told |= own if len(layout.answers) == 1 else {one.name: own}
    return told
