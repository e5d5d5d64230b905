"""`Detection`: what judging events gives, with an interval of every figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from tonotope._dataframe import one_of
from tonotope.answers.metric import Estimate
from tonotope.evaluation.detection_plan import DetectionPlan
from tonotope.evaluation.intervals import score_tells

if TYPE_CHECKING:
    from pandas import DataFrame

_UNKNOWN = Estimate(None, None, None)


@dataclass(frozen=True)
class DetectionRow:
    """The figures of one class, or of all.

    Attributes:
        name: of the class; `micro` or `macro` of all.
        true: how many events (or segments) there are.
        predicted: how many were predicted.
        hits: how many of both agree.
        figures: precision, recall, f1, error_rate, substitution_rate, deletion_rate,
            insertion_rate, and average_precision of events with scores; each has an interval.
    """

    name: str
    true: int
    predicted: int
    hits: int
    figures: Mapping[str, Estimate] = field(repr=False)

    def __getitem__(self, figure: str) -> Estimate:
        return self.figures.get(figure, _UNKNOWN)

    def to_json(self) -> dict[str, object]:
        """Plain numbers and names; an undefined figure is None."""
        counts = {"true": self.true, "predicted": self.predicted, "hits": self.hits}
        figures = {name: one._asdict() for name, one in self.figures.items()}
        return {"name": self.name, **counts, **figures}


@dataclass(frozen=True)
class Judged:
    """Every class, and all of them.

    Attributes:
        classes: a row for each class.
        micro: of all counts together: every event weighs the same.
        macro: the mean over the classes: every class weighs the same.
    """

    classes: tuple[DetectionRow, ...]
    micro: DetectionRow
    macro: DetectionRow

    def __getitem__(self, label: str) -> DetectionRow:
        return {one.name: one for one in self.classes}[label]

    def to_json(self) -> dict[str, object]:
        """Plain numbers, lists and names."""
        return {
            "micro": self.micro.to_json(),
            "macro": self.macro.to_json(),
            "classes": [one.to_json() for one in self.classes],
        }


@dataclass(frozen=True)
class Detection:
    """Predicted events judged against true ones.

    Attributes:
        by_event: every event found, missed or made up: its beginning and end within the collar.
        by_segment: the same of segments of time, in which a class is heard or not.
        plan: segment, collar, confidence.
        recordings: how many were judged.
        groups: from how many groups they come.
        units: how many groups, recordings or blocks the intervals rest on.
        block_s: the length of a block in seconds, where there is one recording; else None.
        notes: what to know before believing the numbers.
        skipped: lines of label files that are no events, each with its reason.
    """

    by_event: Judged
    by_segment: Judged
    plan: DetectionPlan
    recordings: int
    groups: int
    units: int
    block_s: float | None
    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    def tells(self, estimate: Estimate, *, open_ended: bool = False) -> bool:
        """Whether an interval says anything: so few recordings may leave nearly all possible."""
        _, low, high = estimate
        return score_tells(low, high, groups=self.units, open_ended=open_ended)

    def to_json(self) -> dict[str, object]:
        """Plain numbers, lists and names."""
        return {
            "recordings": self.recordings,
            "groups": self.groups,
            "units": self.units,
            "block_s": self.block_s,
            "plan": asdict(self.plan),
            "by_event": self.by_event.to_json(),
            "by_segment": self.by_segment.to_json(),
            "notes": list(self.notes),
            "skipped": list(self.skipped),
        }

    def to_dataframe(self, table: str = "by_event") -> DataFrame:
        """A row for each class, then `micro` and `macro`; `by_event` or `by_segment`.

        Raises:
            DataError: there is no such table.
        """
        tables = {}
        for name, one in (("by_event", self.by_event), ("by_segment", self.by_segment)):
            tables[name] = [_flat(row) for row in (*one.classes, one.micro, one.macro)]
        return one_of(tables, table)


def _flat(row: DetectionRow) -> dict[str, object]:
    """One row with `f1`, `f1_low`, `f1_high` and so on."""
    cells: dict[str, object] = {
        "name": row.name, "true": row.true, "predicted": row.predicted, "hits": row.hits
    }  # fmt: skip
    for name, one in row.figures.items():
        cells |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
    return cells
