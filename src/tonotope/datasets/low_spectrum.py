"""The spectrum of infrasound and low tones: frames of a second, where shorter ones see one line."""

from __future__ import annotations

import numpy as np

_FRAME_S = 1.0
_FRAMES = 24  # of a recording, spread over it
_ENOUGH_HZ = 22_050  # samples are averaged down to about this rate
_FINER = 4  # times as long as short frames, or there is nothing to be won
_REACH = 32  # lines of the short frames
_BELOW_DB, _ACTIVE_DB = 70.0, 60.0


class LowSpectrum:
    """Listens to the low end of a recording block by block.

    Args:
        rate_hz: samples per second.
        duration_s: how long it lasts.
        short_samples: of the frames that are too short for low sound.
    """

    def __init__(self, rate_hz: int, duration_s: float, short_samples: int) -> None:
        self._every = max(1, round(rate_hz / _ENOUGH_HZ))
        held = 2 ** int(np.log2(max(2.0, duration_s * rate_hz / self._every)))
        size = min(2 ** round(np.log2(max(2.0, _FRAME_S * rate_hz / self._every))), held)
        self._samples = size * self._every
        self._step = max(self._samples // 2, round(duration_s * rate_hz / _FRAMES))
        self._next = 0
        self._window = np.hanning(size + 2)[1:-1].astype(np.float32)
        every_hz = rate_hz / self._every
        self._worth = self._samples >= _FINER * short_samples
        wanted = int(_REACH * rate_hz / short_samples * size / every_hz)
        self._bins = min(wanted, size // 2 + 1)
        self.hz = np.arange(self._bins) * every_hz / size
        self._scale = self._every / (rate_hz * float((self._window**2).sum()))
        self._power: list[np.ndarray] = []

    def hear(self, samples: np.ndarray) -> None:
        """Take the next block, (channel, time)."""
        if not self._worth:
            return
        count = samples.shape[1]
        starts = range(self._next, count - self._samples + 1, self._step)
        self._next = max(0, self._next + len(starts) * self._step - count)
        for start in starts:
            frame = samples[:, start : start + self._samples]
            frame = frame.reshape(len(frame), -1, self._every).mean(axis=2)
            frame = (frame - frame.mean(axis=1, keepdims=True)) * self._window
            self._power.append((np.abs(np.fft.rfft(frame)[:, : self._bins]) ** 2).mean(axis=0))

    def density(self) -> np.ndarray | None:
        """The mean power per hertz, (frequency,), of the frames that are no pause; else None."""
        active = self._active()
        return None if active is None else active.mean(axis=0, dtype=np.float64) * self._scale

    def top_hz(self) -> float | None:
        """The highest frequency less than 70 dB below the loudest; None where nothing is heard."""
        active = self._active()
        if active is None:
            return None
        loud = np.percentile(active, 95, axis=0)
        return float(self.hz[np.flatnonzero(loud > loud.max() * 10 ** (-_BELOW_DB / 10))[-1]])

    def _active(self) -> np.ndarray | None:
        if not self._power:
            return None
        power = np.stack(self._power)
        power[:, 0] = 0
        total = power.sum(axis=1)
        if not total.any():
            return None
        return power[total >= total.max() * 10 ** (-_ACTIVE_DB / 10)]
