"""`split.csv`: the part of every recording in every fold, written and read."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from tonotope import _files
from tonotope._errors import DataError
from tonotope._escape import as_cell, from_cell
from tonotope.datasets.split import PARTS, Split

_COLUMNS = ("id", "part", "fold")


def write_splits(path: Path, splits: Sequence[Split]) -> None:
    """Write id and part of every recording, and the fold where there are folds."""
    folds = any(split.fold is not None for split in splits)
    with _files.writing(path) as aside, aside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "part", *(["fold"] if folds else [])])
        for split in splits:
            for part in PARTS:
                for name in getattr(split, part):
                    row = [name, part, *([split.fold or ""] if folds else [])]
                    writer.writerow(map(as_cell, row))


def read_splits(path: Path) -> tuple[Split, ...]:
    """Read what `write_splits` wrote.

    Raises:
        DataError: the file is not such a table.
    """
    by_fold: dict[str | None, dict[str, list[str]]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file, strict=True)
            if not {"id", "part"} <= {*(table.fieldnames or ())}:
                raise ValueError("its columns should be id, part and, with folds, fold")
            for row in table:
                cells = {key: from_cell(row[key]) for key in _COLUMNS if row.get(key)}
                parts = by_fold.setdefault(cells.get("fold"), {part: [] for part in PARTS})
                parts[cells["part"]].append(cells["id"])
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise DataError(f"{path}: not a table of id and part ({error})") from error
    try:
        return tuple(
            Split(*(tuple(sorted(own[part])) for part in PARTS), rule="as in split.csv", fold=fold)
            for fold, own in by_fold.items()
        )
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
