"""`none of these`: how many recordings are named where a score is asked for, and how many rightly.

A classifier names one of its classes whatever it hears, unless a score is asked for
(`head.reject_below`). Fewer recordings are named then, and more of those rightly: coverage and
selective accuracy (El-Yaniv and Wiener, "On the Foundations of Noise-free Selective
Classification", JMLR 11, 2010).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tonotope.answers import AnswerTable
from tonotope.evaluation.bootstrap import bootstrap
from tonotope.evaluation.plan import EvaluationPlan


def measure_rejection(
    folds: Sequence[AnswerTable],
    limits: Sequence[Mapping[str, float]],
    plan: EvaluationPlan,
    seed: int,
) -> dict[str, Any] | None:
    """Coverage and accuracy of what is named, with intervals by group.

    Args:
        folds: the predictions of each fold, or of the one split.
        limits: of each of these models the score below which a class is not named.
        plan: the confidence and the number of resamples.
        seed: of the resamples.

    Returns:
        `n`, `named` and `right`, and from how many groups; `accuracy` of all; `coverage`, the share
        that is named; `accuracy_of_named`, undefined where nothing is.
        None where a model has no such scores.
    """
    if not folds or len(limits) != len(folds):
        return None
    parted = [one.reaching(own) for one, own in zip(folds, limits, strict=True)]
    known = [one for one in parted if one is not None]
    join = type(folds[0]).joined
    pooled = join(folds)
    if len(known) < len(folds) or not pooled.ids:
        return None
    named, whether = join([one for one, _ in known]), join([one for _, one in known])

    def accuracy(table: AnswerTable) -> dict[str, float | None]:
        if not table.ids:
            return dict.fromkeys(("value", "low", "high"))
        found = bootstrap([table], confidence=plan.confidence, resamples=plan.resamples, seed=seed)
        return found.metric("accuracy")._asdict()

    return {
        "n": len(pooled.ids),
        "named": len(named.ids),
        "right": named.correct_count or 0,
        "groups": len(set(pooled.groups)),
        "groups_named": len(set(named.groups)),
        "accuracy": accuracy(pooled),
        "coverage": accuracy(whether),
        "accuracy_of_named": accuracy(named),
    }
