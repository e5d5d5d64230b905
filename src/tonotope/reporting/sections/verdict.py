"""The first screen: result, interval, best baseline, checks (the sentence is the kind's).

The network is called better than a baseline only if the whole interval of the difference lies on
one side of 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.score_format import interval_texts, score_text, tells
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections.checks import check
from tonotope.reporting.sections.results import metric_name, results_of


class Verdict:
    """The first screen; its numbers are the checks."""

    name = "checks"
    template = Path(__file__).with_name("verdict.html.j2")

    def gather(self, run: Run, report: Report) -> list[dict[str, Any]]:
        """Every check, those that need attention first."""
        return check(run, report)

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The verdict, of several tasks one line each, and the row of checks."""
        said = several(report, words) if report["tasks"] else verdict(report, words)
        return {"verdict": said, "checks": check_sentences(report, words)}


def verdict(report: Report, words: Words) -> dict[str, Any]:
    """The sentences about score and baseline, and the line with the intervals."""
    best = (report["difference"] or {}).get("baseline")
    baseline = next((one for one in report["baselines"] if one["name"] == best), {})
    first, second = results_of(report).verdict(report, baseline, words)
    return {
        "first": first,
        "second": second,
        "lede": _lede(report, words),
        "difference": _difference(report, words),
        "lines": [],
    }


def several(report: Report, words: Words) -> dict[str, Any]:
    """In how many tasks the network does better than the best baseline, and a line for each."""
    tasks = [{**report, **task} for task in report["tasks"]]
    better = sum(task["verdict"] == "better" for task in tasks)
    form = ".all" if better == len(tasks) else "" if better else ".none"
    if all(task["verdict"] == "alone" for task in tasks):
        form = ".alone"
    lines = []
    for task in tasks:
        said = verdict(task, words)
        text = Markup("{} {}").format(said["first"], said["second"])
        lines.append(words.say("verdict.task", name=task["task"], text=text))
    return {
        "first": words.say(f"verdict.several{form}", better=better, n=len(tasks)),
        "second": "",
        "lede": "",
        "lines": lines,
    }


def check_sentences(report: Report, words: Words) -> list[dict[str, Any]]:
    """The state and the sentence of each check."""
    return [
        {
            "state": one["state"],
            "text": words.say(f"check.{one['key']}.{one['form']}", **check_values(one, words)),
        }
        for one in report["checks"]
    ]


def check_values(one: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """The numbers of a check for its sentence: shares in percent, gaps without a sign."""
    values = {key: value for key, value in one.items() if key not in ("key", "state", "form")}
    if "share" in values:
        values["share"] = words.percent(values["share"], 1)
    if "gap" in values:
        values["gap"] = words.number(abs(values["gap"]), 2)
    return values


def _lede(report: Report, words: Words) -> Markup:
    score = report["score"]
    open_ended = ".one" if score["groups"] == 1 and score["low"] is not None else ""
    if not tells(score):
        open_ended = ".open"
    metric = metric_name(report, words)
    metric = metric[:1].upper() + metric[1:]
    confidence = words.percent(score["confidence"])
    value, low, high = interval_texts(score, words)
    numbers = {"value": value, "low": low, "high": high, "confidence": confidence}
    text = words.say(f"lede.score{open_ended}", metric=metric, **numbers)
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
    if kind == "one":
        value = score_text(score, "value", words, signed=True)
        return words.say("lede.one", difference=value, baseline=name)
    if difference.get("low") is None:
        value = score_text(score, "value", words, signed=True)
        return words.say("lede.unsure.open", difference=value, baseline=name)
    if kind == "worse":
        value, low, high = (-difference[key] for key in ("value", "high", "low"))
        score |= {"value": value, "low": low, "high": high}
    signed = kind == "unsure"
    value, low, high = interval_texts(score, words, signed=signed)
    error = ".error" if not signed and report["score"].get("lower_is_better") else ""
    return words.say(f"lede.{kind}{error}", difference=value, baseline=name, low=low, high=high)


def _difference(report: Report, words: Words) -> Markup | str:
    """The sentence about the difference from the best baseline; empty if nothing is known of it.

    Of an error it says how much smaller or larger it is, never `smaller by -0.02`.
    """
    difference = report["difference"]
    if not difference or difference.get("low") is None or report["verdict"] == "one":
        return ""
    score = {**report["score"], **difference}
    if not score.get("lower_is_better"):
        value, low, high = interval_texts(score, words, signed=True)
        return words.say("scores.difference", difference=value, low=low, high=high)
    worse = score["value"] < 0
    if worse:
        score |= {"value": -score["value"], "low": -score["high"], "high": -score["low"]}
    value, low, high = interval_texts(score, words)
    key = "scores.difference.error.worse" if worse else "scores.difference.error"
    return words.say(key, difference=value, low=low, high=high)
