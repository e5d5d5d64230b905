"""The plain recipe: what anyone would write in a hundred lines, with nothing of tonotope in it.

    python -m bench._recipe TABLE TEST --minutes 2 [--clip-s 2] [--column fold] [--seed 0]

`TABLE` has the columns `file`, `label` and that of the parts; the rows whose part is `TEST` are
tested, all others are learnt from; `each` tests every part once. The minutes are those of the whole
program, with reading, shared by the parts; with `--processor` they are the processor's. It prints
the accuracy, the balanced accuracy and the epochs, and writes what it found to `--out`.

Log-mel spectrograms at 22.05 kHz, 1,024 samples wide, 512 apart, 64 bands; four blocks of two
convolutions, 16 to 128 filters; AdamW, a warm-up and a cosine over the time there is; mixup 0.4,
two masks each way, a circular shift. A clip begins with the recording, or at a random place of a
longer one; several windows vote by the mean.
"""

from __future__ import annotations

import argparse
import csv
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import librosa
import numpy as np
import soundfile
import soxr
import torch
from torch import Tensor
from torch.nn import functional as F

from bench._by_hand import PlainVGG

RATE_HZ, WINDOW, HOP, BANDS = 22_050, 1024, 512, 64
WIDTHS = (16, 32, 64, 128)
BATCH, RATE, DECAY, WARM_UP, MIXUP, SMOOTHING = 32, 3e-3, 0.02, 0.25, 0.4, 0.1
WIDEST = (0.11, 0.125)  # of a mask, of the time and of the bands


@dataclass(frozen=True)
class Known:
    """The recordings as decibels `(time, band)`, the number of each one's class, and its part."""

    files: list[str]
    features: list[np.ndarray]
    labels: np.ndarray
    parts: np.ndarray
    classes: list[str]

    @classmethod
    def read(cls, table: Path, column: str, clip_s: float) -> Known:
        """Decode and transform every recording of a table."""
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        names = sorted({row["label"] for row in rows})
        return cls(
            [row["file"] for row in rows],
            [_decibels(table.parent / row["file"], clip_s) for row in rows],
            np.array([names.index(row["label"]) for row in rows]),
            np.array([row[column] for row in rows]),
            names,
        )


def _decibels(path: Path, clip_s: float) -> np.ndarray:
    samples, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    wave = samples.mean(axis=1)
    if rate_hz != RATE_HZ:
        wave = soxr.resample(wave, rate_hz, RATE_HZ)
    wave = np.pad(wave, (0, max(0, round(clip_s * RATE_HZ) - len(wave))))
    power = librosa.feature.melspectrogram(
        y=wave, sr=RATE_HZ, n_fft=WINDOW, hop_length=HOP, n_mels=BANDS, center=False
    )
    return np.log(power.T + 1e-8).astype(np.float32)


def _altered(batch: Tensor, chance: np.random.Generator) -> Tensor:
    batch = torch.stack([torch.roll(one, int(chance.integers(len(one[0]))), 1) for one in batch])
    for axis, widest in enumerate(WIDEST):
        size = batch.shape[2 + axis]
        for one in batch:
            for _ in range(2):
                width = int(chance.integers(round(widest * size) + 1))
                one.narrow(1 + axis, int(chance.integers(size - width + 1)), width).zero_()
    return batch


def _learning_rate(done: float) -> float:
    if done < WARM_UP:
        return RATE * done / WARM_UP
    return RATE * 0.5 * (1 + math.cos(math.pi * min(1.0, (done - WARM_UP) / (1 - WARM_UP))))


def train(
    known: Known, part: str, frames: int, seconds: float, seed: int, clock: Callable[[], float]
) -> tuple[PlainVGG, Tensor, float]:
    """A network that was trained for so many seconds, what it standardises by, and its epochs."""
    torch.manual_seed(seed)
    chance = np.random.default_rng(seed)
    own = np.flatnonzero(known.parts != part)
    every = torch.from_numpy(np.concatenate([known.features[at] for at in own]))
    scale = torch.stack([every.mean(0), every.std(0) + 1e-3])
    classes = len(known.classes)
    net = PlainVGG(WIDTHS, BANDS, classes).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    matrices = [one for one in net.parameters() if one.dim() > 1]
    vectors = [one for one in net.parameters() if one.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": DECAY}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=RATE, fused=True)
    begun, steps = clock(), 0
    while (done := (clock() - begun) / seconds) < 1:
        chosen = chance.choice(own, BATCH)
        clips = []
        for at in chosen:
            first = int(chance.integers(len(known.features[at]) - frames + 1))
            clips.append(torch.from_numpy(known.features[at][first : first + frames]))
        batch = _altered(((torch.stack(clips) - scale[0]) / scale[1])[:, None], chance)
        targets = F.one_hot(torch.from_numpy(known.labels[chosen]), classes).float()
        targets = targets * (1 - SMOOTHING) + SMOOTHING / classes
        share, other = float(chance.beta(MIXUP, MIXUP)), torch.from_numpy(chance.permutation(BATCH))
        batch = share * batch + (1 - share) * batch[other]
        targets = share * targets + (1 - share) * targets[other]
        for group in optimizer.param_groups:
            group["lr"] = _learning_rate(done)
        loss = F.cross_entropy(net(batch.contiguous(memory_format=torch.channels_last)), targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        steps += 1
    return net.eval(), scale, steps * BATCH / len(own)


def predicted(net: PlainVGG, scale: Tensor, features: np.ndarray, frames: int) -> int:
    """The class that the windows of a recording come to, by the mean of their probabilities."""
    last = len(features) - frames
    starts = sorted({*range(0, last + 1, frames // 2), last})
    windows = torch.stack([torch.from_numpy(features[at : at + frames]) for at in starts])
    with torch.inference_mode():
        scores = net(((windows - scale[0]) / scale[1])[:, None]).softmax(1).mean(0)
    return int(scores.argmax())


def main() -> None:
    """Train, test, and print what came out."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("table", type=Path)
    asked.add_argument("test")
    asked.add_argument("--minutes", type=float, default=2.0)
    asked.add_argument("--clip-s", type=float, default=5.0)
    asked.add_argument("--column", default="fold")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--processor", action="store_true")
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    clock = time.process_time if given.processor else time.perf_counter
    begun = 0.0 if given.processor else clock()
    known = Known.read(given.table, given.column, given.clip_s)
    frames = 1 + (round(given.clip_s * RATE_HZ) - WINDOW) // HOP
    parts = sorted({*known.parts}) if given.test == "each" else [given.test]
    found, epochs = np.full(len(known.labels), -1), 0.0
    for number, part in enumerate(parts):
        seconds = (60 * given.minutes - (clock() - begun)) / (len(parts) - number)
        net, scale, epochs = train(known, part, frames, max(1.0, seconds), given.seed, clock)
        for at in np.flatnonzero(known.parts == part):
            found[at] = predicted(net, scale, known.features[at], frames)
    tested = np.flatnonzero(found >= 0)
    truth = known.labels[tested]
    right = found[tested] == truth
    balanced = np.mean([right[truth == one].mean() for one in np.unique(truth)])
    print(
        f"{given.table.stem} {given.test}: accuracy {right.mean():.4f}, balanced {balanced:.4f}, "
        f"{epochs:.1f} epochs in {given.minutes:.2f} min, {len(tested)} tested, seed {given.seed}"
    )
    if given.out:
        with given.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["file", "label", "prediction"])
            for at in tested:
                named = (known.classes[known.labels[at]], known.classes[found[at]])
                writer.writerow([known.files[at], *named])


if __name__ == "__main__":
    main()
