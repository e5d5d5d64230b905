"""Near-duplicates: pairs whose fingerprints agree, cut differently by up to a quarter of a second.

The share of equal bits decides how near two sounds are, and the number of bits how sure that is.
Where a sound is short, there are few bits, and two takes of one word agree in most of them. There
the phases of the two waveforms are compared (C. Knapp and G. Carter, "The generalized correlation
method for estimation of time delay", 1976): of two copies all partials are apart by one and the
same time; of two takes, which have the same loud partials, they are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tonotope.datasets.fingerprint import (
    APART,
    BITS,
    HIGH_HZ,
    LOW_HZ,
    RATE_HZ,
    STEP_S,
    Fingerprint,
)

ALIKE = 0.78  # share of equal bits; with poor codecs, clipping and low rates 0.83 and more remain
SURE = 7.0  # standard deviations above one half; chance passes 6 once in a billion
PERHAPS = 3.0  # from here on the phases of two short sounds are compared
SAME_PHASE = 0.5  # 1: an exact copy; one that lost half of its energy keeps about one half
_SHIFT = round(0.25 / STEP_S)
_LEAST_MOMENTS = 40
_MOST_OPERATIONS = 3e12  # a minute or so
_ROWS = 256  # fingerprints compared with all others together


def near_duplicates(prints: Sequence[Fingerprint]) -> Iterator[tuple[int, int]]:
    """Pairs of numbers of fingerprints that agree, in their order; the smaller number first.

    Of very many sounds only the first seconds are compared.
    """
    bits = _side_by_side(prints)
    for first in range(0, len(prints), _ROWS):
        share, sure = _agreement(bits[first : first + _ROWS], bits[first:])
        for row, column in np.argwhere((share >= ALIKE) & (sure >= PERHAPS)):
            if column <= row:
                continue
            one, other = prints[first + row], prints[first + column]
            if sure[row, column] >= SURE or _same_phases(one, other):
                yield int(first + row), int(first + column)


def _side_by_side(prints: Sequence[Fingerprint]) -> np.ndarray:
    """The bits of all, filled up with zeros: float32, (print, moment, bit)."""
    if not prints:
        return np.zeros((0, 1, BITS), np.float32)
    one_moment = 2 * len(prints) ** 2 * BITS * (2 * _SHIFT + 1)
    most = max(_LEAST_MOMENTS, int(_MOST_OPERATIONS / one_moment))
    found = np.zeros((len(prints), min(most, max(len(p.bits) for p in prints)), BITS), np.float32)
    for row, own in zip(found, prints, strict=True):
        row[: len(own.bits)] = own.bits[: len(row)]
    return found


def _agreement(some: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The share of equal bits and how sure it is, at the best shift: (some, others) each."""
    best_share = np.zeros((len(some), len(others)), np.float32)
    best_sure = np.zeros_like(best_share)
    moments = some.shape[1]
    for shift in range(-_SHIFT, _SHIFT + 1):
        if abs(shift) >= moments:
            continue
        one = some[:, max(0, shift) : moments + min(0, shift)].reshape(len(some), -1)
        other = others[:, max(0, -shift) : moments + min(0, -shift)].reshape(len(others), -1)
        equal, joint = one @ other.T, np.abs(one) @ np.abs(other).T
        sure = equal / np.sqrt(np.maximum(joint, 1.0) * APART)
        better = sure > best_sure
        best_sure = np.where(better, sure, best_sure)
        best_share = np.where(better, (1 + equal / np.maximum(joint, 1.0)) / 2, best_share)
    return best_share, best_sure


def _same_phases(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two short sounds are one shifted against the other, in every frequency."""
    if one.wave is None or other.wave is None:
        return False
    size = 1 << (len(one.wave) + len(other.wave) - 1).bit_length()
    cross = np.fft.rfft(one.wave, size) * np.fft.rfft(other.wave, size).conj()
    hertz = np.arange(len(cross)) * RATE_HZ / size
    inside = (hertz > LOW_HZ) & (hertz < HIGH_HZ)
    phases = np.where(inside, cross / np.maximum(np.abs(cross), 1e-12), 0)
    peak = np.abs(np.fft.irfft(phases, size)).max() * size / 2
    return bool(peak >= SAME_PHASE * np.count_nonzero(inside))
