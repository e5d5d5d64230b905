"""The steps of the training loop: start or resume, load a batch, train on it, end an epoch."""

from __future__ import annotations

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
from tonotope.runtime.precision import Cost as LossOf
from tonotope.runtime.random_numbers import random_generator
from tonotope.runtime.rank import Rank
from tonotope.training.augmentation import augment, draw_augmentation
from tonotope.training.autotune import Trial, fastest_device
from tonotope.training.dataset import ClipIndex, Dataset
from tonotope.training.early_stopping import patience_is_over, validation_score
from tonotope.training.errors import check_finite
from tonotope.training.gain import FeatureGain, feature_gain
from tonotope.training.history import EpochSums
from tonotope.training.plan import TrainingPlan
from tonotope.training.schedule import learning_rate
from tonotope.training.training_state import (
    TrainingState,
    load_checkpoint,
    new_state,
    save_checkpoint,
)


@dataclass(frozen=True)
class TrainingSetup:
    """What does not change from the first step of a training to the last.

    Attributes:
        task: the head's description.
        dataset: features and targets, on the device.
        plan: every choice.
        seed: decides all random numbers.
        steps_per_epoch: batches in an epoch.
        centres_hz: of the bands, `(frequency,)`; empty for waveforms and cosine coefficients, whose
            values are not neighbours in frequency.
        gain: applies a change of level to standardised features.
        class_weights: of every class; None: all equal.
        rank: of this process.
        progress: is told when the precision changes.
    """

    task: Task
    dataset: Dataset
    plan: TrainingPlan
    seed: int
    steps_per_epoch: int
    centres_hz: np.ndarray
    gain: FeatureGain
    class_weights: Mapping[str, Tensor] | None
    rank: Rank
    progress: Progress

    def batches(self, epoch: int) -> list[ClipIndex]:
        """The batches of an epoch, the same in every process."""
        return _batches(self.task, self.dataset, self.plan, self.seed, epoch)

    def steps_done(self, state: TrainingState) -> int:
        """Steps of the optimiser since the training began."""
        return state.epoch * self.steps_per_epoch + state.step

    def loss(self, targets: Mapping[str, Tensor]) -> LossOf:
        """The loss as a function of the outputs, for these targets."""
        options = LossOptions(
            class_weight=self.class_weights, label_smoothing=self.plan.label_smoothing
        )
        return lambda outputs: self.task.loss(outputs, targets, options)

    def learning_rate(self, state: TrainingState) -> float:
        """The learning rate of the next step."""
        losses = [line.get("validation_loss", line["train_loss"]) for line in state.lines]
        return learning_rate(self.plan, self.steps_done(state), self.steps_per_epoch, losses)


def start_or_resume(
    model: Model,
    dataset: Dataset,
    plan: TrainingPlan,
    folder: Path,
    seed: int,
    progress: Progress,
    rank: Rank,
) -> tuple[TrainingSetup, TrainingState]:
    """A new training, or the one in `folder` as its checkpoint left it.

    Raises:
        TrainingError: the checkpoint is damaged, or belongs to another training.
        TonotopeError: the disk is full or the folder cannot be written.
    """
    batches = _batches(model.description.head, dataset, plan, seed, 0)
    steps = plan.epochs * len(batches)
    start = default_device(plan.precision, plan.memory_format)
    # Before anything is allocated: autotune must run in the memory that training will use.
    memory = keep_freed_memory() if start.name == "cpu" else ""
    identity = {
        "seed": seed,
        "model": model.description.digest,
        "recordings": dataset.digest,
        "plan": plan.model_dump(mode="json"),
    }
    state = load_checkpoint(model, plan, folder, identity, progress, rank)
    if state is None:
        is_relative = model.description.representation.is_relative
        normalise = model.standardise.levelled if is_relative else None
        model.standardise.set(*dataset.mean_and_std(normalise))
        with start.computing():
            trial = _trial(model, dataset.to(start.name), batches[0], start.name)
            device = fastest_device(trial, plan, start, steps)
        device = replace(device, probe="; ".join(filter(None, [device.probe, memory])))
        state = new_state(model, plan, folder, identity, device, rank)
        progress.say(state.device.describe())
        save_checkpoint(state)
    setup = _setup(model, dataset.to(state.device.name), plan, seed, len(batches), rank, progress)
    progress.begin("train", steps)
    progress.advance(setup.steps_done(state))
    return setup, state


def load_batch(
    setup: TrainingSetup, state: TrainingState, clips: ClipIndex
) -> tuple[Tensor, dict[str, Tensor]]:
    """The features and targets of one step, standardised and augmented, on the device.

    Returns:
        `(batch, channel, time, ...)`, and `(batch, ...)` for each output.
    """
    rng = random_generator(setup.seed, state.epoch, state.step + 1, setup.rank.number)
    _seed(int(rng.integers(2**63)), state.device.name)
    with torch.no_grad():
        features, targets = setup.dataset.load(clips)
        features = state.model.standardise(features)
        shiftable = setup.dataset.single_clip(clips[0])
        drawn = draw_augmentation(rng, setup.plan, features.shape[2], setup.centres_hz, shiftable)
        features, targets = augment(features, targets, drawn, setup.gain)
        features, targets = setup.task.prepare_batch(features, targets)
        return state.device.to_layout(features), dict(targets)


