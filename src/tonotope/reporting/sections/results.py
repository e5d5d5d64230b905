"""What the results of all kinds share: baselines, difference, folds, axis; the list `RESULTS`.

`RESULTS` maps the word for a kind to its results. Of a kind that it does not know, the page shows
the score, the baselines and the folds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tonotope._escape import escaped
from tonotope.evaluation.intervals import ROUGH_BELOW
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.score_format import INAUDIBLE_DB, inaudible, scale_of, score_text
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.short_names import part_of, with_times
from tonotope.reporting.svg import across

if TYPE_CHECKING:
    from tonotope.experiment.run_folder import Run
    from tonotope.reporting.embedded_sounds import SoundRequest
    from tonotope.reporting.recording_audio import RecordingAudio

Numbers = dict[str, Any]

_SCORE = ("metric", "value", "low", "high", "n", "groups", "unit", "lower_is_better")


class Results:
    """The results of one kind of answer: its numbers, its sentences, its part of the page.

    `task` is the part of report.json that belongs to one task.

    Attributes:
        kind: the word for the kind, as in `answer.kind`.
        template: its part of the page, below the scores; empty for none.
        mistakes: whether the worst mistakes are shown as cards.
    """

    kind: str = ""
    template: str | Path = ""
    mistakes: bool = True

    def gather(self, run: Run, evaluation: Mapping[str, Any], table: Any) -> Numbers:
        """The numbers of one task, its `clips`, and the places of its worst `mistakes` in them.

        Args:
            run: the finished run.
            evaluation: the task's part of evaluation.json.
            table: its predictions; None for a kind that is not known.
        """
        score = {name: evaluation.get(name) for name in _SCORE}
        return {
            "score": score | {"confidence": evaluation.get("confidence", 0.95)},
            **compared(evaluation),
            "clips": [],
            "mistakes": [],
        }

    def checks(self, run: Run, task: Report, *, leading: bool) -> list[Numbers]:
        """The checks that only this kind has; `leading` for the task of the first screen."""
        return []

    def verdict(self, task: Report, best: Mapping[str, Any], words: Words) -> tuple[Markup, Markup]:
        """The sentence about the score, and the one that compares it with the best baseline."""
        score = task["score"]
        value = score_text(score, "value", words)
        key = f"verdict.first.{score['metric']}"
        if key in words.sentences:
            first = words.say(key, value=value, n=score["n"])
        else:
            name = metric_name(task, words)
            first = words.say("verdict.first.figure", metric=name, value=value, n=score["n"])
        baseline = score_text({**score, **best}, "value", words)
        form, evidence = verdict_form(task, words)
        if form not in ("alone", "same") and inaudible(score, task["difference"]):
            name = words.known("baseline", str(best.get("name")))
            apart = words.decibels(INAUDIBLE_DB, 1)
            return first, words.say("verdict.inaudible", name=name, baseline=baseline, apart=apart)
        return first, words.say(f"verdict.{form}.figure", baseline=baseline, evidence=evidence)

    def score_axis(self, task: Report, words: Words) -> Markup:
        """The axis below the figure of the scores."""
        scale, unit = scale_of(task), task["score"].get("unit") or ""
        texts = [words.short(one) for one in scale.ticks]
        if unit:
            texts[-1] = words.unit(scale.ticks[-1], unit)
        return across(list(zip(scale.grid, texts, strict=True)))

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The values for its template; `report` has the numbers of the task at its top."""
        return {}

    def mistakes_title(self, task: Report) -> str:
        """The key of the title above the worst mistakes."""
        return "mistakes.title" if task["mistakes"] else "mistakes.none"

    def card(
        self, task: Report, clip: Mapping[str, Any], words: Words
    ) -> tuple[Markup, list[Markup]]:
        """The sentence on the card of a mistake, and the parts of the small line below it."""
        return Markup(""), group_and_fold(clip, words)

    def clip_line(self, clip: Mapping[str, Any], words: Words) -> list[Markup]:
        """The parts of the small line below a clip in a list."""
        return group_and_fold(clip, words)

    def script_cells(self, task: Report, words: Words) -> dict[str, Any]:
        """The lists that the page's script shows, by the key of the pressed matrix cell."""
        return {}

    def predicted_class(self, table: Any, row: int) -> str:
        """The class whose highest score chooses the clip that is drawn; empty: the first clip."""
        return ""

    def examples(
        self, run: Run, task: Report, audio: RecordingAudio
    ) -> tuple[list[Picture], list[SoundRequest]]:
        """Pictures and sounds that are not recordings of the test part."""
        return [], []


