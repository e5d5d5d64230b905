"""The verbs of the training loop: set out, hear, learn, judge."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tonotope._progress import Progress
from tonotope.heads import LossOptions, Task
from tonotope.model import Model
from tonotope.runtime.device import keep_memory, plain
from tonotope.runtime.precision import Cost
from tonotope.training.augmentation import apply, draw
from tonotope.training.autotune import Trial, probe
from tonotope.training.dataset import Material, Places, chance
from tonotope.training.errors import check_finite
from tonotope.training.gain import Level, level_of
from tonotope.training.history import Sums
from tonotope.training.plan import TrainingPlan
from tonotope.training.schedule import learning_rate
from tonotope.training.training_state import State, begin, resume
from tonotope.training.validation import validate


@dataclass(frozen=True)
class Course:
    """What stays the same from the first step of a training to the last.

    Attributes:
        task: what is asked of the model.
        material: what it hears.
        plan: every choice.
        seed: decides all chance.
        steps: how many steps an epoch has.
        centres_hz: of bands that are neighbours in frequency; none for waveforms and cosine
            coefficients.
        level: what a change of loudness does to the features.
        weights: how much each class counts; None: all the same.
        progress: hears of it when the arithmetic changes.
    """

    task: Task
    material: Material
    plan: TrainingPlan
    seed: int
    steps: int
    centres_hz: np.ndarray
    level: Level
    weights: Mapping[str, Tensor] | None
    progress: Progress

    def batches(self, epoch: int) -> list[Places]:
        """The batches of an epoch, the head's own where it asks for them."""
        return _batches(self.task, self.material, self.plan, self.seed, epoch)

    def cost(self, targets: Mapping[str, Tensor]) -> Cost:
        """The loss of outputs for which these targets are wanted."""
        options = LossOptions(class_weight=self.weights, label_smoothing=self.plan.label_smoothing)
        return lambda outputs: self.task.loss(outputs, targets, options)

    def learning_rate(self, state: State) -> float:
        """The learning rate of the step to come."""
        losses = [line.get("validation_loss", line["train_loss"]) for line in state.lines]
        return learning_rate(self.plan, state.epoch * self.steps + state.step, self.steps, losses)


def set_out(
    model: Model,
    material: Material,
    plan: TrainingPlan,
    folder: Path,
    seed: int,
    progress: Progress,
) -> tuple[Course, State]:
    """A training at its beginning, or where the last one in `folder` was cut off."""
    task, representation = model.description.head, model.description.representation
    identity = {
        "seed": seed,
        "model": model.description.digest,
        "recordings": material.digest,
        "plan": plan.model_dump(mode="json"),
    }
    batches = _batches(task, material, plan, seed, 0)
    # First of all: what is tried below shall be tried, and lie, in memory that is kept.
    memory = keep_memory() if plain(plan.precision, plan.memory_format).name == "cpu" else ""
    state = resume(model, plan, folder, identity, progress)
    if state is None:
        change = model.standardise.levelled if representation.level == "clip" else None
        model.standardise.set(*material.moments(change))
        start = plain(plan.precision, plan.memory_format)
        with start.at_work():
            trial = _trial(model, material.to(start.name), batches[0], start.name)
            device = probe(trial, plan, start, plan.epochs * len(batches))
        device = replace(device, probe="; ".join(filter(None, [device.probe, memory])))
        state = begin(model, plan, folder, identity, device)
        progress.say(state.device.said())
        state.save()
    progress.begin("train", plan.epochs * len(batches))
    progress.advance(state.epoch * len(batches) + state.step)
    material = material.to(state.device.name)
    return _course(model, material, plan, seed, len(batches), progress), state


def hear(course: Course, state: State, places: Places) -> tuple[Tensor, dict[str, Tensor]]:
    """The clips of one step, standardised and made harder to learn by heart, and their targets."""
    rng = chance(course.seed, state.epoch, state.step + 1)
    _seed(int(rng.integers(2**63)), state.device.name)
    with torch.no_grad():
        features, targets = course.material.clips(places)
        features = state.model.standardise(features)
        turnable = course.material.turnable(places[0])
        drawn = draw(rng, course.plan, features.shape[2], course.centres_hz, turnable)
        features, targets = apply(features, targets, drawn, course.level)
        features, targets = course.task.prepare_batch(features, targets)
        return state.device.laid(features), dict(targets)


