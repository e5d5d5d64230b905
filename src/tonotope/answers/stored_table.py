"""Tables of predictions in memory and as CSV (`predictions.csv`), written and read."""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from tonotope import _files
from tonotope._dataframe import data_frame
from tonotope._errors import DataError
from tonotope._escape import escaped, guarded, unescaped, unguarded

if TYPE_CHECKING:
    from pandas import DataFrame


class StoredTable(ABC):
    """A table with one row per recording, whose fields are those of its dataclass.

    Attributes:
        constants: the fields that are not one value per recording.
    """

    constants: ClassVar[tuple[str, ...]] = ("columns",)

    # Every subclass has these fields, in its own order.
    ids: Any
    groups: Any
    folds: Any

    def __len__(self) -> int:
        return len(self.ids)

    # --- what a kind must offer -------------------------------------------------------------

    @abstractmethod
    def header(self) -> list[str]:
        """The columns of `predictions.csv`."""

    @abstractmethod
    def cells(self, row: int) -> tuple[Sequence[str], Sequence[str]]:
        """One row of `predictions.csv`: its texts, then its numbers as text."""

    @classmethod
    @abstractmethod
    def of_header(cls, header: list[str]) -> dict[str, Any]:
        """The constants that a header tells.

        Raises:
            ValueError: it is the header of another table.
        """

    @classmethod
    @abstractmethod
    def of_cells(cls, cells: list[str], constants: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values of one row, in the order that `of_rows` takes them."""

    @classmethod
    @abstractmethod
    def of_rows(cls, rows: list[tuple[Any, ...]], constants: Mapping[str, Any]) -> Self:
        """The table of some rows."""

    # --- written once for all kinds -----------------------------------------------------------

    def take(self, rows: Sequence[int] | np.ndarray) -> Self:
        """Some of the recordings, in the order of `rows`, (row,) numbers from 0."""
        rows = np.asarray(rows, dtype=np.int64)
        return type(self)(**{
            name: value if name in self.constants
            else value[rows] if isinstance(value, np.ndarray)
            else tuple(value[row] for row in rows)
            for name, value in self._fields().items()
        })  # fmt: skip

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Several tables as one: the folds of a cross-validation."""
        if not parts:
            raise ValueError("there are no predictions to join")
        every = [part._fields() for part in cls.alike(parts)]
        return cls(**{
            name: value if name in cls.constants
            else np.concatenate([one[name] for one in every]) if isinstance(value, np.ndarray)
            else tuple(item for one in every for item in one[name])
            for name, value in every[0].items()
        })  # fmt: skip

    @classmethod
    def alike(cls, parts: Sequence[Self]) -> list[Self]:
        """The same tables, each with the same columns.

        Raises:
            DataError: they are about different things.
        """
        for part in parts:
            if any(getattr(part, name) != getattr(parts[0], name) for name in cls.constants):
                raise DataError(
                    "these predictions are not about the same things: "
                    f"{', '.join(parts[0].headed)} and {', '.join(part.headed)}"
                )
        return list(parts)

    @property
    def headed(self) -> tuple[str, ...]:
        """The columns as the header of the file names them."""
        return getattr(self, self.constants[0], ()) if self.constants else ()

    def write_csv(self, path: Path) -> None:
        """Write `predictions.csv`.

        Names that would break a line are escaped, and cells that a spreadsheet would run are
        guarded; `read_csv` undoes both.
        """
        with (
            _files.writing(Path(path)) as aside,
            aside.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(map(written, self.header()))
            for row in range(len(self)):
                texts, numbers = self.cells(row)
                writer.writerow([*map(written, texts), *numbers])

    def to_dataframe(self) -> DataFrame:
        """The content of `predictions.csv` as a pandas data frame; unknown numbers are NaN."""
        rows = [self.cells(row) for row in range(len(self))]
        return data_frame(
            ([*texts, *(float(one or "nan") for one in numbers)] for texts, numbers in rows),
            self.header(),
        )

    @classmethod
    def read_csv(cls, path: Path) -> Self:
        """Read what `write_csv` wrote.

        Raises:
            DataError: the file is not such a table; the row is named.
        """
        row = 1
        try:
            with Path(path).open(encoding="utf-8", newline="") as file:
                reader = csv.reader(file, strict=True)
                header = [unescaped(unguarded(cell)) for cell in next(reader, [])]
                constants = cls.of_header(header)
                rows = []
                for cells in reader:
                    row += 1
                    if len(cells) != len(header):
                        raise ValueError(f"{len(cells)} cells where {len(header)} belong")
                    rows.append(cls.of_cells(cells, constants))
            return cls.of_rows(rows, constants)
        except (OSError, ValueError, KeyError, csv.Error) as error:
            reason = f"no class is called {error}" if isinstance(error, KeyError) else error
            message = f"{path}: row {row} of the predictions cannot be read ({reason})"
            raise DataError(message) from error

    def _fields(self) -> dict[str, Any]:
        kind: Any = type(self)
        return {one.name: getattr(self, one.name) for one in fields(kind)}

    def _freeze(self, **values: Any) -> None:
        """Set fields to what was checked; arrays can no longer be written to."""
        for name, value in values.items():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            object.__setattr__(self, name, value)


def written(text: str) -> str:
    """A text as a cell of a table."""
    return guarded(escaped(text))


def read(text: str) -> str:
    """The text of a cell, as it was before `written`."""
    return unescaped(unguarded(text))
