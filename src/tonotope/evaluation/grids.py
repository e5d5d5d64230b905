"""The evaluation of quantities and of tags: the same questions as of classes, other scores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tonotope import _files
from tonotope._errors import DataError
from tonotope.evaluation.gauge import FIGURES, G, Gauge, gauge
from tonotope.evaluation.judged import Judged, aligned, by_number, excludes_zero, judged_json
from tonotope.evaluation.measure import Estimate
from tonotope.evaluation.notes import notes_on_columns
from tonotope.evaluation.plan import IN_DECIBELS, LOWER_IS_BETTER, EvaluationPlan
from tonotope.prediction.grid import Grid
from tonotope.prediction.quantities import Quantities
from tonotope.prediction.restored import Restored
from tonotope.prediction.tagged import Tagged

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


@dataclass(frozen=True, eq=False)
class GridEvaluation:
    """What a run is worth that says numbers or tags, or makes sound.

    Attributes:
        kind: `numbers`, `tags` or `sound`.
        plan: the figure that counts, and how it was judged.
        score: that figure, over all recordings; of several columns their mean.
        n: how many recordings.
        groups: from how many groups.
        metrics: every figure with its interval; errors only of a quantity alone, because those
            of several have no unit in common.
        columns: each quantity or tag by itself.
        baselines: what each plain method reaches on the same recordings.
        best: the name of the best baseline; None where there is none.
        difference: how much better the run is than the best baseline: a higher score, or a
            smaller error; None where there is none.
        folds: the figure in each fold, where there are folds.
        notes: what to know before believing the numbers.
    """

    kind: str
    plan: EvaluationPlan
    score: Estimate
    n: int
    groups: int
    metrics: Mapping[str, Estimate]
    columns: tuple[Column, ...]
    baselines: tuple[Judged, ...]
    best: str | None
    difference: Estimate | None
    folds: tuple[Judged, ...]
    notes: tuple[str, ...]

    @property
    def unit(self) -> str:
        """The unit of the figure that counts; empty where it has none."""
        if self.kind == "sound":
            return "dB" if self.plan.metric in IN_DECIBELS else ""
        return self.columns[0].unit if self.plan.metric in LOWER_IS_BETTER else ""

    @property
    def mean_over_folds(self) -> dict[str, float | int | None] | None:
        """The mean of the folds' figures and their standard deviation; None without folds."""
        values = [fold.score.value for fold in self.folds if fold.score.value is not None]
        if not values:
            return None
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
        return {"value": float(np.mean(values)), "spread": spread, "folds": len(values)}

    def to_json(self) -> dict[str, object]:
        """The content of `evaluation.json`: plain numbers, lists and names."""
        best = next((one for one in self.baselines if one.name == self.best), None)
        return {
            "kind": self.kind,
            "metric": self.plan.metric,
            **self.score._asdict(),
            "unit": self.unit,
            "lower_is_better": self.plan.metric in LOWER_IS_BETTER,
            "n": self.n,
            "groups": self.groups,
            "confidence": self.plan.confidence,
            "resamples": self.plan.resamples,
            "metrics": {name: one._asdict() for name, one in self.metrics.items()},
            "per_column": [one.to_json() for one in self.columns],
            "baselines": [judged_json(one) for one in self.baselines],
            "difference": self.difference and {"baseline": self.best, **self.difference._asdict()},
            "folds": [judged_json(one) for one in self.folds],
            "mean_over_folds": self.mean_over_folds,
            "verdict": {
                "n": self.n,
                "baseline": self.best,
                "baseline_value": best.score.value if best else None,
                "excludes_zero": excludes_zero(self.difference),
            },
            "notes": list(self.notes),
        }

    def write(self, path: Path) -> None:
        """Write `evaluation.json`."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        _files.write_text(Path(path), text + "\n")


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
    if not len(predictions):
        message = "there is nothing to evaluate: the test part holds no recording"
        raise DataError(message)
    beside = {
        name: aligned(predictions, one, f"the baseline {name}")
        for name, one in (baselines or {}).items()
    }
    systems: Any = [predictions, *beside.values()]
    predictions, *others = kind.alike(systems)
    found = _gauged([predictions, *others], plan, seed)
    judged = tuple(
        Judged(name, found.metric(plan.metric, at), None, found.n, found.groups)
        for at, name in enumerate(beside, start=1)
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
