"""What the report shows of an answer, for each kind of answer; the kinds are the files beside.

`RESULTS` is the one table from the word for a kind to its section. A kind that it does not know
is shown by its score, its baselines and its folds alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tonotope._escape import escaped
from tonotope.reporting.i18n import Words
from tonotope.reporting.input_pictures import Picture
from tonotope.reporting.score_format import scale_of, score_text
from tonotope.reporting.section import Report
from tonotope.reporting.svg import across

if TYPE_CHECKING:
    from tonotope.experiment.run_folder import Run
    from tonotope.reporting.embedded_sounds import SoundRequest
    from tonotope.reporting.recording_audio import RecordingAudio

Numbers = dict[str, Any]

_SCORE = ("metric", "value", "low", "high", "n", "groups", "unit", "lower_is_better")


class Results:
    """The results of one kind of answer: its numbers, its sentences, its part of the page.

    The methods are called with the task's own part of report.json as `task`.

    Attributes:
        kind: the word for the kind, as in `answer.kind`.
        template: its part of the page, after the scores; empty: nothing more is shown.
        mistakes: whether the hardest mistakes are shown as cards.
    """

    kind: str = ""
    template: str | Path = ""
    mistakes: bool = True

    def gather(self, run: Run, evaluation: Mapping[str, Any], table: Any) -> Numbers:
        """The numbers of one task, with its `clips` and which of them are its `mistakes`.

        Args:
            run: the finished run.
            evaluation: what evaluation.json says of the task.
            table: its predictions.
        """
        del run, table
        score = {name: evaluation.get(name) for name in _SCORE}
        return {
            "score": score | {"confidence": evaluation.get("confidence", 0.95)},
            **compared(evaluation),
            "clips": [],
            "mistakes": [],
        }

    def checks(self, run: Run, task: Report, *, leading: bool) -> list[Numbers]:
        """Checks that only this kind has; `leading` for the task that the first screen tells of."""
        del run, task, leading
        return []

    def verdict(self, task: Report, best: Mapping[str, Any], words: Words) -> tuple[Markup, Markup]:
        """The first sentence, and what the best baseline makes of it."""
        score = task["score"]
        value = score_text(score, "value", words)
        key = f"verdict.first.{score['metric']}"
        if key in words.sentences:
            first = words.say(key, value=value, n=score["n"])
        else:
            name = metric_name(task, words)
            first = words.say("verdict.first.figure", metric=name, value=value, n=score["n"])
        baseline = score_text({**score, **best}, "value", words)
        return first, words.say(f"verdict.{task['verdict']}.figure", baseline=baseline)

    def score_axis(self, task: Report, words: Words) -> Markup:
        """The numbers below the points of the scores, in the unit of the figure."""
        scale, unit = scale_of(task), task["score"].get("unit") or ""
        texts = [words.short(one) for one in scale.ticks]
        if unit:
            texts[-1] = words.unit(scale.ticks[-1], unit)
        return across(list(zip(scale.grid, texts, strict=True)))

    def render(
        self, report: Report, words: Words, pictures: Mapping[int, Picture]
    ) -> Mapping[str, Any]:
        """What its template names; `report` holds the numbers of the task at its top."""
        del report, words, pictures
        return {}

    def flawless(self, task: Report) -> bool:
        """Whether no mistake was made."""
        return not task["mistakes"]

    def mistakes_title(self, *, flawless: bool) -> str:
        """The key of the title above the hardest mistakes."""
        return "mistakes.none" if flawless else "mistakes.title"

    def card(
        self, task: Report, clip: Mapping[str, Any], words: Words
    ) -> tuple[Markup, list[Markup]]:
        """What a card says of a mistake: the sentence, and the parts of the small line below."""
        del task
        return Markup(""), group_and_fold(clip, words)

    def clip_line(self, clip: Mapping[str, Any], words: Words) -> list[Markup]:
        """The parts of the small line below a clip in a list."""
        return group_and_fold(clip, words)

    def script_cells(self, task: Report, words: Words) -> dict[str, Any]:
        """What the page's script lists when a cell of a matrix is pressed, by the cell's key."""
        del task, words
        return {}

    def predicted_class(self, table: Any, row: int) -> str:
        """The class by which the moment to be drawn is chosen; empty: the first moment."""
        del table, row
        return ""

    def examples(
        self, run: Run, task: Report, audio: RecordingAudio
    ) -> tuple[list[Picture], list[SoundRequest]]:
        """Pictures and sounds of this kind that are not recordings of the test part."""
        del run, task, audio
        return [], []


def compared(evaluation: Mapping[str, Any]) -> Numbers:
    """What a score is compared with: baselines, the difference from the best, the folds."""
    return {
        "baselines": [_row(one) for one in evaluation.get("baselines") or []],
        "difference": evaluation.get("difference"),
        "verdict": verdict(evaluation),
        "folds": [_row(one) for one in evaluation.get("folds") or []],
    }


def verdict(evaluation: Mapping[str, Any]) -> str:
    """What the difference from the best baseline allows one to say.

    `better` or `worse` where the whole interval lies on one side of 0, `unsure` where it does
    not or is unknown, `alone` where there is no baseline.
    """
    difference = evaluation.get("difference")
    if not evaluation.get("baselines") or not difference:
        return "alone"
    low, high = difference.get("low"), difference.get("high")
    if low is not None and low > 0:
        return "better"
    return "worse" if high is not None and high < 0 else "unsure"


def metric_name(task: Report, words: Words) -> str:
    """The metric that counts, as the language calls it."""
    return words.known("metric", str(task["score"]["metric"]))


def group_and_fold(clip: Mapping[str, Any], words: Words) -> list[Markup]:
    """The group of a clip, where that is not the clip itself, and its fold."""
    parts = []
    if clip["group"] and clip["group"] != clip["file"]:
        parts.append(words.say("clip.group", group=clip["group"]))
    if clip["fold"]:
        parts.append(words.say("fold", name=clip["fold"]))
    return parts


def tasks_of(report: Report) -> Sequence[Report]:
    """The numbers of each task; of one alone they stand at the top of report.json."""
    return report["tasks"] or [report]


def playing_task(report: Report) -> Report | None:
    """The task whose confusion matrix plays its clips: the first that has one."""
    return next((task for task in tasks_of(report) if "cells" in task), None)


def results_of(task: Report) -> Results:
    """The section for the kind of a task's answer."""
    return RESULTS.get(task["kind"]) or Results()


def _row(one: Mapping[str, Any]) -> Numbers:
    row = {name: one.get(name) for name in ("value", "low", "high", "correct", "n")}
    return {"name": escaped(str(one.get("name", "")))} | row


# Filled by `sections/__init__.py`.
RESULTS: dict[str, Results] = {}
