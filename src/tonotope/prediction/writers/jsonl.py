"""Predictions written as JSON lines, one object a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from tonotope.prediction.rows import PredictedRow
    from tonotope.prediction.score_layout import Layout


class JsonLinesWriter:
    """One JSON object a line, as `PredictedRow.to_json` gives it."""

    def begin(self, out: TextIO, layout: Layout) -> None:
        """There is no header."""
        self.out, self.layout = out, layout

    def write(self, row: PredictedRow) -> None:
        """Write one line."""
        self.out.write(json.dumps(row.to_json(self.layout)) + "\n")

    def end(self) -> None:
        """Nothing is left to write."""
