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
from tonotope.reporting.score_format import interval_texts, score_text, tells, tells_apart
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections.checks import check, without_groups
from tonotope.reporting.sections.results import metric_name, results_of, verdict_form


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
        return {"verdict": said, "final": _final(report, words),
                "checks": check_sentences(report, words)}  # fmt: skip


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


def _final(report: Report, words: Words) -> Markup | str:
    """That another network predicts than those that were judged, where that is so."""
    final = report["run"].get("final")
    if not final:
        return ""
    epochs = words.say("count.epochs", n=final["epochs"])
    return words.say("verdict.final", n=max(1, len(report["folds"])), **{**final, "epochs": epochs})


def check_sentences(report: Report, words: Words) -> list[dict[str, Any]]:
    """The state and the sentence of each check."""
    return [{"state": one["state"], "text": _sentence(one, words)} for one in report["checks"]]


def _sentence(one: Mapping[str, Any], words: Words) -> Markup:
    """The sentence of a check, under the name of its task where there are several."""
    text = words.say(f"check.{one['key']}.{one['form']}", **check_values(one, words))
    return words.say("checks.task", name=one["task"], text=text) if "task" in one else text


def check_values(one: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """The numbers of a check for its sentence: shares in percent, gaps without a sign."""
    values = {
        key: value for key, value in one.items() if key not in ("key", "state", "form", "task")
    }
    if "share" in values:
        values["share"] = words.percent(values["share"], 1)
    if values.get("more"):
        values["names"] = words.say("names.more", names=values["names"], n=values["more"])
    if "gap" in values:
        values |= _gap(one, words)
    if "blocks_s" in values:
        values["blocks_s"] = words.short(values["blocks_s"])
    return values


def _gap(one: Mapping[str, Any], words: Words) -> dict[str, str]:
    """The gap of scores and its interval: how large it is, or with a sign where it may be none."""
    ends = {key: one.get(key) for key in ("gap", "low", "high")}
    if one["form"] == "low":
        turned = _turned({"value": ends["gap"], **ends})
        ends = {"gap": turned["value"], "low": turned["low"], "high": turned["high"]}
    signed = one["form"] not in ("high", "low")
    return {
        "gap": words.number(abs(one["gap"]), 2),
        "within": words.number(one.get("within"), 2),
        "low": "+" * (signed and (ends["low"] or 0.0) > 0) + words.number(ends["low"], 2),
        "high": "+" * (signed and (ends["high"] or 0.0) > 0) + words.number(ends["high"], 2),
    }


def _lede(report: Report, words: Words) -> Markup:
    score = report["score"]
    metric = metric_name(report, words)
    metric = metric[:1].upper() + metric[1:]
    confidence = words.percent(score["confidence"])
    value, low, high = interval_texts(score, words)
    if tells(score):
        numbers = {"value": value, "low": low, "high": high, "confidence": confidence}
        text = words.say("lede.score", metric=metric, **numbers)
    else:
        _, evidence = verdict_form(report, words)
        n = score["groups"]
        text = words.say("lede.score.open", metric=metric, value=value, evidence=evidence, n=n)
    text += _compared(report, words)
    own = without_groups(report)
    if len(report["folds"]) > 1:
        form = f".{own}" * bool(own)
        text += " " + words.say(f"lede.folds{form}", n=len(report["folds"]))
    elif own not in ("", "asked"):
        text += " " + words.say(f"lede.{own}.groups")
    return text


def _compared(report: Report, words: Words) -> Markup:
    kind, difference = report["verdict"], report["difference"]
    if kind == "only":
        return words.say("lede.only", name=report["score"]["only_class"])
    if kind == "alone" or not difference:
        return words.say("lede.alone")
    name = words.known("baseline", str(difference.get("baseline")))
    if kind == "same":
        return words.say("lede.same", baseline=name)
    score = {**report["score"], **difference}
    error = bool(score.get("lower_is_better"))
    worse = kind == "worse" or (error and (score["value"] or 0) < 0)
    if worse:  # the same difference seen from the other side: never `better by -0.02`
        score |= _turned(difference)
    if kind == "one" or not tells_apart(report["score"], difference):
        # That groups are too few is said once, of the score or of the difference.
        form = "one" if kind == "one" or not tells(report["score"]) else "unsure.open"
        value = score_text(score, "value", words, signed=not error)
        return words.say(f"lede.{form}{_side(error, worse)}", difference=value, baseline=name)
    signed = kind == "unsure" and not error
    value, low, high = interval_texts(score, words, signed=signed)
    side = _side(error, worse) if kind == "unsure" else ".error" * error
    return words.say(f"lede.{kind}{side}", difference=value, baseline=name, low=low, high=high)


def _side(error: bool, worse: bool) -> str:
    """The form of a sentence about an error, which is larger or smaller than another."""
    return f".error{'.worse' * worse}" if error else ""


def _turned(difference: Mapping[str, Any]) -> dict[str, Any]:
    """A difference and its interval seen from the other side."""
    ends = {"value": "value", "low": "high", "high": "low"}
    found = {key: difference.get(other) for key, other in ends.items()}
    return {key: None if value is None else -value for key, value in found.items()}


def _difference(report: Report, words: Words) -> Markup | str:
    """The sentence about the difference from the best baseline; empty if nothing is known of it.

    Of an error it says how much smaller or larger it is, never `smaller by -0.02`.
    """
    difference = report["difference"]
    untold = report.get("verdict") == "only" or not difference
    if untold or not tells_apart(report["score"], difference):
        return ""
    score = {**report["score"], **difference}
    name = words.known("method", str(difference.get("baseline")))
    if not score.get("lower_is_better"):
        value, low, high = interval_texts(score, words, signed=True)
        return words.say("scores.difference", difference=value, baseline=name, low=low, high=high)
    worse = score["value"] < 0
    if worse:
        score |= _turned(difference)
    value, low, high = interval_texts(score, words)
    key = "scores.difference.error.worse" if worse else "scores.difference.error"
    return words.say(key, difference=value, baseline=name, low=low, high=high)
