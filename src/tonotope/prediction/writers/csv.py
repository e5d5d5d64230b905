"""Predictions as CSV with a header; cells are made harmless for spreadsheets."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from tonotope.answers import table_of
from tonotope.answers.table import written

if TYPE_CHECKING:
    from tonotope.prediction.rows import PredictedRow
    from tonotope.prediction.score_layout import Layout


class CsvWriter:
    """One line a row: file, start and end in seconds, then the columns of each answer."""

    def begin(self, out: TextIO, layout: Layout) -> None:
        """Write the header."""
        self.layout = layout
        self.table = csv.writer(out, lineterminator="\n")
        heads = ["file", "start_s", "end_s"]
        for one in layout.answers:
            prefix = one.name if len(layout.answers) > 1 else ""
            heads += table_of(one).headings(one, prefix)
        self.table.writerow(map(written, heads))

    def write(self, row: PredictedRow) -> None:
        """Write one row."""
        cells: list[object] = [written(row.file), row.start_s, row.end_s]
        for one, scores, outcome in row.answers(self.layout):
            cells += table_of(one).row_cells(outcome, scores, row.short_score)
        self.table.writerow(cells)

    def end(self) -> None:
        """Nothing is left to write."""
