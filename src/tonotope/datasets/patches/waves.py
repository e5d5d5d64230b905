"""What the families are built of: noise, coloured noise, harmonics, envelopes, slow curves.

Everything is one channel at `RATE_HZ` and depends on what is handed in alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RATE_HZ = 22_050
LOWEST_HZ = 30.0
HIGHEST_HZ = 0.45 * RATE_HZ  # what lies above is left out: it would fold back


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between two positive ones, all octaves alike."""
    return float(low * (high / low) ** rng.random())


def seconds(samples: int) -> np.ndarray:
    """The time of each sample, `(time,)`."""
    return np.arange(samples) / RATE_HZ


def slow_curve(rng: np.random.Generator, samples: int, points: int, spread: float) -> np.ndarray:
    """A line through so many random points, normal with the given spread, `(time,)`."""
    heights = rng.normal(0, spread, points)
    return np.interp(np.linspace(0, points - 1, samples), np.arange(points), heights)


def coloured(wave: np.ndarray, curve_db: np.ndarray, rate_hz: int = RATE_HZ) -> np.ndarray:
    """A sound through a filter, `(time,)`.

    Args:
        wave: the sound, `(time,)`.
        curve_db: its gain at points even over the octaves, `(point,)`.
        rate_hz: its rate.
    """
    frequency_hz = np.fft.rfftfreq(len(wave), 1 / rate_hz)
    octaves = np.log2(np.maximum(frequency_hz, LOWEST_HZ) / LOWEST_HZ)
    places = np.linspace(0, np.log2(rate_hz / 2 / LOWEST_HZ), len(curve_db))
    gain = 10 ** (np.interp(octaves, places, curve_db) / 20)
    return np.fft.irfft(np.fft.rfft(wave) * gain, len(wave))


def harmonics(
    pitch_hz: np.ndarray | float,
    samples: int,
    strengths: Sequence[float] | np.ndarray,
    stiffness: float = 0.0,
) -> np.ndarray:
    """Partials over a pitch that may move, `(time,)`.

    Args:
        pitch_hz: the fundamental, a number or `(time,)`.
        samples: how many.
        strengths: of each partial, the first being the fundamental, `(partial,)`.
        stiffness: partials are stretched as those of a stiff string are.
    """
    moving = np.broadcast_to(pitch_hz, samples)
    turns = 2 * np.pi * np.cumsum(moving) / RATE_HZ
    wave, highest_hz = np.zeros(samples), float(moving.max())
    for number, strength in enumerate(strengths, start=1):
        factor = number * np.sqrt(1 + stiffness * number**2)
        if factor * highest_hz < HIGHEST_HZ:
            wave += strength * np.sin(factor * turns)
    return wave


def struck_envelope(samples: int, attack_s: float, decay_s: float) -> np.ndarray:
    """Rises in a straight line, dies away exponentially, `(time,)`."""
    time_s = seconds(samples)
    return np.minimum(time_s / max(attack_s, 1e-4), 1) * np.exp(-time_s / decay_s)


def smooth(switched: np.ndarray, samples: int) -> np.ndarray:
    """A gate without clicks: the mean over so many samples, `(time,)`."""
    return np.convolve(switched, np.ones(samples) / samples, "same")


def add_at(whole: np.ndarray, part: np.ndarray, start: int, gain: float = 1.0) -> None:
    """Add a sound to a longer one from a sample on, `(time,)` each; the end may be cut."""
    room = whole[start : start + len(part)]
    room += gain * part[: len(room)]
