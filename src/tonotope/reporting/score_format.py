"""Scores as text and on a scale, whatever their unit and their range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Report
from tonotope.reporting.svg import ticks


def score_text(score: Mapping[str, Any], key: str, words: Words, *, signed: bool = False) -> str:
    """A score as text: with its unit where it has one, else to three decimals."""
    value, unit = score.get(key), score.get("unit")
    if value is None or not (score.get("lower_is_better") or unit):
        return words.signed(value) if signed else words.score(value)
    sign = "+" if signed and value > 0 else ""
    return sign + (words.unit(value, unit) if unit else words.short(value))


@dataclass(frozen=True)
class Scale:
    """A line from the first of some round numbers to the last.

    Attributes:
        ticks: the round numbers.

    >>> Scale((0.0, 50.0, 100.0)).share(25.0)
    0.25
    """

    ticks: tuple[float, ...]

    def share(self, value: float | None) -> float | None:
        """Where a value lies along the line, from 0 to 1; None for None."""
        if value is None:
            return None
        low, high = self.ticks[0], self.ticks[-1]
        return min(max((value - low) / (high - low), 0.0), 1.0)

    @property
    def grid(self) -> list[float]:
        """Where the round numbers lie."""
        return [self.share(one) or 0.0 for one in self.ticks]


def scale_of(report: Report) -> Scale:
    """The line that the scores of a report are drawn on.

    Shares from 0 to 1; errors from 0 to beyond the largest interval; decibels over 0 and all
    intervals; R², which has no lower end, from -1 where any of it lies below 0.
    """
    score = report["score"]
    if score.get("unit") and not score["lower_is_better"]:
        rows = [score, *report["baselines"]]
        ends = [one[key] for one in rows for key in ("value", "low", "high")]
        known = [0.0, *(one for one in ends if one is not None)]
        return scale_to(min(known), max(known))
    if not score.get("lower_is_better"):
        rows = [score, *report["baselines"]]
        below = any((one["low"] or one["value"] or 0.0) < 0 for one in rows)
        return Scale((-1.0, -0.5, 0.0, 0.5, 1.0) if below else (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    ends = [one[key] for one in (score, *report["baselines"]) for key in ("value", "high")]
    return scale_to(0.0, max([one for one in ends if one is not None], default=1.0))


def scale_to(low: float, high: float) -> Scale:
    """Round numbers that reach from `low` or below to `high` or above.

    >>> scale_to(3.0, 97.0).ticks
    (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
    """
    if not high > low:
        high = low + (abs(low) or 1.0)
    inside = ticks(low, high, 6)
    step = inside[1] - inside[0] if len(inside) > 1 else high - low
    first, last = inside[0], inside[-1]
    found = list(inside)
    if first > low:
        found.insert(0, round(first - step, 12))
    if last < high:
        found.append(round(last + step, 12))
    return Scale(tuple(found))
