"""Sounds to test with: short, synthesised, each a little different."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

Write = Callable[..., Path]


@pytest.fixture
def sound() -> Write:
    """Write a noisy tone: `sound(path, pitch=3, seconds=0.5, rate=8000, channels=1, ...)`."""

    def write(
        path: Path,
        *,
        pitch: int = 0,
        seconds: float = 0.25,
        rate: int = 8000,
        channels: int = 1,
        kind: str = "WAV",
        coding: str | None = None,
    ) -> Path:
        rng = np.random.default_rng(pitch)
        time = np.arange(round(seconds * rate)) / rate
        wave = 0.3 * np.sin(2 * np.pi * (200 + 20 * pitch) * time)
        samples = wave[:, None] + 0.05 * rng.standard_normal((len(time), channels))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            soundfile.write(file, samples.astype(np.float32), rate, format=kind, subtype=coding)
        return path

    return write
