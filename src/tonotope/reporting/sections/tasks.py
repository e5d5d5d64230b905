"""The results of each task: scores, the part for its kind of answer, the worst mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.score_format import (
    interval_text,
    interval_texts,
    scale_of,
    score_text,
    tells,
)
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections.mistakes import mistakes
from tonotope.reporting.sections.results import metric_name, playing_task, results_of, tasks_of
from tonotope.reporting.sections.verdict import verdict
from tonotope.reporting.svg import strip
from tonotope.reporting.templates import fill


class Tasks:
    """The results of each task; their numbers are at the top of report.json."""

    name = "tasks"
    template = Path(__file__).with_name("tasks.html.j2")

    def gather(self, run: Run, report: Report) -> None:
        """No numbers of its own: those of the tasks are gathered before all sections."""

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """One entry for each task; a single task has no name."""
        playing = playing_task(report)
        return {
            "tasks": [
                _task({**report, **task}, words, pictures, plays=task is playing)
                | {"task": task["task"] if report["tasks"] else ""}
                for task in tasks_of(report)
            ]
        }


def scores(report: Report, words: Words) -> list[dict[str, Any]]:
    """The rows of the figure: this network, its folds, then the baselines, the best first."""
    score, scale = report["score"], scale_of(report)
    folds = [one["value"] for one in report["folds"] if one["value"] is not None]
    rows = [_score_row("us", words.say("scores.us"), score, report, words)]
    if len(folds) > 1:
        ends = {"low": min(folds), "high": max(folds)}
        around = words.interval(*(score_text({**score, **ends}, key, words) for key in ends))
        # R² of all recordings is held against their one mean: it may lie outside its folds'.
        r2 = score["metric"] == "r2"
        label = words.say("scores.folds.r2" if r2 else "scores.folds", n=len(folds))
        dots = [scale.share(one) for one in folds]
        drawn = strip(None, None, None, dots=dots, grid=scale.grid)
        rows.append(
            {"kind": "folds", "label": label, "strip": drawn, "value": "", "interval": around}
        )
    sign = 1.0 if score.get("lower_is_better") else -1.0
    order = sorted(report["baselines"], key=lambda one: sign * (one["value"] or 0.0))
    return rows + [
        _score_row("", words.known("method", one["name"]), one, report, words) for one in order
    ]


def _task(report: Report, words: Words, pictures: Pictures, *, plays: bool) -> dict[str, Any]:
    results = results_of(report)
    values = {
        "plays": plays,
        "verdict": verdict(report, words),
        "alone": not report["baselines"],
        "about": _about(report, words),
        "confidence": words.percent(report["score"]["confidence"]),
        "scores": scores(report, words),
        "score_axis": results.score_axis(report, words),
    }
    own = values | dict(results.render(report, words, pictures))
    shown = results.template and fill(results.template, words, report=report, own=own)
    return values | {
        "results": shown,
        "mistakes": mistakes(report, words, pictures) if results.mistakes else None,
    }


def _about(report: Report, words: Words) -> Markup:
    """What the points show, and the bars if there are any."""
    score = report["score"]
    drawn = tells(score)
    confidence = words.percent(score["confidence"])
    form, values = ("scores.about", {"confidence": confidence}) if drawn else ("scores.bare", {})
    return words.say(form, metric=metric_name(report, words), **values)


def _score_row(
    kind: str, label: str, one: Mapping[str, Any], report: Report, words: Words
) -> dict[str, Any]:
    scale = scale_of(report)
    score = {**report["score"], **one}
    # Where the groups are too few for the network's interval, they are for all others.
    shown = tells(report["score"]) and tells(score)
    drawn = ("value", "low", "high") if shown else ("value",)
    places = [scale.share(one[key]) if key in drawn else None for key in ("value", "low", "high")]
    value, low, high = interval_texts(score, words)
    return {
        "kind": kind,
        "label": label,
        "strip": strip(*places, grid=scale.grid),
        "value": value,
        "interval": interval_text(score if shown else report["score"], (low, high), words),
    }
