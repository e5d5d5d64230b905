"""What a metric is: its name, its range, and its values over the draws of a bootstrap."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
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
    """

    value: Any
    draws: np.ndarray
    units: Any
    recordings: Any
    groups: Any


class Resampled(Protocol):
    """All metrics of one system, over all recordings and over every draw of groups."""

    def overall(self, metric: Metric, /) -> Score:
        """A metric over all recordings and columns."""
        ...

    def by_column(self, metric: Metric, /) -> Iterable[Score]:
        """A metric of each column."""
        ...


def known(value: float | np.ndarray) -> float | None:
    """A number, or None where it is undefined.

    >>> known(np.float64("nan")), known(0.5)
    (None, 0.5)
    """
    number = float(value)
    return number if math.isfinite(number) else None
