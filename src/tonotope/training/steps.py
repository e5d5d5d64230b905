"""Steps of the loop: start or resume, load a batch, `train_step` (loss, backward), end an epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tonotope._progress import Progress
from tonotope.heads import LossOptions, Task
from tonotope.model import Model
from tonotope.runtime.device import default_device
from tonotope.runtime.memory import keep_freed_memory
from tonotope.runtime.random_numbers import random_generator, seed_torch
from tonotope.runtime.rank import Rank
from tonotope.training.augmentation import augment, draw_augmentation
from tonotope.training.dataset import ClipIndex, Dataset
from tonotope.training.early_stopping import patience_is_over, validation_score
from tonotope.training.failures import check_finite
from tonotope.training.gain import FeatureGain, feature_gain
from tonotope.training.history import EpochSums
from tonotope.training.plan import TrainingPlan
from tonotope.training.precision_choice import Trial, fastest_device
from tonotope.training.schedule import learning_rate
from tonotope.training.training_state import (
    TrainingState,
    load_checkpoint,
    new_state,
    save_checkpoint,
)


@dataclass(frozen=True)
class TrainingSetup:
    """What stays the same from the first step of a training to the last.

    Attributes:
        model: whose head and representation decide about batches and augmentation.
        dataset: features and targets, on the device.
        plan: every choice.
        seed: decides all random numbers.
        rank: of this process.
        progress: receives a line when the precision changes.
    """

    model: Model
    dataset: Dataset
    plan: TrainingPlan
    seed: int
    rank: Rank
    progress: Progress

    @property
    def task(self) -> Task:
        """The head's description."""
        return self.model.description.head

    @cached_property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch."""
        return len(self.batches(0))

    @cached_property
    def centres_hz(self) -> np.ndarray:
        """Centre frequencies of the bands, `(frequency,)`.

        Empty for waveforms and cosine coefficients, whose values are not neighbours in frequency.
        """
        axes = {axis.name: axis for axis in self.model.description.feature_shape()}
        neighbours = "frequency" in axes and axes["frequency"].unit
        representation = self.model.description.representation
        return representation.frequencies_hz() if neighbours else np.empty(0)

    @cached_property
    def gain(self) -> FeatureGain:
        """Changes of level for the standardised features."""
        standardise = self.model.standardise
        representation = self.model.description.representation
        return feature_gain(representation, standardise.mean, standardise.std)

    @cached_property
    def class_weights(self) -> Mapping[str, Tensor] | None:
        """By output, `(class,)`; None: all equal."""
        if not self.plan.class_weights:
            return None
        return self.task.class_weights(self.dataset.targets_of(self.dataset.train)) or None

    def batches(self, epoch: int) -> list[ClipIndex]:
        """The batches of an epoch, the same in every process.

        A head with a rule for its batches composes them itself.
        """
        dataset, size = self.dataset, self.plan.batch_size
        rng = random_generator(self.seed, epoch, 0)
        targets = dataset.targets_of(dataset.train)
        episodes = self.task.episodes(targets, size, int(rng.integers(2**31)))
        if episodes is None:
            return dataset.batches(self.seed, epoch, size)
        return dataset.cut_episodes(episodes, self.seed, epoch)

    def steps_done(self, state: TrainingState) -> int:
        """Steps of the optimiser since the training began."""
        return state.epoch * self.steps_per_epoch + state.step


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
    setup = TrainingSetup(model, dataset, plan, seed, rank, progress)
    steps = plan.epochs * setup.steps_per_epoch
    start = default_device(plan.precision, plan.memory_format)
    # Before anything is allocated: precisions are timed in the memory that training will use.
    memory = keep_freed_memory() if start.name == "cpu" else ""
    identity = {
        "seed": seed,
        "model": model.description.digest,
        "recordings": dataset.digest,
        "plan": plan.model_dump(mode="json"),
    }
    state = load_checkpoint(model, plan, folder, identity, setup.steps_per_epoch, progress, rank)
    if state is None:
        is_relative = model.description.representation.is_relative
        normalise = model.standardise.levelled if is_relative else None
        model.standardise.set(*dataset.mean_and_std(normalise))
        with start.computing():
            trial = _trial(model, dataset.to(start.name), setup.batches(0)[0], start.name)
            device = fastest_device(trial, plan, start, steps)
        device = replace(device, probe="; ".join(filter(None, [device.probe, memory])))
        state = new_state(model, plan, folder, identity, device, rank)
        progress.say(state.device.describe())
        save_checkpoint(state)
    setup = replace(setup, dataset=dataset.to(state.device.name))
    progress.begin("train", steps)
    progress.advance(setup.steps_done(state))
    return setup, state


def load_batch(
    setup: TrainingSetup, state: TrainingState, clips: ClipIndex
) -> tuple[Tensor, dict[str, Tensor]]:
    """The features and targets of one step, standardised and augmented, on the device.

    Args:
        setup: of the training.
        state: gives epoch and step, which decide the random numbers.
        clips: of the batch.

    Returns:
        `(batch, channel, time, ...)`, and `(batch, ...)` for each output.
    """
    rng = random_generator(setup.seed, state.epoch, state.step + 1, setup.rank.number)
    seed_torch(int(rng.integers(2**63)), state.device.name)
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

    Args:
        setup: of the training.
        state: of the training; its weights and moments change.
        clips: of the batch, to name their recordings in an error.
        features: from `load_batch`, `(batch, channel, time, ...)`.
        targets: from `load_batch`, `(batch, ...)` each.

    Raises:
        TrainingError: the loss or its gradient is not finite; the weights are unchanged.
    """
    plan, steps_done = setup.plan, setup.steps_done(state)
    losses = [line.get("validation_loss", line["train_loss"]) for line in state.lines]
    rate = learning_rate(plan, steps_done, setup.steps_per_epoch, losses)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    state.model.train()
    options = LossOptions(class_weight=setup.class_weights, label_smoothing=plan.label_smoothing)

    def loss_of(outputs: Mapping[str, Tensor]) -> Tensor:
        return setup.task.loss(outputs, targets, options)

    state.guard.check(state.model, Model.answer, features, loss_of, setup.progress)
    with state.device.autocast():
        outputs = state.model.answer(features)
    loss = loss_of(outputs)
    loss.backward()
    check_finite(loss, state, setup.dataset, clips, rate)
    state.optimizer.step()
    state.optimizer.zero_grad(set_to_none=True)
    if state.average:
        state.average.update(state.model, steps_done)
    with torch.no_grad():
        metrics = setup.task.metrics(setup.task.scores(outputs), targets)
    return float(loss.detach()), metrics


