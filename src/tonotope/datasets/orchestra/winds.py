"""The toy orchestra's winds: flute, clarinet, oboe, trumpet."""

from __future__ import annotations

import numpy as np

from tonotope.datasets.orchestra.tones import (
    TIME_S,
    Note,
    Player,
    body,
    harmonics,
    hiss,
    knock,
    moving,
    overtones,
    swell,
    vibrato,
    wander,
)

FLUTE_TUBE = ((800, 900, 3), (1800, 1500, 2))
CLARINET_TUBE = ((500, 400, 3), (1500, 600, 4), (3200, 1500, 4))
OBOE_TUBE = ((1050, 450, 11), (2900, 900, 8), (600, 300, -4))
TRUMPET_BELL = ((1200, 900, 7), (2300, 1400, 4), (300, 300, -5))


def flute(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """An air jet across a hole: few partials, much breath, a chiff before the tone stands.

    Returns (time,).
    """
    ratios = harmonics(note.pitch_hz, 10)
    number = np.arange(1, len(ratios) + 1)
    levels = 10 ** (-(11 - 5 * note.strength) * (number - 1) / 20)
    levels = levels * body(player, FLUTE_TUBE, ratios * note.pitch_hz)
    shake = vibrato(player, 9, 0.2, rng)
    tone = overtones(moving(note.pitch_hz, shake + 3 * wander(rng, 5)), levels)
    # The vibrato of a flute is more in the breath than in the pitch.
    tone = tone * (1 + 0.018 * shake) * swell(0.07 * player.attack, note.held_s, 0.08)
    breath = hiss(rng, 700, 9000) * (1 + 0.02 * shake) * swell(0.02, note.held_s, 0.05)
    chiff = knock(rng, 0.0, 0.035 * player.attack, 1.6 * note.pitch_hz, 2.6 * note.pitch_hz + 800)
    return tone + (0.11 * breath + 0.25 * chiff) * player.noise * tone.std()


def clarinet(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """A reed on a closed pipe: the odd partials first; loud brings the rest in. A grace note.

    Returns (time,).
    """
    ratios = harmonics(note.pitch_hz, 28)
    number = np.arange(1, len(ratios) + 1)
    slope_db = 7.5 + 8 * (1 - note.strength) + 2 * player.touch
    levels = 10 ** (-slope_db * np.log2(number) / 20)
    even_db = 26 * np.exp(-note.pitch_hz / 900) * np.exp(-(number - 2) / 6)
    levels = np.where(number % 2 == 0, levels * 10 ** (-np.maximum(even_db, 0) / 20), levels)
    levels = levels * body(player, CLARINET_TUBE, ratios * note.pitch_hz)
    grace_s = rng.uniform(0.05, 0.09)
    grace = -rng.choice([200, 300]) / (1 + np.exp((TIME_S - grace_s) / 0.004))
    tone = overtones(moving(note.pitch_hz, grace + 2 * wander(rng, 4)), levels)
    tone = tone * swell(0.045 * player.attack, note.held_s, 0.06) * (1 + 0.03 * wander(rng, 5))
    tongue = knock(rng, 0.0, 0.012, 600, 4000) * 0.15
    return tone + (tongue + 0.01 * hiss(rng, 1500, 8000)) * player.noise * tone.std()


def oboe(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """A double reed on a cone: a weak fundamental, two strong formants, a speaking vibrato.

    Returns (time,).
    """
    ratios = harmonics(note.pitch_hz)
    number = np.arange(1, len(ratios) + 1)
    levels = 10 ** (-(4 + 2 * (1 - note.strength)) * np.log2(number) / 20)
    levels = levels * body(player, OBOE_TUBE, ratios * note.pitch_hz)
    shake = vibrato(player, 14, 0.18, rng)
    tone = overtones(moving(note.pitch_hz, shake + 2 * wander(rng, 5)), levels)
    tone = tone * (1 + 0.008 * shake) * swell(0.03 * player.attack, note.held_s, 0.05)
    return tone + 0.02 * player.noise * hiss(rng, 2000, 9000) * tone.std()


def trumpet(player: Player, note: Note, rng: np.random.Generator) -> np.ndarray:
    """Lips on a bell: the louder, the brighter, at every instant of the tone. Returns (time,)."""
    ratios = harmonics(note.pitch_hz)
    number = np.arange(1, len(ratios) + 1)
    blip = 0.45 * np.exp(-((TIME_S - 0.06) ** 2) / 0.0008)
    course = np.clip(TIME_S / note.held_s, 0, 1)
    course = rng.choice([-0.7, 1.1]) * course  # it dies away, or it swells
    level = np.clip((0.25 + 0.5 * note.strength) * (1 + course + blip), 0.05, 1.1)
    level = level * swell(0.05 * player.attack, note.held_s, 0.07)
    # The higher a partial, the steeper it rises with the level: what makes brass brazen.
    slope = ((3.5 + 19 * (1 - np.clip(level, 0, 1))) / 6.02).astype(np.float32)
    gain = body(player, TRUMPET_BELL, ratios * note.pitch_hz)
    rising = np.log(number).astype(np.float32)
    levels = [some * np.exp(-power * slope) for some, power in zip(gain, rising, strict=True)]
    scoop = -45 * player.attack * np.exp(-TIME_S / 0.03)
    cents = scoop + vibrato(player, 7, 0.35, rng) + 3 * wander(rng, 5)
    tone = overtones(moving(note.pitch_hz, cents), levels) * level
    return tone + 0.02 * player.noise * hiss(rng, 1500, 7000) * tone.std() * level
