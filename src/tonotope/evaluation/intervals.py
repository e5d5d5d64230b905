"""Confidence intervals: bootstrap by group, Wilson's form; Clopper-Pearson with few groups.

Recordings of one speaker, artist or source resemble each other, so a test part holds as much
evidence as it has groups, not as it has recordings. The interval is made in two steps.

1. **Bootstrap by group**: draw as many groups as there are, with replacement, thousands of times;
   the spread of the score over the draws is its standard error (Davison and Hinkley, *Bootstrap
   Methods and their Application*, 1997, section 3.8). Nothing but sums per group is needed, so all
   draws together are one matrix product.
2. **Wilson's form** (*J. Am. Stat. Assoc.* 22, 1927) around the score, with the number of
   independent recordings that would have this standard error in place of the number of recordings
   (Korn and Graubard, *Survey Methodology* 24, 1998; Franco et al., *J. Surv. Stat. Methodol.* 7,
   2019), and Student's t with one degree of freedom less than there are groups in place of 1.96.

The percentiles of the draws themselves were tried first and left: with 3 to 30 groups and a score
near 1, the intervals named 95 % held the truth in 54 to 91 % of simulated cases, those of Wilson's
form in 89 % or more, mostly 95 to 99 %. Where every recording is right, the draws do not differ at
all; Wilson's form with the number of groups still gives an honest lower end: n / (n + t²).

With fewer than ten groups, the spread over so few is itself hardly known, and Student's t pays for
that: of two groups, 0.01 to 1.00 whatever happened. But the recordings of a group cannot resemble
each other more than fully, so that the score is worth at least one recording per group (of groups
of unequal size, fewer: Kish's effective number). The exact interval of Clopper and Pearson with
that number is valid however the groups were made, and is taken where it is the narrower one: two
of two groups right is at least 0.16.

**The difference of two scores** has Student's t around it. The spread over the groups can come out
too small, or 0, by chance alone (in each group both are right equally often), and then it says
nothing of how sure the difference is. So its standard error is never taken smaller than that of
as many independent recordings with the same answers, which grows with the number of recordings on
which one is right and the other not (Agresti and Min, *Stat. Med.* 24, 2005, for shares; the
bootstrap over single recordings for errors and levels). It reaches that floor without a jump, and
the rule is the same for every metric and every number of groups. Where both give the same answer
to every recording, nothing is left to be uncertain of but other recordings: there is no interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

ROUGH_BELOW = 10
"""With fewer groups than this, an interval is rough, and a note says so."""

_SAYS_NOTHING_ABOVE = 0.9
_DRAWS_AT_ONCE = 2**20  # 8 MB of indices: stays in the cache


def resampled(sums: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """The column sums of groups drawn with replacement, as many as there are.

    Args:
        sums: (group, column), the counts within each group; the order of the groups counts.
        resamples: how many times to draw.
        seed: equal seeds draw alike.

    Returns:
        (resample, column).

    >>> resampled(np.array([[1.0, 2.0], [1.0, 3.0]]), 4, seed=0)[:, 0]
    array([2., 2., 2., 2.])
    """
    return np.concatenate([times @ sums for times in drawn(len(sums), resamples, seed)])


def drawn(groups: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each group was drawn, (resample, group), some resamples at a time.

    Equal seeds draw alike, whether sums are taken of the draws or each draw is scored by itself.
    """
    random = np.random.default_rng(seed)
    block = max(1, _DRAWS_AT_ONCE // max(groups, 1))
    for first in range(0, resamples, block):
        rows = min(block, resamples - first)
        chosen = random.integers(0, groups, (rows, groups))
        chosen += np.arange(rows)[:, None] * groups
        times = np.bincount(chosen.ravel(), minlength=rows * groups).reshape(rows, groups)
        yield times.astype(np.float64)


def units_of(ids: Sequence[str], groups: Sequence[str]) -> tuple[np.ndarray, int, int]:
    """What is drawn: the groups or, where all recordings come from one group, the recordings.

    Returns:
        (recording,) the unit of each recording; how many groups; how many units. Units are
        numbered by name, so that the order of the recordings does not matter.
    """
    names, unit = np.unique(np.array(groups, dtype=object), return_inverse=True)
    if len(names) > 1:
        return unit, len(names), len(names)
    return np.argsort(np.argsort(np.array(ids, dtype=object))), len(names), len(ids)


def standard_error(draws: np.ndarray, groups: np.ndarray | int) -> np.ndarray:
    """The spread of a score over the resamples (first axis), those where it is defined.

    The bootstrap's own spread is too small by the factor (groups - 1) / groups in the variance;
    with few groups that matters, so it is put right. Of draws (draw, ...) the first axis goes.
    """
    defined = np.isfinite(draws)
    count = np.maximum(defined.sum(axis=0), 1)
    mean = np.where(defined, draws, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(defined, draws - mean, 0.0) ** 2).sum(axis=0) / count)
    groups = np.asarray(groups, dtype=np.float64)
    return spread * np.sqrt(groups / np.maximum(groups - 1, 1))