def learn(
    course: Course, state: State, places: Places, features: Tensor, targets: Mapping[str, Tensor]
) -> tuple[float, dict[str, float]]:
    """One step of the optimiser; returns the loss and the metrics before it.

    Raises:
        TrainingError: the loss or its gradient is not a number; the weights are left as they were.
    """
    rate = course.learning_rate(state)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    state.model.train()
    cost = course.cost(targets)
    state.guard.check(state.model, Model.answer, features, cost, course.progress)
    with state.device.autocast():
        outputs = state.model.answer(features)
    loss = cost(outputs)
    loss.backward()
    check_finite(loss, state, course.material, places, rate)
    state.optimizer.step()
    state.optimizer.zero_grad(set_to_none=True)
    if state.average:
        state.average.add(state.model, state.epoch * course.steps + state.step)
    with torch.no_grad():
        metrics = course.task.metrics(course.task.scores(outputs), targets)
    return float(loss.detach()), metrics


def judge(course: Course, state: State) -> None:
    """End an epoch: validate, write its line, keep the weights if they are the best so far."""
    plan, began = course.plan, time.perf_counter()
    rate = state.optimizer.param_groups[0]["lr"]
    found = validate(
        state.evaluated, course.material, state.guard, plan.batch_size, course.progress
    )
    state.epoch, state.step = state.epoch + 1, 0
    line = state.sums.line(state.epoch, rate, found, time.perf_counter() - began)
    told = next((one["probe"] for one in reversed(state.lines) if "probe" in one), None)
    state.lines.append(line if told == state.device.probe else line | state.device.facts())
    state.sums = Sums()
    if found:
        metric = next((value for name, value in found.items() if name != "loss"), None)
        value = metric if plan.best == "metric" and metric is not None else -found["loss"]
        if state.best_value is None or value > state.best_value:
            state.keep(value)
    waited = state.epoch - state.best_epoch
    state.stopped_early = bool(found) and 0 < plan.patience <= waited
    state.finished = state.epoch == plan.epochs or state.stopped_early
    if state.finished and not found:
        state.keep(None)


def _batches(
    task: Task, material: Material, plan: TrainingPlan, seed: int, epoch: int
) -> list[Places]:
    wanted = material.wanted(material.train)
    episodes = task.episodes(wanted, plan.batch_size, int(chance(seed, epoch, 0).integers(2**31)))
    if episodes is None:
        return material.epoch(seed, epoch, plan.batch_size)
    return material.chosen(episodes, seed, epoch)


def _course(
    model: Model,
    material: Material,
    plan: TrainingPlan,
    seed: int,
    steps: int,
    progress: Progress,
) -> Course:
    task = model.description.head
    representation = model.description.representation
    mean, std = model.standardise.mean, model.standardise.std
    axes = {axis.name: axis for axis in model.description.feature_shape()}
    neighbours = "frequency" in axes and axes["frequency"].unit
    weights = task.class_weights(material.wanted(material.train)) if plan.class_weights else None
    return Course(
        task,
        material,
        plan,
        seed,
        steps,
        representation.frequencies_hz() if neighbours else np.empty(0),
        level_of(representation, mean, std),
        weights or None,
        progress,
    )


def _seed(seed: int, device: str) -> None:
    """Begin PyTorch's chance anew where it is used: `torch.manual_seed` asks every accelerator."""
    torch.default_generator.manual_seed(seed)
    if device == "cuda":
        torch.cuda.manual_seed(seed)


def _trial(model: Model, material: Material, places: Places, device: str) -> Trial:
    """One batch as the training will see it, for the probe."""
    features, targets = material.clips(places)
    standardise = model.standardise
    batch = standardise.levelled(features) - standardise.mean.to(device)
    batch = batch / standardise.std.to(device)
    task = model.description.head

    def cost(outputs: Mapping[str, Tensor]) -> Tensor:
        clips = len(next(iter(outputs.values())))
        return task.loss(outputs, {name: target[:clips] for name, target in targets.items()})

    return Trial(model, batch, cost)