def compared(evaluation: Mapping[str, Any]) -> Numbers:
    """The baselines, the difference from the best of them, and the folds."""
    return {
        "baselines": [_row(one) for one in evaluation.get("baselines") or []],
        "difference": evaluation.get("difference"),
        "verdict": verdict(evaluation),
        "folds": [_row(one) for one in evaluation.get("folds") or []],
    }


def verdict(evaluation: Mapping[str, Any]) -> str:
    """How the score compares with the best baseline.

    `better` or `worse` if the whole interval of the difference lies on one side of 0, `unsure` if
    it does not or is unknown, `same` if both give the same answer to every recording, `one` if all
    recordings come from one group, which says nothing of other groups, `only` if one class of
    several was tested, which says nothing of the others, `alone` if there is no baseline.
    """
    difference = evaluation.get("difference")
    if evaluation.get("only_class"):
        return "only"
    if not evaluation.get("baselines") or not difference:
        return "alone"
    if difference.get("same_answers"):
        return "same"
    if evaluation.get("groups") == 1:
        return "one"
    low, high = difference.get("low"), difference.get("high")
    if low is not None and low > 0:
        return "better"
    return "worse" if high is not None and high < 0 else "unsure"


def verdict_form(task: Report, words: Words) -> tuple[str, Markup]:
    """The form of a verdict's sentence, which few groups make a careful one, and what it rests on.

    Recordings that are each a group of their own are called recordings.
    """
    groups, n = task["score"]["groups"], task["score"]["n"]
    evidence = words.say("evidence.recordings" if groups == n else "evidence.groups", n=groups)
    plain = task["verdict"] in ("alone", "one", "same", "only")
    few = groups is not None and groups < ROUGH_BELOW and not plain
    return task["verdict"] + ".few" * few, evidence


def of_one_group(row: Mapping[str, Any], evaluation: Mapping[str, Any]) -> Numbers:
    """The scores of a class or a column; where all recordings come from one group, it has one.

    Runs of earlier versions counted the recordings there.
    """
    groups = row.get("groups")
    return {**row, "groups": min(groups, 1) if groups and evaluation.get("groups") == 1 else groups}


def metric_name(task: Report, words: Words) -> str:
    """The name of the metric in the language of the page."""
    return words.known("metric", str(task["score"]["metric"]))


def group_and_fold(clip: Mapping[str, Any], words: Words) -> list[Markup]:
    """The group of a clip, unless it is the clip itself, and its fold."""
    parts = []
    if clip["group"] and clip["group"] != clip["file"]:
        group = part_of(clip["group"], clip["file"])
        parts.append(words.say("clip.group", group=with_times(group, words)))
    if clip["fold"]:
        parts.append(words.say("fold", name=clip["fold"]))
    return parts


def tasks_of(report: Report) -> Sequence[Report]:
    """The numbers of each task; those of a single task are at the top of report.json."""
    return report["tasks"] or [report]


def playing_task(report: Report) -> Report | None:
    """The task whose confusion matrix plays clips: the first that has a matrix."""
    return next((task for task in tasks_of(report) if "cells" in task), None)


def results_of(task: Report) -> Results:
    """The results for the kind of a task's answer."""
    return RESULTS.get(task["kind"]) or Results()


def _row(one: Mapping[str, Any]) -> Numbers:
    row = {name: one.get(name) for name in ("value", "low", "high", "correct", "n")}
    return {"name": escaped(str(one.get("name", "")))} | row


# Filled by `sections/__init__.py`.
RESULTS: dict[str, Results] = {}
