"""The learning rate at every step: warm-up, cosine, steps, plateau.

It is a pure function of the step and, for `plateau`, of the validation losses so far.

Source of the cosine: Loshchilov & Hutter, "SGDR", ICLR 2017, equation 5 without restarts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from tonotope.training.plan import TrainingPlan


def learning_rate(
    plan: TrainingPlan, step: int, steps_per_epoch: int, losses: Sequence[float] = ()
) -> float:
    """The learning rate of a step, counted from 0 over the whole training.

    With `W` steps of warm-up out of `N`: linear, `(step + 1) / W`, then for the rest
    `cosine`: `(1 + cos(π (step - W) / (N - W))) / 2`.

    Args:
        plan: gives the schedule.
        step: steps done so far.
        steps_per_epoch: steps in one epoch.
        losses: the validation losses so far, used by `plateau` alone.

    >>> plan = TrainingPlan(learning_rate=1.0, epochs=10, warmup=0.2)
    >>> [round(learning_rate(plan, step, 1), 3) for step in (0, 1, 2, 6, 9)]
    [0.5, 1.0, 1.0, 0.5, 0.038]
    """
    total = plan.epochs * steps_per_epoch
    warming = round(plan.warmup * total)
    if step < warming:
        return plan.learning_rate * (step + 1) / warming
    if plan.schedule == "cosine":
        done = (step - warming) / (total - warming)
        return plan.learning_rate * (1 + math.cos(math.pi * done)) / 2
    if plan.schedule == "step":
        times = step // (plan.step_epochs * steps_per_epoch)
        return plan.learning_rate * plan.step_factor**times
    if plan.schedule == "plateau":
        return plan.learning_rate * plan.step_factor ** plateaus(losses, plan.step_epochs)
    return plan.learning_rate


def plateaus(losses: Sequence[float], patience: int) -> int:
    """How often the loss did not fall for `patience` epochs in a row.

    >>> plateaus([3, 2, 2, 2, 1, 1], patience=2)
    1
    """
    best, waited, times = math.inf, 0, 0
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            times, waited = times + 1, 0
    return times
