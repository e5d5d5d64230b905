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
from tonotope.runtime.device import default_device, keep_freed_memory
from tonotope.runtime.precision import Cost
from tonotope.runtime.random_numbers import random_generator
from tonotope.training.augmentation import augment, draw_augmentation
from tonotope.training.autotune import Trial, fastest_device
from tonotope.training.dataset import ClipIndex, Dataset
from tonotope.training.errors import check_finite
from tonotope.training.gain import FeatureGain, feature_gain
from tonotope.training.history import EpochSums
from tonotope.training.plan import TrainingPlan
from tonotope.training.schedule import learning_rate
from tonotope.training.training_state import TrainingState, load_checkpoint, new_state
from tonotope.training.validation import validate


@dataclass(frozen=True)
class TrainingSetup:
    """What stays the same from the first step of a training to the last.

    Attributes:
        task: what is asked of the model.
        dataset: what it hears.
        plan: every choice.
        seed: decides all chance.
        steps: how many steps an epoch has.
        centres_hz: of bands that are neighbours in frequency; none for waveforms and cosine
            coefficients.
        gain: what a change of loudness does to the features.
        weights: how much each class counts; None: all the same.
        progress: hears of it when the arithmetic changes.
    """

    task: Task
    dataset: Dataset
    plan: TrainingPlan
    seed: int
    steps: int
    centres_hz: np.ndarray
    gain: FeatureGain
    weights: Mapping[str, Tensor] | None
    progress: Progress

    def batches(self, epoch: int) -> list[ClipIndex]:
        """The batches of an epoch, the head's own where it asks for them."""
        return _batches(self.task, self.dataset, self.plan, self.seed, epoch)

    def cost(self, targets: Mapping[str, Tensor]) -> Cost:
        """The loss of outputs for which these targets are wanted."""
        options = LossOptions(class_weight=self.weights, label_smoothing=self.plan.label_smoothing)
        return lambda outputs: self.task.loss(outputs, targets, options)

    def learning_rate(self, state: TrainingState) -> float:
        """The learning rate of the step to come."""
        losses = [line.get("validation_loss", line["train_loss"]) for line in state.lines]
        return learning_rate(self.plan, state.epoch * self.steps + state.step, self.steps, losses)


def start_or_resume(
    model: Model,
    dataset: Dataset,
    plan: TrainingPlan,
    folder: Path,
    seed: int,
    progress: Progress,
) -> tuple[TrainingSetup, TrainingState]:
    """A training at its beginning, or where the last one in `folder` was cut off."""
    task, representation = model.description.head, model.description.representation
    identity = {
        "seed": seed,
        "model": model.description.digest,
        "recordings": dataset.digest,
        "plan": plan.model_dump(mode="json"),
    }
    batches = _batches(task, dataset, plan, seed, 0)
    # First of all: what is tried below shall be tried, and lie, in memory that is kept.
    memory = (
        keep_freed_memory()
        if default_device(plan.precision, plan.memory_format).name == "cpu"
        else ""
    )
    state = load_checkpoint(model, plan, folder, identity, progress)
    if state is None:
        change = model.standardise.levelled if representation.level == "clip" else None
        model.standardise.set(*dataset.mean_and_std(change))
        start = default_device(plan.precision, plan.memory_format)
        with start.computing():
            trial = _trial(model, dataset.to(start.name), batches[0], start.name)
            device = fastest_device(trial, plan, start, plan.epochs * len(batches))
        device = replace(device, probe="; ".join(filter(None, [device.probe, memory])))
        state = new_state(model, plan, folder, identity, device)
        progress.say(state.device.describe())
        state.save()
    progress.begin("train", plan.epochs * len(batches))
    progress.advance(state.epoch * len(batches) + state.step)
    dataset = dataset.to(state.device.name)
    return _setup(model, dataset, plan, seed, len(batches), progress), state


def load_batch(
    setup: TrainingSetup, state: TrainingState, places: ClipIndex
) -> tuple[Tensor, dict[str, Tensor]]:
    """The clips of one step, standardised and made harder to learn by heart, and their targets."""
    rng = random_generator(setup.seed, state.epoch, state.step + 1)
    _seed(int(rng.integers(2**63)), state.device.name)
    with torch.no_grad():
        features, targets = setup.dataset.load(places)
        features = state.model.standardise(features)
        shiftable = setup.dataset.single_clip(places[0])
        drawn = draw_augmentation(rng, setup.plan, features.shape[2], setup.centres_hz, shiftable)
        features, targets = augment(features, targets, drawn, setup.gain)
        features, targets = setup.task.prepare_batch(features, targets)
        return state.device.to_layout(features), dict(targets)


