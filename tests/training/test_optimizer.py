"""Optimisers against PyTorch's plain ones, schedules against their formulas."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from tonotope.training import TrainingPlan
from tonotope.training.optimizer import build_optimizer
from tonotope.training.schedule import learning_rate, plateaus
from tonotope.training.weight_average import WeightAverage


def net() -> nn.Sequential:
    torch.manual_seed(0)
    # Batch norm comes first: a bias before it would have no gradient but rounding errors.
    return nn.Sequential(
        nn.BatchNorm2d(1), nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4 * 4 * 4, 3)
    )


def rates(plan: TrainingPlan, steps: int) -> list[float]:
    return [learning_rate(plan, step, steps) for step in range(plan.epochs * steps)]


def test_cosine_with_warm_up_is_the_formula() -> None:
    plan = TrainingPlan(learning_rate=0.1, epochs=10, warmup=0.3)
    found = rates(plan, steps=7)
    for step, rate in enumerate(found):
        if step < 21:
            assert rate == pytest.approx(0.1 * (step + 1) / 21)
        else:
            assert rate == pytest.approx(0.05 * (1 + math.cos(math.pi * (step - 21) / 49)))
    assert max(found) == 0.1
    assert 0 < found[-1] < 0.001


def test_cosine_is_pytorchs_scheduler() -> None:
    plan = TrainingPlan(learning_rate=0.1, epochs=5, warmup=0)
    optimizer = torch.optim.SGD(net().parameters(), lr=0.1)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    for rate in rates(plan, steps=4):
        assert rate == pytest.approx(scheduler.get_last_lr()[0], abs=1e-12)
        optimizer.step()
        scheduler.step()


def test_steps_fall_every_so_many_epochs() -> None:
    plan = TrainingPlan.model_validate(
        {"learning_rate": 1, "schedule": "step", "step_epochs": 2, "step_factor": 0.5, "warmup": 0,
         "epochs": 5}
    )  # fmt: skip
    assert rates(plan, steps=2) == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]


def test_constant_stays_after_warming_up() -> None:
    plan = TrainingPlan(learning_rate=1, schedule="constant", warmup=0.5, epochs=4)
    assert rates(plan, steps=1) == [0.5, 1, 1, 1]


def test_plateau_falls_when_validation_stands_still() -> None:
    plan = TrainingPlan.model_validate(
        {"learning_rate": 1, "schedule": "plateau", "step_epochs": 2, "warmup": 0}
    )
    assert learning_rate(plan, 0, 1, [5, 4, 3]) == 1
    assert learning_rate(plan, 0, 1, [5, 4, 4, 4]) == pytest.approx(0.1)
    assert plateaus([5, 6, 6, 6, 6], 2) == 2
    assert plateaus([], 2) == 0


ORACLES = {
    "nesterov": lambda groups: torch.optim.SGD(
        groups, lr=0.01, momentum=0.8, nesterov=True, foreach=False
    ),
    "adamw": lambda groups: torch.optim.AdamW(groups, lr=0.01, foreach=False),
    "adam": lambda groups: torch.optim.Adam(groups, lr=0.01, foreach=False),
    "sgd": lambda groups: torch.optim.SGD(groups, lr=0.01, momentum=0.8, foreach=False),
}


@pytest.mark.parametrize("name", ORACLES)
def test_each_optimiser_is_pytorchs_with_decay_on_filters_and_matrices_alone(name: str) -> None:
    plan = TrainingPlan.model_validate(
        {
            "optimizer": "sgd" if name == "nesterov" else name,
            "nesterov": name == "nesterov",
            "learning_rate": 0.01,
            "weight_decay": 0.3,
            "momentum": 0.8,
        }
    )
    mine, theirs = net(), net()
    decayed = [theirs[1].weight, theirs[3].weight]
    others = [theirs[0].weight, theirs[0].bias, theirs[1].bias, theirs[3].bias]
    pair = [
        (mine, build_optimizer(mine, plan)),
        (theirs, ORACLES[name]([{"params": decayed, "weight_decay": 0.3},
                                {"params": others, "weight_decay": 0.0}])),
    ]  # fmt: skip
    batch = torch.randn(8, 1, 6, 6)
    for module, optimizer in pair:
        for _ in range(3):
            optimizer.zero_grad()
            module(batch).square().sum().backward()
            optimizer.step()
    for found, expected in zip(mine.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_the_average_begins_as_a_mean_and_moves_on() -> None:
    module = net()
    average = WeightAverage(copy.deepcopy(module), decay=0.5)
    expected = module.get_parameter("3.bias").detach().clone()
    for step in range(6):
        with torch.no_grad():
            module.get_parameter("3.bias").add_(1)
            module.get_buffer("0.running_mean").add_(1)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * module.get_parameter("3.bias").detach()
        average.update(module, step)
    torch.testing.assert_close(average.module.get_parameter("3.bias").detach(), expected)
    behind = module.get_buffer("0.running_mean") - average.module.get_buffer("0.running_mean")
    assert (behind > 0).all()


def test_the_average_counts_batches_exactly() -> None:
    module = net()
    average = WeightAverage(module, decay=0.99)
    module(torch.randn(4, 1, 6, 6))
    average.update(module, 0)
    assert int(average.module.get_buffer("0.num_batches_tracked")) == 1
