"""Near-duplicates: pairs whose fingerprints agree at any shift, be one cut from the other.

The share of equal bits decides how near two sounds are, and the number of bits how sure that is.
Where a sound is short, there are few bits, and two takes of one word agree in most of them. There
the phases of the two waveforms are compared (C. Knapp and G. Carter, "The generalized correlation
method for estimation of time delay", 1976): of two copies all partials are apart by one and the
same time; of two takes, which have the same loud partials, they are not.

The phases decide too where one sound is short, and where a sound repeats itself, such as an alarm:
its bits agree with those of another of its kind as well as with its own a period later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tonotope.datasets.fingerprint import (
    APART,
    HIGH_HZ,
    LOW_HZ,
    RATE_HZ,
    STEP_S,
    Fingerprint,
    loudest,
)
from tonotope.datasets.fingerprint_correlation import Agreement, agreement, candidates

ALIKE = 0.78  # share of equal bits; with poor codecs, clipping and low rates 0.83 and more remain
SURE = 7.0  # standard deviations above one half; chance passes 6 once in a billion
PERHAPS = 3.0  # from here on the phases of two short sounds are compared
HOPEFUL = 4.0  # from here on those of a short and a long one
SAME_PHASE = 0.5  # 1: an exact copy; one that lost half of its energy keeps about one half
_LATER = round(0.25 / STEP_S)  # moments; what agrees with itself so much later repeats itself
_LEAST_MOMENTS = 40
_MOST_MOMENTS = 8e9  # of all pairs together: two minutes or so
_FIRST_LOOK = 0.5  # of the bits that are needed at the exact look


Waves = Callable[[int, int], tuple[np.ndarray, np.ndarray] | None]


def near_duplicates(
    prints: Sequence[Fingerprint], waves: Waves = lambda one, other: None
) -> Iterator[tuple[int, int]]:
    """Pairs of numbers of fingerprints that agree at some shift; the smaller number first.

    The pairs come in no special order. Of very many sounds only the first `compared_s` are
    compared.

    Args:
        prints: the fingerprints.
        waves: the waveforms of two of them as `compared_wave` gives them, where bits decide too
            little; None leaves the pair out.
    """
    moments = _moments(prints)
    # With so many bits, all of them equal, they are as sure as that.
    least, hopeful, perhaps = (_FIRST_LOOK * APART * s**2 for s in (SURE, HOPEFUL, PERHAPS))
    for pairs in candidates(prints, moments, (least, hopeful, perhaps)):
        both = [(prints[one], prints[other]) for one, other in pairs.tolist()]
        alike = [one for found in agreement(both, moments) for one in _alike(found)]
        for (one, other), two, (sure, shift) in zip(pairs.tolist(), both, alike, strict=True):
            if _is_copy(two, sure, shift, moments, lambda at=one, to=other: waves(at, to)):
                yield one, other


def _is_copy(
    two: tuple[Fingerprint, Fingerprint],
    sure: float,
    shift: int,
    moments: int,
    waves: Callable[[], tuple[np.ndarray, np.ndarray] | None],
) -> bool:
    """Whether two sounds that agree at a shift are one sound: by their bits, or by their phases."""
    one, other = two
    if sure >= SURE and not _repeats(*two, moments):
        return True
    if one.wave is not None and other.wave is not None:
        return sure >= PERHAPS and _same_phases(one.wave, other.wave)
    found = waves() if sure >= HOPEFUL else None
    return found is not None and _same_phases(*_in_common(*found, shift + one.start - other.start))


def _in_common(one: np.ndarray, other: np.ndarray, moments: int) -> tuple[np.ndarray, np.ndarray]:
    """What two waveforms have in common where the second one begins some moments later.

    Two seconds of it at most, and the loudest. The bits tell the shift to half a moment; it is the
    one near that with the largest correlation, so that both are cut at the same sample.
    """
    later = round(moments * STEP_S * RATE_HZ)
    spare = round(STEP_S * RATE_HZ)
    first = one[max(0, later) : max(0, len(other) + later)]
    second = other[max(0, -later) :][: len(first)]
    found, start = loudest(second[spare:-spare])
    around = first[start : start + len(found) + 2 * spare]
    if len(around) < len(found) + 2 * spare or not len(found):
        return found[:0], found[:0]
    size = 1 << (len(around) + len(found)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(around, size) * np.fft.rfft(found, size).conj(), size)
    best = int(np.abs(cross[: 2 * spare + 1]).argmax())
    # The window keeps loud partials out of the frequencies between them.
    window = np.hanning(len(found)).astype(np.float32)
    return around[best : best + len(found)] * window, found * window


def compared_s(prints: Sequence[Fingerprint]) -> float | None:
    """How much of each sound is compared, in seconds; None where it is all of them."""
    moments = _moments(prints)
    return moments * STEP_S if any(len(one.bits) > moments for one in prints) else None


def _moments(prints: Sequence[Fingerprint]) -> int:
    """How many moments of each sound are compared, so that it does not last too long."""
    lengths = np.sort([len(one.bits) for one in prints])
    if not len(lengths):
        return _LEAST_MOMENTS
    # Where the k shortest are whole and the others cut, so many are left to each of the others.
    most = _MOST_MOMENTS / len(lengths)
    left = (most - np.cumsum(lengths) + lengths) / np.arange(len(lengths), 0, -1)
    cut = np.flatnonzero(lengths > left)
    return max(_LEAST_MOMENTS, int(left[cut[0]])) if len(cut) else int(lengths[-1])


def _alike(found: Agreement) -> Iterator[tuple[float, int]]:
    """Of each pair, where enough bits are equal: how sure that is, and the shift."""
    for one in np.where(found.share >= ALIKE, found.sure, 0.0):
        best = int(one.argmax())
        yield float(one[best]), int(found.shift[best])


def _repeats(one: Fingerprint, other: Fingerprint, moments: int) -> bool:
    """Whether one of two sounds agrees with itself some time later."""
    (found,) = agreement([(one, one), (other, other)], moments)
    later = (np.abs(found.shift) > _LATER) & (found.share >= ALIKE) & (found.sure >= SURE)
    return bool(later.any())


def _same_phases(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two short sounds are one shifted against the other, in every frequency."""
    if not len(one):
        return False
    size = 1 << (len(one) + len(other) - 1).bit_length()
    cross = np.fft.rfft(one, size) * np.fft.rfft(other, size).conj()
    hertz = np.arange(len(cross)) * RATE_HZ / size
    inside = (hertz > LOW_HZ) & (hertz < HIGH_HZ)
    phases = np.where(inside, cross / np.maximum(np.abs(cross), 1e-12), 0)
    peak = np.abs(np.fft.irfft(phases, size)).max() * size / 2
    return bool(peak >= SAME_PHASE * np.count_nonzero(inside))
