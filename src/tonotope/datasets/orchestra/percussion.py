"""The toy orchestra's struck instruments: marimba, vibraphone, bell, timpani."""

from __future__ import annotations

import numpy as np

from tonotope.datasets.orchestra.tones import (
    TIME_S,
    Note,
    Player,
    body,
    damped,
    fading,
    hiss,
    knock,
    modes,
    moving,
    ringing,
    steady,
    struck_again,
)

WOOD = ((400, 500, 2), (1800, 1500, 2))
STEEL = ((600, 800, 2), (3000, 2500, 2))
BRONZE = ((700, 700, 2), (2200, 1500, 3))
KETTLE = ((120, 100, 3), (400, 300, 2))

# A bar undercut so that its second mode is two octaves up and the third three and a third.
BAR = np.array([1.0, 3.93, 9.6, 16.2])
TUNED_BAR = np.array([1.0, 4.0, 10.05, 17.6])
# Hum, prime, tierce, quint, nominal and above, as founders tune them.
BELL = np.array([0.5, 1.0, 1.19, 1.503, 2.0, 2.51, 2.66, 3.01, 4.1, 5.3, 6.6])
BELL_LEVELS = np.array([0.55, 0.9, 0.75, 0.35, 1.0, 0.35, 0.25, 0.45, 0.35, 0.25, 0.15])
BELL_FADES_S = np.array([6.0, 3.2, 2.4, 1.6, 1.6, 0.9, 0.8, 0.8, 0.5, 0.35, 0.25])
# A skin on a kettle: the air draws the preferred modes near 2 : 3 : 4 : 5.
SKIN = np.array([1.0, 1.504, 1.742, 1.98, 2.44, 2.89, 0.68])
SKIN_LEVELS = np.array([1.0, 0.8, 0.25, 0.55, 0.35, 0.2, 0.5])
SKIN_FADES_S = np.array([0.75, 0.65, 0.12, 0.5, 0.35, 0.25, 0.07])


def marimba(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """Rosewood over a tube: a knock and a short round tone; kept notes are rolled; (time,)."""
    levels = _mallet(player, note, BAR, np.array([1.0, 0.35, 0.16, 0.06]), 900)
    levels = levels * body(player, WOOD, BAR * note.pitch_hz)
    fades_s = player.ring * np.array([0.34, 0.09, 0.04, 0.02]) * (330 / note.pitch_hz) ** 0.5
    strokes_s = np.array([0.0])
    if note.held_s > 0.6:
        strokes_s = _roll(player, note, rng)
    strengths = rng.uniform(0.75, 1.0, len(strokes_s))
    moving_levels = struck_again(levels, fades_s, strokes_s, strengths)
    tone = modes(steady(note.pitch_hz), BAR, moving_levels)
    return tone + _knocks(player, rng, strokes_s, 0.008, (250, 2500)) * 0.10 * np.abs(tone).max()


def vibraphone(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """Aluminium that rings for seconds, opened and shut by a motor. Returns (time,)."""
    levels = _mallet(player, note, TUNED_BAR, np.array([1.0, 0.30, 0.10, 0.03]), 1300)
    levels = levels * body(player, STEEL, TUNED_BAR * note.pitch_hz)
    fades_s = player.ring * np.array([2.2, 0.45, 0.16, 0.08]) * (330 / note.pitch_hz) ** 0.5
    motor = np.cos(2 * np.pi * (player.vibrato_hz * TIME_S + rng.uniform()))
    depth = np.clip(0.36 * player.vibrato, 0.15, 0.55)
    moving_levels = fading(levels, fades_s)
    moving_levels[0] *= (1 - depth + depth * motor).astype(np.float32)
    tone = modes(steady(note.pitch_hz), TUNED_BAR, moving_levels) * np.clip(TIME_S / 0.002, 0, 1)
    click = knock(rng, 0.0, 0.005, 400, 5000) * 0.05 * player.noise
    return (tone + click * np.abs(tone).max()) * damped(note.held_s + 0.2, 0.12)


def bell(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """Bronze: a minor third in every tone, and each partial a pair that beats. Returns (time,)."""
    ratios = np.concatenate(
        [BELL, BELL * (1 + 0.0009 * player.touch + rng.uniform(0.0002, 0.0009))]
    )
    ratios[len(BELL) + 1] = ratios[1]  # the prime is one: it is the pitch
    levels = _mallet(player, note, BELL, BELL_LEVELS, 1800)
    levels = levels * body(player, BRONZE, BELL * note.pitch_hz)
    fades_s = 0.7 * player.ring * BELL_FADES_S * (330 / note.pitch_hz) ** 0.5
    tone = ringing(ratios * note.pitch_hz, np.tile(levels, 2), np.tile(fades_s, 2))
    tone = tone * np.clip(TIME_S / 0.0008, 0, 1)
    clapper = knock(rng, 0.0, 0.012, 1500, 9000) * 0.12 * player.noise
    return tone + clapper * np.abs(tone).max()


def timpani(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """A skin over a kettle: a thump, then a pitch; the skin is tightest when it is hit; (time,)."""
    levels = _mallet(player, note, SKIN, SKIN_LEVELS, 500)
    levels = levels * body(player, KETTLE, SKIN * note.pitch_hz)
    strokes_s = _roll(player, note, rng) if note.held_s > 0.8 else np.array([0.0])
    strengths = rng.uniform(0.6, 1.0, len(strokes_s))
    moving_levels = struck_again(levels, player.ring * SKIN_FADES_S, strokes_s, strengths)
    tight = 25 * note.strength * np.exp(-TIME_S / 0.05)
    tone = modes(moving(note.pitch_hz, tight), SKIN, moving_levels)
    thump = _knocks(player, rng, strokes_s, 0.02, (60, 900)) * 0.16
    return (tone + thump * np.abs(tone).max()) * damped(note.held_s + 0.3, 0.15)


def _mallet(
    player: Player, note: Note, ratios: np.ndarray, levels: np.ndarray, soft_hz: float
) -> np.ndarray:
    """A soft or slow mallet rests on the bar too long to stir its high modes."""
    stirred_hz = soft_hz * 2 ** (1.6 * player.touch + 1.4 * note.strength)
    return levels * np.exp(-((ratios * note.pitch_hz / stirred_hz) ** 1.2))


def _roll(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """The strokes of two hands, nearly even."""
    strokes_s = np.arange(0.0, note.held_s, 1 / (2.2 * player.vibrato_hz))
    jitter_s = rng.normal(0, 0.006, len(strokes_s))
    jitter_s[0] = 0.0
    return np.maximum.accumulate(np.maximum(strokes_s + jitter_s, 0.0))


def _knocks(
    player: Player,
    rng: np.random.Generator,
    strokes_s: np.ndarray,
    fade_s: float,
    band_hz: tuple[float, float],
) -> np.ndarray:
    """The noise of every stroke, as one noise that each stroke sets off again."""
    shape = struck_again(np.array([1.0]), np.array([fade_s]), strokes_s, np.ones(len(strokes_s)))
    return hiss(rng, *band_hz) * shape[0] * player.noise