def around_share(
    value: np.ndarray,
    error: np.ndarray,
    *,
    recordings: np.ndarray | float,
    groups: np.ndarray | float,
    effective_groups: np.ndarray | float | None = None,
    confidence: float,
) -> tuple[np.ndarray, np.ndarray]:
    """The interval of a score that lies between 0 and 1.

    Args:
        value: the score, any shape; NaN where undefined.
        error: its standard error, in the same shape.
        recordings: how many recordings it rests on; the interval is never narrower than if they
            were all independent.
        groups: how many groups it rests on. With fewer than two the interval is undefined.
        effective_groups: how many groups of equal size would tell as much; None where all are of
            one size.
        confidence: 0.95 for an interval that holds the truth in 95 % of cases.

    Returns:
        The lower and the upper end.
    """
    value, error = np.asarray(value, dtype=np.float64), np.asarray(error, dtype=np.float64)
    recordings, groups = np.asarray(recordings, float), np.asarray(groups, float)
    variance = value * (1 - value)
    moved = error > 1e-9
    effective = np.where(moved, variance / np.where(moved, error, 1.0) ** 2, recordings)
    effective = np.minimum(effective, recordings)
    # All right or all wrong: nothing moves, and no more is known than the number of groups.
    effective = np.where(variance > 1e-12, effective, np.minimum(groups, recordings))
    effective = np.where(effective > 0, effective, np.nan)
    square = students_t(confidence, groups - 1) ** 2 / effective
    centre = (value + square / 2) / (1 + square)
    half = np.sqrt(square * (variance + square / 4)) / (1 + square)
    low, high = np.clip(centre - half, 0, value), np.clip(centre + half, value, 1)
    exact = clopper_pearson(
        value, groups if effective_groups is None else effective_groups, confidence=confidence
    )
    narrower = (groups < ROUGH_BELOW) & (exact[1] - exact[0] < high - low)
    return np.where(narrower, exact[0], low)[()], np.where(narrower, exact[1], high)[()]


