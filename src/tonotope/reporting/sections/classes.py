"""Results of a classifier: its first sentence, scores by class, cards of mistakes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from tonotope._escape import escaped
from tonotope._wording import reading_order
from tonotope.answers.calibration import mean_top_score
from tonotope.answers.class_metrics import confusion
from tonotope.evaluation.score_gap import score_gap
from tonotope.reporting.i18n import Words
from tonotope.reporting.score_format import interval_text, tells
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections import checks
from tonotope.reporting.sections.confusion_matrix import as_read, matrix, pairs, script_cells
from tonotope.reporting.sections.results import (
    Numbers,
    Results,
    compared,
    group_and_fold,
    metric_name,
    of_one_group,
    verdict_form,
)
from tonotope.reporting.short_names import shortened
from tonotope.reporting.svg import across, strip

if TYPE_CHECKING:
    from tonotope.answers.classes import Predictions
    from tonotope.experiment.run_folder import Run

LISTED_IN_A_CELL = 12
LISTED_IN_ALL = 4000
MISTAKES_SHOWN = 6
NAME_LETTERS = 64
_UPRIGHT_LETTERS = 24
_OF_ONE_PAIR = 2
_ENDS = ("recall_low", "recall_high")
_PER_CLASS = ("groups", "recall", "recall_low", "recall_high", "precision", "f1")
_SCORE = ("metric", "value", "low", "high", "n", "groups")


class Classes(Results):
    """One class out of several."""

    kind = "class"
    template = Path(__file__).with_name("classes.html.j2")

    def gather(self, run: Run, evaluation: Mapping[str, Any], table: Predictions) -> Numbers:
        """Scores, counts of the confusion matrix, and the recordings of each of its cells."""
        counts = confusion(table.truth, table.predicted, len(table.classes))
        clips, cells = _listed(table, counts)
        score = {name: evaluation.get(name) for name in _SCORE} | {
            "confidence": evaluation.get("confidence", 0.95),
            "correct": int(table.correct.sum()),
            "mean_score": mean_top_score(table.scores),
            **({"only_class": escaped(table.only_class)} if table.only_class else {}),
            "gap": score_gap(
                table.scores,
                table.correct,
                ids=table.ids,
                groups=table.groups,
                confidence=evaluation.get("confidence", 0.95),
            )._asdict(),
        }
        return {
            "score": score,
            **compared({**evaluation, "only_class": table.only_class}),
            "classes": _classes(evaluation, table, counts),
            "confusion": counts.tolist(),
            "clips": clips,
            "cells": cells,
            "mistakes": hardest(clips),
        }

    def checks(self, run: Run, task: Report, *, leading: bool) -> list[Numbers]:
        """Whether scores match the share of right answers, and whether each class was tested."""
        return checks.of_classes(run, task, leading=leading)

    def verdict(self, task: Report, best: Mapping[str, Any], words: Words) -> tuple[Markup, Markup]:
        """The number of recordings predicted correctly, and that of the best baseline."""
        score = task["score"]
        correct, of = score["correct"], score["n"]
        form = ".all" if correct == of else "" if correct else ".none"
        first = words.say(f"verdict.first{form}", n=correct, of=of)
        form, evidence = verdict_form(task, words)
        if form == "only":
            return first, words.say("verdict.only", name=score["only_class"])
        if score["metric"] == "accuracy":
            named = best.get("correct")
            return first, words.say(f"verdict.{form}", n=named, evidence=evidence)
        second = words.say(
            f"verdict.{form}.metric",
            metric=metric_name(task, words),
            value=score["value"],
            baseline=best.get("value"),
            evidence=evidence,
        )
        return first, second

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The matrix, the most frequent confusions, and one row for each class."""
        return {
            "names": _short_names([report["classes"][at]["name"] for at in as_read(report)]),
            "share_axis": share_axis(words),
            "matrix": matrix(report, words),
            "pairs": pairs(report, words),
            "sounds_note": sounds_note(report, words),
            "classes": class_rows(report, words),
            "classes_absent": undefined(report, words),
        }

    def mistakes_title(self, task: Report) -> str:
        """If every recording was predicted correctly, the closest calls are shown."""
        score = task["score"]
        return "mistakes.closest" if score["correct"] == score["n"] else "mistakes.title"

    def card(
        self, task: Report, clip: Mapping[str, Any], words: Words
    ) -> tuple[Markup, list[Markup]]:
        """The true class, the predicted class, and their scores."""
        names = [one["name"] for one in task["classes"]]
        truth = Markup("<strong><bdi>{}</bdi></strong>").format(names[clip["truth"]])
        name = Markup('<strong class="wrong"><bdi>{}</bdi></strong>').format(names[clip["heard"]])
        form = "mistakes.hit" if clip["truth"] == clip["heard"] else "mistakes.text"
        return words.say(form, truth=truth, predicted=name), clip_scores(clip, words)

    def clip_line(self, clip: Mapping[str, Any], words: Words) -> list[Markup]:
        """Its scores, its group and its fold."""
        return [*clip_scores(clip, words), *group_and_fold(clip, words)]

    def script_cells(self, task: Report, words: Words) -> dict[str, Any]:
        """The title of each cell of the matrix, its clips, and how many more there are."""
        return script_cells(task, words)

    def predicted_class(self, table: Predictions, row: int) -> str:
        """The class that the network predicted."""
        return table.labels[row]


