"""Optimisers, the learning rate at every step, and the moving average of weights.

The learning rate is a pure function of the step (and, for `plateau`, of the validation losses so
far), so it needs no state of its own.

Sources: Adam: Kingma & Ba, ICLR 2015; decoupled weight decay: Loshchilov & Hutter, ICLR 2019;
the cosine: Loshchilov & Hutter, ICLR 2017, equation 5 without restarts; averaging: Polyak &
Juditsky, SIAM J. Control and Optimization 30(4), 1992.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from tonotope.training.plan import TrainingPlan

M = TypeVar("M", bound=nn.Module)


def optimiser(module: nn.Module, plan: TrainingPlan) -> torch.optim.Optimizer:
    """The plan's optimiser for the module's weights, in one fused kernel per step.

    Filters and matrices decay; batch norm and biases, which are vectors, do not.
    """
    weights = [weight for weight in module.parameters() if weight.requires_grad]
    groups = [
        {"params": [w for w in weights if w.dim() > 1], "weight_decay": plan.weight_decay},
        {"params": [w for w in weights if w.dim() <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    rate = plan.learning_rate
    if plan.optimizer == "sgd":
        return torch.optim.SGD(
            groups, lr=rate, momentum=plan.momentum, nesterov=plan.nesterov, fused=True
        )
    if plan.optimizer == "adam":
        return torch.optim.Adam(groups, lr=rate, fused=True)
    return torch.optim.AdamW(groups, lr=rate, fused=True)


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
        losses: the validation losses so far, which only `plateau` looks at.

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
    """How often the loss failed to fall for `patience` epochs on end.

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


class Average(Generic[M]):
    """A moving average of a model's weights and of its batch norm statistics.

    Begins as a plain mean and becomes a moving one: the decay of step n is
    `min(decay, (1 + n) / (10 + n))`.

    Attributes:
        module: a copy of the model that holds the average.
    """

    def __init__(self, module: M, decay: float) -> None:
        self.decay = decay
        self.module: M = copy.deepcopy(module)

    @torch.no_grad()
    def add(self, module: M, step: int) -> None:
        """Take in the state that the module has after step number `step`, counted from 0."""
        slow: list[Tensor] = []
        fast: list[Tensor] = []
        mine = self.module.state_dict()
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                slow.append(mine[name])
                fast.append(value)
            else:
                mine[name].copy_(value)
        mix = get_ema_multi_avg_fn(min(self.decay, (1 + step) / (10 + step)))
        mix(slow, fast, step)
