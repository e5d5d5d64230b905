"""Predictions of more than one thing per recording: quantities with units, or any of several tags.

One row per recording and, for every quantity or tag, a column each for the truth and for what was
said. On disk it is `predictions.csv`, as of a classifier; the truth of what nobody measured is an
empty cell.
"""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from tonotope import _files
from tonotope._errors import DataError
from tonotope._escape import escaped, guarded, unescaped, unguarded

_FIXED = ("id", "group", "fold")


@dataclass(frozen=True, eq=False)
class Grid(ABC):
    """What was said of each recording in several columns, and what is true.

    Attributes:
        ids: one per recording, all different.
        truth: (recording, column) in double precision, NaN where unknown.
        said: (recording, column) the decisions, in single precision.
        groups: the speaker, artist, patient or source of each recording.
        folds: the fold in which each recording was tested; empty where there are no folds.
        columns: what each column is about.

    Raises:
        ValueError: the parts do not fit one another, or something said is not finite.
    """

    ids: tuple[str, ...]
    truth: np.ndarray
    said: np.ndarray
    groups: tuple[str, ...]
    folds: tuple[str, ...]
    columns: tuple[str, ...]

    # The tables of the file, each as the name of its columns and of the attribute that holds it.
    layers: ClassVar[Mapping[str, str]] = {"truth": "truth", "prediction": "said"}

    def __post_init__(self) -> None:
        count, wide = len(self.ids), len(self.columns)
        if len(set(self.ids)) < count or len(set(self.columns)) < wide:
            message = "ids and columns must each be all different"
            raise ValueError(message)
        for name in self.layers.values():
            kind = np.float64 if name == "truth" else np.float32
            table = np.array(getattr(self, name), dtype=kind).reshape(-1, max(wide, 1))
            if table.shape != (count, max(wide, 1)):
                message = f"{count} ids and {wide} columns, but `{name}` is {table.shape}"
                raise ValueError(message)
            if np.isinf(table).any() or (name != "truth" and np.isnan(table).any()):
                message = f"`{name}` must be finite"
                raise ValueError(message)
            table.setflags(write=False)
            object.__setattr__(self, name, table)
        if {len(self.groups), len(self.folds)} != {count}:
            message = f"{count} ids, but {len(self.groups)} groups and {len(self.folds)} folds"
            raise ValueError(message)
        for name in ("ids", "groups", "columns"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "folds", tuple(fold or "" for fold in self.folds))

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def known(self) -> np.ndarray:
        """(recording, column) whether the truth is known."""
        return np.isfinite(self.truth)

    @property
    @abstractmethod
    def wrongness(self) -> np.ndarray:
        """(recording,) how far off each answer is, in one number; 0 where it is right."""

    @property
    def truths(self) -> tuple[str, ...]:
        """The truth of each recording in words, to be compared."""
        return tuple(" ".join(_cell(value) or "?" for value in row) for row in self.truth)

    def take(self, rows: Sequence[int] | np.ndarray) -> Self:
        """Some of the recordings, in the order of `rows`."""
        rows = np.asarray(rows, dtype=np.int64)
        named: dict[str, Any] = {name: tuple(getattr(self, name)[row] for row in rows)
                 for name in ("ids", "groups", "folds")}  # fmt: skip
        tables: dict[str, Any] = {name: getattr(self, name)[rows] for name in self.layers.values()}
        return type(self)(**(self._constants | tables | named))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Several tables as one: the folds of a cross-validation."""
        if not parts:
            message = "there are no predictions to join"
            raise ValueError(message)
        parts = cls.alike(parts)
        tables: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts])
                  for name in cls.layers.values()}  # fmt: skip
        named: dict[str, Any] = {name: tuple(one for part in parts for one in getattr(part, name))
                 for name in ("ids", "groups", "folds")}  # fmt: skip
        return cls(**(parts[0]._constants | tables | named))

    @classmethod
    def alike(cls, parts: Sequence[Self]) -> list[Self]:
        """The same tables, each with the same columns.

        Raises:
            DataError: they are about different things.
        """
        for part in parts:
            if part._constants != parts[0]._constants:
                message = (
                    "these predictions are not about the same things: "
                    f"{', '.join(parts[0]._headed)} and {', '.join(part._headed)}"
                )
                raise DataError(message)
        return list(parts)

    @property
    def _constants(self) -> dict[str, Any]:
        """What is the same for every recording."""
        return {"columns": self.columns}

    @property
    def _headed(self) -> tuple[str, ...]:
        """The columns as the header of the file names them."""
        return self.columns

    @classmethod
    def _of_header(cls, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """What `_headed` says, read again."""
        return {"columns": tuple(names)}

    def write_csv(self, path: Path) -> None:
        """Write id, group, fold, and for each column its truth and what was said.

        Names that would break a line are escaped, and cells that a spreadsheet would run are
        guarded; `read_csv` undoes both.
        """
        tables = [getattr(self, name) for name in self.layers.values()]
        heads = [f"{layer}:{name}" for name in self._headed for layer in self.layers]
        with (
            _files.writing(Path(path)) as aside,
            aside.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*_FIXED, *(guarded(escaped(head)) for head in heads)])
            for row, named in enumerate(zip(self.ids, self.groups, self.folds, strict=True)):
                cells = [_cell(table[row, at])
                         for at in range(len(self.columns)) for table in tables]  # fmt: skip
                writer.writerow([*(guarded(escaped(one)) for one in named), *cells])

    @classmethod
    def read_csv(cls, path: Path) -> Self:
        """Read what `write_csv` wrote.

        Raises:
            DataError: the file is not such a table; the row is named.
        """
        row, layers = 1, len(cls.layers)
        try:
            with Path(path).open(encoding="utf-8", newline="") as file:
                reader = csv.reader(file, strict=True)
                names = cls._columns_of(next(reader, []))
                named: list[tuple[str, ...]] = []
                values: list[list[float]] = []
                for cells in reader:
                    row += 1
                    if len(cells) != len(_FIXED) + layers * len(names):
                        message = f"{len(cells)} cells where others belong"
                        raise ValueError(message)
                    named.append(tuple(unescaped(unguarded(one)) for one in cells[: len(_FIXED)]))
                    values.append([float(one or "nan") for one in cells[len(_FIXED) :]])
            table = np.array(values).reshape(len(named), len(names), layers)
            ids, groups, folds = zip(*named, strict=True) if named else ((), (), ())
            tables: dict[str, Any] = {
                name: table[:, :, at] for at, name in enumerate(cls.layers.values())
            }
            told: dict[str, Any] = {
                "ids": ids,
                "groups": groups,
                "folds": folds,
                **cls._of_header(names),
            }
            return cls(**told, **tables)
        except (OSError, ValueError, csv.Error) as error:
            message = f"{path}: row {row} of the predictions cannot be read ({error})"
            raise DataError(message) from error

    @classmethod
    def _columns_of(cls, header: list[str]) -> list[str]:
        cells = [unescaped(unguarded(cell)) for cell in header]
        own, layers = cells[len(_FIXED) :], list(cls.layers)
        names = [one.partition(":")[2] for one in own[:: len(layers)]]
        if tuple(cells[: len(_FIXED)]) != _FIXED or own != [
            f"{layer}:{name}" for name in names for layer in layers
        ]:
            wanted = ", ".join(f"{layer}:NAME" for layer in layers)
            message = f"its columns must be {', '.join(_FIXED)}, then for each NAME {wanted}"
            raise ValueError(message)
        return names


def _cell(value: np.floating) -> str:
    """A number with as many digits as bring it back; nothing for one that is unknown."""
    if np.isnan(value):
        return ""
    text = str(value)
    return text.removesuffix(".0")
