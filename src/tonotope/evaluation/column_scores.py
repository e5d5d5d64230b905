"""Scores of quantities and of tags, of all recordings and of every draw of groups at once.

Two kinds of score. Those that are functions of sums (mean errors, R², F1) need nothing but the
sums of each group. Those that rank recordings (the median of the errors, average precision) are
computed from how often each recording was drawn. Every function here takes weights or sums with
leading axes, so that one call scores all resamples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from tonotope.answers.columns_table import Grid
from tonotope.answers.sound import ERROR, RATIO, Restored
from tonotope.answers.tags import Tagged

# What the sums of a recording are: of quantities the number known, |e|, e², t, t²; of tags the
# number known, hits, given truly, given; of sounds, for SI-SDR and for the squared error, the
# number known, the figure, and how it differs from that of the noisy sound.
Sums = np.ndarray


def sums_of(table: Grid) -> np.ndarray:
    """(recording, column, sum) what each recording adds; nothing where the truth is unknown."""
    known, truth = table.known, np.where(table.known, table.truth, 0.0)
    said = table.said.astype(np.float64)
    if isinstance(table, Tagged):
        there, given = truth > 0, said > 0
        parts = [known, there & given, there, given & known]
    elif isinstance(table, Restored):
        return _of_sounds(table)
    else:
        error = np.where(known, said - truth, 0.0)
        # Around the mean of what is known, so that the squares lose no digits.
        centre = truth.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        away = np.where(known, truth - centre, 0.0)
        parts = [known, np.abs(error), error**2, away, away**2]
    return np.stack([part.astype(np.float64) for part in parts], axis=-1)


def _of_sounds(table: Restored) -> np.ndarray:
    """(recording, column, sum): first of the ratio, then of the error; a column has one of both."""
    known = table.known
    said = np.where(known, table.said.astype(np.float64), 0.0)
    gained = np.where(known, said - table.truth, 0.0)
    own = [np.array([name == one for name in table.columns]) for one in (RATIO, ERROR)]
    parts = [known & own[0], said * own[0], gained * own[0], known & own[1], said * own[1]]
    return np.stack([part.astype(np.float64) for part in parts], axis=-1)


def si_sdr(sums: Sums) -> np.ndarray:
    """The mean SI-SDR in decibels, of the column that holds it; (..., column)."""
    return _ratio(sums[..., 1], sums[..., 0])


def si_sdr_gain(sums: Sums) -> np.ndarray:
    """The mean of what SI-SDR rose by, in decibels, of the column that holds it; (..., column)."""
    return _ratio(sums[..., 2], sums[..., 0])


def mse(sums: Sums) -> np.ndarray:
    """The mean squared error of the samples, of the column that holds it; (..., column)."""
    return _ratio(sums[..., 4], sums[..., 3])


def mae(sums: Sums) -> np.ndarray:
    """The mean absolute error, in the unit of the quantity; (..., column)."""
    return _ratio(sums[..., 1], sums[..., 0])


def rmse(sums: Sums) -> np.ndarray:
    """The square root of the mean squared error, in the unit of the quantity; (..., column)."""
    return np.sqrt(_ratio(sums[..., 2], sums[..., 0]))


def r2(sums: Sums) -> np.ndarray:
    """The share of the variance explained, `1 - Σe² / Σ(t - mean t)²`; (..., column).

    0 is what the mean of these very recordings would reach; worse than that is below 0.
    """
    variance = sums[..., 4] - _ratio(sums[..., 3] ** 2, sums[..., 0])
    return 1 - _ratio(sums[..., 2], np.where(variance > 1e-12 * sums[..., 4], variance, 0.0))


def f1(sums: Sums) -> np.ndarray:
    """2 hits / (given truly + given), undefined for a tag neither true nor given; (..., column)."""
    return _ratio(2 * sums[..., 1], sums[..., 2] + sums[..., 3])


def precision(sums: Sums) -> np.ndarray:
    """Of the recordings given a tag, the share that bear it; (..., column)."""
    return _ratio(sums[..., 1], sums[..., 3])


def recall(sums: Sums) -> np.ndarray:
    """Of the recordings that bear a tag, the share that were given it; (..., column)."""
    return _ratio(sums[..., 1], sums[..., 2])


def median_error(table: Grid, column: int, times: np.ndarray) -> np.ndarray:
    """(draw,) the error that half of the recordings do not exceed.

    Args:
        table: the quantities.
        column: which of them.
        times: (draw, recording) how often each recording was drawn.
    """
    error = np.abs(table.said[:, column] - table.truth[:, column])
    order = np.argsort(np.where(table.known[:, column], error, np.inf), kind="stable")
    order = order[: int(table.known[:, column].sum())]
    if not len(order):
        return np.full(len(times), np.nan)
    reached = times[:, order].cumsum(axis=1)
    half = reached[:, -1:] / 2
    # As of plain numbers: between the two in the middle where the half falls between them.
    low, high = (reached < half).sum(axis=1), (reached <= half).sum(axis=1)
    sorted_error = error[order]
    last = len(order) - 1
    middle = (sorted_error[np.minimum(low, last)] + sorted_error[np.minimum(high, last)]) / 2
    return np.where(reached[:, -1] > 0, middle, np.nan)


def average_precision(table: Grid, column: int, times: np.ndarray) -> np.ndarray:
    """(draw,) the mean of the precision at each recording that bears the tag, best scores first.

    Recordings with equal scores come at once. Undefined where no recording drawn bears the tag.
    """
    assert isinstance(table, Tagged)
    known = table.known[:, column]
    rows = np.flatnonzero(known)
    scores = table.scores[rows, column]
    order = rows[np.argsort(-scores, kind="stable")]
    if not len(order):
        return np.full(len(times), np.nan)
    own = times[:, order]
    hits = (own * (table.truth[order, column] > 0)).cumsum(axis=1)
    named = own.cumsum(axis=1)
    in_order = table.scores[order, column]
    ends = np.append(np.flatnonzero(in_order[1:] != in_order[:-1]), len(order) - 1)
    hits, named = hits[:, ends], named[:, ends]
    more = np.diff(hits, axis=1, prepend=0.0)
    total = (more * _ratio_or_zero(hits, named)).sum(axis=1)
    return _ratio(total, hits[:, -1])


SUMMED: Mapping[str, Callable[[Sums], np.ndarray]] = MappingProxyType(
    {
        "mae": mae,
        "rmse": rmse,
        "r2": r2,
        "macro-f1": f1,
        "si-sdr": si_sdr,
        "si-sdr-gain": si_sdr_gain,
        "mse": mse,
    }
)
RANKED: Mapping[str, Callable[[Grid, int, np.ndarray], np.ndarray]] = MappingProxyType(
    {"median-error": median_error, "map": average_precision}
)


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    undefined = below <= 0
    return np.where(undefined, np.nan, above / np.where(undefined, 1.0, below))


def _ratio_or_zero(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.nan_to_num(_ratio(above, below))
