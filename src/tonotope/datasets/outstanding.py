"""What stands out of a recording's background: calls in time, lines in frequency, and when."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

NOISE_DB = 15.0  # so far at most the loudest hundredth of a noise lies above its median
ONE_FRAME_DB = 20.0  # and so far its very loudest moment
_INAUDIBLE_DB = 70.0  # below the loudest: a background that quiet is silence
_LEAST_HZ = 20.0
_SMEARED_LINES = 3
_BESIDE_BINS = 32  # on both sides of a line
_AMONG_DB = 10.0  # what stands out by so much less than the most does is left aside
_CLEARLY_DB = 5.0  # more than noise stands out by
# Encoders switch the band above 16 kHz on and off, which is no sound of its own; files of higher
# rates come from no encoder.
_SWITCHED_HZ, _ENCODED_HZ = (15_900.0, 16_200.0), 24_000.0
_FOLLOWED = 16  # frequencies that stay loud after something begins, until they have passed
_SMOOTH = 7  # frames: the median of so many
_QUIET = 0.1  # of the time a frequency is at its background, whatever sounds longer than half of it
_PASSED_DB = 8.0  # above that background a sound that stood out goes on


def calls_db(power: np.ndarray, below_loudest_db: float = _INAUDIBLE_DB) -> np.ndarray:
    """By how much more than noise each frequency is louder than it usually is, (frequency,).

    Args:
        power: (frame, frequency).
        below_loudest_db: a background as far below the loudest is silence.
    """
    loud, usual = np.percentile(power, 99, axis=0), np.median(power, axis=0)
    found = _above_db(loud, usual, below_loudest_db, NOISE_DB)
    if found.any():
        return found  # else perhaps there are calls in fewer frames than that
    return _above_db(power.max(axis=0), usual, below_loudest_db, ONE_FRAME_DB)


def lines_db(mean: np.ndarray) -> np.ndarray:
    """By how much more than noise each frequency is louder than those on both sides of it.

    Args:
        mean: the mean power, (frequency,).

    Returns:
        Decibels, (frequency,).
    """
    decibels = 10 * np.log10(np.maximum(mean, 1e-30 + mean.max() * 10 ** (-_INAUDIBLE_DB / 10)))
    usual, last = decibels.copy(), len(decibels) - 1
    if last >= 2 * _BESIDE_BINS:
        inner = np.median(sliding_window_view(decibels, 2 * _BESIDE_BINS + 1), axis=1)
        usual[_BESIDE_BINS : last + 1 - _BESIDE_BINS] = inner
    near = min(_BESIDE_BINS, last // 2)
    if near > 0:
        usual[:near] = _medians_from_the_end(decibels, near)
        usual[: last - near : -1] = _medians_from_the_end(decibels[::-1], near)
    return np.maximum(0, decibels - usual - NOISE_DB)


def _medians_from_the_end(decibels: np.ndarray, count: int) -> np.ndarray:
    """The median of the first value, of the first three, of the first five and so on, (count,)."""
    # As many -inf before as inf behind leave a median where it is.
    rows = np.full((count, 2 * count - 1), np.inf)
    for at in range(count):
        rows[at, : count - 1 - at] = -np.inf
        rows[at, count - 1 - at : count + at] = decibels[: 2 * at + 1]
    return np.median(rows, axis=1)


def outstanding_hz(
    power: np.ndarray, hz: np.ndarray, everyday_hz: float = np.inf
) -> tuple[float, float] | None:
    """From where to where that lies which stands out most; None where all is a steady noise.

    What stands out most above `everyday_hz`, and clearly below it as well, begins there: a click is
    heard at all frequencies, and stands out most where an encoder left nothing behind it.

    Args:
        power: (frame, frequency).
        hz: of each frequency, (frequency,).
        everyday_hz: what can be heard below this is not looked for above.
    """
    audible = np.where(hz >= min(_LEAST_HZ, hz[1] if len(hz) > 1 else 0.0), 1.0, 0.0)
    found = np.maximum(calls_db(power), lines_db(power.mean(axis=0, dtype=np.float64))) * audible
    most = found.max(initial=0.0)
    if not most > 0:
        return None
    (there,) = np.nonzero(found > max(0.0, most - _AMONG_DB))
    if hz[there[0]] > everyday_hz:
        (below,) = np.nonzero((found > _CLEARLY_DB) & (hz <= everyday_hz))
        there = np.concatenate([below, there])
    if _SWITCHED_HZ[0] <= hz[there[0]] <= _SWITCHED_HZ[1] and hz[-1] <= _ENCODED_HZ:
        return None
    # A frame smears what is lower than it can see into its first lines.
    lowest_hz = 0.0 if there[0] <= _SMEARED_LINES else float(hz[there[0]])
    return lowest_hz, float(hz[there[-1]])


def outstanding_frames(power: np.ndarray) -> np.ndarray:
    """Whether something stands out of the background in each frame, (frame,)."""
    least = power.max() * 10 ** (-_INAUDIBLE_DB / 10)
    usual = np.maximum(np.median(power, axis=0), least)
    louder: np.ndarray = power > usual * 10 ** (ONE_FRAME_DB / 10)
    return np.any(louder, axis=1)


def seconds_of_calls(
    times_s: Sequence[float], power: np.ndarray, levels: np.ndarray, level_s: float
) -> tuple[int, ...]:
    """The seconds in which something stands out, of frames or of the level between them.

    What stood out is heard until it has decayed to the background: a bell, an engine that leaves.

    Args:
        times_s: when each frame begins.
        power: (frame, frequency).
        levels: of all of it, one each `level_s`.
        level_s: in seconds.
    """
    usual = max(float(np.median(levels)), float(levels.max()) * 10 ** (-_INAUDIBLE_DB / 10))
    louder = np.flatnonzero(levels > usual * 10 ** (NOISE_DB / 10)) * level_s
    times = np.asarray(times_s)
    frames = outstanding_frames(power)
    frames[np.searchsorted(times, louder, side="right") - 1] = True
    decaying = times[_until_passed(power, frames)]
    return tuple(np.unique(np.concatenate([decaying, louder]).astype(int)).tolist())


def _until_passed(power: np.ndarray, begun: np.ndarray) -> np.ndarray:
    """The frames in which something has begun, and those after them until it has passed, (frame,).

    Args:
        power: (frame, frequency).
        begun: (frame,).
    """
    if not begun.any() or len(power) < _SMOOTH:
        return begun
    least = power.max() * 10 ** (-_INAUDIBLE_DB / 10)
    # In decibels a click is little beside what stays.
    decibels = 10 * np.log10(np.maximum(power, least))
    sums = np.cumsum(np.pad(decibels, ((1, 0), (0, 0))), axis=0)
    first = np.minimum(np.flatnonzero(begun), len(power) - _SMOOTH)
    stays = (sums[first + _SMOOTH] - sums[first]).max(axis=0) / _SMOOTH
    followed = power[:, np.argsort(stays - np.median(decibels, axis=0))[-_FOLLOWED:]]
    around = np.pad(followed, ((_SMOOTH // 2, _SMOOTH // 2), (0, 0)), mode="edge")
    smooth = np.median(sliding_window_view(around, _SMOOTH, axis=0), axis=2)
    quiet = np.maximum(np.quantile(smooth, _QUIET, axis=0), least)
    goes_on = np.any(smooth > quiet * 10 ** (_PASSED_DB / 10), axis=1)
    # The last frame at or before each in which something begins, and in which nothing goes on.
    at = np.arange(len(power))
    last_begun = np.maximum.accumulate(np.where(begun, at, -1))
    last_passed = np.maximum.accumulate(np.where(goes_on | begun, -1, at))
    found: np.ndarray = last_begun > last_passed
    return found


def _above_db(
    loud: np.ndarray, usual: np.ndarray, below_loudest_db: float, noise_db: float
) -> np.ndarray:
    usual = np.maximum(usual, 10 ** (-below_loudest_db / 10) * loud.max())
    ratio = np.divide(loud, usual, out=np.ones_like(loud), where=usual > 0)
    return np.maximum(0, 10 * np.log10(np.maximum(ratio, 1)) - noise_db)
