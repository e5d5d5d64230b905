"""Tones that are held, plucked or switched: instruments, alarms, insects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from tonotope.datasets.patches.onsets import Onsets
from tonotope.datasets.patches.waves import (
    RATE_HZ,
    add_at,
    between,
    harmonics,
    seconds,
    smooth,
)

_PARTIALS = 24
_RELEASE_S = 0.06
_STEPS = 4  # of an alarm's pattern


@dataclass(frozen=True, slots=True)
class Tones:
    """Notes of one timbre at many pitches, held or plucked.

    Attributes:
        onsets: when notes begin.
        pitch_hz: that they lie around, up to seven semitones away.
        strengths: of the partials, `(partial,)`.
        stiffness: partials are stretched as those of a stiff string are.
        attack_s: until a note is loudest.
        decay_s: until it has fallen to a third; 0: it is held.
        length_s: of a note.
        vibrato: in semitones.
        noise: of bow or breath, beside the partials.
    """

    onsets: Onsets
    pitch_hz: float
    strengths: np.ndarray
    stiffness: float
    attack_s: float
    decay_s: float
    length_s: float
    vibrato: float
    noise: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        slope = rng.uniform(0.4, 2)
        return cls(
            Onsets.draw(rng, fastest_hz=4),
            between(rng, 50, 1500),
            rng.uniform(0.05, 1, _PARTIALS) * np.arange(1, _PARTIALS + 1) ** -slope,
            rng.uniform(0, 1e-3),
            between(rng, 0.001, 0.15),
            between(rng, 0.05, 1.2) * float(rng.random() < 0.5),
            between(rng, 0.1, 2),
            rng.uniform(0, 0.5),
            0.3 * rng.random() ** 2,
        )

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        wave = np.zeros(samples)
        for at in self.onsets.times(rng, samples, 12):
            length = min(round(RATE_HZ * self.length_s * rng.uniform(0.5, 1.2)), samples - at)
            if length:
                add_at(wave, self._note(rng, length), at, rng.uniform(0.5, 1))
        return wave

    def _note(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        time_s = seconds(samples)
        semitones = rng.integers(-7, 8) + self.vibrato * np.sin(2 * np.pi * 5.5 * time_s)
        note = harmonics(self.pitch_hz * 2 ** (semitones / 12), samples, self.strengths,
                         self.stiffness)  # fmt: skip
        note += self.noise * rng.standard_normal(samples)
        if self.decay_s:
            end = np.exp(-time_s / self.decay_s)
        else:
            end = np.minimum((samples / RATE_HZ - time_s) / _RELEASE_S, 1)
        return note * end * np.minimum(time_s / self.attack_s, 1)


@dataclass(frozen=True, slots=True)
class Alarms:
    """A pattern that goes round: sirens, rings, signals of a machine.

    Attributes:
        rounds_hz: how often it goes round in a second.
        pitch_hz: that its steps lie around.
        octaves: from the pitch, `(step,)`.
        on: 1 where a step is heard, 0 where it is silent, `(step,)`.
        sweep: how far the pitch moves within a round, in octaves.
        strengths: of the partials.
    """

    rounds_hz: float
    pitch_hz: float
    octaves: np.ndarray
    on: np.ndarray
    sweep: float
    strengths: tuple[float, ...]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        steps = int(rng.integers(1, _STEPS + 1))
        on = rng.random(steps) > 0.3
        on[0] = True
        return cls(
            between(rng, 0.5, 14),
            between(rng, 200, 3500),
            rng.normal(0, 0.4, steps),
            on.astype(float),
            rng.uniform(-1, 1) * (rng.random() > 0.5),
            (1.0, rng.uniform(0, 0.6), rng.uniform(0, 0.6), rng.uniform(0, 0.6)),
        )

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        rounds_hz = self.rounds_hz * np.exp(rng.normal(0, 0.1))
        place = (seconds(samples) * rounds_hz + rng.random()) % 1
        step = (place * len(self.on)).astype(int)
        octaves = self.octaves[step] + self.sweep * place + rng.normal(0, 0.07)
        pitch_hz = np.minimum(self.pitch_hz * 2**octaves, RATE_HZ / 3)
        return harmonics(pitch_hz, samples, self.strengths) * smooth(self.on[step], 100)


@dataclass(frozen=True, slots=True)
class Insects:
    """A narrow band or a hiss that is switched on and off many times a second.

    Attributes:
        pitch_hz: of the tone, or the middle of the band.
        noise: the share of the band beside the tone.
        pulses_hz: how often it is switched.
        pauses_hz: how often it rests.
        pause: how much it rests; at -1 not at all.
    """

    pitch_hz: float
    noise: float
    pulses_hz: float
    pauses_hz: float
    pause: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        return cls(
            between(rng, 700, 8000),
            rng.random(),
            between(rng, 8, 120),
            between(rng, 0.2, 5),
            rng.uniform(-1, 0.5),
        )

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        time_s = seconds(samples)
        pitch_hz = self.pitch_hz * np.exp(rng.normal(0, 0.05))
        tone = harmonics(pitch_hz, samples, (1.0, 0.3))
        noise = rng.standard_normal(samples)
        noise = np.sin(2 * np.pi * pitch_hz * time_s) * smooth(noise, 16) * 4
        pulses = np.maximum(np.sin(2 * np.pi * self.pulses_hz * time_s + rng.uniform(0, 6.3)), 0)
        slow = np.sin(2 * np.pi * self.pauses_hz * time_s + rng.uniform(0, 6.3))
        gate = smooth((slow > self.pause).astype(float), 400)
        return (tone * (1 - self.noise) + noise * self.noise) * pulses**2 * gate
