"""How scores are written (percent, decibels, units, digits), and the scale they are drawn on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tonotope.evaluation.intervals import ROUGH_BELOW, difference_tells, score_tells
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Report
from tonotope.reporting.svg import ticks

INAUDIBLE_DB = 0.1
"""Two sounds whose SI-SDR differ by less are told apart by nobody: 2 % of the noise left."""

_SMALL_DB = 0.05
_ENDS = ("value", "low", "high")


def score_text(score: Mapping[str, Any], key: str, words: Words, *, signed: bool = False) -> str:
    """A score as text: with its unit if it has one, else with three decimals.

    Decibels of one score and its ends have equally many decimals: two, or three as in the terminal
    where two would leave nothing of one of them.
    """
    value, unit = score.get(key), score.get("unit")
    if unit == "dB" and value is not None:
        known = [abs(one) for one in (value, *map(score.get, _ENDS)) if one]
        return words.decibels(value, 3 if min(known, default=1.0) < _SMALL_DB else 2, signed=signed)
    if value is None or not (score.get("lower_is_better") or unit):
        return words.signed(value) if signed else words.score(value)
    sign = "+" if signed and value > 0 else ""
    return sign + (words.unit(value, unit) if unit else words.short(value))


def inaudible(score: Mapping[str, Any], difference: Mapping[str, Any] | None) -> bool:
    """Whether the difference of two levels, with its interval, is less than anybody hears.

    >>> dB, small = {"unit": "dB"}, {"value": 0.003, "low": 0.001, "high": 0.005}
    >>> inaudible(dB, small), inaudible(dB, {**small, "high": 0.2}), inaudible({}, small)
    (True, False, False)
    """
    if score.get("unit") != "dB" or score.get("lower_is_better") or not difference:
        return False
    known = [one for one in map(difference.get, _ENDS) if one is not None]
    return bool(known) and all(abs(one) < INAUDIBLE_DB for one in known)


def interval_texts(
    score: Mapping[str, Any], words: Words, *, signed: bool = False
) -> tuple[str, str, str]:
    """A score and the ends of its interval as text: value, low, high."""
    value, low, high = (
        score_text(score, key, words, signed=signed) for key in ("value", "low", "high")
    )
    return value, low, high


def tells(score: Mapping[str, Any], ends: tuple[str, str] = ("low", "high")) -> bool:
    """Whether the interval of a score says anything; if not, the page says how many groups.

    >>> tells({"low": 0.01, "high": 1.0}), tells({"low": 0.2, "high": 1.0})
    (False, True)
    """
    low, high = (score.get(key) for key in ends)
    return score_tells(low, high, groups=score.get("groups"), open_ended=_open_ended(score))


def tells_apart(score: Mapping[str, Any], difference: Mapping[str, Any]) -> bool:
    """Whether the interval of a difference from another score says anything."""
    low, high = difference.get("low"), difference.get("high")
    return difference_tells(low, high, groups=score.get("groups"), open_ended=_open_ended(score))


def _open_ended(score: Mapping[str, Any]) -> bool:
    """Whether it is an error or a level, which no scale from 0 to 1 holds."""
    return bool(score.get("unit") or score.get("lower_is_better"))


def interval_text(
    score: Mapping[str, Any],
    texts: tuple[str, str],
    words: Words,
    ends: tuple[str, str] = ("low", "high"),
) -> Markup | str:
    """An interval, given as the texts of its ends; where it says nothing, the number of groups."""
    if tells(score, ends):
        return words.interval(*texts)
    groups = score.get("groups") or ROUGH_BELOW
    return words.say("evidence.groups", n=groups) if groups < ROUGH_BELOW else "–"


@dataclass(frozen=True)
class Scale:
    """A linear scale between round numbers.

    Attributes:
        ticks: the round numbers.

    >>> Scale((0.0, 50.0, 100.0)).share(25.0)
    0.25
    """

    ticks: tuple[float, ...]

    def share(self, value: float | None) -> float | None:
        """The place of a value on the scale, from 0 to 1; None for None."""
        if value is None:
            return None
        low, high = self.ticks[0], self.ticks[-1]
        return min(max((value - low) / (high - low), 0.0), 1.0)

    @property
    def grid(self) -> list[float]:
        """The places of the round numbers."""
        return [self.share(one) or 0.0 for one in self.ticks]


def scale_of(report: Report) -> Scale:
    """The scale for the scores of a report.

    Shares: from 0 to 1. Errors: from 0 to the largest interval. Decibels: over 0 and all
    intervals that are drawn. R², which has no lower limit: from -1 if any of it is below 0.
    """
    score, rows = report["score"], [report["score"], *report["baselines"]]
    lower = score.get("lower_is_better")
    if not lower and not score.get("unit"):
        below = any((one["low"] or one["value"] or 0.0) < 0 for one in rows)
        return Scale((-1.0, -0.5, 0.0, 0.5, 1.0) if below else (0.0, 0.2, 0.4, 0.6, 0.8, 1.0))
    # An interval that is not drawn needs no room.
    keys = {"value", "low", "high"} if tells(score) else {"value"}
    keys -= {"low"} if lower else set()
    known = [one[key] for one in rows for key in keys if one[key] is not None]
    if lower:
        return scale_to(0.0, max(known, default=1.0))
    return scale_to(min([0.0, *known]), max([0.0, *known]))


def scale_to(low: float, high: float) -> Scale:
    """Round numbers that reach from `low` or below to `high` or above.

    >>> scale_to(3.0, 97.0).ticks
    (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
    """
    if not high > low:
        high = low + (abs(low) or 1.0)
    inside = ticks(low, high, 6)
    step = inside[1] - inside[0] if len(inside) > 1 else high - low
    below = [round(inside[0] - step, 12)] if inside[0] > low else []
    above = [round(inside[-1] + step, 12)] if inside[-1] < high else []
    return Scale((*below, *inside, *above))
