"""The evaluation of quantities and of tags: the same questions as of classes, other scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tonotope.answers.columns_table import Grid
from tonotope.answers.quantities import Quantities
from tonotope.answers.sound import Restored
from tonotope.answers.tags import Tagged
from tonotope.evaluation.class_metrics import Estimate
from tonotope.evaluation.column_metrics import FIGURES, G, Gauge, gauge
from tonotope.evaluation.plan import IN_DECIBELS, LOWER_IS_BETTER, EvaluationPlan
from tonotope.evaluation.result import Judged, Judgement, beside, by_number, excludes_zero
from tonotope.evaluation.warnings_on_scores import notes_on_columns

_KINDS = {Quantities: "numbers", Tagged: "tags", Restored: "sound"}
_OF_COLUMNS = {
    Quantities: ("mae", "rmse", "median-error", "r2"),
    Tagged: ("macro-f1", "map", "precision", "recall"),
    Restored: FIGURES[Restored],
}
# What a mean over columns is called of one column alone.
_ALONE = {"macro-f1": "f1", "map": "average-precision"}


@dataclass(frozen=True)
class Column:
    """How one quantity or one tag fared.

    Attributes:
        name: what it is called.
        unit: of a quantity.
        n: how many recordings have a truth.
        positives: how many of them bear a tag; None of a quantity.
        groups: how many groups have a truth.
        scores: each score with its interval.
    """

    name: str
    unit: str
    n: int
    positives: int | None
    groups: int
    scores: Mapping[str, Estimate]

    def to_json(self) -> dict[str, object]:
        """Plain numbers; each score as `name`, `name_low`, `name_high`."""
        row: dict[str, object] = {"name": self.name, "n": self.n, "groups": self.groups}
        row |= {"unit": self.unit} if self.positives is None else {"positives": self.positives}
        for name, (value, low, high) in self.scores.items():
            key = _ALONE.get(name, name)
            row |= {key: value, f"{key}_low": low, f"{key}_high": high}
        return row


@dataclass(frozen=True, eq=False, kw_only=True)
class GridEvaluation(Judgement):
    """What a run is worth that says numbers or tags, or makes sound.

    Errors are among its metrics only of a quantity alone, because those of several have no unit in
    common.

    Attributes:
        kind: `numbers`, `tags` or `sound`.
        columns: each quantity or tag by itself.
    """

    kind: str
    columns: tuple[Column, ...]

    @property
    def unit(self) -> str:
        """The unit of the figure that counts; empty where it has none."""
        if self.kind == "sound":
            return "dB" if self.plan.metric in IN_DECIBELS else ""
        return self.columns[0].unit if self.plan.metric in LOWER_IS_BETTER else ""

    def to_json(self) -> dict[str, object]:
        """The content of `evaluation.json`: plain numbers, lists and names."""
        best = self.best_baseline
        return super().to_json() | {
            "kind": self.kind,
            "unit": self.unit,
            "lower_is_better": self.plan.metric in LOWER_IS_BETTER,
            "per_column": [one.to_json() for one in self.columns],
            "verdict": {
                "n": self.n,
                "baseline": self.best,
                "baseline_value": best.score.value if best else None,
                "excludes_zero": excludes_zero(self.difference),
            },
        }


def evaluate_grid(
    predictions: G,
    baselines: Mapping[str, G] | None = None,
    plan: EvaluationPlan | None = None,
    *,
    seed: int = 0,
) -> GridEvaluation:
    """Judge quantities or tags, with baselines' for the same recordings beside them.

    Args:
        predictions: of a run; several folds joined.
        baselines: by name, each for the same recordings, in any order.
        plan: the figure that counts, the confidence, the number of resamples.
        seed: of the resamples; equal seeds give equal intervals.

    Raises:
        DataError: there is no recording, or a baseline answered for other recordings or things.
    """
    kind = type(predictions)
    plan = plan or EvaluationPlan(metric=FIGURES[kind][0], baselines=())
    plain = beside(predictions, baselines)
    systems: Any = [predictions, *plain.values()]
    predictions, *others = kind.alike(systems)
    found = _gauged([predictions, *others], plan, seed)
    judged = tuple(
        Judged(name, found.metric(plan.metric, at), None, found.n, found.groups)
        for at, name in enumerate(plain, start=1)
    )
    best = _best(judged, plan)
    folds = _folds(predictions, plan, seed)
    columns = _columns(predictions, found)
    names = ("r2",) if kind is Quantities and len(columns) > 1 else FIGURES[kind]
    return GridEvaluation(
        kind=_KINDS[kind],
        plan=plan,
        score=found.metric(plan.metric),
        n=found.n,
        groups=found.groups,
        metrics={name: found.metric(name) for name in names},
        columns=columns,
        baselines=judged,
        best=judged[best].name if best is not None else None,
        difference=None if best is None else found.difference(plan.metric, 0, best + 1),
        folds=folds,
        notes=notes_on_columns(
            groups=found.groups,
            recordings=found.n,
            folds={fold.name: fold.groups for fold in folds},
            baselines=len(judged),
            unknown=[one.name for one in columns if not one.n],
            absent=[one.name for one in columns if one.n and one.positives == 0],
        ),
    )


def _gauged(systems: Sequence[G], plan: EvaluationPlan, seed: int) -> Gauge:
    return gauge(systems, confidence=plan.confidence, resamples=plan.resamples, seed=seed)


def _columns(predictions: Grid, found: Gauge) -> tuple[Column, ...]:
    units = getattr(predictions, "units", ("",) * len(predictions.columns))
    tags = isinstance(predictions, Tagged)
    return tuple(
        Column(
            name,
            units[at],
            int(found.counts[at]),
            int((predictions.truth[:, at] > 0).sum()) if tags else None,
            int(found.there[at]),
            {score: found.column(score, at) for score in _OF_COLUMNS[type(predictions)]},
        )
        for at, name in enumerate(predictions.columns)
    )


def _folds(predictions: G, plan: EvaluationPlan, seed: int) -> tuple[Judged, ...]:
    judged = []
    for name in sorted(set(predictions.folds) - {""}, key=by_number):
        part = predictions.take([row for row, fold in enumerate(predictions.folds) if fold == name])
        found = _gauged([part], plan, seed)
        judged.append(Judged(name, found.metric(plan.metric), None, found.n, found.groups))
    return tuple(judged)


def _best(judged: Sequence[Judged], plan: EvaluationPlan) -> int | None:
    """The place of the best baseline; the first of several that are equal."""
    sign = -1.0 if plan.metric in LOWER_IS_BETTER else 1.0
    defined = [at for at, one in enumerate(judged) if one.score.value is not None]
    return max(defined, key=lambda at: sign * (judged[at].score.value or 0.0), default=None)
