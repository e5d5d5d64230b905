"""Synthesis of one tone: partials, envelope, vibrato, breath noise, resonances of the body.

The building blocks of the toy orchestra's instruments. Everything is one note long, one channel,
and a pure function of what is handed in. The physics is that of N. H. Fletcher and T. D. Rossing,
"The Physics of Musical Instruments" (2nd ed., 1998), simplified until it fits in a few lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

RATE_HZ = 22050
NOTE_S = 1.3
SAMPLES = round(NOTE_S * RATE_HZ)
_HIGHEST_HZ = 0.45 * RATE_HZ  # partials above it are left out: they would fold back
_STEP = 170  # about the root of SAMPLES: the two matrices of `ringing` are then smallest

_TOUCH_S = 0.002  # a mallet's touch: no stroke begins at once

TIME_S = np.arange(SAMPLES) / RATE_HZ


@dataclass(frozen=True, slots=True)
class Player:
    """One player with one instrument of the kind: what stays the same from note to note.

    Attributes:
        tuning_cents: how far from 440 Hz the instrument stands.
        body: the size of the body: its resonances lie at this multiple of their usual place.
        peaks_db: how far each resonance rises above or falls below its usual height.
        brightness_db: the tilt of the spectrum, per octave.
        touch: 0 to 1: near the bridge or over the hole, hard or soft mallet, stiff or soft reed.
        attack: the time a tone takes to speak, as a multiple of the usual.
        ring: the time a tone takes to fade, as a multiple of the usual.
        vibrato_hz: how fast the vibrato, the tremolo or the motor is.
        vibrato: how deep it is, as a multiple of the usual.
        noise: how much bow, breath or finger is heard, as a multiple of the usual.
    """

    tuning_cents: float
    body: float
    peaks_db: tuple[float, ...]
    brightness_db: float
    touch: float
    attack: float
    ring: float
    vibrato_hz: float
    vibrato: float
    noise: float


@dataclass(frozen=True, slots=True)
class Note:
    """One note as it is to be played.

    Attributes:
        pitch_hz: the fundamental, tuning and all.
        dynamics_db: 0 is as loud as the instrument goes, -24 as soft as this player plays.
        held_s: how long the key, the bow or the breath is kept; ringing may go on.
    """

    pitch_hz: float
    dynamics_db: float
    held_s: float

    @property
    def strength(self) -> float:
        """The dynamics from 0 to 1."""
        return 1 + self.dynamics_db / 24


Resonance = tuple[float, float, float]  # Hz, width in Hz, height in dB


def body(player: Player, resonances: Sequence[Resonance], frequency_hz: np.ndarray) -> np.ndarray:
    """How much louder the body makes each frequency: peaks on a tilted floor.

    `frequency_hz` and the factors returned are (partial,).
    """
    gain_db = player.brightness_db * np.log2(np.maximum(frequency_hz, 20.0) / 1000.0)
    for (place_hz, width_hz, height_db), more_db in zip(resonances, player.peaks_db, strict=False):
        distance = (frequency_hz / player.body - place_hz) / (0.5 * width_hz)
        gain_db = gain_db + (height_db + more_db) / (1 + distance**2)
    return 10 ** (gain_db / 20)


def harmonics(pitch_hz: float, most: int = 40, stiffness: float = 0.0) -> np.ndarray:
    """The ratios of a string's partials to its first; stiffness stretches them (B in the text).

    Returns (partial,): those above 0.45 times the rate are left out.

    >>> harmonics(4000.0).tolist()
    [1.0, 2.0]
    """
    number = np.arange(1, most + 1)
    ratios = number * np.sqrt((1 + stiffness * number**2) / (1 + stiffness))
    return ratios[ratios * pitch_hz < _HIGHEST_HZ]


def steady(pitch_hz: float) -> np.ndarray:
    """The phase of a fundamental that does not move, in cycles, (time,)."""
    return pitch_hz * TIME_S


def moving(pitch_hz: float, cents: np.ndarray) -> np.ndarray:
    """The phase of a fundamental that moves by `cents` around its pitch, in cycles; (time,)."""
    return np.cumsum(pitch_hz / RATE_HZ * 2 ** (cents / 1200))


def overtones(phase: np.ndarray, levels: Iterable[float | np.ndarray]) -> np.ndarray:
    """Harmonics of one moving fundamental, summed as a polynomial in e^(2πi·phase) (Horner).

    Args:
        phase: of the fundamental, in cycles, (time,).
        levels: of the first, second, third … harmonic; each a number or (time,).
    """
    turned = np.exp(2j * np.pi * (phase - np.rint(phase)))
    total = np.zeros(len(phase), dtype=complex)
    for level in reversed(list(levels)):
        total += level
        total *= turned
    return np.imag(total)


def modes(phase: np.ndarray, ratios: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """A few partials of any ratios to a moving fundamental; levels are (partial, time).

    Returns (time,).
    """
    cycles = np.outer(ratios, phase)
    cycles -= np.rint(cycles)  # kept small, so that single precision is enough
    waves = np.sin(cycles.astype(np.float32) * np.float32(2 * np.pi))
    return np.einsum("kt,kt->t", levels, waves)


def ringing(frequency_hz: np.ndarray, levels: np.ndarray, fade_s: np.ndarray) -> np.ndarray:
    """Partials of fixed pitch that fade by themselves: Σ level · e^(−t/fade) · sin(2πft).

    With z = e^(−1/fade + 2πif) per sample, sample a·n + b is z^(an) · z^b: all samples of all
    partials are one product of two small matrices.
    Frequencies, levels and fades are (partial,), the sound is (time,).
    """
    rate = (-1 / np.maximum(fade_s, 1e-3) + 2j * np.pi * frequency_hz) / RATE_HZ
    step = np.arange(_STEP)
    coarse = np.exp(np.outer(np.arange(0, SAMPLES, _STEP), rate)) * levels
    fine = np.exp(np.outer(rate, step))
    return np.imag(coarse @ fine).ravel()[:SAMPLES]


def fading(levels: np.ndarray, fade_s: np.ndarray) -> np.ndarray:
    """Levels that fade, each at its own pace: exponentials, (partial, time)."""
    rates = (-1 / np.maximum(fade_s, 1e-3)).astype(np.float32)
    return levels.astype(np.float32)[:, None] * np.exp(np.outer(rates, TIME_S.astype(np.float32)))


def struck_again(
    levels: np.ndarray, fade_s: np.ndarray, strokes_s: np.ndarray, strengths: np.ndarray
) -> np.ndarray:
    """Levels that every stroke raises, and that fade between strokes, (partial, time)."""
    rung = np.zeros((len(strokes_s), len(levels)))  # what is left when the stroke falls
    for number in range(1, len(strokes_s)):
        before = rung[number - 1] + strengths[number - 1] * levels
        rung[number] = before * np.exp((strokes_s[number - 1] - strokes_s[number]) / fade_s)
    added = np.outer(strengths, levels)
    last = np.searchsorted(strokes_s, TIME_S, side="right") - 1
    since_s = TIME_S - strokes_s[last]
    touching = np.clip(since_s / _TOUCH_S, 0, 1)
    raised = rung.T.astype(np.float32)[:, last] + added.T.astype(np.float32)[:, last] * touching
    rates = (-1 / fade_s).astype(np.float32)
    return raised.astype(np.float32) * np.exp(np.outer(rates, since_s.astype(np.float32)))


def swell(attack_s: float, held_s: float, release_s: float) -> np.ndarray:
    """A tone that is kept going: it speaks, stays, and stops. Returns factors, (time,)."""
    rise = np.clip(TIME_S / attack_s, 0, 1)
    fall = np.clip((TIME_S - held_s) / release_s, 0, 1)
    return np.sin(0.5 * np.pi * rise) ** 2 * np.cos(0.5 * np.pi * fall) ** 2


def damped(held_s: float, damping_s: float) -> np.ndarray:
    """What a damper leaves of a ringing tone: all until `held_s`, then soon nothing.

    Returns factors, (time,).
    """
    return np.exp(-np.maximum(TIME_S - held_s, 0) / damping_s)


def vibrato(
    player: Player, depth_cents: float, begins_s: float, rng: np.random.Generator
) -> np.ndarray:
    """Cents around the pitch: it begins when the tone has settled, and no two turns are alike.

    Returns (time,).
    """
    phase = rng.uniform()
    turns = np.cumsum(player.vibrato_hz * (1 + 0.12 * wander(rng, 2.0))) / RATE_HZ
    grown = np.clip((TIME_S - begins_s) / 0.25, 0, 1)
    return depth_cents * player.vibrato * grown * np.sin(2 * np.pi * (turns + phase))


def wander(rng: np.random.Generator, turns_per_s: float) -> np.ndarray:
    """A slow, smooth, aimless curve of mean 0 and about unit size. Returns (time,)."""
    points = max(4, round(turns_per_s * NOTE_S) + 3)
    curve = np.interp(
        np.linspace(0, points - 1, SAMPLES), np.arange(points), rng.standard_normal(points)
    )
    return curve - curve.mean()


def hiss(
    rng: np.random.Generator, low_hz: float, high_hz: float, samples: int = SAMPLES
) -> np.ndarray:
    """Noise of unit size between two frequencies, falling by 3 dB per octave. Returns (time,)."""
    frequency_hz = np.fft.rfftfreq(samples, 1 / RATE_HZ)
    inside = (frequency_hz >= low_hz) & (frequency_hz <= high_hz)
    gain = np.zeros(len(frequency_hz), dtype=np.float32)
    gain[inside] = np.sqrt(low_hz / frequency_hz[inside])
    noise = rng.standard_normal(2 * len(gain), dtype=np.float32).view(np.complex64) * gain
    wave = np.fft.irfft(noise, samples)
    return wave / max(float(wave.std()), 1e-12)


def knock(
    rng: np.random.Generator, at_s: float, fade_s: float, low_hz: float, high_hz: float
) -> np.ndarray:
    """A short noise: the plectrum, the mallet, the key; of unit size where it begins; (time,)."""
    samples = 1 << round(7 * fade_s * RATE_HZ).bit_length()  # by then it is 60 dB down
    begins = round(at_s * RATE_HZ)
    since_s = np.arange(samples) / RATE_HZ
    burst = hiss(rng, low_hz, high_hz, samples)
    burst = burst * np.exp(-since_s / fade_s) * np.clip(since_s / 0.001, 0, 1)
    wave = np.zeros(SAMPLES)
    wave[begins : begins + samples] = burst[: max(0, SAMPLES - begins)]
    return wave
