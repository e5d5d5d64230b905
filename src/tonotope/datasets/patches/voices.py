"""Throats: a buzz or a breath through four resonances, in syllables; and calls that glide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from tonotope.datasets.patches.onsets import Onsets
from tonotope.datasets.patches.waves import (
    HIGHEST_HZ,
    RATE_HZ,
    add_at,
    between,
    harmonics,
    slow_curve,
)

_SHORTEST = 200  # samples of a syllable


@dataclass(frozen=True, slots=True)
class Voices:
    """Source and filter: words, cries, barks, sneezes (where the source is breath alone).

    Attributes:
        onsets: when syllables begin.
        pitch_hz: of the buzz.
        glide: how far the pitch moves within a syllable, in octaves.
        breath: the share of breath in the source.
        syllable_s: how long one is.
        sharp_start: where in a syllable it is loudest, as a share; early ones bark.
        resonances: of the throat: centre and width in Hz, strength.
    """

    onsets: Onsets
    pitch_hz: float
    glide: float
    breath: float
    syllable_s: float
    sharp_start: float
    resonances: tuple[tuple[float, float, float], ...]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        return cls(
            Onsets.draw(rng, fastest_hz=5),
            between(rng, 70, 900),
            rng.uniform(0.05, 0.5),
            rng.random() ** 2 if rng.random() < 0.8 else 1.0,
            between(rng, 0.06, 0.9),
            rng.uniform(0.1, 0.7),
            tuple(
                (between(rng, 250, 5000), rng.uniform(60, 400), rng.uniform(0.3, 1))
                for _ in range(4)
            ),
        )

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        wave = np.zeros(samples)
        for at in self.onsets.times(rng, samples, 20):
            length = min(round(RATE_HZ * rng.uniform(0.6, 1.3) * self.syllable_s), samples - at)
            if length >= _SHORTEST:
                add_at(wave, self._syllable(rng, length), at, rng.uniform(0.5, 1))
        return wave

    def _syllable(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        bend = slow_curve(rng, samples, 3, self.glide) + rng.normal(0, 0.15)
        turns = np.cumsum(self.pitch_hz * 2**bend) / RATE_HZ
        source = (1 - self.breath) * (2 * (turns % 1) - 1)
        source += 0.8 * self.breath * rng.standard_normal(samples)
        frequency_hz = np.fft.rfftfreq(samples, 1 / RATE_HZ)
        throat = np.full(len(frequency_hz), 0.003)
        for centre_hz, width_hz, strength in self.resonances:
            moved_hz = centre_hz * np.exp(rng.normal(0, 0.08))
            throat += strength / (1 + ((frequency_hz - moved_hz) / width_hz) ** 2)
        place = np.linspace(0, 1, samples)
        opening = np.minimum(place / self.sharp_start, (1 - place) / (1 - self.sharp_start))
        return np.fft.irfft(np.fft.rfft(source) * throat, samples) * np.sqrt(np.maximum(opening, 0))


@dataclass(frozen=True, slots=True)
class Calls:
    """Whistles of one shape, with a trill or without: birds, whines, squeaks.

    Attributes:
        onsets: when they begin.
        pitch_hz: that the shape moves around.
        shape: octaves from the pitch at points of equal distance, `(point,)`.
        length_s: of a call.
        trill: how far it trills, in octaves; 0: not at all.
        trill_hz: how fast.
        strengths: of the partials.
    """

    onsets: Onsets
    pitch_hz: float
    shape: np.ndarray
    length_s: float
    trill: float
    trill_hz: float
    strengths: tuple[float, ...]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        return cls(
            Onsets.draw(rng),
            between(rng, 300, 6500),
            rng.normal(0, 0.5, int(rng.integers(2, 6))),
            between(rng, 0.03, 0.9),
            rng.uniform(0, 0.3) * (rng.random() > 0.5),
            rng.uniform(15, 90),
            (1.0, rng.uniform(0, 0.8), rng.uniform(0, 0.6), rng.uniform(0, 0.4)),
        )

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        wave = np.zeros(samples)
        knots = np.linspace(0, 1, len(self.shape))
        for at in self.onsets.times(rng, samples, 40):
            length = round(RATE_HZ * self.length_s * rng.uniform(0.8, 1.2))
            place = np.linspace(0, 1, length)
            octaves = np.interp(place, knots, self.shape) + rng.normal(0, 0.05)
            octaves += self.trill * np.sin(2 * np.pi * self.trill_hz * place * self.length_s)
            pitch_hz = np.minimum(self.pitch_hz * 2**octaves, HIGHEST_HZ - 1)
            call = harmonics(pitch_hz, length, self.strengths) * np.hanning(length)
            add_at(wave, call, at, rng.uniform(0.5, 1))
        return wave
