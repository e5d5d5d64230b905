"""Sounds of milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

RATE_HZ = 8000


@pytest.fixture
def tones() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Rows of tones in noise, and the pitch of each in Hz: low ones and high ones in turn."""

    def make(count: int = 24, samples: int = 1600) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(0)
        pitch_hz = np.where(np.arange(count) % 2, 400.0, 1600.0) * rng.uniform(0.95, 1.05, count)
        time_s = np.arange(samples) / RATE_HZ
        waves = 0.3 * np.sin(2 * np.pi * pitch_hz[:, None] * time_s)
        return waves + rng.normal(0, 0.01, waves.shape), pitch_hz

    return make


@pytest.fixture
def files(tones: Callable[..., tuple[np.ndarray, np.ndarray]], tmp_path: Path) -> list[str]:
    """The same as sound files: even numbers are high, odd ones low; of different lengths."""
    waves, _ = tones(12)
    names = []
    for number, wave in enumerate(waves):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, wave[: len(wave) - 40 * number], RATE_HZ)
        names.append(str(path))
    return names
