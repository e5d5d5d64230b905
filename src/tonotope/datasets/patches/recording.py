"""How a sound is recorded: part of it, in a room, at a distance, before a background, by a device.

All is drawn anew for each recording, so nothing of it says which patch is heard.
"""

from __future__ import annotations

import numpy as np

from tonotope.datasets.patches.waves import LOWEST_HZ, RATE_HZ, coloured, slow_curve

_OTHER_COLOUR_DB = 3.0
_ROOM, _SWELL, _CUT, _NARROW = 0.5, 0.3, 0.2, 0.25  # how often each happens
_FADE = 64  # samples, where a recording begins or ends within silence


def recorded(dry: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A dry sound as it is recorded: `(time,)`, float32, its peak between -20 and -1 dB."""
    wave = coloured(dry, rng.normal(0, _OTHER_COLOUR_DB, 10))
    if rng.random() < _SWELL:  # it comes nearer, or goes
        wave = wave * np.exp(slow_curve(rng, len(wave), 3, 0.8))
    if rng.random() < _ROOM:
        wave = _in_a_room(wave, rng)
    background = coloured(
        rng.standard_normal(len(wave)), rng.normal(0, 6, 6) - np.linspace(0, 20, 6)
    )
    wave = _even(wave) + 10 ** (rng.uniform(-50, -8) / 20) * _even(background)
    if rng.random() < _NARROW:
        wave = _narrowed(wave, rng)
    if rng.random() < _CUT:
        wave = _cut(wave, rng)
    return (wave / np.abs(wave).max() * 10 ** (rng.uniform(-20, -1) / 20)).astype(np.float32)


def _even(wave: np.ndarray) -> np.ndarray:
    return wave / (wave.std() + 1e-9)


def _in_a_room(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    length = round(RATE_HZ * rng.uniform(0.05, 0.5))
    answer = rng.standard_normal(length) * np.exp(-5 * np.arange(length) / length)
    size = len(wave) + length
    wet = np.fft.irfft(np.fft.rfft(wave, size) * np.fft.rfft(answer, size), size)[: len(wave)]
    return _even(wave) + 10 ** (rng.uniform(-20, 3) / 20) * _even(wet)


def _narrowed(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What a codec, a telephone or a small microphone leaves: nothing above or below an edge."""
    frequency_hz = np.fft.rfftfreq(len(wave), 1 / RATE_HZ)
    high_hz = rng.uniform(0.15, 0.5) * RATE_HZ
    low_hz = LOWEST_HZ * 20 ** rng.random()
    gain = 1 / (1 + (frequency_hz / high_hz) ** 16) / (1 + (low_hz / (frequency_hz + 1)) ** 4)
    return np.fft.irfft(np.fft.rfft(wave) * gain, len(wave))


def _cut(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Only a stretch of it around its loudest sample, before and after it nothing at all."""
    length = round(len(wave) * rng.uniform(0.2, 0.9))
    start = int(np.abs(wave).argmax()) - int(rng.integers(_FADE, length - _FADE))
    kept = np.zeros(len(wave))
    kept[max(0, start) : start + length] = 1
    return wave * np.convolve(kept, np.ones(_FADE) / _FADE, "same")