def hardest(clips: Sequence[Numbers]) -> list[int]:
    """The mistakes with the largest lead of the wrong class over the true one.

    At most two of the same confusion, so that one bad pair does not hide the others. If there is
    no mistake: the hits in which the second class came closest.
    """
    wrong = [n for n, clip in enumerate(clips) if clip["truth"] != clip["heard"]]
    if not wrong:
        close = sorted(range(len(clips)), key=lambda n: (clips[n]["lead"], clips[n]["file"]))
        return close[: MISTAKES_SHOWN // 2]
    wrong.sort(key=lambda n: (-clips[n]["lead"], clips[n]["file"]))
    counts: Counter[tuple[int, int]] = Counter()
    kept = []
    for number in wrong:
        pair = clips[number]["truth"], clips[number]["heard"]
        counts[pair] += 1
        if counts[pair] <= _OF_ONE_PAIR:
            kept.append(number)
    return kept[:MISTAKES_SHOWN]


def share_axis(words: Words) -> Markup:
    """The axis below a column of points from 0 to 1."""
    return across([(at, words.short(at)) for at in (0, 0.2, 0.4, 0.6, 0.8, 1)])


def class_rows(report: Report, words: Words) -> list[dict[str, Any]]:
    """One row per class, the hardest first; classes without a recording come last."""

    def order(one: Mapping[str, Any]) -> tuple[float, tuple[str, str]]:
        return (2.0 if one["recall"] is None else one["recall"], reading_order(one["name"]))

    def ends(one: Mapping[str, Any]) -> tuple[float | None, float | None]:
        low, high = (one[end] for end in _ENDS)
        return (low, high) if tells(one, _ENDS) else (None, None)

    def interval(one: Mapping[str, Any]) -> Markup | str:
        low, high = (words.number(one[end], 2) for end in _ENDS)
        return interval_text(one, (low, high), words, _ENDS)

    return [
        {
            "name": one["name"],
            "n": words.number(one["n"]),
            "strip": strip(one["recall"], *ends(one), kind="class"),
            "recall": words.number(one["recall"], 2),
            "interval": interval(one),
            "precision": words.number(one["precision"], 2),
            "f1": words.number(one["f1"], 2),
        }
        for one in sorted(report["classes"], key=order)
    ]


def _short_names(names: Sequence[str]) -> list[dict[str, str]]:
    """The names beside the matrix, where they wrap, and above it, where there is one line each."""
    short, upright = shortened(names, NAME_LETTERS), shortened(names, _UPRIGHT_LETTERS)
    return [{"full": one, "short": short[one], "upright": upright[one]} for one in names]


def undefined(report: Report, words: Words) -> Markup | str:
    """The notes that explain a dash and the number of groups, if the table has such."""
    columns = ("recall", "precision", "f1")
    dashed = any(one[column] is None for one in report["classes"] for column in columns)
    few = any(
        one["recall"] is not None and one["groups"] and not tells(one, _ENDS)
        for one in report["classes"]
    )
    notes = [words.say("classes.few")] * few + [words.say("classes.absent")] * dashed
    return Markup(" ").join(notes)


def sounds_note(report: Report, words: Words) -> Markup:
    """How many test recordings of a task can be played on the page."""
    if not report["sounds"]["asked"]:
        return words.say("sounds.off")
    clips = {number for cell in report["cells"].values() for number in cell["clips"]}
    n, of = len(clips.intersection(report["sounds"]["numbers"])), report["score"]["n"]
    form = "sounds.none" if not n else "sounds.all" if n == of else "sounds.some"
    return words.say(form, n=n, of=of)


def clip_scores(clip: Mapping[str, Any], words: Words) -> list[Markup]:
    """The score of the predicted class and, for a mistake, that of the true class."""
    parts = [words.say("clip.score", score=words.number(clip["score"], 2))]
    if clip["truth"] != clip["heard"]:
        parts.append(words.say("clip.right", score=words.number(clip["truth_score"], 2)))
    return parts


def _classes(
    evaluation: Mapping[str, Any], table: Predictions, counts: np.ndarray
) -> list[Numbers]:
    scores = {one["name"]: one for one in evaluation.get("per_class") or []}
    return [
        {
            "name": escaped(name),
            "n": int(counts[index].sum()),
            "correct": int(counts[index, index]),
            "named": int(counts[:, index].sum()),
            **of_one_group({key: scores.get(name, {}).get(key) for key in _PER_CLASS}, evaluation),
        }
        for index, name in enumerate(table.classes)
    ]


def _listed(table: Predictions, counts: np.ndarray) -> tuple[list[Numbers], dict[str, Numbers]]:
    """The recordings of each cell that the page lists: mistakes first, the largest cells first."""
    rows_of: dict[tuple[int, int], list[int]] = {}
    for row, pair in enumerate(zip(table.truth.tolist(), table.predicted.tolist(), strict=True)):
        rows_of.setdefault(pair, []).append(row)
    ordered = sorted(rows_of, key=lambda pair: (pair[0] == pair[1], -counts[pair], pair))
    clips: list[Numbers] = []
    cells: dict[str, Numbers] = {}
    for pair in ordered:
        room = max(min(LISTED_IN_A_CELL, LISTED_IN_ALL - len(clips)), 0)
        own = [_clip(table, row) for row in rows_of[pair]]
        # The highest score first: the hardest mistakes, and the most typical hits.
        own.sort(key=lambda clip: (-clip["lead"], clip["file"]))
        first = len(clips)
        clips += own[:room]
        cells[f"{pair[0]}-{pair[1]}"] = {"n": len(own), "clips": [*range(first, len(clips))]}
    return clips, cells


def _clip(table: Predictions, row: int) -> Numbers:
    scores, truth = table.scores[row], int(table.truth[row])
    predicted = int(table.predicted[row])
    others = np.delete(scores, predicted)
    rival = float(scores[truth]) if truth != predicted else float(others.max(initial=0.0))
    return {
        "file": escaped(table.ids[row]),
        "row": row,
        "truth": truth,
        "heard": predicted,
        "score": _rounded(scores[predicted]),
        "truth_score": _rounded(scores[truth]),
        "lead": _rounded(scores[predicted] - rival),
        "group": escaped(table.groups[row]),
        "fold": escaped(table.folds[row]),
    }


def _rounded(value: float) -> float:
    return round(float(value), 6)
