"""Which precision (bfloat16) and memory layout is fastest here: a few steps of each are timed."""

from __future__ import annotations

import copy
import dataclasses
import time
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from tonotope.model import Model
from tonotope.runtime.bfloat16_guard import TOLERANCE, distance, joined
from tonotope.runtime.device import Device, MemoryFormat, Precision, has_native_bfloat16
from tonotope.training.plan import TrainingPlan

BUDGET_S = 2.0
ROUNDS = 4
# The first steps take so few clips, to estimate the time of a whole batch.
FEW_CLIPS = 8
# For a training shorter than this nothing is tried.
SHORTEST_TRAINING_S = 10.0
# The first candidate is kept unless another is faster by this factor: clocks are noisy.
SPEEDUP_NEEDED = 1.15

Cost = Callable[[Mapping[str, Tensor]], Tensor]


@dataclasses.dataclass(frozen=True)
class Trial:
    """A model and a batch to time steps with.

    Attributes:
        model: copied for every candidate, never changed.
        batch: standardised features, `(batch, channel, time, ...)`.
        cost: a loss of the outputs.
    """

    model: Model
    batch: Tensor
    cost: Cost


def fastest_device(trial: Trial, plan: TrainingPlan, start: Device, steps: int) -> Device:
    """The fastest precision and memory layout that the plan allows.

    Neither the model nor any random generator changes.

    Args:
        trial: a model and a batch.
        plan: a precision or memory format that it names is not varied.
        start: the first candidate, taken at once for a short training.
        steps: how many steps the training will have.
    """
    others = _alternatives(plan, start)
    if not others:
        return dataclasses.replace(start, probe=f"{_label(start)}, as the plan says")
    with torch.random.fork_rng(devices=[]):
        once = _step_seconds(trial, start)
        if once * steps < SHORTEST_TRAINING_S:
            probe = f"{_label(start)}: too short a training to try others"
            return dataclasses.replace(start, probe=probe)
        if 3 * (len(others) + 1) * once > BUDGET_S:
            trial = dataclasses.replace(trial, batch=trial.batch[:FEW_CLIPS])
        return _fastest([start, *others], trial)


def _step_seconds(trial: Trial, device: Device) -> float:
    """Roughly how many seconds a step takes, from a step on a few clips."""
    few = trial.batch[:FEW_CLIPS]
    runner = _Runner(device, dataclasses.replace(trial, batch=few))
    runner.step()
    runner.step()
    return runner.fastest * len(trial.batch) / len(few)


def _fastest(devices: list[Device], trial: Trial) -> Device:
    """Candidates take turns until the time is up, so a slow moment affects all of them."""
    deadline = time.perf_counter() + BUDGET_S
    runners = [_Runner(device, trial) for device in devices]
    for turn in range(1 + ROUNDS):
        for runner in runners:
            if turn < 2 or time.perf_counter() + runner.fastest < deadline:
                runner.step()
    return _choose(runners, trial)


class _Runner:
    """One candidate with its own copy of the model; its first step warms up and does not count."""

    def __init__(self, device: Device, trial: Trial) -> None:
        self.device, self.cost = device, trial.cost
        self.model = copy.deepcopy(trial.model).train()
        self.batch = device.to_layout(trial.batch)
        self.fastest, self.warm = float("inf"), False
        device.move(self.model)

    def step(self) -> None:
        begin = time.perf_counter()
        with self.device.autocast():
            outputs = self.model.answer(self.batch)
        self.cost(outputs).backward()
        self.model.zero_grad(set_to_none=True)
        if self.device.name == "cuda":
            torch.cuda.synchronize()
        if self.warm:
            self.fastest = min(self.fastest, time.perf_counter() - begin)
        self.warm = True


def _alternatives(plan: TrainingPlan, start: Device) -> list[Device]:
    """The other devices that the plan allows and this machine has."""
    candidates: list[tuple[Precision, MemoryFormat]] = [
        ("bfloat16", "channels_last"),
        ("bfloat16", "contiguous"),
        ("float32", "contiguous"),
    ]
    if plan.memory_format == "auto":
        candidates.remove(("bfloat16", "contiguous"))  # half the gain of the one before it
    devices = []
    for precision, layout in candidates:
        allowed = plan.precision in ("auto", precision) and plan.memory_format in ("auto", layout)
        possible = precision == "float32" or start.name == "cuda" or has_native_bfloat16()
        device = dataclasses.replace(start, precision=precision, memory_format=layout)
        if allowed and possible and device != start:
            devices.append(device)
    return devices


def _choose(runners: list[_Runner], trial: Trial) -> Device:
    plain, *others = runners
    chosen, notes = plain, []
    for other in sorted(others, key=lambda runner: runner.fastest):
        if other.fastest * SPEEDUP_NEEDED > plain.fastest:
            break
        error = _difference(trial, other.device)
        is_right = error < TOLERANCE
        if other.device.precision == "bfloat16":
            notes.append(f"its outputs differ by {error:.1%}" + ", too much" * (not is_right))
        if is_right:
            chosen = other
            break
    times = ", ".join(f"{_label(runner.device)} {1000 * runner.fastest:.0f}" for runner in runners)
    probe = "; ".join([f"{_label(chosen.device)}: ms per step {times}", *notes])
    return dataclasses.replace(chosen.device, probe=probe)


def _difference(trial: Trial, device: Device) -> float:
    """The relative distance of the outputs on `device` from those in float32."""
    outputs = []
    for one in (dataclasses.replace(device, precision="float32"), device):
        model = copy.deepcopy(trial.model).eval()
        one.move(model)
        with torch.no_grad(), one.autocast():
            outputs.append(joined(model.answer(one.to_layout(trial.batch))))
    return distance(*outputs)


def _label(device: Device) -> str:
    return f"{device.precision} {device.memory_format}"
