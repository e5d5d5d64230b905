"""Sounds that go on: wind, water and traffic as noise that swells, and engines as pulses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from tonotope.datasets.patches.strikes import Bursts
from tonotope.datasets.patches.waves import RATE_HZ, between, coloured, seconds, slow_curve


@dataclass(frozen=True, slots=True)
class Textures:
    """Noise that swells and sinks, and whose colour may move with it: wind, waves, a crowd.

    Attributes:
        swell_hz: how often it swells.
        depth: how far, in nepers.
        moving_db: how much brighter it is when it is loud.
    """

    swell_hz: float
    depth: float
    moving_db: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        return cls(between(rng, 0.3, 14), rng.uniform(0.1, 1.2), rng.uniform(0, 15))

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        points = round(3 + self.swell_hz * samples / RATE_HZ)
        swell = slow_curve(rng, samples, points, 1.0)
        noise = rng.standard_normal(samples)
        bright = coloured(noise, np.linspace(-self.moving_db, self.moving_db, 6))
        share = 1 / (1 + np.exp(-2 * swell))
        return np.exp(self.depth * swell) * (noise * (1 - share) + bright * share)


@dataclass(frozen=True, slots=True)
class Engines:
    """Pulses at a pitch that wanders, every second one stronger, with noise in their rhythm.

    Attributes:
        pulses_hz: how many a second.
        sharpness: of each pulse; 1 is a half wave.
        noise: how loud it is beside the pulses.
        throb_hz: how often all of it swells.
        throb: how far, as a share.
        wander: how far the rate of the pulses wanders, as a share.
    """

    pulses_hz: float
    sharpness: float
    noise: float
    throb_hz: float
    throb: float
    wander: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        return cls(
            between(rng, 8, 250),
            between(rng, 1, 40),
            rng.random() ** 2 * 2,
            between(rng, 0.5, 14),
            rng.uniform(0, 0.8),
            rng.uniform(0.01, 0.3),
        )

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        pitch_hz = self.pulses_hz * np.exp(
            slow_curve(rng, samples, 4, self.wander) + rng.normal(0, 0.12)
        )
        turns = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
        pulses = np.maximum(np.cos(turns), 0) ** self.sharpness
        pulses += 0.4 * np.maximum(np.cos(turns / 2 + 0.7), 0) ** self.sharpness
        wave = pulses - pulses.mean()
        wave += self.noise * rng.standard_normal(samples) * (0.1 + pulses)
        throb = np.sin(2 * np.pi * self.throb_hz * seconds(samples) + rng.uniform(0, 6.3))
        return wave * (1 + self.throb * throb)


@dataclass(frozen=True, slots=True)
class Machines:
    """An engine that also knocks, hisses or stamps.

    Attributes:
        engine: what runs.
        strokes: what is heard above it.
        knock: how loud the strokes are beside the engine.
    """

    engine: Engines
    strokes: Bursts
    knock: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        return cls(Engines.draw(rng), Bursts.draw(rng), between(rng, 0.3, 3))

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        running, strokes = self.engine.play(rng, samples), self.strokes.play(rng, samples)
        return running / (running.std() + 1e-9) + self.knock * strokes / (strokes.std() + 1e-9)
