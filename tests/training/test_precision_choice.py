"""The fastest way to compute that is right is chosen, and nothing else changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
import torch

from tonotope.model import Model
from tonotope.runtime import device
from tonotope.runtime.device import Device
from tonotope.training import TrainingPlan, precision_choice

MakeModel = Callable[..., Model]


def trial(model: Model, clips: int = 6) -> precision_choice.Trial:
    batch = torch.randn(clips, 1, 12, 8)
    return precision_choice.Trial(
        model, batch, lambda outputs: outputs["label"].float().square().mean()
    )


def test_a_short_training_is_not_worth_a_trial(make_model: MakeModel) -> None:
    start = device.default_device()
    found = precision_choice.fastest_device(trial(make_model()), TrainingPlan(), start, steps=1)
    assert (found.precision, found.memory_format) == ("float32", "channels_last")
    assert "too short a training" in found.probe


def test_what_the_plan_names_is_not_tried() -> None:
    plan = TrainingPlan(precision="bfloat16", memory_format="contiguous")
    start = device.default_device(plan.precision, plan.memory_format)
    found = precision_choice.fastest_device(None, plan, start, steps=10**6)  # pyright: ignore[reportArgumentType]
    assert (found.precision, found.memory_format) == ("bfloat16", "contiguous")
    assert found.probe == "bfloat16 contiguous, as the plan says"


def test_a_trial_changes_neither_weights_nor_chance(
    make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision_choice, "has_native_bfloat16", lambda: True)
    monkeypatch.setattr(precision_choice, "BUDGET_S", 0.2)
    model = make_model()
    tried = trial(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    chance, mode = torch.get_rng_state(), model.training
    found = precision_choice.fastest_device(
        tried, TrainingPlan(), device.default_device(), steps=10**9
    )
    assert "ms per step float32 channels_last" in found.probe
    assert "bfloat16 channels_last" in found.probe
    assert "float32 contiguous" in found.probe
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert all(weight.grad is None for weight in model.parameters())
    assert torch.equal(torch.get_rng_state(), chance)
    assert model.training == mode


@pytest.mark.parametrize(
    ("times", "away", "chosen"),
    [
        ((1.0, 0.4, 1.2), 0.01, "bfloat16 channels_last"),
        ((1.0, 0.95, 1.2), 0.01, "float32 channels_last"),  # not clearly faster
        ((1.0, 0.4, 1.2), 0.5, "float32 channels_last"),  # faster and wrong
        ((1.0, 0.4, 1.2), float("nan"), "float32 channels_last"),
        ((1.0, 0.4, 0.5), 0.5, "float32 contiguous"),  # the next best that is right
    ],
)
def test_the_fastest_that_is_right_is_chosen(
    times: tuple[float, ...],
    away: float,
    chosen: str,
    make_model: MakeModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(precision_choice, "has_native_bfloat16", lambda: True)
    plan = TrainingPlan()
    start = device.default_device(plan.precision, plan.memory_format)
    start = dataclasses.replace(start, name="cpu")
    runners = [
        precision_choice._Runner(one, trial(make_model()))
        for one in [start, *precision_choice._alternatives(plan, start)]
    ]
    for runner, seconds in zip(runners, times, strict=True):
        runner.fastest = seconds

    def difference(_: precision_choice.Trial, one: Device) -> float:
        return away if one.precision == "bfloat16" else 0.0

    monkeypatch.setattr(precision_choice, "_difference", difference)
    found = precision_choice._choose(runners, trial(make_model()))
    assert f"{found.precision} {found.memory_format}" == chosen
    assert found.probe.startswith(chosen)


def test_without_native_bfloat16_it_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision_choice, "has_native_bfloat16", lambda: False)
    start = Device("cpu", 1)
    others = precision_choice._alternatives(TrainingPlan(), start)
    assert [one.precision for one in others] == ["float32"]


def test_bfloat16_agrees_on_a_real_network(make_model: MakeModel) -> None:
    away = precision_choice._difference(trial(make_model()), Device("cpu", 1, precision="bfloat16"))
    assert 0 < away < precision_choice.TOLERANCE
