"""A small folder of recordings, and an experiment on it that takes a second or two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

QUICK = (
    "training.epochs=2",
    "training.batch_size=8",
    "network.widths=[4, 8]",
    "representation.bands=16",
    "representation.hop_s=0.02",
    "split.folds=2",
    "evaluation.resamples=100",
    'evaluation.baselines=["majority"]',
)
CLASSES = {"low": (220, "wav", 8000), "mid": (700, "flac", 16000), "high": (2200, "ogg", 22050)}


def write_tones(root: Path, clips: int = 8) -> Path:
    """Class folders of short tones, each class in another format and at another rate."""
    rng = np.random.default_rng(0)
    for label, (frequency, ending, rate) in CLASSES.items():
        (root / label).mkdir(parents=True)
        for name in "abcdefgh"[:clips]:
            time = np.arange(int(0.5 * rate)) / rate
            pitch = frequency * (1 + 0.05 * rng.standard_normal())
            wave = 0.3 * np.sin(2 * np.pi * pitch * time) + 0.02 * rng.standard_normal(len(time))
            soundfile.write(root / label / f"{name * 3}.{ending}", wave, rate)
    return root


@pytest.fixture
def tones(tmp_path: Path) -> Path:
    """Eight tones of each of three classes."""
    return write_tones(tmp_path / "tones")


@pytest.fixture
def quick() -> tuple[str, ...]:
    """Changes that make an experiment on the tones quick."""
    return QUICK