def end_epoch(
    setup: TrainingSetup,
    state: TrainingState,
    validation: Mapping[str, float],
    validation_seconds: float,
) -> None:
    """Add the epoch to the history, keep the best weights, decide whether training is finished.

    Args:
        setup: of the training.
        state: of the training; it changes.
        validation: loss and metrics; empty where there are no validation recordings.
        validation_seconds: how long they took.
    """
    rate = state.optimizer.param_groups[0]["lr"]
    state.epoch, state.step = state.epoch + 1, 0
    line = state.sums.line(state.epoch, rate, validation, validation_seconds)
    # The first line records the device, and so does each line before which it changed.
    before = next((one["probe"] for one in reversed(state.lines) if "probe" in one), None)
    if before != state.device.probe:
        line |= state.device.to_json()
    state.lines.append(line)
    state.sums = EpochSums()
    if validation:
        score = validation_score(setup.plan, validation)
        if state.best_value is None or score > state.best_value:
            state.keep_best(score)
        state.stopped_early = patience_is_over(setup.plan, state.epoch, state.best_epoch)
    state.finished = state.epoch == setup.plan.epochs or state.stopped_early
    if state.finished and not validation:
        state.keep_best(None)


def _trial(model: Model, dataset: Dataset, clips: ClipIndex, device: str) -> Trial:
    """The model with one batch as in training, to time precisions with."""
    features, targets = dataset.load(clips)
    standardise = model.standardise
    batch = standardise.levelled(features) - standardise.mean.to(device)
    batch = batch / standardise.std.to(device)
    task = model.description.head

    def loss(outputs: Mapping[str, Tensor]) -> Tensor:
        size = len(next(iter(outputs.values())))
        return task.loss(outputs, {name: target[:size] for name, target in targets.items()})

    return Trial(model, batch, loss)
