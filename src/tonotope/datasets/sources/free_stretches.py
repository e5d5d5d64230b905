"""Stretches of time that nothing covers: where they lie, and how some are spread over all of them.

Times are whole milliseconds, so that nothing overlaps by rounding. No random number is drawn: the
same labels always leave the same stretches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

Name = TypeVar("Name")
Span = tuple[int, int]
_GOLDEN = 0.6180339887498949


class Placed(NamedTuple):
    """Stretches that were placed, and how many were passed over, since nothing sounds there."""

    stretches: list[Span]
    silent: int


def free_spans(lasts_ms: int, covers: Iterable[Span], margin_ms: int) -> list[Span]:
    """What lies at least `margin_ms` from all that is covered, in the order of time.

    >>> free_spans(10_000, [(2_000, 3_000), (2_500, 4_000)], 500)
    [(0, 1500), (4500, 10000)]
    """
    found: list[Span] = []
    free_from = 0
    for begin, end in sorted(covers):
        if begin - margin_ms > free_from:
            found.append((free_from, min(begin - margin_ms, lasts_ms)))
        free_from = max(free_from, end + margin_ms)
    if free_from < lasts_ms:
        found.append((free_from, lasts_ms))
    return found


def alike_lengths(lengths_ms: Sequence[int], wanted: int) -> list[int]:
    """So many lengths, spread as these are; long and short ones follow each other.

    >>> alike_lengths([100, 300, 200, 400], 2), sorted(alike_lengths([1, 2, 3], 6))
    ([100, 300], [1, 1, 2, 2, 3, 3])
    """
    ordered = sorted(lengths_ms)
    spread = [ordered[int((at + 0.5) / wanted * len(ordered) - 1e-9)] for at in range(wanted)]
    return [spread[at] for at in sorted(range(wanted), key=lambda at: at * _GOLDEN % 1)]


def spread_over(
    free: Mapping[Name, Sequence[Span]],
    lengths_ms: Sequence[int],
    shortest_ms: int,
    sounds: Callable[[Name, Span], bool],
) -> dict[Name, Placed]:
    """Stretches of these lengths in free spans: as many in each sound, evenly over its time.

    A stretch that fits nowhere in its sound becomes shorter, down to `shortest_ms`; what a sound
    has no room for goes to the others.

    Args:
        free: the free spans of each sound, in the order in which sounds are taken.
        lengths_ms: of the stretches that are wanted.
        shortest_ms: no stretch is shorter.
        sounds: whether something sounds there; such a stretch alone is taken.
    """
    found = {name: Placed([], 0) for name in free}
    left = {name: np.array(spans, np.int64).reshape(-1, 2) for name, spans in free.items()}
    wanted, open_ = [*lengths_ms], [*free]
    while wanted and open_:
        again: list[int] = []
        full: set[Name] = set()
        for name, own in zip(open_, _shares(wanted, len(open_)), strict=True):
            lacking, silent = 0, 0
            spans = left[name]
            for target, length in zip(_targets(spans, len(own)), own, strict=True):
                while (span := _nearest(spans, target, length, shortest_ms)) is not None:
                    spans = _without(spans, span)
                    if sounds(name, span):
                        found[name].stretches.append(span)
                        break
                    silent += 1
                else:
                    lacking += 1
                    again.append(length)
            left[name] = spans
            found[name] = Placed(found[name].stretches, found[name].silent + silent)
            if lacking:
                full.add(name)
        wanted, open_ = again, [name for name in open_ if name not in full]
    return {name: Placed(sorted(one.stretches), one.silent) for name, one in found.items()}


def _shares(lengths: Sequence[int], sounds: int) -> list[list[int]]:
    """The lengths in as many shares, none larger than another by more than one."""
    ends = [math.floor(len(lengths) * (at + 1) / sounds + 0.5) for at in range(sounds)]
    return [[*lengths[begin:end]] for begin, end in zip([0, *ends], ends, strict=False)]


def _targets(spans: np.ndarray, count: int) -> list[int]:
    """Moments that lie evenly in the free time."""
    sizes = spans[:, 1] - spans[:, 0]
    ends = np.cumsum(sizes)
    if not len(ends):
        return [0] * count
    at = (np.arange(count) + 0.5) / max(count, 1) * ends[-1]
    which = np.minimum(np.searchsorted(ends, at, side="right"), len(ends) - 1)
    return [int(one) for one in spans[which, 1] - (ends[which] - at)]


def _nearest(spans: np.ndarray, target: int, length: int, shortest: int) -> Span | None:
    """The free stretch of this length whose middle lies nearest to a moment; shorter if needed.

    What would remain beside it and be too short for another is avoided.
    """
    widest = int((spans[:, 1] - spans[:, 0]).max(initial=0))
    if widest < shortest:
        return None
    length = min(length, widest)
    fitting = spans[spans[:, 1] - spans[:, 0] >= length]
    wanted = target - length // 2
    begins = np.clip(wanted, fitting[:, 0], fitting[:, 1] - length)
    at = int(np.abs(begins - wanted).argmin())
    begin, first, last = int(begins[at]), int(fitting[at, 0]), int(fitting[at, 1]) - length
    if begin - first < shortest:
        begin = first
    elif last - begin < shortest:
        begin = last
    return begin, begin + length


def _without(spans: np.ndarray, taken: Span) -> np.ndarray:
    """The free spans without a stretch of one of them."""
    at = int(np.searchsorted(spans[:, 0], taken[0], side="right")) - 1
    begin, end = spans[at]
    rest = [span for span in ((begin, taken[0]), (taken[1], end)) if span[1] > span[0]]
    return np.concatenate([spans[:at], np.array(rest, np.int64).reshape(-1, 2), spans[at + 1 :]])
