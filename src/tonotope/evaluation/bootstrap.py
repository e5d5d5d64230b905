"""Bootstrap by group: metrics of systems on the same draws, paired differences with intervals.

All systems are scored on the same draws of groups, so that the difference of two systems has an
interval of its own, much narrower than the two intervals would suggest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tonotope.answers.metric import Estimate, Metric, Resampled, Score, known
from tonotope.answers.table import AnswerTable
from tonotope.evaluation.intervals import (
    around_difference,
    around_share,
    drawn,
    standard_error,
    students_t,
    units_of,
)

_SINGLE_DRAWS = 500
"""Of single recordings: enough for the least a standard error may be, within about 3 %."""


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Systems that answered for the same recordings, on the same draws of groups.

    Attributes:
        tables: the predictions of each system.
        systems: the metrics of each, over all recordings and over every draw.
        n: how many recordings.
        groups: how many groups they come from.
        units: how many units the draws are made of: the groups, or, where all recordings come
            from one group, the recordings.
        confidence: of the intervals.
        resamples: how many draws.
        seed: of the draws.
    """

    tables: tuple[AnswerTable, ...]
    systems: tuple[Resampled, ...]
    n: int
    groups: int
    units: int
    confidence: float
    resamples: int
    seed: int

    @property
    def within_one_group(self) -> bool:
        """Whether all recordings come from one group, so that they had to be drawn singly."""
        return self.groups == 1

    def metric(self, name: str, system: int = 0) -> Estimate:
        """A metric over all recordings."""
        metric = self.tables[0].metric(name)
        [found] = _estimates(self.systems[system].overall(metric), metric, self.confidence)
        return found

    def columns(self, metric: Metric, system: int = 0) -> list[Estimate]:
        """A metric of each column or class."""
        return [
            one
            for score in self.systems[system].by_column(metric)
            for one in _estimates(score, metric, self.confidence)
        ]

    def difference(self, name: str, system: int, other: int) -> Estimate:
        """How much better `system` is than `other`: above 0 it is better.

        That is a higher score, or a smaller error. Without an interval where both give the same
        answer to every recording; the value is 0 then.
        """
        metric = self.tables[0].metric(name)
        one, two = (self.systems[at].overall(metric) for at in (system, other))
        sign = -1.0 if metric.lower_is_better else 1.0
        value = np.asarray(sign * (one.value - two.value) + 0.0)  # no -0.0
        error = standard_error(sign * (one.draws - two.draws), self.units)
        if value == 0 and error == 0 and self.same_answers(system, other):
            return Estimate(0.0, None, None)
        if metric.range in ("proportion", "share"):
            ours, theirs = (self.tables[at].losses for at in (system, other))
            low, high = around_difference(
                value,
                error,
                recordings=self.n,
                groups=self.units,
                better=int((ours < theirs).sum()),
                worse=int((theirs < ours).sum()),
                confidence=self.confidence,
            )
        else:
            least = self._error_of_recordings(metric, system, other)
            half = students_t(self.confidence, self.units - 1) * np.fmax(error, least)
            low, high = value - half, value + half
        return Estimate(known(value), known(low), known(high))

    def same_answers(self, system: int, other: int) -> bool:
        """Whether two systems give the same answer to every recording."""
        return self.tables[system].same_answers(self.tables[other])

    def _error_of_recordings(self, metric: Metric, system: int, other: int) -> np.ndarray:
        """The standard error of a difference if all recordings were independent."""
        one, two = (self._singly[at].overall(metric) for at in (system, other))
        return standard_error(one.draws - two.draws, self.n)

    @cached_property
    def _singly(self) -> tuple[Resampled, ...]:
        """The metrics of each system over draws of single recordings, where groups hold more."""
        if self.units == self.n:
            return self.systems
        draws = drawn(self.n, min(self.resamples, _SINGLE_DRAWS), self.seed)
        # By name, as `units_of` numbers groups: the order of the recordings does not matter.
        unit = np.argsort(np.argsort(np.array(self.tables[0].ids, dtype=object)))
        return tuple(type(self.tables[0]).resample(self.tables, unit, self.n, draws))


def bootstrap(
    systems: Sequence[AnswerTable], *, confidence: float, resamples: int, seed: int
) -> Bootstrap:
    """Score each system over all recordings and in every draw of groups.

    Args:
        systems: tables of one kind, of the same recordings in the same order, with the same
            columns.
        confidence: of the intervals.
        resamples: how many draws.
        seed: equal seeds draw alike; neither the order of the recordings nor the names of the
            groups' members change the draws.

    Raises:
        ValueError: the systems answered for different recordings, or for none.
    """
    first = systems[0]
    unit, groups, units = units_of(first.ids, first.groups)
    found = type(first).resample(systems, unit, units, drawn(units, resamples, seed))
    return Bootstrap(
        tuple(systems), tuple(found), len(first), groups, units, confidence, resamples, seed
    )


def _estimates(score: Score, metric: Metric, confidence: float) -> list[Estimate]:
    """The value of a metric with its interval, whose form follows from the metric's range."""
    value, units = score.value, score.units
    error = standard_error(score.draws, units)
    if metric.range in ("proportion", "share"):
        low, high = around_share(
            value,
            error,
            recordings=score.recordings,
            groups=score.groups,
            effective_groups=score.effective_groups,
            confidence=confidence,
        )
    else:
        half = students_t(confidence, units - 1) * error
        low, high = value - half, value + half
        if metric.range == "error":
            low = np.maximum(low, 0.0)
        elif metric.range == "at-most-one":
            high = np.minimum(high, 1.0)
    ends = (np.ravel(one) for one in (value, low, high))
    return [Estimate(*map(known, one)) for one in zip(*ends, strict=True)]
