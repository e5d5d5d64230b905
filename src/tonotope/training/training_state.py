"""The state of a training (weights, optimiser, epoch, best): saved and loaded to resume."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from torch import Tensor, optim

from tonotope._errors import TrainingError
from tonotope._files import sweep
from tonotope._progress import Progress
from tonotope.model import Model
from tonotope.runtime.bfloat16_guard import Guard
from tonotope.runtime.device import Device, default_device
from tonotope.runtime.rank import Rank
from tonotope.training import checkpoint, checkpoint_checks
from tonotope.training.checkpoint import Tree
from tonotope.training.history import EpochSums, History, HistoryLine, write_history
from tonotope.training.optimizer import build_optimizer
from tonotope.training.plan import TrainingPlan
from tonotope.training.weight_average import WeightAverage

# At the ends of short epochs, saving takes at most this share of the time.
SAVING_SHARE = 0.02
# Keys of the plan that may change when a training continues.
CHANGEABLE_KEYS = {"patience", "final"}


@dataclass
class TrainingState:
    """The state of a training after any step.

    Attributes:
        model: with its current weights.
        optimizer: with its moments.
        guard: how the network is computed; checks bfloat16.
        average: the moving average of the weights, if the plan has one.
        folder: where checkpoint and history are saved.
        identity: seed, model, recordings and plan; a checkpoint of others is refused.
        rank: of this process; only rank 0 saves.
        epoch: how many epochs are finished.
        step: how many steps of the current epoch are done.
        sums: of the current epoch.
        lines: the history of the finished epochs.
        best: the best weights so far, by name, of any shape.
        best_value: their score, higher is better; None where nothing is validated.
        best_epoch: the epoch they are from, counted from 1.
        finished: whether no epoch is left.
        stopped_early: whether validation did not improve for `patience` epochs.
    """

    model: Model
    optimizer: optim.Optimizer
    guard: Guard
    average: WeightAverage[Model] | None
    folder: Path
    identity: Tree
    rank: Rank
    epoch: int = 0
    step: int = 0
    sums: EpochSums = field(default_factory=EpochSums)
    lines: list[HistoryLine] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    best_value: float | None = None
    best_epoch: int = 0
    finished: bool = False
    stopped_early: bool = False
    saved_at: float = 0.0
    save_cost_s: float = 0.0

    @property
    def device(self) -> Device:
        """How the network is computed now."""
        return self.guard.device

    @property
    def evaluated_model(self) -> Model:
        """The model that is validated and kept: the average if there is one."""
        return self.average.module if self.average else self.model

    def keep_best(self, value: float | None) -> None:
        """Copy the evaluated weights: they are the best so far."""
        state = self.evaluated_model.state_dict()
        self.best = {name: tensor.detach().clone() for name, tensor in state.items()}
        self.best_value, self.best_epoch = value, self.epoch

    def stopped_message(self) -> str:
        """The message of `Interrupted`."""
        return (
            f"stopped in epoch {self.epoch + 1} after {self.step} of its steps; everything is saved"
            f" in {self.folder}, and the same command goes on from there"
        )

    def since_saved_s(self) -> float:
        """Seconds since the last checkpoint."""
        return time.perf_counter() - self.saved_at

    def saving_is_cheap(self) -> bool:
        """Whether saving now takes a small share of the time since the last checkpoint."""
        return self.since_saved_s() * SAVING_SHARE >= self.save_cost_s


# What a checkpoint keeps as JSON, besides sums and device.
_FACTS = ("epoch", "step", "lines", "best_value", "best_epoch", "finished", "stopped_early")


def new_state(
    model: Model, plan: TrainingPlan, folder: Path, identity: Tree, device: Device, rank: Rank
) -> TrainingState:
    """The state before the first step, on `device`."""
    device.move(model)
    average = WeightAverage(model, plan.average) if plan.average else None
    optimizer = build_optimizer(model, plan)
    return TrainingState(model, optimizer, Guard(device), average, folder, identity, rank)


def save_checkpoint(state: TrainingState) -> None:
    """Write checkpoint and history; only rank 0 does.

    Raises:
        TonotopeError: the disk is full or the folder cannot be written.
    """
    started = time.perf_counter()
    if state.rank.writes:
        parts = {"last": state.model.state_dict(), "best": state.best}
        parts["optimizer"] = checkpoint.optimizer_tensors(state.optimizer)
        if state.average:
            parts["average"] = state.average.module.state_dict()
        tensors = {
            f"{part}/{key}": value for part, own in parts.items() for key, value in own.items()
        }
        facts = {key: getattr(state, key) for key in ("identity", *_FACTS)}
        facts |= {"tensors": sorted(tensors)}
        facts |= {"sums": dataclasses.asdict(state.sums), "device": state.device.to_json()}
        checkpoint.write_checkpoint(state.folder, tensors, facts)
        write_history(state.folder, state.lines)
    state.saved_at = time.perf_counter()
    state.save_cost_s = state.saved_at - started


def load_checkpoint(
    model: Model,
    plan: TrainingPlan,
    folder: Path,
    identity: Tree,
    steps_per_epoch: int,
    progress: Progress,
    rank: Rank,
) -> TrainingState | None:
    """The state in the checkpoint of `folder`; None if there is no checkpoint.

    Raises:
        TrainingError: the checkpoint is damaged or incomplete, or belongs to another training;
            nothing was loaded, and the file is as it was.
    """
    if rank.writes:
        sweep(folder)
    saved = checkpoint.read_checkpoint(folder)
    if saved is None:
        return None
    tensors, facts = saved
    checkpoint_checks.check_facts(folder, facts)
    _check_identity(folder, facts["identity"], identity)
    checkpoint_checks.check_numbers(folder, facts, plan.epochs, steps_per_epoch)
    device = _saved_device(facts["device"], plan, progress)
    state = new_state(model, plan, folder, identity, device, rank)
    part = partial(checkpoint.without_prefix, tensors=tensors)
    _check_tensors(state, plan, tensors, facts)
    for key in _FACTS:
        setattr(state, key, facts[key])
    state.sums = EpochSums(**facts["sums"])
    state.best = part("best")
    model.load_state_dict(part("last"))
    checkpoint.load_optimizer_tensors(state.optimizer, part("optimizer"))
    if state.average:
        state.average.module.load_state_dict(part("average"))
    if not state.finished:
        progress.say(f"{folder}: going on from epoch {state.epoch + 1}, step {state.step + 1}")
    return state


def _check_tensors(
    state: TrainingState, plan: TrainingPlan, tensors: dict[str, Tensor], facts: Tree
) -> None:
    """Refuse tensors that do not fit, before the first of them is loaded."""
    folder, expected = state.folder, state.model.state_dict()
    part = partial(checkpoint.without_prefix, tensors=tensors)
    checkpoint_checks.check_complete(folder, tensors, facts)
    checkpoint_checks.check_weights(folder, "last", part("last"), expected)
    if part("best"):
        checkpoint_checks.check_weights(folder, "best", part("best"), expected)
    if state.average:
        own = state.average.module.state_dict()
        checkpoint_checks.check_weights(folder, "average", part("average"), own)
    checkpoint_checks.check_optimizer(folder, part("optimizer"), state.optimizer, plan.optimizer)


def load_best_weights(state: TrainingState) -> History:
    """Give the model its best weights, on the processor and in `eval` mode."""
    Device("cpu", state.device.threads, memory_format="contiguous").move(state.model)
    state.model.load_state_dict(state.best)
    state.model.eval()
    return History(tuple(state.lines), state.best_epoch, state.stopped_early)


def _check_identity(folder: Path, saved: Tree, current: Tree) -> None:
    """Refuse a checkpoint of another training."""
    before, now = _flat(saved), _flat(current)
    changed = [
        f"{key} was {before.get(key)}, is {now.get(key)}"
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key) and key not in CHANGEABLE_KEYS
    ]
    if changed:
        raise TrainingError(
            f"{folder}: the checkpoint here belongs to another training ({'; '.join(changed)});"
            " choose another folder, or remove the checkpoint to train from the beginning"
        )


def _flat(identity: Tree) -> Tree:
    return {key: value for key, value in identity.items() if key != "plan"} | identity["plan"]


def _saved_device(saved: Tree, plan: TrainingPlan, progress: Progress) -> Device:
    """This machine's device with the saved precision and layout; differences are reported."""
    here = default_device(plan.precision, plan.memory_format)
    now = here.to_json()
    changed = [
        f"{key} was {saved[key]}, is {now[key]}"
        for key in ("device", "threads", "torch")
        if saved[key] != now[key]
    ]
    if changed:
        progress.say(
            f"going on under other conditions ({'; '.join(changed)}): the last digits may differ"
            " from those of a training in one go"
        )
    kept = {key: saved[key] for key in ("precision", "memory_format", "probe")}
    return dataclasses.replace(here, **kept)
