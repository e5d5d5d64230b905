"""The toy orchestra's strings, plucked and bowed: guitar, harp, sitar, violin, cello and others."""

from __future__ import annotations

import numpy as np

from tonotope.datasets.orchestra.tones import (
    TIME_S,
    Note,
    Player,
    body,
    damped,
    fading,
    harmonics,
    hiss,
    knock,
    moving,
    overtones,
    ringing,
    swell,
    vibrato,
    wander,
)

GUITAR_BODY = ((105, 40, 9), (205, 60, 9), (410, 120, 6), (2500, 2500, 3))
HARP_BODY = ((180, 150, 6), (420, 300, 5), (1100, 900, 3), (3000, 2500, -3))
HARPSICHORD_BODY = ((250, 200, 3), (900, 700, 3), (2600, 1800, 6), (5200, 2500, 4))
SITAR_BODY = ((160, 90, 6), (480, 200, 4), (1500, 800, 5), (3200, 1600, 6))
VIOLIN_BODY = ((280, 70, 8), (460, 90, 9), (1000, 350, 4), (2500, 1100, 9))
CELLO_BODY = ((100, 35, 7), (200, 60, 9), (420, 160, 6), (1500, 800, 5))
WHEEL_BODY = ((330, 120, 6), (800, 300, 8), (1600, 700, 7), (3400, 1400, 5))


