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
        file, *others = cells(row, self.layout)
        self.table.writerow([written(file), *others])

    def end(self) -> None:
        """Nothing is left to write."""
