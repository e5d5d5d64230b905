"""What a metric is: name, range, direction, values on bootstrap draws, interval (`Estimate`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

Range = Literal["proportion", "share", "error", "at-most-one", "any"]


class Estimate(NamedTuple):
    """A number with the ends of its interval; None where undefined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Metric:
    """A figure by which predictions are judged.

    Attributes:
        name: as users write it.
        range: where its values lie, which decides the form of its interval: a `proportion` of the
            recordings, another `share` between 0 and 1, an `error` from 0 up, `at-most-one`, or
            `any`.
        lower_is_better: whether a smaller value is the better one.
        unit: such as `dB`; an error has the unit of its quantity.
        of_sums: from sums (..., column, sum) to values (..., column), of tables with columns.
        of_draws: from a table, a column and draws (draw, recording) to values (draw,).
        choosable: whether it may be the figure that counts, and is reported over all columns.
        alone: its name where it is about one column, if that is another one.
    """

    name: str
    range: Range
    lower_is_better: bool = False
    unit: str = ""
    of_sums: Callable[[np.ndarray], np.ndarray] | None = None
    of_draws: Callable[[Any, int, np.ndarray], np.ndarray] | None = None
    choosable: bool = True
    alone: str = ""


@dataclass(frozen=True, eq=False)
class Score:
    """A metric of one system: its value, and its values over the draws of groups.

    Attributes:
        value: of all recordings, a number or (class,).
        draws: of each draw, (draw,) or (draw, class).
        units: how many units the draws are made of.
        recordings: on how many recordings the value rests.
        groups: on how many units the value rests.
        effective_groups: how many units of equal size would tell as much; see the function.
    """

    value: Any
    draws: np.ndarray
    units: Any
    recordings: Any
    groups: Any
    effective_groups: Any


class Resampled(Protocol):
    """All metrics of one system, over all recordings and over every draw of groups."""

    def overall(self, metric: Metric, /) -> Score:
        """A metric over all recordings and columns."""
        ...

    def by_column(self, metric: Metric, /) -> Iterable[Score]:
        """A metric of each column."""
        ...


def known(value: float | np.ndarray) -> float | None:
    """A number, or None where it is undefined. `value` is a scalar.

    >>> known(np.float64("nan")), known(0.5)
    (None, 0.5)
    """
    number = float(value)
    return number if math.isfinite(number) else None


def ratio(above: Any, below: Any) -> Any:
    """A quotient, element by element; NaN where the divisor is not above 0."""
    above, below = np.asarray(above, np.float64), np.asarray(below, np.float64)
    undefined = below <= 0
    return np.where(undefined, np.nan, above / np.where(undefined, 1.0, below))[()]


def effective_groups(sizes: np.ndarray) -> Any:
    """How many groups of equal size tell as much as groups of these sizes (Kish 1965).

    The square of the sum divided by the sum of the squares, over the first axis of (group, ...).

    >>> effective_groups(np.array([[5, 9], [5, 1]])).round(2)
    array([2.  , 1.22])
    """
    sizes = np.asarray(sizes, np.float64)
    return ratio(sizes.sum(axis=0) ** 2, (sizes**2).sum(axis=0))


def mean_of_defined(values: np.ndarray) -> Any:
    """The mean over the last axis of what is defined there; NaN where nothing is.

    Of values (..., class) the last axis goes.
    """
    defined = np.isfinite(values)
    return ratio(np.where(defined, values, 0.0).sum(-1), defined.sum(-1))


class Means(dict[str, Score]):
    """The metrics of one system that are means over recordings, by name."""

    def overall(self, metric: Metric) -> Score:
        """A metric over all recordings."""
        return self[metric.name]

    def by_column(self, metric: Metric) -> list[Score]:
        """There are no columns."""
        del metric
        return []


def resample_means(
    systems: Sequence[Any], unit: np.ndarray, units: int, draws: Iterable[np.ndarray]
) -> list[Means]:
    """The means of `values` of each system; see `AnswerTable.resample`.

    `unit` is (recording,), each of `draws` (draw, unit).
    """
    every = [(at, metric) for at, one in enumerate(systems) for metric in one.metrics]
    values = np.array([systems[at].values(metric) for at, metric in every], np.float64)
    known = np.isfinite(values)
    counts = np.stack([np.bincount(unit, one, units) for one in known], axis=1)
    sums = np.stack([np.bincount(unit, one, units) for one in np.where(known, values, 0.0)], axis=1)
    drawn = np.concatenate([ratio(times @ sums, times @ counts) for times in draws])
    whole = ratio(sums.sum(axis=0), counts.sum(axis=0))
    found = [Means() for _ in systems]
    for column, (at, metric) in enumerate(every):
        own = counts[:, column]
        found[at][metric.name] = Score(
            whole[column],
            drawn[:, column],
            units,
            own.sum(),
            int((own > 0).sum()),
            effective_groups(own),
        )
    return found
