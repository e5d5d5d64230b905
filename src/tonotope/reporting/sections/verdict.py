"""The first screen: what came out, in whole numbers, how sure it is, and what was checked.

No sentence says more than its numbers: that one is better is said only where the whole interval of
the difference lies on one side of 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from tonotope.reporting.gather import Report
from tonotope.reporting.i18n import Words
from tonotope.reporting.score_format import figure
from tonotope.reporting.sections.classes import metric_name


def verdict(report: Report, words: Words) -> dict[str, Markup | str]:
    """The first sentence, what the baseline makes of it, and the line with the intervals."""
    if report["kind"] != "class":
        return _of_columns(report, words)
    score, kind = report["score"], report["verdict"]
    correct, of = score["correct"], score["n"]
    form = ".all" if correct == of else "" if correct else ".none"
    first = words.say(f"verdict.first{form}", n=correct, of=of)
    best = _best(report) or {}
    if score["metric"] == "accuracy":
        second = words.say(f"verdict.{kind}", n=best.get("correct"))
    else:
        second = words.say(
            f"verdict.{kind}.metric",
            metric=metric_name(report, words),
            value=score["value"],
            baseline=best.get("value"),
        )
    return {
        "first": first,
        "second": second,
        "lede": _lede(report, words),
        **_spread(report, words),
    }


def checks(report: Report, words: Words) -> list[dict[str, Any]]:
    """The row of small facts, each with its state and its sentence."""
    return [
        {"state": one["state"], "text": words.say(f"check.{one['key']}.{one['form']}", **values)}
        for one in report["checks"]
        for values in [_worded(one, words)]
    ]


def _of_columns(report: Report, words: Words) -> dict[str, Markup | str]:
    """The same of quantities and tags: how far off, or how much is explained."""
    score = report["score"]
    best = _best(report) or {}
    return {
        "first": words.say(
            f"verdict.first.{score['metric']}", value=figure(score, "value", words), n=score["n"]
        ),
        "second": words.say(
            f"verdict.{report['verdict']}.figure",
            baseline=figure({**score, **best}, "value", words),
        ),
        "lede": _lede(report, words),
        **_spread(report, words),
    }


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
    numbers = {name: figure(score, name, words) for name in ("value", "low", "high")}
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
    told = {**report["score"], **difference}
    if difference.get("low") is None:
        value = figure(told, "value", words, signed=True)
        return words.say("lede.unsure.open", difference=value, baseline=name)
    if kind == "unsure":
        ends = {key: figure(told, key, words, signed=True) for key in ("value", "low", "high")}
        ends["difference"] = ends.pop("value")
        return words.say("lede.unsure", baseline=name, **ends)
    value, low, high = (difference[key] for key in ("value", "low", "high"))
    if kind == "worse":
        value, low, high = -value, -high, -low
    told |= {"value": value, "low": low, "high": high}
    shown = {key: figure(told, key, words) for key in ("value", "low", "high")}
    error = ".error" if report["score"].get("lower_is_better") else ""
    difference = shown.pop("value")
    return words.say(f"lede.{kind}{error}", difference=difference, baseline=name, **shown)


def _spread(report: Report, words: Words) -> dict[str, Markup | str]:
    difference = report["difference"]
    if not difference or difference.get("low") is None:
        return {"difference": ""}
    told = {**report["score"], **difference}
    signed = {key: figure(told, key, words, signed=True) for key in ("low", "high")}
    value = figure(told, "value", words, signed=True)
    smaller = report["score"].get("lower_is_better")
    key = "scores.difference.error" if smaller else "scores.difference"
    return {"difference": words.say(key, difference=value, **signed)}


def _worded(one: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """A check's numbers as its sentence wants them: shares in percent, gaps without a sign."""
    values = {key: value for key, value in one.items() if key not in ("key", "state", "form")}
    if "share" in values:
        values["share"] = words.percent(values["share"], 1)
    if "gap" in values:
        values["gap"] = words.number(abs(values["gap"]), 2)
    return values


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
