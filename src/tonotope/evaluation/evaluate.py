"""`evaluate`: from predictions to an `Evaluation`: metric with interval, folds, best baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tonotope._errors import DataError
from tonotope._wording import counted, first_five, first_three
from tonotope.answers.table import AnswerTable
from tonotope.evaluation.bootstrap import Bootstrap, bootstrap
from tonotope.evaluation.plan import EvaluationPlan
from tonotope.evaluation.result import Evaluation, NamedScore
from tonotope.evaluation.warnings_on_scores import score_notes

__all__ = ["Evaluation", "EvaluationPlan", "align", "evaluate"]

NO_TEST_PART = "there is nothing to evaluate: the test part holds no recording"


def evaluate(
    predictions: AnswerTable,
    baselines: Mapping[str, AnswerTable] | None = None,
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
        DataError: there is no recording, a baseline answered for other recordings or columns, or
            the plan names a metric that does not fit.
    """
    plan = plan or EvaluationPlan(metric=predictions.metrics[0].name, baselines=())
    metric = predictions.metric(plan.metric)
    if not len(predictions):
        raise DataError(NO_TEST_PART)
    beside = {
        name: align(predictions, one, f"the baseline {name}")
        for name, one in (baselines or {}).items()
    }
    systems: Any = [predictions, *beside.values()]
    predictions, *others = type(predictions).alike(systems)
    found = _bootstrap([predictions, *others], plan, seed)
    scored = tuple(_score(name, found, at, plan) for at, name in enumerate(beside, start=1))
    best = _best(scored, lower_is_better=metric.lower_is_better)
    folds = _folds(predictions, plan, seed)
    return Evaluation(
        plan=plan,
        score=found.metric(plan.metric),
        n=found.n,
        groups=found.groups,
        metrics={name: found.metric(name) for name in predictions.reported()},
        baselines=scored,
        best=None if best is None else scored[best].name,
        difference=None if best is None else found.difference(plan.metric, 0, best + 1),
        folds=folds,
        notes=score_notes(found, metric, folds, baselines=len(scored)),
        details=predictions.details(metric, found.systems[0], found.columns)
        | ({"only_class": predictions.only_class} if predictions.only_class else {}),
    )


def align(table: AnswerTable, other: Any, name: str) -> Any:
    """The rows of `other` in the order of `table`.

    Raises:
        DataError: they are not about the same recordings, or disagree on what is true.
    """
    place = {one: row for row, one in enumerate(other.ids)}
    lacking = [one for one in table.ids if one not in place]
    extra = sorted(set(other.ids) - set(table.ids))
    if lacking or extra:
        parts = [f"{len(lacking):,} it has not judged ({first_three(lacking)})"] if lacking else []
        if extra:
            parts.append(f"{len(extra):,} only it has judged ({first_three(extra)})")
        raise DataError(
            f"{name} is about other recordings: {'; '.join(parts)}. Scores can be held against "
            "each other only on the same recordings: use the same data, split and seed of the split"
        )
    other = other.take([place[one] for one in table.ids])
    apart = [
        f"{one}: `{our}` or `{their}`"
        for one, our, their in zip(table.ids, table.truths, other.truths, strict=True)
        if our != their
    ]
    if apart:
        many = counted(len(apart), "recording")
        raise DataError(f"{name} was told another truth for {many}: {first_five(apart)}")
    return other


def _bootstrap(systems: list[AnswerTable], plan: EvaluationPlan, seed: int) -> Bootstrap:
    return bootstrap(systems, confidence=plan.confidence, resamples=plan.resamples, seed=seed)


def _score(name: str, found: Bootstrap, at: int, plan: EvaluationPlan) -> NamedScore:
    score = found.metric(plan.metric, at)
    return NamedScore(name, score, found.tables[at].correct_count, found.n, found.groups)


def _folds(predictions: AnswerTable, plan: EvaluationPlan, seed: int) -> tuple[NamedScore, ...]:
    found = []
    for name in sorted(set(predictions.folds) - {""}, key=_by_number):
        part = predictions.take([row for row, fold in enumerate(predictions.folds) if fold == name])
        found.append(_score(name, _bootstrap([part], plan, seed), 0, plan))
    return tuple(found)


def _by_number(name: str) -> tuple[int, str]:
    """What sorts fold 10 after fold 9."""
    return (int(name), name) if name.isdecimal() else (10**9, name)


def _best(scored: tuple[NamedScore, ...], *, lower_is_better: bool) -> int | None:
    """The place of the best baseline; the first of several that are equal."""
    sign = -1.0 if lower_is_better else 1.0
    defined = [at for at, one in enumerate(scored) if one.score.value is not None]
    return max(defined, key=lambda at: sign * (scored[at].score.value or 0.0), default=None)
