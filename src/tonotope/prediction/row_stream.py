"""`PredictedRows`: rows made one by one when they are taken; written or collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

from tonotope._dataframe import data_frame
from tonotope._errors import DataError
from tonotope._files import is_special
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.rows import PredictedRow, cells, column_names
from tonotope.prediction.writers import Writer, write_file, write_rows

if TYPE_CHECKING:
    from pandas import DataFrame

    from tonotope.prediction.score_layout import Layout


class PredictedRows:
    """Rows of predictions, one for each recording or window, each made when it is taken.

    Attributes:
        skipped: the files left out so far, each with its reason.
        layout: which column of the scores stands for what.

    Raises:
        DataError: at the end, where not one file could be read.
    """

    def __init__(
        self,
        begin: Callable[[Path], Iterable[PredictedRow | Skipped]],
        layout: Layout,
        files: int,
        refused: Sequence[Skipped] = (),
        done: str = "labelled",
    ) -> None:
        """A stream that has not begun.

        Args:
            begin: begins it; takes the folder that the rows are written to.
            layout: which column of the scores stands for what.
            files: how many files there are.
            refused: what was left out before.
            done: what happens to each file, for the message where nothing could be read.
        """
        self.layout = layout
        self.skipped = list(refused)
        self._begin, self._done = begin, done
        self._all_skipped = files + len(refused)
        self._rows: Iterator[PredictedRow | Skipped] | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> PredictedRow:
        if self._rows is None:
            self._rows = iter(self._begin(Path()))
        for row in self._rows:
            if not isinstance(row, Skipped):
                return row
            self.skipped.append(row)
        if len(self.skipped) == self._all_skipped:
            reasons = "; ".join(map(str, self.skipped[:3])) or "no file was given"
            raise DataError(f"not one recording could be {self._done}: {reasons}")
        raise StopIteration

    def write(self, out: TextIO | Path | str, to: str | Writer = "csv") -> None:
        """Write every row as soon as it is made.

        Args:
            out: a text file that is open, or the path of one, which is there when it is whole; or
                of a device or a pipe, which is written as the rows are made.
            to: `csv`, `jsonl`, or a `Writer` of your own.

        Raises:
            DataError: not one file could be read.
            ExperimentError: no writer has this name.
            TonotopeError: the disk is full, or the file may not be written.
        """
        if isinstance(out, Path | str):
            if self._rows is None:
                beside = Path() if is_special(Path(out)) else Path(out).parent
                self._rows = iter(self._begin(beside))
            write_file(self, Path(out), self.layout, to)
        else:
            write_rows(self, out, self.layout, to)

    def to_dataframe(self) -> DataFrame:
        """All rows as a pandas data frame, with the columns of the CSV."""
        return data_frame((cells(row, self.layout) for row in self), column_names(self.layout))
