"""How far a training has come: all that the loop changes, and how it is saved and found again."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, field
from pathlib import Path

from torch import Tensor, optim

from tonotope._errors import TrainingError
from tonotope._files import sweep
from tonotope._progress import Progress
from tonotope.model import Model
from tonotope.runtime.device import Device, default_device
from tonotope.runtime.precision import Guard
from tonotope.training import checkpoint
from tonotope.training.checkpoint import Tree
from tonotope.training.history import EpochSums, History, HistoryLine, write_history
from tonotope.training.optimizer import build_optimizer
from tonotope.training.plan import TrainingPlan
from tonotope.training.weight_average import WeightAverage

# Saving takes at most this share of the time at the ends of short epochs.
SAVING_SHARE = 0.02
# What may be changed between two parts of one training.
CHANGEABLE_KEYS = {"patience"}


@dataclass
class TrainingState:
    """How far a training has come.

    Attributes:
        model: with the weights under way.
        optimizer: with what it remembers.
        guard: how the arithmetic is done, and whether it is right.
        average: the moving average of the weights, where the plan has one.
        epoch: epochs finished.
        step: steps done in the epoch under way.
        sums: of the epoch under way.
        lines: of the epochs finished.
        best: the weights to be kept so far.
        best_value: how good they are, higher is better; None where nothing judges them.
        best_epoch: the epoch they are of, counted from 1.
        finished: there is nothing left to do.
        stopped_early: because nothing got better for a while.
        folder: where it is saved.
        identity: what decides this training and no other.
    """

    model: Model
    optimizer: optim.Optimizer
    guard: Guard
    average: WeightAverage[Model] | None
    folder: Path
    identity: Tree
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
        """How the arithmetic is done now."""
        return self.guard.device

    @property
    def evaluated_model(self) -> Model:
        """The model that is judged: the averaged one where there is one."""
        return self.average.module if self.average else self.model

    def keep_best(self, value: float | None) -> None:
        """The evaluated weights are the best so far."""
        state = self.evaluated_model.state_dict()
        self.best = {name: tensor.detach().clone() for name, tensor in state.items()}
        self.best_value, self.best_epoch = value, self.epoch

    def save(self) -> None:
        """Write the checkpoint and the history.

        Raises:
            TonotopeError: the disk is full or the folder may not be written to.
        """
        begin = time.perf_counter()
        parts = {"last": self.model.state_dict(), "best": self.best}
        parts["optimizer"] = checkpoint.optimizer_tensors(self.optimizer)
        if self.average:
            parts["average"] = self.average.module.state_dict()
        tensors = {
            f"{part}/{key}": value for part, own in parts.items() for key, value in own.items()
        }
        facts = {key: getattr(self, key) for key in _FACTS}
        facts |= {"sums": dataclasses.asdict(self.sums), "device": self.device.to_json()}
        checkpoint.write_checkpoint(self.folder, tensors, facts)
        write_history(self.folder, self.lines)
        self.saved_at = time.perf_counter()
        self.save_cost_s = self.saved_at - begin

    def stopped_message(self) -> str:
        """What is told to whoever stopped it."""
        return (
            f"stopped in epoch {self.epoch + 1} after {self.step} of its steps; everything is saved"
            f" in {self.folder}, and the same command goes on from there"
        )

    def end(self) -> History:
        """Give the model its best weights, on the processor and ready to answer."""
        Device("cpu", self.device.threads, memory_format="contiguous").move(self.model)
        self.model.load_state_dict(self.best)
        self.model.eval()
        return History(tuple(self.lines), self.best_epoch, self.stopped_early)

    def since_saved_s(self) -> float:
        """Seconds since the last save."""
        return time.perf_counter() - self.saved_at

    def saving_is_cheap(self) -> bool:
        """Whether a save now would take a small share of the time since the last one."""
        return self.since_saved_s() * SAVING_SHARE >= self.save_cost_s


_FACTS = (
    "identity",
    "epoch",
    "step",
    "lines",
    "best_value",
    "best_epoch",
    "finished",
    "stopped_early",
)


def new_state(
    model: Model, plan: TrainingPlan, folder: Path, identity: Tree, device: Device
) -> TrainingState:
    """A training at its beginning, on `device`."""
    device.move(model)
    average = WeightAverage(model, plan.average) if plan.average else None
    return TrainingState(
        model, build_optimizer(model, plan), Guard(device), average, folder, identity
    )


def load_checkpoint(
    model: Model, plan: TrainingPlan, folder: Path, identity: Tree, progress: Progress
) -> TrainingState | None:
    """A training as its checkpoint left it; None where there is none.

    Raises:
        TrainingError: the checkpoint is damaged, or belongs to another training.
    """
    sweep(folder)
    found = checkpoint.read_checkpoint(folder)
    if found is None:
        return None
    tensors, facts = found
    _check_identity(folder, facts["identity"], identity)
    device = _saved_device(facts["device"], plan, progress)
    state = new_state(model, plan, folder, identity, device)
    for key in _FACTS[1:]:
        setattr(state, key, facts[key])
    state.sums = EpochSums(**facts["sums"])
    state.best = checkpoint.without_prefix("best", tensors)
    model.load_state_dict(checkpoint.without_prefix("last", tensors))
    checkpoint.load_optimizer_tensors(
        state.optimizer, checkpoint.without_prefix("optimizer", tensors)
    )
    if state.average:
        state.average.module.load_state_dict(checkpoint.without_prefix("average", tensors))
    if not state.finished:
        progress.say(f"{folder}: going on from epoch {state.epoch + 1}, step {state.step + 1}")
    return state


def _check_identity(folder: Path, saved: Tree, asked: Tree) -> None:
    """Refuse to go on with another training than the one that was cut off."""
    before, now = _flat(saved), _flat(asked)
    changed = [
        f"{key} was {before.get(key)}, is {now.get(key)}"
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key) and key not in CHANGEABLE_KEYS
    ]
    if changed:
        raise TrainingError(
            f"{folder}: the checkpoint here belongs to another training ({'; '.join(changed)});"
            " choose another folder, or remove the checkpoint to begin anew"
        )


def _flat(identity: Tree) -> Tree:
    return {key: value for key, value in identity.items() if key != "plan"} | identity["plan"]


def _saved_device(saved: Tree, plan: TrainingPlan, progress: Progress) -> Device:
    """The device of the checkpoint, as far as it is there; what differs is said."""
    here = default_device(plan.precision, plan.memory_format)
    told = here.to_json()
    other = [
        f"{key} was {saved[key]}, is {told[key]}"
        for key in ("device", "threads", "torch")
        if saved[key] != told[key]
    ]
    if other:
        progress.say(
            f"going on under other conditions ({'; '.join(other)}): the last digits may differ"
            " from those of a training in one go"
        )
    return dataclasses.replace(
        here,
        precision=saved["precision"],
        memory_format=saved["memory_format"],
        probe=saved["probe"],
    )
