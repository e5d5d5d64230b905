"""How many clips a second a network learns from: `fit` against loops written by hand."""

from __future__ import annotations

import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tonotope._progress import Progress
from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network import VGG
from tonotope.representation import LogMel
from tonotope.training import FrameStore, Material, TrainingPlan, fit
from tonotope.training.device import Device, native_bfloat16, plain, threads
from tonotope.training.probe import Trial, probe

ROUNDS = 9
BATCH = 32
CLASSES = 10
CLIP_S = 5
SOUND = LogMel(rate_hz=22050, window_s=0.04644, hop_s=0.02322, bands=64)
CLIP = CLIP_S * SOUND.rate_hz
# Widths of the blocks, and how many steps each contender does in its turn.
NETWORKS = {(16, 32, 64, 128): 6, (32, 64, 128, 256): 3}
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


class PlainVGG(nn.Module):
    """The network as anyone would write it: nothing of tonotope is in it."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        blocks, channels = [], 1
        for width in widths:
            for _ in range(2):
                blocks += [nn.Conv2d(channels, width, 3, padding="same", bias=False)]
                blocks += [nn.BatchNorm2d(width), nn.ReLU()]
                channels = width
            blocks += [nn.AvgPool2d(2), nn.Dropout(0.1)]
        self.blocks = nn.Sequential(*blocks)
        bands = SOUND.bands // 2 ** len(widths)
        self.last = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(2 * channels * bands, CLASSES)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Logits for features `(batch, 1, time, frequency)`."""
        found = self.blocks(features)
        return self.last(torch.cat([found.mean(2), found.amax(2)], 1))


class ByHand:
    """A loop written by hand: an epoch over features that lie in memory, standardised already."""

    def __init__(
        self, widths: tuple[int, ...], features: Tensor, *, last: bool, half: bool
    ) -> None:
        torch.manual_seed(0)
        self.layout = torch.channels_last if last else torch.contiguous_format
        self.half = half
        self.net = PlainVGG(widths).to(memory_format=self.layout)  # pyright: ignore[reportCallIssue]
        self.features = features.contiguous(memory_format=self.layout)
        self.labels = torch.arange(len(features)) % CLASSES
        fused = True if last else None  # PyTorch's own choice where nobody asks
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=1e-3, fused=fused)

    def epoch(self) -> None:
        """Every clip once, in a new order."""
        for batch in torch.randperm(len(self.features)).split(BATCH):
            with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
                outputs = self.net(self.features[batch].contiguous(memory_format=self.layout))
            loss = F.cross_entropy(outputs.float(), self.labels[batch])
            loss.backward()
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)


class TurnTaking(Progress):
    """Lets the others have their turn whenever `fit` has finished an epoch.

    So all contenders meet the same moments of the machine. `fit`'s own turn is all of its time
    from one epoch's last step to the next one's, its saves and its line of history included.
    """

    def __init__(self, steps: int, clips: int, others: dict[str, Callable[[], None]]) -> None:
        self.steps, self.clips, self.others = steps, clips, others
        self.done, self.mark = 0, 0.0
        self.seconds: dict[str, list[float]] = {name: [] for name in ["fit", *others]}

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """A step of `fit` is done; after the last one of an epoch the others run."""
        self.done += steps
        if not facts or self.done % self.steps:
            return
        self.seconds["fit"].append((time.perf_counter() - self.mark) / self.clips)
        for name, run in self.others.items():
            begin = time.perf_counter()
            run()
            self.seconds[name].append((time.perf_counter() - begin) / self.clips)
        self.mark = time.perf_counter()


