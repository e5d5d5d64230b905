"""`PredictedRow`: the prediction for one recording or window; its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tonotope.answers import Answer, table_of
from tonotope.prediction.score_layout import Layout

if TYPE_CHECKING:
    from tonotope.prediction.ensemble import Ensemble


@dataclass(frozen=True, eq=False)
class PredictedRow:
    """What was predicted for a recording, or for one window of it.

    Attributes:
        file: the recording, as it was named.
        start_s: where it begins, in seconds; 0 for a whole recording.
        end_s: where it ends, in seconds.
        label: the class with the highest score.
        score: that score.
        scores: (column,) the score of every class; of other heads what `layout` says.
        classes: the name of each column.
        outcomes: what the scores come to, for each answer of the layout; of one classifier the
            label.
    """

    file: str
    start_s: float
    end_s: float
    label: str
    score: float
    scores: np.ndarray
    classes: tuple[str, ...]
    outcomes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def short_score(self) -> float:
        """`score` in single precision."""
        return _short(self.score)

    def answers(self, layout: Layout) -> Iterator[tuple[Answer, dict[str, float], Any]]:
        """For each answer its scores by name, in single precision, and what they come to."""
        held: dict[str, dict[str, float]] = {}
        if len(layout.answers) == 1:
            held[layout.answers[0].name] = dict(zip(self.classes, self.scores, strict=True))
        else:
            held = {
                name: dict(zip(layout.columns[place], self.scores[place], strict=True))
                for name, place in layout.places.items()
            }
        for one in layout.answers:
            # 0 for a class that this model does not know.
            scores = {name: _short(held[one.name].get(name, 0.0)) for name in one.columns}
            yield one, scores, self.outcomes.get(one.name, self.label)

    def to_json(self, layout: Layout) -> dict[str, object]:
        """File, start and end, then what each answer comes to, with its scores."""
        content: dict[str, object] = {
            "file": self.file, "start_s": self.start_s, "end_s": self.end_s,
        }  # fmt: skip
        for one, scores, outcome in self.answers(layout):
            own = table_of(one).row_object(outcome, scores, self.short_score)
            content |= own if len(layout.answers) == 1 else {one.name: own}
        return content


def row_of(
    ensemble: Ensemble, file: str, start_s: float, end_s: float, scores: np.ndarray
) -> PredictedRow:
    """The row of a recording or window, from its scores, `(column,)`."""
    outcomes = ensemble.outcomes(scores)
    first = ensemble.layout.answers[0]
    label = table_of(first).label(outcomes[first.name])
    score = float(scores[first.columns.index(label)]) if label else float("nan")
    return PredictedRow(
        file,
        round(start_s, 6),
        round(end_s, 6),
        label,
        score,
        scores,
        ensemble.classes,
        outcomes,
    )


def column_names(layout: Layout) -> list[str]:
    """The columns of a table of predictions: file, start, end, then those of each answer."""
    names = ["file", "start_s", "end_s"]
    for one in layout.answers:
        prefix = one.name if len(layout.answers) > 1 else ""
        names += table_of(one).headings(one, prefix)
    return names


def cells(row: PredictedRow, layout: Layout) -> list[Any]:
    """One prediction under `column_names`."""
    found: list[Any] = [row.file, row.start_s, row.end_s]
    for one, scores, outcome in row.answers(layout):
        found += table_of(one).row_cells(outcome, scores, row.short_score)
    return found


def _short(score: float) -> float:
    return float(str(np.float32(score)))
