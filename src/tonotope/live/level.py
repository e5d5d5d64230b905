"""The level of what comes in, in dBFS; digital silence and clipping, which nobody would hear of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tonotope.prediction.hop_evidence import SILENT_BELOW

MUTED_S = 3.0
"""So long digital silence is before it is told: a microphone always has some noise of its own."""

_SHOWN_S = 0.3  # the level is the mean of so much sound
_FULL = 0.9999  # of full scale


class InputLevel:
    """Measures each block of a source.

    Attributes:
        silent_s: for how long now every sample was digital silence.
        clipped: how many samples were within a run at full scale.

    >>> level = InputLevel(8000)
    >>> level.hear(np.full((1, 8000), 0.1, np.float32))
    >>> round(level.dbfs), level.clipped, level.silent_s
    (-20, 0, 0.0)
    """

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.silent_s, self.clipped = 0.0, 0
        self._power = 0.0
        self._last: Any = None

    @property
    def dbfs(self) -> float:
        """The level of about the last 0.3 s: 0 is full scale; minus infinity is silence."""
        return 10 * math.log10(self._power) if self._power > 1e-12 else -math.inf

    def hear(self, samples: np.ndarray) -> None:
        """Take the next block of samples, `(channel, time)`."""
        count = samples.shape[1]
        if not count:
            return
        length_s = count / self.rate_hz
        power = float(np.mean(np.square(samples, dtype=np.float64)))
        kept = math.exp(-length_s / _SHOWN_S)
        self._power = kept * self._power + (1 - kept) * power if kept > 0.01 else power
        peaks: np.ndarray = np.abs(samples).max(axis=0)
        loud = np.flatnonzero(peaks >= SILENT_BELOW)
        after_last = count - 1 - int(loud[-1]) if len(loud) else count
        self.silent_s = after_last / self.rate_hz + (0.0 if len(loud) else self.silent_s)
        self._count_clipped(samples)

    def _count_clipped(self, samples: np.ndarray) -> None:
        """Count runs of three at full scale; one or two may be a loud moment."""
        full: Any = np.abs(samples) >= _FULL
        before = self._last
        if before is not None and before.shape[0] == full.shape[0]:
            full = np.concatenate([before, full], axis=1)
        runs = full[:, 2:] & full[:, 1:-1] & full[:, :-2]
        self.clipped += int(runs.sum())
        self._last = np.array(full[:, -2:])
