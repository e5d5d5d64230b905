"""The scores of several systems on quantities or tags, each with its interval.

As for classes, all systems are scored on the same draws of groups, so that a difference has an
interval of its own. A figure over several columns is the mean of the columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from tonotope.answers.columns_table import Grid
from tonotope.answers.quantities import Quantities
from tonotope.answers.sound import Restored
from tonotope.answers.tags import Tagged
from tonotope.evaluation.class_metrics import Estimate
from tonotope.evaluation.class_scores import known
from tonotope.evaluation.column_scores import RANKED, SUMMED, precision, recall, sums_of
from tonotope.evaluation.intervals import (
    around_share,
    drawn,
    standard_error,
    students_t,
    units_of,
)
from tonotope.evaluation.plan import IN_DECIBELS, LOWER_IS_BETTER

G = TypeVar("G", Quantities, Restored, Tagged)

# Which figures there are of each kind of table; those in [0, 1] get intervals of Wilson's form.
FIGURES = {
    Quantities: ("mae", "rmse", "median-error", "r2"),
    Tagged: ("macro-f1", "map"),
    Restored: ("si-sdr", "si-sdr-gain", "mse"),
}
_OF_TAGS = {"precision": precision, "recall": recall}
_SHARES = frozenset({"macro-f1", "map", "precision", "recall"})


@dataclass(frozen=True)
class Scored:
    """One system's scores by name, in all and in every draw.

    Attributes:
        value: of each score, (column,).
        draws: of each score, (draw, column).
    """

    value: dict[str, np.ndarray]
    draws: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Gauge:
    """Systems that answered for the same recordings, on the same draws of groups.

    Attributes:
        systems: the scores of each.
        n: how many recordings.
        groups: how many groups they come from.
        units: how many units the draws are made of.
        counts: (column,) how many recordings have a truth.
        there: (column,) how many units have one.
        confidence: of the intervals.
    """

    systems: tuple[Scored, ...]
    n: int
    groups: int
    units: int
    counts: np.ndarray
    there: np.ndarray
    confidence: float

    def metric(self, name: str, system: int = 0) -> Estimate:
        """A figure over all columns."""
        one = self.systems[system]
        value, draws = _mean(one.value[name]), _mean(one.draws[name])
        return self._estimate(name, value, draws, float(self.counts.sum()), self.units)

    def column(self, name: str, at: int, system: int = 0) -> Estimate:
        """A score of one column."""
        one = self.systems[system]
        value, draws = one.value[name][at], one.draws[name][:, at]
        return self._estimate(name, value, draws, float(self.counts[at]), int(self.there[at]))

    def difference(self, name: str, system: int, other: int) -> Estimate:
        """How much better the figure of `system` is than that of `other`.

        Above 0 it is better: a higher score, or a smaller error.
        """
        sign = -1.0 if name in LOWER_IS_BETTER else 1.0
        one, two = self.systems[system], self.systems[other]
        value = sign * (_mean(one.value[name]) - _mean(two.value[name]))
        error = standard_error(sign * (_mean(one.draws[name]) - _mean(two.draws[name])), self.units)
        half = students_t(self.confidence, self.units - 1) * error
        return Estimate(known(value), known(value - half), known(value + half))

    def _estimate(
        self, name: str, value: np.ndarray, draws: np.ndarray, recordings: float, units: int
    ) -> Estimate:
        error = standard_error(draws, units)
        if name in _SHARES:
            low, high = around_share(
                value, error, recordings=recordings, groups=units, confidence=self.confidence
            )
            return Estimate(known(value), known(low), known(high))
        half = students_t(self.confidence, units - 1) * error
        low, high = value - half, value + half
        if name in LOWER_IS_BETTER:
            low = np.maximum(low, 0.0)
        elif name not in IN_DECIBELS:
            high = np.minimum(high, 1.0)
        return Estimate(known(value), known(low), known(high))


def gauge(systems: Sequence[G], *, confidence: float, resamples: int, seed: int) -> Gauge:
    """Score each system, in all and in every draw of groups.

    Args:
        systems: answers for the same recordings in the same order, in the same columns.
        confidence: of the intervals.
        resamples: how many draws.
        seed: equal seeds draw alike.
    """
    first = systems[0]
    unit, groups, units = units_of(first.ids, first.groups)
    scored = [_Drawn(one, unit, units) for one in systems]
    for times in drawn(units, resamples, seed):
        for one in scored:
            one.draw(times)
    there = np.zeros((units, len(first.columns)))
    np.add.at(there, unit, first.known)
    return Gauge(
        tuple(one.scored() for one in scored),
        len(first),
        groups,
        units,
        first.known.sum(axis=0),
        (there > 0).sum(axis=0),
        confidence,
    )


class _Drawn:
    """The scores of one system, gathered draw by draw."""

    def __init__(self, table: Grid, unit: np.ndarray, units: int) -> None:
        self.table, self.unit = table, unit
        sums = sums_of(table)
        self.sums = np.zeros((units, *sums.shape[1:]))
        np.add.at(self.sums, unit, sums)
        self.names = FIGURES[type(table)]  # pyright: ignore[reportArgumentType]
        self.more = _OF_TAGS if isinstance(table, Tagged) else {}
        self.value = self._scores(np.ones((1, units)))
        self.parts: list[dict[str, np.ndarray]] = []

    def draw(self, times: np.ndarray) -> None:
        """Score some resamples: `times` is (draw, unit)."""
        self.parts.append(self._scores(times))

    def scored(self) -> Scored:
        """All that was gathered."""
        return Scored(
            {name: table[0] for name, table in self.value.items()},
            {name: np.concatenate([part[name] for part in self.parts]) for name in self.value},
        )

    def _scores(self, times: np.ndarray) -> dict[str, np.ndarray]:
        sums = np.tensordot(times, self.sums, axes=1)
        found = {name: SUMMED[name](sums) for name in self.names if name in SUMMED}
        found |= {name: score(sums) for name, score in self.more.items()}
        for name in self.names:
            if name in RANKED:
                found[name] = self._ranked(name, times)
        return found

    def _ranked(self, name: str, times: np.ndarray) -> np.ndarray:
        score, columns = RANKED[name], range(len(self.table.columns))
        rows = max(1, 2**22 // max(len(self.unit), 1))  # 32 MB at once
        parts = [
            np.stack([score(self.table, at, own) for at in columns], axis=1)
            for first in range(0, len(times), rows)
            for own in [times[first : first + rows, self.unit]]
        ]
        return np.concatenate(parts)


def _mean(values: np.ndarray) -> np.ndarray:
    """The mean over the columns in which a score is defined."""
    defined = np.isfinite(values)
    count = defined.sum(axis=-1)
    total = np.where(defined, values, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