def train_step(
    setup: TrainingSetup,
    state: TrainingState,
    clips: ClipIndex,
    features: Tensor,
    targets: Mapping[str, Tensor],
) -> tuple[float, dict[str, float]]:
    """One step of the optimiser; returns loss and metrics of the batch before the step.

    Raises:
        TrainingError: the loss or its gradient is not a number; the weights are unchanged.
    """
    rate = setup.learning_rate(state)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    state.model.train()
    loss_of = setup.loss(targets)
    state.guard.check(state.model, Model.answer, features, loss_of, setup.progress)
    with state.device.autocast():
        outputs = state.model.answer(features)
    loss = loss_of(outputs)
    loss.backward()
    check_finite(loss, state, setup.dataset, clips, rate)
    state.optimizer.step()
    state.optimizer.zero_grad(set_to_none=True)
    if state.average:
        state.average.update(state.model, setup.steps_done(state))
    with torch.no_grad():
        metrics = setup.task.metrics(setup.task.scores(outputs), targets)
    return float(loss.detach()), metrics


def end_epoch(
    setup: TrainingSetup,
    state: TrainingState,
    validation: Mapping[str, float],
    validation_seconds: float,
) -> None:
    """Write the epoch's line, keep the best weights, decide whether training is finished.

    Args:
        setup: of the training.
        state: of the training; it changes.
        validation: loss and metrics; empty where there are no validation recordings.
        validation_seconds: how long they took.
    """
    rate = state.optimizer.param_groups[0]["lr"]
    state.epoch, state.step = state.epoch + 1, 0
    line = state.sums.line(state.epoch, rate, validation, validation_seconds)
    # The first line says how the network was computed, and so does each line where that changed.
    known = next((one["probe"] for one in reversed(state.lines) if "probe" in one), None)
    changed = known != state.device.probe
    state.lines.append(line | state.device.to_json() if changed else line)
    state.sums = EpochSums()
    if validation:
        score = validation_score(setup.plan, validation)
        if state.best_value is None or score > state.best_value:
            state.keep_best(score)
        state.stopped_early = patience_is_over(setup.plan, state.epoch, state.best_epoch)
    state.finished = state.epoch == setup.plan.epochs or state.stopped_early
    if state.finished and not validation:
        state.keep_best(None)


def _batches(
    task: Task, dataset: Dataset, plan: TrainingPlan, seed: int, epoch: int
) -> list[ClipIndex]:
    """The batches of an epoch; the head composes them itself if it needs to."""
    targets = dataset.targets_of(dataset.train)
    rng = random_generator(seed, epoch, 0)
    episodes = task.episodes(targets, plan.batch_size, int(rng.integers(2**31)))
    if episodes is None:
        return dataset.batches(seed, epoch, plan.batch_size)
    return dataset.cut_episodes(episodes, seed, epoch)


def _setup(
    model: Model,
    dataset: Dataset,
    plan: TrainingPlan,
    seed: int,
    steps_per_epoch: int,
    rank: Rank,
    progress: Progress,
) -> TrainingSetup:
    task, representation = model.description.head, model.description.representation
    axes = {axis.name: axis for axis in model.description.feature_shape()}
    neighbours = "frequency" in axes and axes["frequency"].unit
    weights = task.class_weights(dataset.targets_of(dataset.train)) if plan.class_weights else None
    return TrainingSetup(
        task=task,
        dataset=dataset,
        plan=plan,
        seed=seed,
        steps_per_epoch=steps_per_epoch,
        centres_hz=representation.frequencies_hz() if neighbours else np.empty(0),
        gain=feature_gain(representation, model.standardise.mean, model.standardise.std),
        class_weights=weights or None,
        rank=rank,
        progress=progress,
    )


def _seed(seed: int, device: str) -> None:
    """Seed only the generators in use: `torch.manual_seed` would start every accelerator."""
    torch.default_generator.manual_seed(seed)
    if device == "cuda":
        torch.cuda.manual_seed(seed)


def _trial(model: Model, dataset: Dataset, clips: ClipIndex, device: str) -> Trial:
    """One batch as the training will see it, for `autotune`."""
    features, targets = dataset.load(clips)
    standardise = model.standardise
    batch = standardise.levelled(features) - standardise.mean.to(device)
    batch = batch / standardise.std.to(device)
    task = model.description.head

    def loss(outputs: Mapping[str, Tensor]) -> Tensor:
        size = len(next(iter(outputs.values())))
        return task.loss(outputs, {name: target[:size] for name, target in targets.items()})

    return Trial(model, batch, loss)
