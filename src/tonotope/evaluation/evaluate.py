"""The evaluation of a run: from predictions alone, never a score without interval and baseline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tonotope import _files
from tonotope._errors import DataError
from tonotope.evaluation.grids import GridEvaluation, evaluate_grid
from tonotope.evaluation.judged import Judged, aligned, by_number, excludes_zero, judged_json
from tonotope.evaluation.measure import ClassScores, Estimate, Measurement, measure
from tonotope.evaluation.notes import notes_on
from tonotope.evaluation.plan import EvaluationPlan
from tonotope.evaluation.scores import METRICS, confusion
from tonotope.prediction.grid import Grid
from tonotope.prediction.quantities import Quantities
from tonotope.prediction.restored import Restored
from tonotope.prediction.table import Predictions, with_one_class_list
from tonotope.prediction.tagged import Tagged

__all__ = ["Evaluation", "EvaluationPlan", "GridEvaluation", "evaluate", "judge"]

Table = Predictions | Quantities | Restored | Tagged


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a run is worth: scores with intervals, baselines, the difference to the best of them.

    Attributes:
        plan: the figure that counts, and how it was judged.
        score: that figure, over all recordings.
        correct: how many recordings were named rightly.
        n: of how many.
        groups: from how many groups.
        metrics: every other metric with its interval.
        per_class: precision, recall, F1 of each class.
        baselines: what each plain method reaches on the same recordings.
        best: the name of the best baseline; None where there is none.
        difference: how far the run lies above the best baseline; None where there is none.
        folds: the figure in each fold, where there are folds.
        classes: the name of each class.
        confusion: (class, class) how often each class (row) was taken for each (column).
        notes: what to know before believing the numbers.
    """

    plan: EvaluationPlan
    score: Estimate
    correct: int
    n: int
    groups: int
    metrics: Mapping[str, Estimate]
    per_class: tuple[ClassScores, ...]
    baselines: tuple[Judged, ...]
    best: str | None
    difference: Estimate | None
    folds: tuple[Judged, ...]
    classes: tuple[str, ...]
    confusion: np.ndarray
    notes: tuple[str, ...]

    @property
    def mean_over_folds(self) -> dict[str, float | int | None] | None:
        """The mean of the folds' figures and their standard deviation; None without folds."""
        values = [fold.score.value for fold in self.folds if fold.score.value is not None]
        if not values:
            return None
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
        return {"value": float(np.mean(values)), "spread": spread, "folds": len(values)}

    @property
    def verdict(self) -> dict[str, object]:
        """The numbers a verdict is made of; the words are the report's."""
        best = next((one for one in self.baselines if one.name == self.best), None)
        return {
            "correct": self.correct,
            "n": self.n,
            "baseline": self.best,
            "baseline_correct": best.correct if best else None,
            "excludes_zero": excludes_zero(self.difference),
        }

    def to_json(self) -> dict[str, object]:
        """The content of `evaluation.json`: plain numbers, lists and names."""
        return {
            "metric": self.plan.metric,
            **self.score._asdict(),
            "n": self.n,
            "groups": self.groups,
            "correct": self.correct,
            "confidence": self.plan.confidence,
            "resamples": self.plan.resamples,
            "metrics": {name: one._asdict() for name, one in self.metrics.items()},
            "per_class": [_class_json(one) for one in self.per_class],
            "baselines": [judged_json(one) for one in self.baselines],
            "difference": self.difference and {"baseline": self.best, **self.difference._asdict()},
            "folds": [judged_json(one) for one in self.folds],
            "mean_over_folds": self.mean_over_folds,
            "confusion": {"classes": list(self.classes), "counts": self.confusion.tolist()},
            "verdict": self.verdict,
            "notes": list(self.notes),
        }

    def write(self, path: Path) -> None:
        """Write `evaluation.json`."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        _files.write_text(Path(path), text + "\n")


def judge(
    table: Table,
    baselines: Mapping[str, Table] | None = None,
    plan: EvaluationPlan | None = None,
    *,
    seed: int = 0,
) -> Evaluation | GridEvaluation:
    """Judge predictions of whatever kind, with baselines' for the same recordings beside them.

    Raises:
        DataError: there is no recording, or a baseline answered for other recordings.
    """
    if isinstance(table, Grid):
        return evaluate_grid(table, baselines, plan, seed=seed)  # pyright: ignore[reportArgumentType]
    return evaluate(table, baselines, plan, seed=seed)  # pyright: ignore[reportArgumentType]


def evaluate(
    predictions: Predictions,
    baselines: Mapping[str, Predictions] | None = None,
    plan: EvaluationPlan | None = None,
    *,
    seed: int = 0,
) -> Evaluation:
    """Judge predictions, with baselines' predictions for the same recordings beside them.

    Args:
        predictions: of a run; several folds joined.
        baselines: by name, each for the same recordings, in any order.
        plan: the figure that counts, the confidence, the number of resamples.
        seed: of the resamples; equal seeds give equal intervals.

    Raises:
        DataError: there is no recording, or a baseline answered for other recordings.
    """
    plan = plan or EvaluationPlan()
    if not len(predictions):
        message = "there is nothing to evaluate: the test part holds no recording"
        raise DataError(message)
    beside = {
        name: aligned(predictions, one, f"the baseline {name}")
        for name, one in (baselines or {}).items()
    }
    predictions, *others = with_one_class_list([predictions, *beside.values()])
    measured = _measure([predictions, *others], plan, seed)
    judged = tuple(
        _judged(name, one, measured, index, plan)
        for index, (name, one) in enumerate(zip(beside, others, strict=True), start=1)
    )
    best = _best(judged)
    score, per_class = measured.metric(plan.metric), measured.per_class()
    folds = _folds(predictions, plan, seed)
    log_loss = {"log-loss": measured.log_loss()}
    return Evaluation(
        plan=plan,
        score=score,
        correct=int(predictions.correct.sum()),
        n=measured.n,
        groups=measured.groups,
        metrics={name: measured.metric(name) for name in METRICS} | log_loss,
        per_class=per_class,
        baselines=judged,
        best=judged[best].name if best is not None else None,
        difference=None if best is None else measured.difference(plan.metric, 0, best + 1),
        folds=folds,
        classes=predictions.classes,
        confusion=confusion(predictions.truth, predictions.predicted, len(predictions.classes)),
        notes=notes_on(
            score,
            groups=measured.groups,
            recordings=measured.n,
            per_class=per_class,
            folds={fold.name: fold.groups for fold in folds},
            baselines=len(judged),
        ),
    )


def _measure(systems: list[Predictions], plan: EvaluationPlan, seed: int) -> Measurement:
    return measure(systems, confidence=plan.confidence, resamples=plan.resamples, seed=seed)


def _judged(
    name: str, one: Predictions, measured: Measurement, index: int, plan: EvaluationPlan
) -> Judged:
    score = measured.metric(plan.metric, index)
    return Judged(name, score, int(one.correct.sum()), len(one), measured.groups)


def _folds(predictions: Predictions, plan: EvaluationPlan, seed: int) -> tuple[Judged, ...]:
    found = []
    for name in sorted(set(predictions.folds) - {""}, key=by_number):
        part = predictions.take([row for row, fold in enumerate(predictions.folds) if fold == name])
        found.append(_judged(name, part, _measure([part], plan, seed), 0, plan))
    return tuple(found)


def _best(judged: tuple[Judged, ...]) -> int | None:
    """The place of the baseline with the highest figure; the first of several that are equal."""
    defined = [index for index, one in enumerate(judged) if one.score.value is not None]
    return max(defined, key=lambda index: judged[index].score.value or 0.0, default=None)


def _class_json(one: ClassScores) -> dict[str, object]:
    row: dict[str, object] = {"name": one.name, "n": one.n, "groups": one.groups}
    for name in ("precision", "recall", "f1"):
        estimate: Estimate = getattr(one, name)
        row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return row