def page() -> str:
    """The comparison as Markdown."""
    torch.set_num_threads(threads())
    rows, probes = [], {}
    for widths, steps in NETWORKS.items():
        for name, changes in (("none", QUIET), ("recipe", {})):
            turns = take_turns(widths, steps, changes)
            cells = [
                f"{'-'.join(map(str, widths))}, {name}",
                *(turns.speed(one) for one in ("plain", "float32", "best", "fit")),
                turns.ratio("fit", "plain"),
                turns.ratio("fit", "best"),
                turns.ratio("best", "float32"),
                f"{turns.waiting:.1%}",
            ]
            rows.append(f"| {' | '.join(cells)} |")
            probes[widths] = f"- {'-'.join(map(str, widths))}: {turns.probe}"
    best = "bfloat16" if native_bfloat16() else "float32"
    return "\n".join(
        [
            "# Training: clips per second",
            "",
            f"VGG of two convolutions per block on log-mel features of {CLIP_S} s, "
            f"{SOUND.frames(CLIP)} × {SOUND.bands}, {BATCH} clips a step, {threads()} threads. "
            f"Medians of {ROUNDS} rounds in which all take turns within one run; ratios are the "
            f"medians of the rounds' ratios, with the lowest and highest.",
            "",
            "- `plain`: a loop by hand as in any tutorial, float32, features in memory.",
            "- `float32`: the same with `channels_last` and fused AdamW.",
            f"- `best`: the same in {best}; the fastest loop we know how to write by hand.",
            "- `fit`: ours, with everything it does besides: order and chance by seed, a check of "
            "loss and gradient, metrics, history, checkpoints. In the lines `recipe` it also "
            "alters every clip (shift, roll, level, masks, mixup), which the others do not.",
            "- waiting: the share of its time that `fit` spends on getting clips ready, from the "
            "second epoch on.",
            "",
            f"torch {torch.__version__}, {platform.machine()}. Written by `python -m bench "
            f"training`.",
            "",
            "| widths, regularisation | plain | float32 | best | fit | fit × plain | fit × best "
            "| best × float32 | waiting |",
            "|---|--:|--:|--:|--:|---|---|---|--:|",
            *rows,
            "",
            "What `fit` found when it tried a few steps of each way:",
            "",
            *probes.values(),
            "",
        ]
    )


def take_turns(widths: tuple[int, ...], steps: int, changes: dict[str, int]) -> Turns:
    """All contenders on one network, epoch by epoch."""
    clips, frames = steps * BATCH, SOUND.frames(CLIP)
    flat = torch.randn(clips * frames, SOUND.bands, 1, generator=torch.Generator().manual_seed(0))
    features = flat.view(clips, frames, SOUND.bands, 1).permute(0, 3, 1, 2)
    naive = ByHand(widths, features, last=False, half=False)
    others = {
        "plain": naive.epoch,
        "float32": ByHand(widths, features, last=True, half=False).epoch,
        "best": ByHand(widths, features, last=True, half=native_bfloat16()).epoch,
    }
    head = Classify(classes=tuple(map(str, range(CLASSES))))
    model = Model.build(SOUND, VGG(widths=widths), head, clip_samples=CLIP)
    check_same(model, naive.net)
    store = FrameStore(flat, np.arange(clips + 1) * frames, "noise")
    targets = {"label": torch.eye(CLASSES)[torch.arange(clips) % CLASSES]}
    material = Material(store, targets, np.arange(clips), np.arange(0), frames)
    device = chosen(model, features[:BATCH])
    plan = TrainingPlan.model_validate(
        {"epochs": ROUNDS + 1, "batch_size": BATCH, "precision": device.precision,
         "memory_format": device.memory_format, **changes}
    )  # fmt: skip
    turns = TurnTaking(steps, clips, others)
    with tempfile.TemporaryDirectory() as folder:
        history = fit(model, material, plan, folder=Path(folder), progress=turns)
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
    return probe(Trial(model, batch, cost), plan, plain(plan), steps=2000)


def check_same(model: Model, plain: nn.Module) -> None:
    """Both networks have the same weights to learn, or the comparison means nothing."""
    ours = sum(weight.numel() for weight in model.parameters())
    theirs = sum(weight.numel() for weight in plain.parameters())
    if ours != theirs:
        raise AssertionError(f"{ours} weights in the model, {theirs} in the plain network")
