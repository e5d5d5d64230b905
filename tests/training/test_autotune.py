"""Threads, layout, precision, and the probe that chooses between them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
import torch

from tonotope._errors import TrainingError
from tonotope.model import Model
from tonotope.runtime import device
from tonotope.runtime.device import Device
from tonotope.training import TrainingPlan, autotune

MakeModel = Callable[..., Model]


def test_threads_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONOTOPE_THREADS", "3")
    assert device.thread_count() == 3
    monkeypatch.setenv("TONOTOPE_THREADS", "none")
    with pytest.raises(TrainingError, match="TONOTOPE_THREADS=none: a whole number above 0"):
        device.thread_count()
    monkeypatch.delenv("TONOTOPE_THREADS")
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert device.thread_count() >= 1


def test_a_container_grants_a_share_of_the_cores(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    limit = tmp_path_factory.mktemp("cgroup") / "cpu.max"
    monkeypatch.setattr(device, "CPU_LIMIT", limit)
    monkeypatch.setattr(device, "_usable_cores", lambda: 64)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("TONOTOPE_THREADS", raising=False)
    assert device.thread_count() == 64
    limit.write_text("150000 100000\n")
    assert device.thread_count() == 2
    limit.write_text("max 100000\n")
    assert device.thread_count() == 64


def test_work_leaves_threads_and_chance_as_they_were() -> None:
    before = torch.get_num_threads(), torch.get_rng_state()
    with Device("cpu", threads=2).computing():
        assert torch.get_num_threads() == 2
        torch.rand(3)
    assert torch.get_num_threads() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])


def test_layout_reaches_filters_and_batches() -> None:
    module = torch.nn.Conv2d(3, 4, 3)
    last = Device("cpu", 1, memory_format="channels_last")
    last.move(module)
    assert module.weight.is_contiguous(memory_format=torch.channels_last)
    batch = torch.randn(2, 3, 5, 5)
    assert last.to_layout(batch).is_contiguous(memory_format=torch.channels_last)
    plain = dataclasses.replace(last, memory_format="contiguous")
    plain.move(module)
    assert module.weight.is_contiguous()
    assert plain.to_layout(last.to_layout(batch)).is_contiguous()
    assert last.to_layout(torch.randn(2, 3, 5)).is_contiguous()


def test_bfloat16_multiplies_in_16_bits_and_keeps_weights_in_32() -> None:
    module = torch.nn.Linear(4, 4)
    with Device("cpu", 1, precision="bfloat16").autocast():
        assert module(torch.ones(1, 4)).dtype == torch.bfloat16
    with Device("cpu", 1).autocast():
        assert module(torch.ones(1, 4)).dtype == torch.float32
    assert module.weight.dtype == torch.float32


def test_memory_is_kept_unless_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONOTOPE_MALLOPT", "0")
    monkeypatch.setattr(device.ctypes, "CDLL", lambda _: pytest.fail("must not be touched"))
    assert "given back" in device.keep_freed_memory()


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device.ctypes, "CDLL", lambda _: object())
    assert device.keep_freed_memory() == ""


def trial(model: Model, clips: int = 6) -> autotune.Trial:
    batch = torch.randn(clips, 1, 12, 8)
    return autotune.Trial(model, batch, lambda outputs: outputs["label"].float().square().mean())


def test_a_short_training_is_not_worth_a_trial(make_model: MakeModel) -> None:
    start = device.default_device()
    found = autotune.fastest_device(trial(make_model()), TrainingPlan(), start, steps=1)
    assert (found.precision, found.memory_format) == ("float32", "channels_last")
    assert "too short a training" in found.probe


def test_what_the_plan_names_is_not_tried() -> None:
    plan = TrainingPlan(precision="bfloat16", memory_format="contiguous")
    start = device.default_device(plan.precision, plan.memory_format)
    found = autotune.fastest_device(None, plan, start, steps=10**6)  # pyright: ignore[reportArgumentType]
    assert (found.precision, found.memory_format) == ("bfloat16", "contiguous")
    assert found.probe == "bfloat16 contiguous, as the plan says"


def test_a_trial_changes_neither_weights_nor_chance(
    make_model: MakeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autotune, "has_native_bfloat16", lambda: True)
    monkeypatch.setattr(autotune, "BUDGET_S", 0.2)
    model = make_model()
    tried = trial(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    chance, mode = torch.get_rng_state(), model.training
    found = autotune.fastest_device(tried, TrainingPlan(), device.default_device(), steps=10**9)
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
    monkeypatch.setattr(autotune, "has_native_bfloat16", lambda: True)
    plan = TrainingPlan()
    start = device.default_device(plan.precision, plan.memory_format)
    start = dataclasses.replace(start, name="cpu")
    runners = [
        autotune._Runner(one, trial(make_model()))
        for one in [start, *autotune._alternatives(plan, start)]
    ]
    for runner, seconds in zip(runners, times, strict=True):
        runner.fastest = seconds

    def difference(_: autotune.Trial, one: Device) -> float:
        return away if one.precision == "bfloat16" else 0.0

    monkeypatch.setattr(autotune, "_difference", difference)
    found = autotune._choose(runners, trial(make_model()))
    assert f"{found.precision} {found.memory_format}" == chosen
    assert found.probe.startswith(chosen)


def test_without_native_bfloat16_it_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autotune, "has_native_bfloat16", lambda: False)
    start = Device("cpu", 1)
    others = autotune._alternatives(TrainingPlan(), start)
    assert [one.precision for one in others] == ["float32"]


def test_bfloat16_agrees_on_a_real_network(make_model: MakeModel) -> None:
    away = autotune._difference(trial(make_model()), Device("cpu", 1, precision="bfloat16"))
    assert 0 < away < autotune.TOLERANCE
