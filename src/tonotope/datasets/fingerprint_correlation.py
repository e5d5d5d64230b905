"""Fingerprints compared at every shift, by fast Fourier transforms: which pairs may be copies.

The number of equal bits at every shift is a cross-correlation, so one product of transforms gives
it for all shifts. A first look at half of the moments, in few operations, leaves the few pairs that
are worth an exact one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from tonotope.datasets.fingerprint import APART, BITS, Fingerprint

_MOST_ROWS, _MOMENTS = 128, 256  # so many of so many moments are compared with others together
_STEP = 2  # moments that the first look takes as one
_PAIRS = 64  # looked at exactly together
_ALIKE = (
    0.4  # correlation at the first look; 0.78 of equal bits leave 0.42 where half a step is off
)


class Agreement(NamedTuple):
    """How well two fingerprints agree, at each shift of each pair: (pair, shift).

    Attributes:
        share: of bits that are equal, (pair, shift).
        sure: standard deviations above chance, (pair, shift).
        shift: moments by which the second one begins later in the first.
    """

    share: np.ndarray
    sure: np.ndarray
    shift: np.ndarray


def candidates(
    prints: Sequence[Fingerprint], moments: int, least: tuple[float, float, float]
) -> Iterator[np.ndarray]:
    """Pairs of numbers of fingerprints that may agree at some shift: (pair, 2), smaller first.

    Args:
        prints: the fingerprints.
        moments: so many of each are compared.
        least: equal bits less unequal ones, at least so many: where none, one and both of two
            sounds are so short that their waveforms are kept.
    """
    blocks = [*_blocks(prints, moments)]
    for number, block in enumerate(blocks):
        some = [prints[at] for at in block]
        for others in blocks[number:]:
            two = [prints[at] for at in others]
            sign, active = _first_look(some, two, moments)
            short = [np.array([one.wave is not None for one in b], int) for b in (some, two)]
            enough = np.array(least)[np.add.outer(*short)][..., None]
            found = (sign > np.maximum(_ALIKE * active, enough)).any(axis=2)
            rows, columns = np.nonzero(found)
            if others is block:
                rows, columns = rows[rows < columns], columns[rows < columns]
            pairs = np.sort(np.stack([block[rows], others[columns]], axis=1), axis=1)
            yield pairs[np.lexsort(pairs.T[::-1])]


def _blocks(prints: Sequence[Fingerprint], moments: int) -> Iterator[np.ndarray]:
    """The numbers of fingerprints that are compared together: of one length, so far as can be.

    The transforms of short ones are short, and of long ones there are few at once.
    """
    lengths = np.array([min(len(one.bits), moments) for one in prints])
    order = np.argsort(-lengths, kind="stable")
    while len(order):
        longest = max(_MOMENTS, int(lengths[order[0]]))
        rows = max(1, round(_MOST_ROWS * (_MOMENTS / longest) ** 0.5))
        yield order[:rows]
        order = order[rows:]


def agreement(
    pairs: Sequence[tuple[Fingerprint, Fingerprint]], moments: int
) -> Iterator[Agreement]:
    """The exact agreement of pairs of fingerprints at every shift, some pairs at a time."""
    for first in range(0, len(pairs), _PAIRS):
        one, other = (
            _side_by_side([pair[at].bits[:moments] for pair in pairs[first : first + _PAIRS]])
            for at in (0, 1)
        )
        size = _size(one.shape[1] + other.shape[1])
        equal = _each(one, other, size)
        joint = np.maximum(np.rint(_each(np.abs(one), np.abs(other), size)), 1.0)
        shift = np.arange(size)
        yield Agreement(
            (1 + equal / joint) / 2,
            equal / np.sqrt(joint * APART),
            np.where(shift < one.shape[1], shift, shift - size),
        )


def _each(one: np.ndarray, other: np.ndarray, size: int) -> np.ndarray:
    """The cross-correlation of each pair: from (pair, moment, bit) to (pair, shift)."""
    product = _transform(one, size) * _transform(other, size).conj()
    return _back(product.sum(axis=2), size)


def _first_look(
    some: Sequence[Fingerprint], others: Sequence[Fingerprint], moments: int
) -> tuple[np.ndarray, np.ndarray]:
    """Equal bits less unequal ones, and bits that both have, at every second shift.

    Both (some, others, shift), roughly, in bits.
    """
    one, other = (_side_by_side([p.bits[:moments] for p in both]) for both in (some, others))
    # Loud and soft moments alike for all bits: one number for the moment is enough.
    loud, soft = (_halved(np.abs(bits)).mean(axis=2, keepdims=True) for bits in (one, other))
    one, other = _halved(one), _halved(other)
    size = _size(one.shape[1] + other.shape[1])

    def across(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        at, to = _transform(first, size), _transform(second, size).conj()
        product = np.ascontiguousarray(at.transpose(1, 0, 2)) @ to.transpose(1, 2, 0)
        return _back(product.transpose(1, 2, 0), size)

    scale = np.float32(1 / _STEP**2)
    return across(one, scale * other), across(loud, scale * BITS * soft)


def _size(least: int) -> int:
    """The smallest product of twos, threes and fives that is no smaller: quick to transform."""
    powers = range(least.bit_length())
    odd = (3**threes * 5**fives for threes in powers for fives in powers)
    return min(one << (math.ceil(least / one) - 1).bit_length() for one in odd)


def _transform(bits: np.ndarray, size: int) -> np.ndarray:
    """Along the moments; in single precision with NumPy 2, in double before."""
    return np.fft.rfft(bits, size, axis=1)


def _back(product: np.ndarray, size: int) -> np.ndarray:
    return np.fft.irfft(product, size, axis=-1)


def _side_by_side(bits: Sequence[np.ndarray]) -> np.ndarray:
    """Bits filled up with zeros: float32, (print, moment, bit)."""
    found = np.zeros((len(bits), max(map(len, bits), default=1), BITS), np.float32)
    for row, own in zip(found, bits, strict=True):
        row[: len(own)] = own
    return found


def _halved(bits: np.ndarray) -> np.ndarray:
    """Every two moments added up: (print, moment, bit)."""
    rest = -bits.shape[1] % _STEP
    padded = np.pad(bits, ((0, 0), (0, rest), (0, 0)))
    return padded.reshape(len(bits), -1, _STEP, BITS).sum(axis=2)
