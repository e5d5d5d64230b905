"""Numbers of recordings: from where to where they lie, and values that may mean `unknown`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tonotope._wording import counted, first_three

_FAR = 3.0  # times the range of all others: what lies beyond is asked about
_FEWEST_OTHERS = 3  # different values that tell a range
_MOST_DOUBTS = 6  # values: more are no exceptions


class Quantity(NamedTuple):
    """One number of each recording.

    Attributes:
        name: its column.
        recordings: how many have it.
        lowest: of them.
        median: of them.
        highest: of them.
        doubtful: values that lie far from all others, or stand for `unknown` in many tables, and
            how many recordings have each.
        others: from where to where the others lie.
    """

    name: str
    recordings: int
    lowest: float
    median: float
    highest: float
    doubtful: tuple[tuple[float, int], ...] = ()
    others: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def of(cls, name: str, values: Sequence[float]) -> Quantity | None:
        """The quantity of these recordings; None where all are unknown (NaN).

        >>> Quantity.of("bpm", [100, 102, 104, -999, -999]).doubtful
        ((-999.0, 2),)
        """
        known = np.asarray(values, dtype=np.float64)
        known = known[np.isfinite(known)]
        if not len(known):
            return None
        doubtful, others = _apart(Counter(known.tolist()))
        ends = (float(known.min()), float(np.median(known)), float(known.max()))
        return cls(name, len(known), *ends, doubtful, others)

    def sentence(self) -> str:
        """From where to where it lies.

        >>> Quantity("bpm", 3, 100.0, 102.0, 110.5).sentence()
        '`bpm`: from 100 to 110.5 in 3 recordings, the median is 102'
        """
        many = counted(self.recordings, "recording")
        return (
            f"`{self.name}`: from {self.lowest:.6g} to {self.highest:.6g} in {many}, the median is "
            f"{self.median:.6g}"
        )

    def doubts(self) -> list[str]:
        """A question about the values that lie apart."""
        if not self.doubtful:
            return []
        low, high = self.others
        told = [f"{value:.6g} ({count:,})" for value, count in self.doubtful]
        return [
            f"`{self.name}` is {first_three(told)} where all others lie from {low:.6g} to "
            f"{high:.6g}: if that means unknown, empty the cells; else see whether it is right"
        ]


def _apart(
    counts: Counter[float],
) -> tuple[tuple[tuple[float, int], ...], tuple[float, float]]:
    """Values apart from all others, the most extreme first, and the ends of the others."""
    left = sorted(counts)
    found: list[tuple[float, int]] = []
    while len(left) > _FEWEST_OTHERS and len(found) <= _MOST_DOUBTS:
        ends = [(left[0], left[1:]), (left[-1], left[:-1])]
        apart = [(one, others) for one, others in ends if _is_apart(one, counts[one], others)]
        if not apart:
            break
        one, left = max(apart, key=lambda end: _gap(*end))
        found.append((one, counts[one]))
    many = sum(count for _, count in found) > sum(counts.values()) / 2
    if many or len(found) > _MOST_DOUBTS:
        return (), (0.0, 0.0)
    return tuple(found), (left[0], left[-1])


def _is_apart(one: float, count: int, others: Sequence[float]) -> bool:
    """Whether a value lies far beyond the others, or stands for `unknown` again and again."""
    if _gap(one, others) > _FAR * (others[-1] - others[0]):
        return True
    digits = {*f"{abs(one):g}"}
    placeholder = digits == {"9"} or (one < 0 <= others[0])
    return count > 1 and placeholder


def _gap(one: float, others: Sequence[float]) -> float:
    return max(others[0] - one, one - others[-1])
