"""Predictions written as CSV, with a header."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from tonotope.answers.stored_table import written
from tonotope.prediction.rows import cells, column_names

if TYPE_CHECKING:
    from tonotope.prediction.rows import PredictedRow
    from tonotope.prediction.score_layout import Layout


class CsvWriter:
    """One line a row: file, start and end in seconds, then the columns of each answer."""

    def begin(self, out: TextIO, layout: Layout) -> None:
        """Write the header."""
        self.layout = layout
        self.table = csv.writer(out, lineterminator="\n")
        self.table.writerow(map(written, column_names(layout)))

    def write(self, row: PredictedRow) -> None:
        """Write one row."""
        file, start_s, end_s, *others = cells(row, self.layout)
        self.table.writerow([written(file), _plain(start_s), _plain(end_s), *others])

    def end(self) -> None:
        """Nothing is left to write."""


def _plain(seconds: object) -> object:
    """A time without an exponent, which some spreadsheets read as text: 0.000063 for 6.3e-05."""
    if isinstance(seconds, float) and "e" in repr(seconds):
        return f"{seconds:.6f}".rstrip("0")
    return seconds