def clopper_pearson(
    value: np.ndarray | float, count: np.ndarray | float, *, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """The exact interval of a proportion (Clopper and Pearson, *Biometrika* 26, 1934).

    Args:
        value: the proportion, any shape.
        count: of how many, the same shape, not necessarily a whole number (Korn and Graubard 1998).
        confidence: 0.95 for an interval that holds the truth in at least 95 % of cases.

    Returns:
        The lower and the upper end; NaN where `value` or `count` is undefined.

    >>> [round(float(end), 3) for end in clopper_pearson(1.0, 2, confidence=0.95)]
    [0.158, 1.0]
    """
    from scipy.special import betaincinv  # scikit-learn brings it; slow to import

    value, count = np.asarray(value, np.float64), np.asarray(count, np.float64)
    right, tail = value * count, (1 - confidence) / 2
    # At the edges one of the parameters is 0, where the quantile is the edge itself.
    low = betaincinv(np.maximum(right, 1e-12), count - right + 1, tail)
    high = betaincinv(right + 1, np.maximum(count - right, 1e-12), 1 - tail)
    return np.where(right > 1e-9, low, 0 * right), np.where(
        count - right > 1e-9, high, 1 + 0 * right
    )


def score_tells(
    low: float | None, high: float | None, *, groups: int | None, open_ended: bool = False
) -> bool:
    """Whether the interval of a score says anything; if not, the number of groups is said.

    The page, the terminal and `compare` ask here. One group says nothing of others, and ten always
    tell something. With two to nine, the interval of a share from 0 to 1 says nothing where it
    leaves out less than a tenth of that; R², which has no lower end, is taken from 0 up. Of an
    error or a level (`open_ended`) two groups tell nothing that is of use: Student's t is 12.7.

    >>> score_tells(0.01, 1.0, groups=2), score_tells(0.158, 1.0, groups=2)
    (False, True)
    >>> score_tells(0.3, 0.9, groups=1), score_tells(-12.4, 1.0, groups=3)
    (False, False)
    """
    if low is None or high is None or groups == 1:
        return False
    if groups is not None and groups >= ROUGH_BELOW:
        return True
    if open_ended or low < 0 or high > 1:
        enough = groups is None or groups > 2
        return enough and (open_ended or not says_nothing(max(low, 0.0), min(high, 1.0)))
    return not says_nothing(low, high)


def difference_tells(
    low: float | None, high: float | None, *, groups: int | None, open_ended: bool = False
) -> bool:
    """Whether the interval of a difference of two scores says anything, as `score_tells`.

    One that leaves out 0 says which score is the better one, however wide it is. Of shares and of
    R² it is taken between -1 and 1, and says nothing where it is as wide as that of a share that
    says nothing.

    >>> difference_tells(-1.0, 1.0, groups=2), difference_tells(-0.2, 0.3, groups=5)
    (False, True)
    >>> difference_tells(0.02, 1.0, groups=2), difference_tells(0.1, 0.3, groups=1)
    (True, False)
    """
    if low is None or high is None or groups == 1:
        return False
    if (groups is not None and groups >= ROUGH_BELOW) or low > 0 or high < 0:
        return True
    if open_ended:
        return groups is None or groups > 2
    return not says_nothing(max(low, -1.0), min(high, 1.0))


def says_nothing(low: float | None, high: float | None) -> bool:
    """Whether an interval is wider than nine tenths of a scale from 0 to 1.

    >>> says_nothing(0.01, 1.0), says_nothing(0.158, 1.0), says_nothing(None, None)
    (True, False, True)
    """
    return low is None or high is None or high - low > _SAYS_NOTHING_ABOVE


def around_difference(
    value: np.ndarray,
    error: np.ndarray,
    *,
    recordings: np.ndarray | float,
    groups: np.ndarray | float,
    better: np.ndarray | float = 0,
    worse: np.ndarray | float = 0,
    confidence: float,
) -> tuple[np.ndarray, np.ndarray]:
    """The interval of the difference of two scores between 0 and 1 on the same recordings.

    Args:
        value: the difference, any shape.
        error: its standard error over the same resamples of groups for both, in the same shape. It
            is not taken smaller than `paired_error`.
        recordings: how many recordings both were scored on.
        groups: how many groups they come from.
        better: on how many recordings the first is the better one.
        worse: on how many the second is.
        confidence: 0.95 for an interval that holds the truth in 95 % of cases.

    Returns:
        The lower and the upper end.
    """
    value, error = np.asarray(value, dtype=np.float64), np.asarray(error, dtype=np.float64)
    recordings, groups = np.asarray(recordings, float), np.asarray(groups, float)
    # All better or all worse: no more is known than the number of groups, as of a score of 1.
    alike = np.maximum(better, worse) >= recordings
    ours, theirs = (np.where(alike, np.sign(one) * groups, one) for one in (better, worse))
    least = paired_error(ours, theirs, np.where(alike, groups, recordings))
    half = students_t(confidence, groups - 1) * np.maximum(error, least)
    return np.clip(value - half, -1, value)[()], np.clip(value + half, value, 1)[()]


def paired_error(
    better: np.ndarray | float, worse: np.ndarray | float, count: np.ndarray | float
) -> np.ndarray:
    """The standard error of a paired difference of proportions, of independent recordings.

    That of Agresti and Min (*Stat. Med.* 24, 2005): half a recording is added to each of the four
    cells right or wrong by right or wrong, so that it is above 0 even where both are always alike.

    Args:
        better: on how many recordings only the first is right; any shape.
        worse: on how many only the second is; the same shape.
        count: how many recordings there are; the same shape.

    >>> [round(float(paired_error(*both, 48)), 3) for both in ((0, 0), (3, 1), (15, 13), (0, 24))]
    [0.02, 0.044, 0.108, 0.073]
    """
    better, worse, all_four = (np.asarray(one, float) for one in (better, worse, count + 2.0))
    return np.sqrt(better + worse + 1 - (better - worse) ** 2 / all_four) / all_four


def students_t(confidence: float, freedom: np.ndarray | float) -> np.ndarray:
    """How many standard errors an interval reaches to either side; NaN without freedom; any shape.

    >>> students_t(0.95, np.array([5, 1000])).round(3)
    array([2.571, 1.962])
    """
    from scipy.special import stdtrit  # scikit-learn brings it; slow to import

    freedom = np.asarray(freedom, dtype=np.float64)
    some = freedom > 0
    return np.where(some, stdtrit(np.where(some, freedom, 1.0), (1 + confidence) / 2), np.nan)
