"""Models and sound as in the tests of `prediction/`; blocks of odd sizes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from tests.prediction.conftest import build as build
from tests.prediction.conftest import noise as noise
from tests.prediction.conftest import write as write

from tonotope._progress import Progress


def odd_blocks(wave: np.ndarray, seed: int = 0) -> Iterator[np.ndarray]:
    """A sound (time,) or (channel, time) in blocks of sizes that fit nothing."""
    rng = np.random.default_rng(seed)
    at = 0
    while at < wave.shape[-1]:
        size = int(rng.choice([1, 7, 160, 441, 997, 5000]))
        yield wave[..., at : at + size]
        at += size


class Said(Progress):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def begin(self, task: str, total: int) -> None: ...
    def advance(self, steps: int = 1, **facts: float | str) -> None: ...
    def end(self) -> None: ...

    def say(self, message: str) -> None:
        self.lines.append(message)
