"""The results of each task: its scores, what its kind of answer shows, its hardest mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.score_format import scale_of, score_text
from tonotope.reporting.section import Report
from tonotope.reporting.sections.mistakes import mistakes
from tonotope.reporting.sections.results import metric_name, playing_task, results_of, tasks_of
from tonotope.reporting.sections.verdict import verdict
from tonotope.reporting.svg import strip
from tonotope.reporting.templates import fill


class Tasks:
    """The results, task by task; their numbers stand at the top of report.json."""

    name = "tasks"
    template = Path(__file__).with_name("tasks.html.j2")

    def gather(self, run: Run, report: Report) -> None:
        """Nothing: the numbers of the tasks are gathered before those of all sections."""
        del run, report

    def render(
        self, report: Report, words: Words, pictures: Mapping[int, Picture]
    ) -> Mapping[str, Any]:
        """One entry for each task; where there is one alone, without its name."""
        playing = playing_task(report)
        return {
            "tasks": [
                _task({**report, **task}, words, pictures, plays=task is playing)
                | {"task": task["task"] if report["tasks"] else ""}
                for task in tasks_of(report)
            ]
        }


def scores(report: Report, words: Words) -> list[dict[str, Any]]:
    """The rows of the figure: this network, its folds, then the baselines, best first."""
    score, scale = report["score"], scale_of(report)
    folds = [one["value"] for one in report["folds"] if one["value"] is not None]
    rows = [_score_row("us", words.say("scores.us"), score, report, words)]
    if len(folds) > 1:
        ends = {"low": min(folds), "high": max(folds)}
        around = words.interval(*(score_text({**score, **ends}, key, words) for key in ends))
        label = words.say("scores.folds", n=len(folds))
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


def _task(
    report: Report, words: Words, pictures: Mapping[int, Picture], *, plays: bool
) -> dict[str, Any]:
    results = results_of(report)
    values = {
        "plays": plays,
        "verdict": verdict(report, words),
        "alone": not report["baselines"],
        "metric": metric_name(report, words),
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


def _score_row(
    kind: str, label: str, one: Mapping[str, Any], report: Report, words: Words
) -> dict[str, Any]:
    scale, score = scale_of(report), {**report["score"], **one}
    places = [scale.share(one[key]) for key in ("value", "low", "high")]
    value, low, high = (score_text(score, key, words) for key in ("value", "low", "high"))
    return {
        "kind": kind,
        "label": label,
        "strip": strip(*places, grid=scale.grid),
        "value": value,
        "interval": words.interval(low, high),
    }
