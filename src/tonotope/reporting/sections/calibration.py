"""Calibration: the reliability diagram, and what the temperature did to ECE and Brier score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope._errors import TonotopeError
from tonotope.answers import is_known
from tonotope.answers.calibration import DECIMALS, worse_after
from tonotope.evaluation.intervals import ROUGH_BELOW
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.score_format import interval_text, interval_texts
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections.results import tasks_of
from tonotope.reporting.svg import Bin, across, reliability, upwards

PLOT_PX = 300
_Z = 1.96  # of an interval of 95 %
_GRID = (0, 0.2, 0.4, 0.6, 0.8, 1)
_FIGURES = ("ece", "brier", "log_loss")
_STATES = ("before", "after")


class CalibrationSection:
    """Whether the scores of classes are honest, before and after their temperature."""

    name = "calibration"
    template = Path(__file__).with_name("calibration.html.j2")

    def gather(self, run: Run, report: Report) -> list[dict[str, Any]] | None:
        """For each task with scores of classes: temperatures, figures and bins."""
        temperatures = _temperatures(run)
        each = run.evaluation.tasks or {one.name: run.evaluation for one in run.answers[:1]}
        found = []
        for name, numbers in _measured(run):
            if numbers.get("after"):
                own = temperatures.get(name) or []
                found.append({"task": name, "temperatures": own, **numbers})
                if rejected := name in each and each[name].details.get("none_of_these"):
                    found[-1]["none_of_these"] = rejected
        return found or None

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """A diagram, a table of figures and a table of bins for each task."""
        del pictures
        several = len(tasks_of(report)) > 1
        groups = {one.get("task"): one["score"]["groups"] for one in report["tasks"]}
        return {
            "calibrations": [
                {
                    **_one(one, several, words),
                    "worse": _worse(one, groups.get(one["task"], report["score"]["groups"]), words),
                }
                for one in report.get("calibration") or []
            ]
        }


def _measured(run: Run) -> list[tuple[str, Mapping[str, Any]]]:
    """What the evaluation says of each answer; of runs before it did, from their predictions."""
    evaluation = run.evaluation
    each = evaluation.tasks or {one.name: evaluation for one in run.answers[:1]}
    known = {name: one.details.get("calibration") for name, one in each.items()}
    if not any(known.values()):
        tables = run.tables if all(map(is_known, run.answers)) else {}
        known = {name: {"before": None, "after": one.calibration()} for name, one in tables.items()}
    return [(name, one or {}) for name, one in known.items()]


def _temperatures(run: Run) -> dict[str, list[float | None]]:
    try:
        return run.temperatures
    except TonotopeError:  # a model file that is missing or damaged: the scores are still known
        return {}


def _one(one: Mapping[str, Any], several: bool, words: Words) -> dict[str, Any]:
    states = [state for state in _STATES if one.get(state)]
    bins = one["after"]["bins"]
    axis = [(at, words.short(at)) for at in _GRID]
    title = words.say("calibration.title")
    return {
        "title": words.say("calibration.title.task", name=one["task"]) if several else title,
        "about": words.say("calibration.about"),
        "temperature": _temperature(one["temperatures"], words),
        "alt": words.say("calibration.alt", n=sum(row["n"] for row in bins)).unescape(),
        "left": upwards(axis, PLOT_PX),
        "plot": reliability(_points(one, states, words), _GRID, PLOT_PX),
        "below": across(axis),
        "figures": _figures(one, states, words),
        "bins": _bins(bins, words),
        "compared": len(states) > 1,
        "rejected": _rejected(one.get("none_of_these"), words),
    }


def _rejected(found: Mapping[str, Any] | None, words: Words) -> Markup | str:
    """How many recordings are named where a score is asked for, and how many rightly."""
    if not found:
        return ""
    groups = (found["groups"], found["groups_named"])
    coverage, accuracy = (
        _with_interval({**found[key], "groups": count}, words)
        for key, count in zip(("coverage", "accuracy_of_named"), groups, strict=True)
    )
    return words.say(
        "calibration.rejected",
        n=found["n"],
        named=found["named"],
        right=found["right"],
        coverage=coverage,
        accuracy=accuracy,
        plain=found["accuracy"]["value"],
    )


def _with_interval(score: Mapping[str, Any], words: Words) -> Markup:
    """A share, and its interval in brackets, or from how many groups it is."""
    value, low, high = interval_texts(score, words)
    return words.say("bracketed", value=value, aside=interval_text(score, (low, high), words))


def _temperature(temperatures: Sequence[float | None], words: Words) -> str:
    """What the outputs were divided by."""
    known = [one for one in temperatures if one is not None]
    if not known:
        return words.say("calibration.none")
    if len(temperatures) == 1:
        return words.say("calibration.one", value=words.short(known[0]))
    ends = words.short(min(known)), words.short(max(known))
    return words.say("calibration.folds", low=ends[0], high=ends[1], n=len(known))


def _worse(one: Mapping[str, Any], groups: int | None, words: Words) -> Markup | str:
    """That the temperature made figures worse on the test part, where it did, and why."""
    worse = worse_after(one)
    if not worse:
        return ""
    figures = Markup("; ").join(
        words.say(
            "calibration.worse.figure",
            name=words.say(f"calibration.{name}"),
            before=words.number(before, DECIMALS),
            after=words.number(after, DECIMALS),
        )
        for name, (before, after) in worse.items()
    )
    few = groups is not None and groups < ROUGH_BELOW
    return words.say(f"calibration.worse{'.few' * few}", figures=figures, n=groups)


def _points(one: Mapping[str, Any], states: Sequence[str], words: Words) -> list[Bin]:
    points = []
    for state in states:
        for row in one[state]["bins"]:
            low, high = _wilson(row["right"], row["n"])
            text = words.say(
                "calibration.point", score=row["score"], right=row["right"], n=row["n"]
            )
            points.append(Bin(row["score"], row["right"], low, high, text, state))
    return points


def _figures(one: Mapping[str, Any], states: Sequence[str], words: Words) -> dict[str, Any]:
    heads = [words.say(f"calibration.{state}") for state in states]
    return {
        "heads": [
            words.say("calibration.figure"),
            *(heads if len(states) > 1 else [words.say("calibration.value")]),
        ],
        "rows": [
            [words.say(f"calibration.{key}"), *(words.score(one[state][key]) for state in states)]
            for key in _FIGURES
        ],
    }


def _bins(bins: Sequence[Mapping[str, Any]], words: Words) -> dict[str, Any]:
    return {
        "heads": [words.say(f"calibration.bin.{key}") for key in ("range", "n", "score", "right")],
        "rows": [
            [
                words.interval(words.number(row["low"], 1), words.number(row["high"], 1)),
                words.number(row["n"]),
                words.number(row["score"], 2),
                words.number(row["right"], 2),
            ]
            for row in bins
        ],
    }


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval of a share of n independent recordings (Wilson 1927)."""
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + (_Z / (2 * n)) ** 2)
    return max(middle - half, 0.0), min(middle + half, 1.0)
