"""The evaluation of a run: from predictions alone, never a score without interval and baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tonotope.answers.classes import Predictions, with_one_class_list
from tonotope.answers.columns_table import Grid
from tonotope.answers.quantities import Quantities
from tonotope.answers.sound import Restored
from tonotope.answers.tags import Tagged
from tonotope.evaluation.class_metrics import ClassScores, Estimate, Measurement, measure
from tonotope.evaluation.class_scores import METRICS, confusion
from tonotope.evaluation.evaluate_columns import GridEvaluation, evaluate_grid
from tonotope.evaluation.plan import EvaluationPlan
from tonotope.evaluation.result import Judged, Judgement, beside, by_number, excludes_zero
from tonotope.evaluation.warnings_on_scores import notes_on

__all__ = ["Evaluation", "EvaluationPlan", "GridEvaluation", "evaluate", "judge"]

Table = Predictions | Quantities | Restored | Tagged


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation(Judgement):
    """What a run is worth that names classes.

    Attributes:
        correct: how many recordings were named rightly.
        per_class: precision, recall, F1 of each class.
        classes: the name of each class.
        confusion: (class, class) how often each class (row) was taken for each (column).
    """

    correct: int
    per_class: tuple[ClassScores, ...]
    classes: tuple[str, ...]
    confusion: np.ndarray

    @property
    def verdict(self) -> dict[str, object]:
        """The numbers a verdict is made of; the words are the report's."""
        best = self.best_baseline
        return {
            "correct": self.correct,
            "n": self.n,
            "baseline": self.best,
            "baseline_correct": best.correct if best else None,
            "excludes_zero": excludes_zero(self.difference),
        }

    def to_json(self) -> dict[str, object]:
        """The content of `evaluation.json`: plain numbers, lists and names."""
        return super().to_json() | {
            "correct": self.correct,
            "per_class": [_class_json(one) for one in self.per_class],
            "confusion": {"classes": list(self.classes), "counts": self.confusion.tolist()},
            "verdict": self.verdict,
        }


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
    plain = beside(predictions, baselines)
    predictions, *others = with_one_class_list([predictions, *plain.values()])
    measured = _measure([predictions, *others], plan, seed)
    judged = tuple(
        _judged(name, one, measured, index, plan)
        for index, (name, one) in enumerate(zip(plain, others, strict=True), start=1)
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
