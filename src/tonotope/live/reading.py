"""`Reading`: what was heard in one window of live sound, and which labels are held there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tonotope.answers import table_of
from tonotope.live.held_labels import Heard
from tonotope.prediction.rows import PredictedRow

if TYPE_CHECKING:
    from tonotope.prediction.score_layout import Layout


@dataclass(frozen=True, eq=False)
class Reading:
    """One answer to live sound.

    Attributes:
        row: the window, in seconds from the begin of the listening, and its scores, as `predict`
            with a row for each window gives them.
        heard: the labels that are held: entered at their threshold, left below 0.8 of it.
        changed: whether these are others than in the reading before; true for the first.
        arrived_s: when the last sample of the window came in, by `time.monotonic`.
        level_dbfs: how loud the sound is that comes in.
    """

    row: PredictedRow
    heard: tuple[Heard, ...]
    changed: bool
    arrived_s: float
    level_dbfs: float

    @property
    def label(self) -> str:
        """The label that is held, or several with semicolons between; empty where none is."""
        return ";".join(one.label for one in self.heard)

    def held_row(self, layout: Layout) -> PredictedRow:
        """The row with the held labels in place of what each window alone comes to."""
        columns = {one.column: one for one in self.heard}
        outcomes = {}
        for answer in layout.answers:
            place = layout.places[answer.name]
            names = [name for at, name in enumerate(answer.columns, place.start) if at in columns]
            outcomes[answer.name] = table_of(answer).outcome_of_held(
                names, self.row.outcomes[answer.name]
            )
        first = layout.answers[0]
        label = table_of(first).label(outcomes[first.name])
        at = first.columns.index(label) if label else None
        score = self.row.score if at is None else float(self.row.scores[at])
        return replace(self.row, label=label, score=score, outcomes=outcomes)
