"""The rate that a recording was resampled from, by mirror images of its sound above half of it.

A resampler lets a little of the mirror image above the old Nyquist frequency through: little and
for some hundred hertz if it is good, more and up to the end if it is not. It moves as the sound
below does, backwards, which no sound of its own does.
"""

from __future__ import annotations

import numpy as np

# Half of 8, 11.025, 12, 16, 22.05, 24, 32, 44.1, 48 kHz: rates that sound is recorded or sent at.
_OLD_HZ = (4000.0, 5512.5, 6000.0, 8000.0, 11025.0, 12000.0, 16000.0, 22050.0, 24000.0)
_EDGE = 1.012  # nearer to the mirror, a frame does not tell the two sides apart
_NEAR = 1.2  # a good resampler's images end there
_ALIKE = 0.45  # correlation: images 0.9, after an MP3 0.6; sound of its own 0, of short words 0.3
_ABOVE_OTHERS = 0.15  # no other mirror nearby fits as well, as it does with overtones
_SHIFTS_HZ = -25.0 * np.arange(4, 25)  # upwards, lines would be compared with themselves
_WEAKER = 0.03  # of the energy: images have less
_BELOW = 1e-3  # of the power that counts: so far a pause reaches
_FEWEST_FRAMES, _FEWEST_LINES = 6, 3
_SOUNDS = 0.5  # of the lines above the mirror, in a frame that is compared


def mirrored_at_hz(power: np.ndarray, hz: np.ndarray, silence: float) -> float | None:
    """The frequency above which all is the mirror image of what lies below; None without one.

    Args:
        power: of each frame in which something sounds, (frame, frequency).
        hz: of each line.
        silence: the power below which nothing is there.
    """
    loud = np.percentile(power, 95, axis=0)
    level = np.log10(power + _BELOW * silence)
    total = power.sum()
    for old_hz in _OLD_HZ:
        above = np.flatnonzero((hz > _EDGE * old_hz) & (loud > silence))
        near = above[hz[above] < _NEAR * old_hz]
        if len(near) < _FEWEST_LINES or power[:, hz > old_hz].sum() > _WEAKER * total:
            continue
        far = above[hz[above] >= _NEAR * old_hz]
        alike = _alike(level, hz, near, old_hz, silence)
        if alike < _ALIKE:
            continue
        if len(far) >= _FEWEST_LINES and _alike(level, hz, far, old_hz, silence) < _ALIKE:
            continue
        others = [_alike(level, hz, near, old_hz + shift, silence) for shift in _SHIFTS_HZ]
        if alike > max(others) + _ABOVE_OTHERS:
            return old_hz
    return None


def _alike(
    level: np.ndarray, hz: np.ndarray, lines: np.ndarray, mirror_hz: float, silence: float
) -> float:
    """How alike lines are to their mirror images: a correlation over time and frequency.

    What all lines of a frame or all frames of a line share is left out: that is alike anyhow.
    """
    sounds = int(((level[:, lines] > np.log10(silence)).mean(axis=1) > _SOUNDS).sum())
    if len(level) < _FEWEST_FRAMES:
        return 0.0
    loudest = np.argsort(level[:, lines].mean(axis=1))[-max(sounds, _FEWEST_FRAMES) :]
    rows = level[np.sort(loudest)]
    folded = np.abs((hz[lines] + mirror_hz) % (2 * mirror_hz) - mirror_hz)
    place = folded / hz[1]
    left = np.minimum(place.astype(int), len(hz) - 2)
    share = place - left
    images, sound = rows[:, lines], rows[:, left] * (1 - share) + rows[:, left + 1] * share
    images, sound = (_centred(one) for one in (images, sound))
    norm = np.sqrt((images**2).sum() * (sound**2).sum())
    return float((images * sound).sum() / norm) if norm > 0 else 0.0


def _centred(values: np.ndarray) -> np.ndarray:
    values = values - values.mean(axis=0)
    return values - values.mean(axis=1, keepdims=True)
