"""`tonotope merge`: the parts of a folder that `predict --out DIR/` wrote, as one table."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from tonotope._wording import counted
from tonotope.cli import terminal
from tonotope.cli.app import SOME_LEFT_OUT, app, examples

if TYPE_CHECKING:
    from tonotope.prediction.merged import MergedPredictions

_FORMATS = ("csv", "jsonl")


@app.command(
    epilog=examples(
        "tonotope merge heard/ > heard.csv",
        "tonotope merge heard/ --to jsonl --out heard.jsonl",
    )
)
def merge(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="What `predict --out DIR/` has written.", show_default=False
        ),
    ],
    to: Annotated[str, typer.Option("--to", metavar="csv|jsonl", help="The form of rows.")] = "csv",
    output: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write here, not to stdout.")
    ] = None,
) -> None:
    """The parts of a folder of predictions as one table.

    Row by row, in constant memory, in the order of the recordings' names. The last column, status,
    is ok, or says why a recording was left out. What is not there yet is told.
    """
    import tonotope
    from tonotope import _files
    from tonotope._errors import ExperimentError

    if to not in _FORMATS:
        raise ExperimentError(f"--to {to}: {' or '.join(_FORMATS)} would fit")
    found = tonotope.read_predictions(folder)
    if output is None:
        _write(found, sys.stdout, to)
    else:
        with _files.writing_text(output) as file:
            _write(found, file, to)
        terminal.say(f"written: {output}")
    for sentence in found.unfinished:
        terminal.say(f"{terminal.bad('look:', sys.stderr)} {terminal.one_line(sentence)}")
    if found.skipped:
        some = counted(len(found.skipped), "recording")
        terminal.say(f"{some} left out; the last column says why")
    if found.skipped or found.unfinished:
        raise typer.Exit(SOME_LEFT_OUT)


def _write(found: MergedPredictions, out: TextIO, to: str) -> None:
    if to == "jsonl":
        for row in found:
            out.write(json.dumps(row) + "\n")
        return
    from tonotope.answers.stored_table import written

    table = csv.writer(out, lineterminator="\n")
    table.writerow(map(written, found.columns))
    for row in found:
        cells = [row.get(name) for name in found.columns]
        plain = [json.dumps(one) if isinstance(one, dict | list) else one for one in cells]
        table.writerow(written(one) if isinstance(one, str) else one for one in plain)