def guitar(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """A finger near the sound hole: round, with two resonances of the air and the top; (time,)."""
    plucked_at = 0.12 + 0.16 * player.touch
    tone = _plucked(player, note, GUITAR_BODY, plucked_at, ring_s=1.1, dull=0.9, stiffness=4e-5)
    finger = knock(rng, 0.0, 0.006, 150, 4500) * 0.05 * player.noise
    return tone * damped(note.held_s, 0.05) + finger * np.abs(tone).max()


def harp(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """A fingertip near the middle of the string: soft, without the even partials, ringing on.

    Returns (time,).
    """
    plucked_at = 0.36 + 0.12 * player.touch
    tone = _plucked(player, note, HARP_BODY, plucked_at, ring_s=1.9, dull=2.2, stiffness=2e-5)
    thumb = knock(rng, 0.0, 0.010, 100, 900) * 0.05 * player.noise
    return tone * np.clip(TIME_S / (0.004 * player.attack), 0, 1) + thumb * np.abs(tone).max()


def harpsichord(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """A quill: bright, always equally loud; at the end the jack falls back on the string.

    Returns (time,).
    """
    plucked_at = 0.07 + 0.10 * player.touch
    even = Note(note.pitch_hz, -4.0, note.held_s)
    tone = _plucked(
        player, even, HARPSICHORD_BODY, plucked_at, ring_s=1.3, dull=0.25, stiffness=2e-5, slope=0.5
    )
    if player.touch > 0.5:  # the four-foot register: a second string, an octave higher
        octave = Note(2 * note.pitch_hz * 2 ** (rng.normal(0, 2) / 1200), -4.0, note.held_s)
        tone = tone + 0.5 * _plucked(
            player, octave, HARPSICHORD_BODY, 0.11, ring_s=0.8, dull=0.3, stiffness=2e-5, slope=0.5
        )
    jack = (
        knock(rng, note.held_s, 0.012, 500, 5000) * 0.05 + knock(rng, 0.0, 0.004, 900, 7000) * 0.12
    )
    return tone * damped(note.held_s, 0.03) + jack * player.noise * np.abs(tone).max()


def sitar(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """A flat bridge that the string touches again and again: overtones climb down and buzz.

    Returns (time,).
    """
    ratios = harmonics(note.pitch_hz, 32)
    gain = body(player, SITAR_BODY, ratios * note.pitch_hz) / ratios**0.5
    # The contact point lights up one bundle of overtones after the other, downwards.
    lit = 3 + (9 + 9 * note.strength) * np.exp(-TIME_S / (0.30 * player.ring))
    width = 1.5 + 0.18 * lit
    fades = fading(gain, 1.4 * player.ring / (1 + 0.05 * ratios))
    levels = [
        fade * (0.16 + np.exp(-(((ratio - lit) / width) ** 2)))
        for fade, ratio in zip(fades, ratios, strict=True)
    ]
    bend = 35 * player.vibrato * np.exp(-TIME_S / 0.12) * np.sin(2 * np.pi * 3 * TIME_S)
    tone = overtones(moving(note.pitch_hz, bend), levels)
    ever = np.full(3, 30.0)
    drone = ringing(note.pitch_hz * np.array([0.5, 0.75, 1.5]), np.array([0.10, 0.07, 0.05]), ever)
    pluck = knock(rng, 0.0, 0.003, 800, 6000) * 0.10
    return tone + (drone * np.clip(TIME_S / 0.4, 0, 1) + pluck) * np.abs(tone).max()


def violin(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """The Helmholtz corner runs along the string; the body answers each swing of the vibrato.

    Returns (time,).
    """
    tone = _bowed(player, note, rng, VIOLIN_BODY, vibrato_cents=34, attack_s=0.085, bow_hz=3000)
    return tone * swell(0.085 * player.attack, note.held_s, 0.10)


def cello(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """As the violin, three times as large: darker, more bow in it, and the bow turns again.

    Returns (time,).
    """
    tone = _bowed(player, note, rng, CELLO_BODY, vibrato_cents=12, attack_s=0.12, bow_hz=1400)
    stroke_s = 1.4 / player.vibrato_hz
    since_s = (TIME_S + 0.5 * stroke_s) % stroke_s - 0.5 * stroke_s  # to the nearest turn
    turn = np.where(0.5 * stroke_s < TIME_S, np.exp(-((since_s / 0.025) ** 2)), 0.0)
    scratch = hiss(rng, 500, 4500) * 0.10 * player.noise * tone.std()
    return (tone * (1 - 0.9 * turn) + turn * scratch) * swell(
        0.12 * player.attack, note.held_s, 0.14
    )


def musical_saw(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """A bent blade: nearly one partial, sliding into its pitch and shivering wide; (time,)."""
    slide = rng.choice([-1.0, 1.0]) * rng.uniform(120, 260) * np.exp(-TIME_S / 0.07)
    shiver = vibrato(player, 42, 0.05, rng)
    levels = np.array([1.0, 0.04 + 0.08 * note.strength, 0.03 * note.strength])
    levels = levels * body(player, ((1500, 1500, 3),), np.arange(1, 4) * note.pitch_hz)
    tone = overtones(moving(note.pitch_hz, slide + shiver), levels)
    tone = tone * (1 + 0.25 * np.sin(2 * np.pi * (player.vibrato_hz * TIME_S + rng.uniform())))
    bow = hiss(rng, 1500, 7000) * 0.012 * player.noise * np.abs(tone).max()
    return (tone + bow) * swell(0.12 * player.attack, note.held_s, 0.35 * player.ring)


def hurdy_gurdy(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """A wheel for a bow: no vibrato, a drone below, and the dog that barks at each jerk.

    Returns (time,).
    """
    phase = moving(note.pitch_hz, 4 * wander(rng, 4))
    ratios = harmonics(note.pitch_hz)
    tone = overtones(phase, body(player, WHEEL_BODY, ratios * note.pitch_hz) / ratios**0.7)
    drone_hz = note.pitch_hz / 2
    low = harmonics(drone_hz, 24)
    drone_levels = body(player, WHEEL_BODY, low * drone_hz) / low
    drone = ringing(low * drone_hz, drone_levels, np.full(len(low), 30.0))
    turns = player.vibrato_hz * TIME_S + rng.uniform()
    bark = np.exp(-7 * (turns % 1.0)) * (0.4 + 0.6 * note.strength)
    buzz = np.sign(np.sin(2 * np.pi * phase)) * hiss(rng, 900, 5500) * np.abs(tone).max()
    whole = tone * (0.6 + 0.8 * bark) + 0.25 * drone + 0.16 * player.noise * bark * buzz
    return whole * swell(0.035 * player.attack, note.held_s, 0.07)


def _plucked(
    player: Player,
    note: Note,
    resonances: tuple[tuple[float, float, float], ...],
    plucked_at: float,
    *,
    ring_s: float,
    dull: float,
    stiffness: float,
    slope: float = 1.0,
) -> np.ndarray:
    """A string let go: partial k starts at sin(kπp)/k and fades faster the higher it lies.

    Two planes of swinging, one of which the bridge hardly drains, give the fade its two paces.
    """
    ratios = harmonics(note.pitch_hz, 40, stiffness)
    number = np.arange(1, len(ratios) + 1)
    frequency_hz = ratios * note.pitch_hz
    levels = np.sin(np.pi * number * plucked_at) / number**slope
    levels = levels * body(player, resonances, frequency_hz)
    softness = 10 ** ((1 - note.strength) * -9 * np.log2(number) / 20)
    fade_s = ring_s * player.ring * (220 / note.pitch_hz) ** 0.4
    fade_s = fade_s / (1 + dull * (frequency_hz / 1000) ** 1.3)
    tone = ringing(
        np.tile(frequency_hz, 2),
        np.concatenate([0.7 * levels * softness, 0.3 * levels * softness]),
        np.concatenate([0.55 * fade_s, 2.2 * fade_s]),
    )
    return tone * np.clip(TIME_S / 0.0012, 0, 1)


def _bowed(
    player: Player,
    note: Note,
    rng: np.random.Generator,
    resonances: tuple[tuple[float, float, float], ...],
    *,
    vibrato_cents: float,
    attack_s: float,
    bow_hz: float,
) -> np.ndarray:
    """A string that sticks and slips: a saw of 1/k, coloured by the body, alive with the bow."""
    begins_s = rng.uniform(0.0, 0.2)
    cents = vibrato(player, vibrato_cents, begins_s, rng)
    ratios = harmonics(note.pitch_hz)
    number = np.arange(1, len(ratios) + 1)
    frequency_hz = ratios * note.pitch_hz
    softness = 10 ** ((1 - note.strength) * -4 * np.log2(number) / 20)
    comb = 0.35 + np.abs(np.sin(np.pi * number * (0.07 + 0.07 * player.touch)))
    gain = body(player, resonances, frequency_hz)
    # Where the body's curve is steep, the swing of the pitch becomes a swing of the level.
    steepness = np.log(body(player, resonances, frequency_hz * 1.006) / gain) / np.log(1.006)
    most = np.abs(steepness).max() * np.log(2) / 1200 * max(np.abs(cents).max(), 1e-9)
    swing = steepness * np.log(2) / 1200 * min(1.0, 0.8 / most)
    levels = softness * comb * gain / number
    onset = np.exp(-TIME_S / (0.6 * attack_s))
    phase = moving(note.pitch_hz, cents - 18 * player.attack * onset + 3 * wander(rng, 6))
    tone = overtones(phase, levels) + cents * overtones(phase, levels * swing)
    tone = tone * (1 + 0.12 * wander(rng, 9))
    scratch = (0.05 + 0.25 * onset) * hiss(rng, bow_hz * 0.4, bow_hz * 3)
    return tone + scratch * 0.35 * player.noise * tone.std()
