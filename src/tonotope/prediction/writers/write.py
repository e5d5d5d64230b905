"""Rows of predictions written to a file or stream, in the format of the file's ending."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TextIO

from tonotope import _files
from tonotope._errors import ExperimentError, did_you_mean
from tonotope.answers import Answer
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.rows import PredictedRow
from tonotope.prediction.score_layout import Layout
from tonotope.prediction.writers import WRITERS
from tonotope.prediction.writers.writer import Writer


def write_rows(
    rows: Iterable[PredictedRow | Skipped],
    out: TextIO,
    layout: Sequence[str] | Layout,
    to: str | Writer = "csv",
) -> list[Skipped]:
    """Write each row as soon as it is known.

    Args:
        rows: what `stream.predict` yields.
        out: a text file, or standard output.
        layout: of the scores; or the classes of one classifier, in the order of the columns.
        to: `csv` with a header, cells made harmless for spreadsheets; `jsonl` with one object a
            line; or a `Writer` of your own.

    Returns:
        The files that were left out, each with its reason.

    Raises:
        ExperimentError: no writer has this name.
    """
    writer = _writer(to)
    writer.begin(out, layout if isinstance(layout, Layout) else _of_classes(layout))
    skipped = []
    for row in rows:
        if isinstance(row, Skipped):
            skipped.append(row)
        else:
            writer.write(row)
    writer.end()
    return skipped


def write_file(
    rows: Iterable[PredictedRow | Skipped],
    path: Path,
    layout: Sequence[str] | Layout,
    to: str | Writer = "csv",
) -> list[Skipped]:
    """The same into a file, which is there when it is whole; or straight to a device or a pipe."""
    with _files.writing_text(path) as file:
        return write_rows(rows, file, layout, to)


def _writer(to: str | Writer) -> Writer:
    if not isinstance(to, str):
        if isinstance(to, Writer) and not isinstance(to, type):
            return to
        raise ExperimentError(
            f"{to!r:.60} is no writer: give the name of a format ({' or '.join(WRITERS)}), or an"
            " object with the methods begin(out, layout), write(row) and end()"
        )
    if to not in WRITERS:
        known = " or ".join(WRITERS)
        message = f"no writer is called `{to}`; {known} would fit{did_you_mean(to, list(WRITERS))}"
        raise ExperimentError(message)
    module, _, name = WRITERS[to].partition(":")
    return getattr(import_module(module), name)()


def _of_classes(classes: Sequence[str]) -> Layout:
    return Layout((Answer("label", "class", tuple(classes)),))