def train_step(
    setup: TrainingSetup,
    state: TrainingState,
    places: ClipIndex,
    features: Tensor,
    targets: Mapping[str, Tensor],
) -> tuple[float, dict[str, float]]:
    """One step of the optimiser; returns the loss and the metrics before it.

    Raises:
        TrainingError: the loss or its gradient is not a number; the weights are left as they were.
    """
    rate = setup.learning_rate(state)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    state.model.train()
    cost = setup.cost(targets)
    state.guard.check(state.model, Model.answer, features, cost, setup.progress)
    with state.device.autocast():
        outputs = state.model.answer(features)
    loss = cost(outputs)
    loss.backward()
    check_finite(loss, state, setup.dataset, places, rate)
    state.optimizer.step()
    state.optimizer.zero_grad(set_to_none=True)
    if state.average:
        state.average.update(state.model, state.epoch * setup.steps + state.step)
    with torch.no_grad():
        metrics = setup.task.metrics(setup.task.scores(outputs), targets)
    return float(loss.detach()), metrics


def end_epoch(setup: TrainingSetup, state: TrainingState) -> None:
    """End an epoch: validate, write its line, keep the weights if they are the best so far."""
    plan, began = setup.plan, time.perf_counter()
    rate = state.optimizer.param_groups[0]["lr"]
    found = validate(
        state.evaluated_model, setup.dataset, state.guard, plan.batch_size, setup.progress
    )
    state.epoch, state.step = state.epoch + 1, 0
    line = state.sums.line(state.epoch, rate, found, time.perf_counter() - began)
    told = next((one["probe"] for one in reversed(state.lines) if "probe" in one), None)
    state.lines.append(line if told == state.device.probe else line | state.device.to_json())
    state.sums = EpochSums()
    if found:
        metric = next((value for name, value in found.items() if name != "loss"), None)
        value = metric if plan.best == "metric" and metric is not None else -found["loss"]
        if state.best_value is None or value > state.best_value:
            state.keep_best(value)
    waited = state.epoch - state.best_epoch
    state.stopped_early = bool(found) and 0 < plan.patience <= waited
    state.finished = state.epoch == plan.epochs or state.stopped_early
    if state.finished and not found:
        state.keep_best(None)


def _batches(
    task: Task, dataset: Dataset, plan: TrainingPlan, seed: int, epoch: int
) -> list[ClipIndex]:
    wanted = dataset.targets_of(dataset.train)
    episodes = task.episodes(
        wanted, plan.batch_size, int(random_generator(seed, epoch, 0).integers(2**31))
    )
    if episodes is None:
        return dataset.batches(seed, epoch, plan.batch_size)
    return dataset.cut_episodes(episodes, seed, epoch)


def _setup(
    model: Model,
    dataset: Dataset,
    plan: TrainingPlan,
    seed: int,
    steps: int,
    progress: Progress,
) -> TrainingSetup:
    task = model.description.head
    representation = model.description.representation
    mean, std = model.standardise.mean, model.standardise.std
    axes = {axis.name: axis for axis in model.description.feature_shape()}
    neighbours = "frequency" in axes and axes["frequency"].unit
    weights = task.class_weights(dataset.targets_of(dataset.train)) if plan.class_weights else None
    return TrainingSetup(
        task,
        dataset,
        plan,
        seed,
        steps,
        representation.frequencies_hz() if neighbours else np.empty(0),
        feature_gain(representation, mean, std),
        weights or None,
        progress,
    )


def _seed(seed: int, device: str) -> None:
    """Begin PyTorch's chance anew where it is used: `torch.manual_seed` asks every accelerator."""
    torch.default_generator.manual_seed(seed)
    if device == "cuda":
        torch.cuda.manual_seed(seed)


def _trial(model: Model, dataset: Dataset, places: ClipIndex, device: str) -> Trial:
    """One batch as the training will see it, for the probe."""
    features, targets = dataset.load(places)
    standardise = model.standardise
    batch = standardise.levelled(features) - standardise.mean.to(device)
    batch = batch / standardise.std.to(device)
    task = model.description.head

    def cost(outputs: Mapping[str, Tensor]) -> Tensor:
        clips = len(next(iter(outputs.values())))
        return task.loss(outputs, {name: target[:clips] for name, target in targets.items()})

    return Trial(model, batch, cost)
