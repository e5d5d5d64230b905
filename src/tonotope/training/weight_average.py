"""Exponential moving average (EMA) of the weights and of batch norm statistics.

Source: Polyak & Juditsky, SIAM J. Control and Optimization 30(4), 1992.
"""

from __future__ import annotations

import copy
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

M = TypeVar("M", bound=nn.Module)


class WeightAverage(Generic[M]):
    """A moving average of a model's weights and of its batch norm statistics.

    The decay of step n is `min(decay, (1 + n) / (10 + n))`, so that it begins as a plain mean.

    Attributes:
        module: a copy of the model that holds the average.
    """

    def __init__(self, module: M, decay: float) -> None:
        self.decay = decay
        self.module: M = copy.deepcopy(module)

    @torch.no_grad()
    def update(self, module: M, step: int) -> None:
        """Add the state of the module after step number `step`, counted from 0."""
        slow: list[Tensor] = []
        fast: list[Tensor] = []
        average = self.module.state_dict()
        for name, value in module.state_dict().items():
            if value.is_floating_point():
                slow.append(average[name])
                fast.append(value)
            else:
                average[name].copy_(value)
        mix = get_ema_multi_avg_fn(min(self.decay, (1 + step) / (10 + step)))
        mix(slow, fast, step)
