"""Early stopping: the validation score, and when patience is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tonotope.training.plan import TrainingPlan


def validation_score(plan: TrainingPlan, validation: Mapping[str, float]) -> float:
    """How good the weights of an epoch are; higher is better.

    Args:
        plan: its `best` says whether the loss or the first metric of the head decides.
        validation: loss and metrics of the epoch; the loss decides if there is no metric.

    >>> validation_score(TrainingPlan(best="metric"), {"loss": 0.7, "accuracy": 0.8})
    0.8
    """
    metric = next((value for name, value in validation.items() if name != "loss"), None)
    return metric if plan.best == "metric" and metric is not None else -validation["loss"]


def best_epoch(plan: TrainingPlan, lines: Sequence[Mapping[str, Any]]) -> int:
    """The epoch whose weights a finished training kept, counted from 1.

    Args:
        plan: of the training.
        lines: its history, one for every epoch.

    >>> lines = [{"epoch": 1, "validation_loss": 0.7}, {"epoch": 2, "validation_loss": 0.8}]
    >>> best_epoch(TrainingPlan(), lines), best_epoch(TrainingPlan(), [{"epoch": 1}, {"epoch": 2}])
    (1, 2)
    """
    if plan.optimizer == "lbfgs":  # the lowest cost is what it looks for
        return lines[-1]["epoch"]
    prefix = "validation_"
    scores = {
        line["epoch"]: validation_score(
            plan, {name.removeprefix(prefix): one for name, one in line.items()
                   if name.startswith(prefix)},
        )
        for line in lines if f"{prefix}loss" in line
    }  # fmt: skip
    return max(scores, key=lambda epoch: (scores[epoch], -epoch)) if scores else lines[-1]["epoch"]


def patience_is_over(plan: TrainingPlan, epoch: int, best_epoch: int) -> bool:
    """Whether training stops early: `patience` epochs have passed since the best one.

    Args:
        plan: its `patience` of 0 never stops early.
        epoch: the epoch just finished, counted from 1.
        best_epoch: the best one so far.

    >>> plan = TrainingPlan(patience=3)
    >>> patience_is_over(plan, epoch=4, best_epoch=2), patience_is_over(plan, 5, best_epoch=2)
    (False, True)
    """
    return 0 < plan.patience <= epoch - best_epoch
