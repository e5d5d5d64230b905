"""Optimisers: SGD, Adam, AdamW; which weights get weight decay.

Sources: Adam: Kingma & Ba, ICLR 2015; decoupled weight decay: Loshchilov & Hutter, ICLR 2019.
"""

from __future__ import annotations

import torch
from torch import nn

from tonotope.training.plan import TrainingPlan


def build_optimizer(module: nn.Module, plan: TrainingPlan) -> torch.optim.Optimizer:
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
