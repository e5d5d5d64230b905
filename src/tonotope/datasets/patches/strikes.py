"""Struck things, bursts of noise, and rain of small grains: sounds that begin at once and die."""

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
    seconds,
    struck_envelope,
)

_GRAINS = 24  # different ones in a sound


@dataclass(frozen=True, slots=True)
class Impacts:
    """Struck bodies: modes that are not in tune, each with its own decay, and a click of noise.

    Attributes:
        onsets: when they are struck.
        pitch_hz: of the lowest mode.
        ratios: of each mode to the lowest, `(mode,)`.
        strengths: of each mode, `(mode,)`.
        decays_s: until each mode has fallen to a third, `(mode,)`.
        click: how loud the noise of the touch is.
        spread: how far the pitch differs from stroke to stroke, as a share.
    """

    onsets: Onsets
    pitch_hz: float
    ratios: np.ndarray
    strengths: np.ndarray
    decays_s: np.ndarray
    click: float
    spread: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        modes = int(rng.integers(3, 12))
        decay_s = between(rng, 0.01, 1.0)
        return cls(
            Onsets.draw(rng),
            between(rng, 60, 3500),
            np.cumsum([1, *rng.uniform(0.2, 1.6, modes)]),
            rng.uniform(0.1, 1, modes + 1) * np.arange(1, modes + 2) ** -rng.uniform(0.4, 2),
            decay_s * rng.uniform(0.2, 1, modes + 1),
            2 * rng.random() ** 2,
            rng.uniform(0, 0.12),
        )

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        wave = np.zeros(samples)
        length = min(samples, round(RATE_HZ * min(1.5, 6 * self.decays_s.max() + 0.05)))
        time_s = seconds(length)
        fading = np.exp(-time_s / self.decays_s[:, None])
        for at in self.onsets.times(rng, samples, 40):
            modes_hz = self.pitch_hz * self.ratios * np.exp(rng.normal(0, self.spread))
            strengths = self.strengths * rng.uniform(0.6, 1.4, len(modes_hz))
            heard = modes_hz < HIGHEST_HZ
            waves = np.sin(2 * np.pi * modes_hz[heard, None] * time_s) * fading[heard]
            click = self.click * rng.standard_normal(length) * np.exp(-time_s / 0.008)
            add_at(wave, strengths[heard] @ waves + click, at, rng.uniform(0.4, 1))
        return wave


@dataclass(frozen=True, slots=True)
class Bursts:
    """Short noises: steps, claps, coughs, strokes of a saw; some of them double.

    Attributes:
        onsets: when they begin.
        attack_s: until each is loudest.
        decay_s: until it has fallen to a third.
        second: how loud a second stroke is; 0: there is none.
        gap_s: from the first to the second.
    """

    onsets: Onsets
    attack_s: float
    decay_s: float
    second: float
    gap_s: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        return cls(
            Onsets.draw(rng),
            between(rng, 0.001, 0.2),
            between(rng, 0.01, 0.6),
            float(rng.random() > 0.6) * rng.uniform(0.3, 1),
            rng.uniform(0.03, 0.3),
        )

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        wave = np.zeros(samples)
        length = round(RATE_HZ * min(1.5, self.attack_s + 5 * self.decay_s))
        envelope = struck_envelope(length, self.attack_s, self.decay_s)
        for at in self.onsets.times(rng, samples):
            burst = rng.standard_normal(length) * envelope
            gain = rng.uniform(0.3, 1)
            add_at(wave, burst, at, gain)
            if self.second:
                add_at(wave, burst, at + round(self.gap_s * RATE_HZ), self.second)
        return wave


@dataclass(frozen=True, slots=True)
class Grains:
    """Many small sounds by chance: fire, rain on a roof, gravel, bubbles that rise in pitch.

    Attributes:
        rate_hz: grains a second.
        grain_s: until a grain has fallen to a third.
        pitch_hz: of grains that have one.
        spread: how far they differ in pitch, as a share.
        rise: how much the pitch rises within a tenth of a second, as a share.
        noisy: the share of grains that are noise.
        bed: how loud the noise behind them is.
    """

    rate_hz: float
    grain_s: float
    pitch_hz: float
    spread: float
    rise: float
    noisy: float
    bed: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        return cls(
            between(rng, 3, 900),
            between(rng, 0.001, 0.04),
            between(rng, 200, 5000),
            rng.uniform(0, 0.6),
            rng.uniform(0, 1.5) * (rng.random() > 0.5),
            rng.random(),
            rng.uniform(0, 0.1),
        )

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        wave = self.bed * rng.standard_normal(samples)
        length = round(RATE_HZ * min(0.2, 5 * self.grain_s)) + 8
        grains = [self._grain(rng, length) for _ in range(_GRAINS)]
        rate_hz = self.rate_hz * np.exp(rng.normal(0, 0.25))
        count = 1 + rng.poisson(rate_hz * samples / RATE_HZ)
        gains = np.exp(rng.normal(-0.5, 0.7, count))
        for at, gain in zip(rng.integers(0, samples, count), gains, strict=True):
            add_at(wave, grains[rng.integers(_GRAINS)], at, gain)
        return wave

    def _grain(self, rng: np.random.Generator, length: int) -> np.ndarray:
        envelope = struck_envelope(length, 0.0005, self.grain_s)
        if rng.random() < self.noisy:
            return envelope * rng.standard_normal(length)
        time_s = seconds(length)
        pitch_hz = min(self.pitch_hz * np.exp(rng.normal(0, self.spread)), HIGHEST_HZ / 2)
        turns = pitch_hz * time_s * (1 + self.rise * time_s / 0.1)
        return envelope * np.sin(2 * np.pi * turns + rng.uniform(0, 6.3))
