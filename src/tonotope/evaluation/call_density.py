"""Call density: the share of an archive's segments that hold a class, from a small checked sample.

A count of detections depends on the threshold and on how often the network is wrong, which changes
from place to place. The share itself can be estimated without a threshold: segments are put into
strata by their score, some of each are drawn at random and checked by ear, and the shares found in
the strata are added up, each by its weight. The network need not be right, only better than chance:
then few checks among high scores tell much. So Navine, Denton, Weldy and Hart, "All thresholds
barred: direct estimation of call density in bioacoustic data", *Frontiers in Bird Science*, 2024
(doi:10.3389/fbirs.2024.1380636); the form of the interval is our own.

The interval adds up draws of each stratum's share from the Beta distributions of Clopper and
Pearson's ends, so that a stratum in which nothing was found is still not known to be empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tonotope._errors import DataError
from tonotope._wording import counted, first_five
from tonotope.answers.metric import Estimate

STRATA = 4
"""The lower half of the scores, the next quarter, the next eighth, and the rest."""

_DRAWS = 20_000


@dataclass(frozen=True)
class Stratum:
    """Segments of similar score.

    Attributes:
        low: the lowest score in it.
        high: the highest.
        segments: how many there are in the archive.
        checked: how many of them were checked.
        holds: how many of these hold the class.
    """

    low: float
    high: float
    segments: int
    checked: int
    holds: int


@dataclass(frozen=True)
class CallDensity:
    """The share of segments that hold a class.

    Attributes:
        share: of all segments of the archive, with its interval.
        strata: what was checked, lowest scores first.
    """

    share: Estimate
    strata: tuple[Stratum, ...]

    def to_json(self) -> dict[str, object]:
        """Plain numbers and lists."""
        return {**self.share._asdict(), "strata": [vars(one).copy() for one in self.strata]}


def strata_of(scores: Sequence[float] | np.ndarray, strata: int = STRATA) -> np.ndarray:
    """(segment,) the stratum of each segment: half are in 0, a quarter in 1, and so on.

    Of equal scores, the earlier segment counts as the lower one.

    Args:
        scores: (segment,) the score of the class in every segment of the archive.
        strata: how many; fewer where there are few segments.

    Raises:
        DataError: there are no segments, a score is no number, or there are no strata.

    >>> strata_of([0.1, 0.9, 0.3, 0.2, 0.0, 0.4, 0.8, 0.5], 3)
    array([0, 2, 0, 0, 0, 1, 2, 1])
    """
    values = np.asarray(scores, np.float64)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise DataError("scores: one number for each segment of the archive, at least one")
    if strata < 1:
        raise DataError(f"{strata} strata: 1 or more would fit")
    rank = np.empty(len(values), np.int64)
    rank[np.argsort(values, kind="stable")] = np.arange(len(values))
    bounds = np.floor(len(values) * (1 - 0.5 ** np.arange(1, strata))).astype(int)
    return np.unique(np.searchsorted(bounds, rank, side="right"), return_inverse=True)[1]


def density_sample(
    scores: Sequence[float] | np.ndarray, count: int, *, strata: int = STRATA, seed: int = 0
) -> np.ndarray:
    """Which segments to check by ear: equally many of each stratum, drawn at random.

    Args:
        scores: (segment,) the score of the class in every segment of the archive.
        count: how many to check; all of a stratum where it has fewer than its part.
        strata: how many strata.
        seed: of the draw.

    Returns:
        (segment,) the numbers of those picked, in order.

    Raises:
        DataError: fewer than one for each stratum, or more than there are.
    """
    of = strata_of(scores, strata)
    sizes = np.bincount(of)
    if not len(sizes) <= count <= len(of):
        raise DataError(
            f"{counted(count, 'segment')} to check of {len(of):,} in {len(sizes)} strata: "
            f"{len(sizes)} to {len(of):,} would fit"
        )
    parts, left = np.zeros(len(sizes), int), count
    while left:  # what a small stratum cannot give, the others do
        open_ = np.flatnonzero(parts < sizes)
        each = max(1, left // len(open_))
        for at in open_[::-1]:  # high scores first, where one is left
            more = min(each, sizes[at] - parts[at], left)
            parts[at] += more
            left -= more
    random = np.random.default_rng(seed)
    drawn = [
        random.choice(np.flatnonzero(of == at), part, replace=False)
        for at, part in enumerate(parts)
    ]
    return np.sort(np.concatenate(drawn))


def call_density(
    scores: Sequence[float] | np.ndarray,
    checked: Mapping[int, bool],
    *,
    strata: int = STRATA,
    confidence: float = 0.95,
    seed: int = 0,
) -> CallDensity:
    """The share of segments that hold a class, with its interval.

    Args:
        scores: (segment,) the score of the class in every segment of the archive.
        checked: for the number of each segment that was checked, whether it holds the class. They
            must have been drawn at random within the strata, as `density_sample` draws them.
        strata: how many strata, as for the sample.
        confidence: of the interval.
        seed: of the draws for it.

    Raises:
        DataError: a segment that is not there, or a stratum of which none was checked.

    >>> scores = [0.1, 0.2, 0.3, 0.4, 0.9, 0.8, 0.7, 0.6]
    >>> call_density(scores, dict.fromkeys(range(8), False) | {4: True, 5: True}).share
    Estimate(value=0.25, low=0.25, high=0.25)
    """
    of = strata_of(scores, strata)
    strange = [str(at) for at in checked if not 0 <= at < len(of)]
    if strange:
        raise DataError(
            f"no such segment: {first_five(strange)}; they are numbered 0 to {len(of) - 1:,}"
        )
    values = np.asarray(scores, np.float64)
    found = []
    for at in range(of.max() + 1):
        own = np.flatnonzero(of == at)
        answers = [bool(checked[one]) for one in own.tolist() if one in checked]
        low, high = float(values[own].min()), float(values[own].max())
        if not answers:
            raise DataError(
                f"none of the {len(own):,} segments with scores from {low:g} to {high:g} was "
                "checked: without one, nothing is known of them"
            )
        found.append(Stratum(low, high, len(own), len(answers), sum(answers)))
    return CallDensity(_share(found, confidence, seed), tuple(found))


def _share(strata: Sequence[Stratum], confidence: float, seed: int) -> Estimate:
    """The shares of the strata by their weights; what was checked is known, the rest is drawn."""
    random, total = np.random.default_rng(seed), sum(one.segments for one in strata)
    value, least, most = 0.0, np.zeros(_DRAWS), np.zeros(_DRAWS)
    for one in strata:
        rest, misses = one.segments - one.checked, one.checked - one.holds
        value += one.segments * one.holds / one.checked / total
        least += one.holds / total
        most += one.holds / total
        if one.holds:
            least += rest / total * random.beta(one.holds, misses + 1, _DRAWS)
        most += rest / total * (random.beta(one.holds + 1, misses, _DRAWS) if misses else 1.0)
    tail = (1 - confidence) / 2
    low, high = float(np.quantile(least, tail)), float(np.quantile(most, 1 - tail))
    return Estimate(value, min(low, value), max(high, value))
