"""Loops written by hand, each in a process of its own that does an epoch whenever it is asked.

A process of its own, because how the C library deals with freed memory holds for a whole process:
beside `fit`, which has it kept, a plain loop would be faster than anyone's plain loop is.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tonotope.runtime.memory import keep_freed_memory

CLASSES = 10


@dataclass(frozen=True)
class Way:
    """How a loop computes.

    Attributes:
        last: `channels_last` and fused AdamW, in place of PyTorch's own choices.
        half: products in bfloat16.
        kept: the C library keeps freed memory.
    """

    last: bool = False
    half: bool = False
    kept: bool = False


WAYS = {
    "plain": Way(),
    "kept": Way(kept=True),
    "last": Way(last=True, kept=True),
    "best": Way(last=True, half=True, kept=True),
}


@dataclass(frozen=True)
class Task:
    """What all contenders learn: so many clips of noise, and a network of these widths."""

    widths: tuple[int, ...]
    clips: int
    frames: int
    bands: int
    batch: int
    threads: int

    def features(self) -> Tensor:
        """`(clip, 1, time, frequency)`, the same for everyone; time × frequency in memory."""
        chance = torch.Generator().manual_seed(0)
        flat = torch.randn(self.clips * self.frames, self.bands, 1, generator=chance)
        return flat.view(self.clips, self.frames, self.bands, 1).permute(0, 3, 1, 2)


class PlainVGG(nn.Module):
    """The network as anyone would write it: nothing of tonotope is in it."""

    def __init__(self, widths: tuple[int, ...], bands: int, classes: int = CLASSES) -> None:
        super().__init__()
        blocks, channels = [], 1
        for width in widths:
            for _ in range(2):
                blocks += [nn.Conv2d(channels, width, 3, padding="same", bias=False)]
                blocks += [nn.BatchNorm2d(width), nn.ReLU()]
                channels = width
            blocks += [nn.AvgPool2d(2), nn.Dropout(0.1)]
            bands //= 2
        self.blocks = nn.Sequential(*blocks)
        self.last = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(2 * channels * bands, classes)
        )

    def forward(self, features: Tensor) -> Tensor:
        """Logits for features `(batch, 1, time, frequency)`."""
        found = self.blocks(features)
        return self.last(torch.cat([found.mean(2), found.amax(2)], 1))


class ByHand:
    """A loop written by hand: an epoch over features that lie in memory, standardised already."""

    def __init__(self, task: Task, way: Way) -> None:
        torch.manual_seed(0)
        self.task, self.way = task, way
        self.layout = torch.channels_last if way.last else torch.contiguous_format
        net = PlainVGG(task.widths, task.bands)
        self.net = net.to(memory_format=self.layout)  # pyright: ignore[reportCallIssue]
        self.features = task.features().contiguous(memory_format=self.layout)
        self.labels = torch.arange(task.clips) % CLASSES
        fused = True if way.last else None  # PyTorch's own choice where nobody asks
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=1e-3, fused=fused)

    def epoch(self) -> None:
        """Every clip once, in a new order."""
        for batch in torch.randperm(self.task.clips).split(self.task.batch):
            with torch.autocast("cpu", torch.bfloat16, enabled=self.way.half):
                outputs = self.net(self.features[batch].contiguous(memory_format=self.layout))
            loss = F.cross_entropy(outputs.float(), self.labels[batch])
            loss.backward()
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)


class Contender:
    """A loop by hand in its own process, which rests until it has its turn."""

    def __init__(self, name: str, task: Task) -> None:
        numbers = (task.clips, task.frames, task.bands, task.batch, task.threads, *task.widths)
        command = [sys.executable, "-m", "bench._by_hand", name, *map(str, numbers)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def turn(self) -> float:
        """Seconds that one epoch took."""
        _said(self.process.stdin).write("turn\n")
        answer = _said(self.process.stdout).readline()
        if not answer:
            raise RuntimeError(f"a loop by hand ended: {self.process.args}")
        return float(answer)

    def end(self) -> None:
        """Send it home."""
        _said(self.process.stdin).close()
        self.process.wait()


def _said(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("no pipe to a loop by hand")
    return pipe


def main(name: str, *numbers: str) -> None:
    """Do an epoch for every line that comes in, and say how long it took."""
    clips, frames, bands, batch, threads, *widths = map(int, numbers)
    torch.set_num_threads(threads)
    if WAYS[name].kept:
        keep_freed_memory()
    task = Task(tuple(widths), clips, frames, bands, batch, threads)
    loop = ByHand(task, WAYS[name])
    for _ in sys.stdin:
        begin = time.perf_counter()
        loop.epoch()
        print(np.format_float_positional(time.perf_counter() - begin), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
