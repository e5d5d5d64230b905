"""The first screen: what came out, in whole numbers, how sure it is, and what was checked.

No sentence says more than its numbers: that one is better is said only where the whole interval of
the difference lies on one side of 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.score_format import score_text
from tonotope.reporting.section import Report
from tonotope.reporting.sections.checks import check
from tonotope.reporting.sections.results import metric_name, results_of


class Verdict:
    """The first screen; its numbers are the checks."""

    name = "checks"
    template = Path(__file__).with_name("verdict.html.j2")

    def gather(self, run: Run, report: Report) -> list[dict[str, Any]]:
        """Every check, those that deserve a look first."""
        return check(run, report)

    def render(
        self, report: Report, words: Words, pictures: Mapping[int, Picture]
    ) -> Mapping[str, Any]:
        """The verdict of the first task, and the row of checks."""
        del pictures
        return {"verdict": verdict(report, words), "checks": check_sentences(report, words)}


def verdict(report: Report, words: Words) -> dict[str, Markup | str]:
    """The first sentence, what the baseline makes of it, and the line with the intervals."""
    first, second = results_of(report).verdict(report, _best(report) or {}, words)
    return {
        "first": first,
        "second": second,
        "lede": _lede(report, words),
        "difference": _difference(report, words),
    }


def check_sentences(report: Report, words: Words) -> list[dict[str, Any]]:
    """The row of small facts, each with its state and its sentence."""
    return [
        {"state": one["state"], "text": words.say(f"check.{one['key']}.{one['form']}", **values)}
        for one in report["checks"]
        for values in [_values(one, words)]
    ]


def _best(report: Report) -> Mapping[str, Any] | None:
    difference = report["difference"]
    if not difference:
        return None
    named = [one for one in report["baselines"] if one["name"] == difference.get("baseline")]
    return named[0] if named else None


def _lede(report: Report, words: Words) -> Markup:
    score = report["score"]
    open_ended = ".open" if score["low"] is None else ""
    metric = _capital(metric_name(report, words))
    confidence = words.percent(score["confidence"])
    numbers = {name: score_text(score, name, words) for name in ("value", "low", "high")}
    text = words.say(f"lede.score{open_ended}", metric=metric, confidence=confidence, **numbers)
    text += _compared(report, words)
    if len(report["folds"]) > 1:
        text += " " + words.say("lede.folds", n=len(report["folds"]))
    return text


def _compared(report: Report, words: Words) -> Markup:
    kind, difference = report["verdict"], report["difference"]
    if kind == "alone" or not difference:
        return words.say("lede.alone")
    name = words.known("baseline", str(difference.get("baseline")))
    score = {**report["score"], **difference}
    if difference.get("low") is None:
        value = score_text(score, "value", words, signed=True)
        return words.say("lede.unsure.open", difference=value, baseline=name)
    if kind == "worse":
        value, low, high = (-difference[key] for key in ("value", "high", "low"))
        score |= {"value": value, "low": low, "high": high}
    signed = kind == "unsure"
    ends = {key: score_text(score, key, words, signed=signed) for key in ("value", "low", "high")}
    error = ".error" if not signed and report["score"].get("lower_is_better") else ""
    value = ends.pop("value")
    return words.say(f"lede.{kind}{error}", difference=value, baseline=name, **ends)


def _difference(report: Report, words: Words) -> Markup | str:
    """The sentence about the difference from the best baseline; empty where it is unknown."""
    difference = report["difference"]
    if not difference or difference.get("low") is None:
        return ""
    score = {**report["score"], **difference}
    value, low, high = (
        score_text(score, key, words, signed=True) for key in ("value", "low", "high")
    )
    smaller = report["score"].get("lower_is_better")
    key = "scores.difference.error" if smaller else "scores.difference"
    return words.say(key, difference=value, low=low, high=high)


def _values(one: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """A check's numbers as its sentence has them: shares in percent, gaps without a sign."""
    values = {key: value for key, value in one.items() if key not in ("key", "state", "form")}
    if "share" in values:
        values["share"] = words.percent(values["share"], 1)
    if "gap" in values:
        values["gap"] = words.number(abs(values["gap"]), 2)
    return values


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
