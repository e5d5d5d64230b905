"""How many clips a second a network learns from: `fit` against loops written by hand."""

from __future__ import annotations

import platform
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from bench._by_hand import CLASSES, WAYS, Contender, PlainVGG, Task
from tonotope._progress import Progress
from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network import VGG
from tonotope.representation import LogMel
from tonotope.runtime.device import Device, default_device, has_native_bfloat16, thread_count
from tonotope.training import Dataset, FeatureStore, TrainingPlan, fit
from tonotope.training.precision_choice import Trial, fastest_device

ROUNDS = 9
BATCH = 32
CLIP_S = 5
SOUND = LogMel(rate_hz=22050, window_s=0.04644, hop_s=0.02322, bands=64)
CLIP = CLIP_S * SOUND.rate_hz
# Widths of the blocks, and how many steps each contender does in its turn.
NETWORKS = {(16, 32, 64, 128): 6, (32, 64, 128, 256): 3}
SAID = {
    "plain": "a loop by hand as in any tutorial, float32, features in memory.",
    "kept": "the same, with freed memory kept.",
    "last": "`kept` with `channels_last` and fused AdamW.",
    "best": "`last` in bfloat16; the fastest loop we know how to write by hand.",
}
QUIET = {
    "mixup": 0, "time_shift": 0, "frequency_roll": 0, "level_db": 0, "time_masks": 0,
    "frequency_masks": 0, "label_smoothing": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Turns:
    """Seconds per clip of every contender, round by round, and what `fit` says of itself."""

    seconds: dict[str, list[float]]
    waiting: float
    probe: str

    def ratio(self, one: str, other: str) -> str:
        """How many times as fast `one` is as `other`: median and range over the rounds."""
        pairs = zip(self.seconds[other], self.seconds[one], strict=True)
        ratios = [slow / fast for slow, fast in pairs]
        return f"**{statistics.median(ratios):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})"

    def speed(self, one: str) -> str:
        """Clips per second."""
        return f"{1 / statistics.median(self.seconds[one]):,.0f}"


class TurnTaking(Progress):
    """Lets the others have their turn whenever `fit` has finished an epoch.

    So all contenders meet the same moments of the machine. `fit`'s own turn is all of its time
    from one epoch's last step to the next one's, its saves and its line of history included.
    """

    def __init__(self, steps: int, clips: int, others: Mapping[str, Contender]) -> None:
        self.steps, self.clips, self.others = steps, clips, others
        self.done, self.mark = 0, 0.0
        self.seconds: dict[str, list[float]] = {name: [] for name in ["fit", *others]}

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """A step of `fit` is done; after the last one of an epoch the others run."""
        self.done += steps
        if not facts or self.done % self.steps:
            return
        self.seconds["fit"].append((time.perf_counter() - self.mark) / self.clips)
        for name, other in self.others.items():
            self.seconds[name].append(other.turn() / self.clips)
        self.mark = time.perf_counter()


def page() -> str:
    """The comparison as Markdown."""
    torch.set_num_threads(thread_count())
    rows, probes = [], {}
    for widths, steps in NETWORKS.items():
        for name, changes in (("none", QUIET), ("recipe", {})):
            turns = take_turns(widths, steps, changes)
            cells = [
                f"{'-'.join(map(str, widths))}, {name}",
                *(turns.speed(one) for one in (*ways(), "fit")),
                turns.ratio("fit", "plain"),
                turns.ratio("fit", ways()[-1]),
                turns.ratio("kept", "plain"),
                f"{turns.waiting:.1%}",
            ]
            rows.append(f"| {' | '.join(cells)} |")
            probes[widths] = f"- {'-'.join(map(str, widths))}: {turns.probe}"
    return "\n".join(
        [
            "# Training: clips per second",
            "",
            f"VGG of two convolutions per block on log-mel features of {CLIP_S} s, "
            f"{SOUND.frames(CLIP)} × {SOUND.bands}, {BATCH} clips a step, {thread_count()} "
            f"threads. Medians of {ROUNDS} rounds in which all take turns within one run; ratios "
            f"are the medians of the rounds' ratios, with the lowest and highest.",
            "",
            "Each loop by hand is a process of its own: how freed memory is dealt with holds for a "
            "whole process, and `fit` has it kept.",
            "",
            *(f"- `{name}`: {SAID[name]}" for name in ways()),
            "- `fit`: ours, with everything it does besides: order and chance by seed, a check of "
            "loss and gradient, metrics, history, checkpoints. In the lines `recipe` it also "
            "alters every clip (shift, roll, level, masks, mixup), which the others do not.",
            "- waiting: the share of its time that `fit` spends on getting clips ready, from the "
            "second epoch on.",
            "",
            f"torch {torch.__version__}, {platform.machine()}. Written by `python -m bench "
            f"training`.",
            "",
            f"| widths, regularisation | {' | '.join(ways())} | fit | fit × plain "
            f"| fit × {ways()[-1]} | kept × plain | waiting |",
            f"|---|{'--:|' * len(ways())}--:|---|---|---|--:|",
            *rows,
            "",
            "What `fit` found when it tried a few steps of each way:",
            "",
            *probes.values(),
            "",
        ]
    )


def ways() -> list[str]:
    """The loops by hand, the slowest first; bfloat16 where the processor multiplies it."""
    return [name for name, way in WAYS.items() if has_native_bfloat16() or not way.half]


def take_turns(widths: tuple[int, ...], steps: int, changes: dict[str, int]) -> Turns:
    """All contenders on one network, epoch by epoch."""
    frames = SOUND.frames(CLIP)
    task = Task(widths, steps * BATCH, frames, SOUND.bands, BATCH, thread_count())
    features, clips = task.features(), task.clips
    flat = features.permute(0, 2, 3, 1).reshape(clips * frames, SOUND.bands, 1)
    head = Classify(classes=tuple(map(str, range(CLASSES))))
    model = Model.build(SOUND, VGG(widths=widths), head, clip_samples=CLIP)
    check_same(model, PlainVGG(widths, SOUND.bands))
    store = FeatureStore(flat, np.arange(clips + 1) * frames, "noise")
    targets = {"label": torch.eye(CLASSES)[torch.arange(clips) % CLASSES]}
    dataset = Dataset(store, targets, np.arange(clips), np.arange(0), frames)
    device = chosen(model, features[:BATCH])
    plan = TrainingPlan.model_validate(
        {"epochs": ROUNDS + 1, "batch_size": BATCH, "precision": device.precision,
         "memory_format": device.memory_format, **changes}
    )  # fmt: skip
    turns = TurnTaking(steps, clips, {name: Contender(name, task) for name in ways()})
    with tempfile.TemporaryDirectory() as folder:
        history = fit(model, dataset, plan, folder=Path(folder), progress=turns)
    for other in turns.others.values():
        other.end()
    later = history.lines[1:]
    data = sum(line["data_seconds"] for line in later)
    waiting = data / (data + sum(line["model_seconds"] for line in later))
    seconds = {name: taken[1:] for name, taken in turns.seconds.items()}
    return Turns(seconds, waiting, device.probe)


def chosen(model: Model, batch: Tensor) -> Device:
    """How `fit` computes in a training of usual length; the one here is too short to try."""

    def cost(outputs: Mapping[str, Tensor]) -> Tensor:
        return outputs["label"].float().square().mean()

    plan = TrainingPlan()
    return fastest_device(
        Trial(model, batch, cost),
        plan,
        default_device(plan.precision, plan.memory_format),
        steps=2000,
    )


def check_same(model: Model, plain: nn.Module) -> None:
    """Both networks have the same weights to learn, or the comparison means nothing."""
    ours = sum(weight.numel() for weight in model.parameters())
    theirs = sum(weight.numel() for weight in plain.parameters())
    if ours != theirs:
        raise AssertionError(f"{ours} weights in the model, {theirs} in the plain network")
