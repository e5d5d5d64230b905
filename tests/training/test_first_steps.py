"""The loss of the first twenty steps, for every head, is what it was when it was recorded.

Nothing else in the tests would notice that augmentation draws in another order, that clips are cut
elsewhere, or that a loss counts one value more. The recordings are made of whole numbers alone, the
augmentation that suits each head is on, and batch norm and dropout are in the network.

    python tests/training/test_first_steps.py

writes `first_steps.json` anew; a change that is meant to alter the training says so in its commit.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import tonotope as tt

RECORDED = Path(__file__).with_name("first_steps.json")
RATE_HZ = 8000
CLIP_S = 0.25
STEPS, EPOCHS = 20, 5
COLUMNS = ("file", "player", "split", "label", "pitch_hz", "dynamics_db", "marks", "low", "loud")

PITCH = {"kind": "regress", "targets": ["pitch_hz"]}
HEADS: Mapping[str, Mapping[str, Any]] = {
    "classify": {"kind": "classify"},
    "tag": {"kind": "tag", "targets": ["low", "loud"]},
    "regress": {"kind": "regress", "targets": ["pitch_hz", "dynamics_db"]},
    "regress with bins": {**PITCH, "bins": 32},
    "multitask": {
        "kind": "multitask",
        "tasks": [
            {"name": "waveform", "head": {"kind": "classify"}, "column": "label", "weight": 0.5},
            {"name": "pitch", "head": PITCH, "weight": 2.0},
            {"name": "marks", "head": {"kind": "tag", "column": "marks"}},
        ],
    },
    "denoise": {"kind": "denoise", "noises": ["white", "pink", "recordings"]},
}
# Mixup, time shift, level and masks are on by themselves wherever they suit the head.
AUGMENTED = {"time_stretch": 1.2, "equaliser_db": 4.0, "noise_db": -25.0}
WARPED = {**AUGMENTED, "frequency_warp": 1.1}
AUGMENTATION: Mapping[str, Mapping[str, float]] = {
    "classify": {**WARPED, "class_weights": True},
    "tag": WARPED,
    "regress": AUGMENTED,
    "regress with bins": AUGMENTED,
    "multitask": AUGMENTED,
    "denoise": {"time_masks": 2, "frequency_masks": 2},
}
CONVOLUTIONS = (
    "conv 4 3x3 padding same", "batchnorm", "relu", "meanpool 2x2", "dropout 0.2",
    "conv 8 3x3 padding same nobias", "batchnorm", "relu",
)  # fmt: skip
SUMMARY = ("globalpool time mean+max", "flatten", "dropout 0.2")

# On one machine the numbers are the same to the last digit. Another processor adds up in another
# order. Recorded with AVX2; without any vector instructions, without oneDNN and on two threads the
# first loss moved by 2e-7 of itself at most, and all twenty by 3.4e-7. Ten times that is allowed at
# first, and more with every step, because a ReLU or a maximum may tip over. The smallest mistakes
# tried, a constant of a loss 1 % larger and a learning rate 0.3 % higher, lie above it.
AT_FIRST, AT_LAST = 2e-6, 1e-4


def wave(number: int) -> tuple[np.ndarray, int]:
    """A square wave or a sawtooth with noise, 16 bits a sample, and its period in samples."""
    rng = np.random.default_rng(number)
    samples = int(CLIP_S * RATE_HZ) * (1 if number % 2 else 3) + 40 * (number % 3)
    period = 8 + 3 * number
    place = np.arange(samples) % period
    saw, square = 2 * place - period, np.where(2 * place < period, period, -period)
    loud = 9000 // (1 + number % 4)
    tone = (square if number % 3 else saw) * loud // period
    return (tone + rng.integers(-300, 300, samples)).astype(np.int16), period


def write_recordings(folder: Path) -> Path:
    """Twenty recordings of one clip or three, and a table that leaves some cells empty."""
    rows = []
    for number in range(20):
        sound, period = wave(number)
        soundfile.write(folder / f"{number:02}.wav", sound, RATE_HZ, subtype="PCM_16")
        low, loud = period > 30, number % 4 == 0
        marks = "|".join(["low"] * low + ["loud"] * loud) or "|"
        rows.append(
            (
                f"{number:02}.wav",
                f"player {number // 2}",
                "train" if number < 14 else "validation" if number < 18 else "test",
                "square" if number % 3 else "saw",
                str(RATE_HZ / period) if number % 7 else "",
                str(-6 * (number % 4)),
                marks if number % 5 else "",
                str(int(low)),
                str(int(loud)) if number % 5 else "",
            )
        )
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return folder / "table.csv"


def experiment(name: str, table: Path) -> tt.Experiment:
    """Five epochs of four steps or more."""
    layers = CONVOLUTIONS if name == "denoise" else (*CONVOLUTIONS, *SUMMARY)
    return tt.Experiment.model_validate(
        {
            "seed": 7,
            "data": {"source": str(table), "group": "player", "clip_s": CLIP_S},
            "split": {"column": "split"},
            "representation": {
                "kind": "log-mel", "rate_hz": RATE_HZ, "window_s": 0.032, "hop_s": 0.016,
                "bands": 16, "level": "clip",
            },
            "network": {"kind": "layers", "layers": layers},
            "head": HEADS[name],
            "training": {
                "epochs": EPOCHS, "batch_size": 6, "precision": "float32",
                "memory_format": "channels_last", **AUGMENTATION[name],
            },
            "evaluation": {"baselines": [], "resamples": 100},
        }
    )  # fmt: skip


class Losses(tt.Progress):
    """Hears the loss of every step: its mean over the epoch so far."""

    def __init__(self) -> None:
        self.heard: list[float] = []

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        if "loss" in facts:
            self.heard.append(float(facts["loss"]))


def first_losses(name: str, folder: Path) -> list[float]:
    """Train on one thread of the processor; the losses of the first steps."""
    losses = Losses()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONOTOPE_THREADS", "1")
        patch.setattr("torch.cuda.is_available", lambda: False)
        asked = experiment(name, write_recordings(folder))
        tt.run(asked, out=folder / "runs", progress=losses, report=False)
    return losses.heard[:STEPS]


def allowed(step: int) -> float:
    """How far the loss of a step may lie from the recorded one, as a share of it."""
    return AT_FIRST * (AT_LAST / AT_FIRST) ** (step / (STEPS - 1))


@pytest.mark.parametrize("name", HEADS)
def test_the_first_steps_are_those_recorded(name: str, tmp_path: Path) -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))[name]
    found = first_losses(name, tmp_path)
    assert len(found) == len(recorded) == STEPS
    for step, (loss, before) in enumerate(zip(found, recorded, strict=True)):
        assert loss == pytest.approx(before, rel=allowed(step)), f"step {step + 1} of {found}"


def record() -> dict[str, list[float]]:
    """The losses of every head."""
    found = {}
    for name in HEADS:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = first_losses(name, Path(folder))
    return found


if __name__ == "__main__":
    RECORDED.write_text(json.dumps(record(), indent=1) + "\n", encoding="utf-8")
