"""Pitch by autocorrelation (Rabiner, 1977): what the baseline `autocorrelation` hears.

A periodic sound shifted by one period is the same sound. So the fundamental is read off the
autocorrelation `r(τ) = Σ x(t) x(t + τ)` of a frame, normalised by what its two parts hold
(Rabiner, "On the Use of Autocorrelation Analysis for Pitch Detection", IEEE Trans. ASSP 25, 1977):
the first high peak, between samples by a parabola. A network that measures pitch should do better.
"""

from __future__ import annotations

import numpy as np

from tonotope._progress import SILENT, Progress
from tonotope.evaluation.sounds import Sounds

LOWEST_HZ, HIGHEST_HZ = 50.0, 2000.0
_FRAME_S = 0.06  # three periods of the lowest pitch
_FRAMES = 9  # the loudest of each recording
_HIGH = 0.85  # of the highest peak: an earlier one as high as this is the period itself


def pitches_hz(sounds: Sounds, *, progress: Progress = SILENT) -> np.ndarray:
    """The pitch of each recording: the median over its loudest frames.

    Returns:
        (recording, 1) in Hz; NaN where nothing repeats.
    """
    progress.begin("baseline", len(sounds.ids))
    found = np.full((len(sounds.ids), 1), np.nan)
    for number in range(len(sounds.ids)):
        own = [
            pitch_hz(frame, sounds.rate_hz) for frame in _loudest(sounds[number], sounds.rate_hz)
        ]
        known = [one for one in own if np.isfinite(one)]
        found[number] = np.median(known) if known else np.nan
        progress.advance()
    progress.end()
    return found


def pitch_hz(frame: np.ndarray, rate_hz: int) -> float:
    """The pitch of one frame, (time,); NaN where nothing repeats.

    >>> time = np.arange(480) / 8000
    >>> round(pitch_hz(np.sin(2 * np.pi * 441.0 * time), 8000))
    441
    """
    frame = np.asarray(frame, np.float64) - np.mean(frame)
    shortest = max(2, int(rate_hz / HIGHEST_HZ))
    longest = min(int(rate_hz / LOWEST_HZ) + 1, len(frame) // 2)
    likeness = _likeness(frame)[: longest + 2]
    inside = likeness[shortest : longest + 1]
    peaks = shortest + np.flatnonzero(
        (inside >= likeness[shortest - 1 : longest])
        & (inside > likeness[shortest + 1 : longest + 2])
    )
    if not len(peaks) or likeness[peaks].max() <= 0.3:
        return float("nan")
    lag = int(peaks[likeness[peaks] >= _HIGH * likeness[peaks].max()][0])
    before, at, after = likeness[lag - 1 : lag + 2]
    bend = before - 2 * at + after
    return rate_hz / (lag + (0.5 * (before - after) / bend if bend else 0.0))


def _likeness(frame: np.ndarray) -> np.ndarray:
    """(lag,) how like itself a frame is, 1 for the same; of the two parts that overlap."""
    count = len(frame)
    spectrum = np.fft.rfft(frame, 2 * count)
    products = np.fft.irfft(spectrum * spectrum.conj())[:count]
    squares = np.concatenate([[0.0], np.cumsum(frame**2)])
    lags = np.arange(count)
    energy = squares[count - lags] * (squares[count] - squares[lags])
    return products / np.sqrt(np.maximum(energy, 1e-20))


def _loudest(wave: np.ndarray, rate_hz: int) -> list[np.ndarray]:
    """The loudest frames of a recording, half overlapping; all of a short one."""
    count = max(int(_FRAME_S * rate_hz), 16)
    if len(wave) <= count:
        return [np.asarray(wave, np.float64)] if len(wave) >= 16 else []
    frames = np.lib.stride_tricks.sliding_window_view(wave, count)[:: count // 2]
    order = np.argsort(-(frames.astype(np.float64) ** 2).sum(axis=1), kind="stable")
    return [frames[at] for at in order[:_FRAMES]]
