"""The files of a run folder: what each is called, the tables of predictions, what was left out."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from tonotope import _files
from tonotope._errors import DataError
from tonotope.answers import Answer, AnswerTable, table_of
from tonotope.datasets.manifest import Skipped

EXPERIMENT = "experiment.toml"
MANIFEST = "manifest.csv"
SPLIT = "split.csv"
HISTORY = "history.jsonl"
PREDICTIONS = "predictions.csv"
UNCALIBRATED = "uncalibrated.csv"
EVALUATION = "evaluation.json"
SKIPPED = "skipped.jsonl"
ENVIRONMENT = "environment.json"
SOUNDS = "sounds"
INDEX = "sounds.json"
JUDGED = "judged"
FINAL = "final"
MODEL_FILES = ("model.json", "model.safetensors")


def refuse_run_folder(source: object) -> None:
    """Refuse the folder of a run where recordings are wanted; it is told by what `run` writes.

    Raises:
        DataError: `source` is the folder of a run; says what can be done with one.
    """
    if not isinstance(source, str | Path):
        return
    folder = _files.expanded(source)
    if all((folder / name).is_file() for name in (EXPERIMENT, ENVIRONMENT)):
        shown = shlex.quote(str(source).rstrip("/"))
        raise DataError(
            f"{source}: this is the folder of a run, not of recordings: "
            f"`tonotope run {shown}/{EXPERIMENT}` runs it again, `tonotope report {shown}` writes "
            f"its page, `tonotope predict {shown} SOUNDS` labels sounds with it"
        )


def prediction_files(folder: Path, answers: Sequence[Answer]) -> dict[str, Path]:
    """For each answer of a head the file of its predictions."""
    alone = len(answers) == 1
    return {
        one.name: folder / (PREDICTIONS if alone else f"predictions-{fold_name(one.name)}.csv")
        for one in answers
    }


def uncalibrated_files(folder: Path, answers: Sequence[Answer]) -> dict[str, Path]:
    """For each answer of a head the file of its predictions without a temperature."""
    alone = len(answers) == 1
    return {
        one.name: folder / (UNCALIBRATED if alone else f"uncalibrated-{fold_name(one.name)}.csv")
        for one in answers
    }


def read_tables(folder: Path, answers: Sequence[Answer]) -> dict[str, AnswerTable]:
    """The predictions that lie in a folder, for each answer of a head.

    Raises:
        DataError: a table is missing or damaged.
        ExperimentError: an answer is of a kind written in Python, and its head is not given.
    """
    files = prediction_files(folder, answers)
    return {one.name: table_of(one).read_csv(files[one.name]) for one in answers}


def write_skipped(path: Path, skipped: Iterable[Skipped]) -> None:
    """Write one line per input left out: file, row, reason."""
    rows = [{"file": one.file, "row": one.row, "reason": one.reason} for one in skipped]
    _files.write_text(path, "".join(f"{json.dumps(row)}\n" for row in rows))


def fold_name(fold: str) -> str:
    """The name of a fold as the name of a folder, whatever a table calls it.

    >>> fold_name("3"), fold_name("Night/2")
    ('3', 'Night_2-3c1b5be5')
    """
    plain = re.sub(r"[^\w-]", "_", fold)[:40]
    return plain if plain == fold else f"{plain}-{hashlib.sha256(fold.encode()).hexdigest()[:8]}"
