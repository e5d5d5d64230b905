"""From the files of a finished run to the numbers of its report.

Nothing here has a language or a look: the result is `report.json`, and whatever the page shows
stands in it. Every figure is the one in `evaluation.json`, or is counted from `predictions.csv`,
`split.csv` and `manifest.csv`; none is computed twice in two ways.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tonotope import __version__
from tonotope._escape import escaped
from tonotope.answers.classes import Predictions
from tonotope.answers.columns_table import Grid
from tonotope.datasets.split import PARTS
from tonotope.evaluation.class_scores import confusion
from tonotope.experiment import target_columns
from tonotope.experiment.run_folder import EXPERIMENT, Run
from tonotope.reporting.column_tables import columns, points, worst
from tonotope.reporting.environment import flat, surroundings

FORMAT_VERSION = 1
LISTED_IN_A_CELL = 12
LISTED_IN_ALL = 4000
MISTAKES_SHOWN = 6
_OF_ONE_PAIR = 2
_PER_CLASS = ("recall", "recall_low", "recall_high", "precision", "f1")

Table = dict[str, Any]
Report = Mapping[str, Any]


def tabulate(run: Run) -> Table:
    """The numbers of the report, but for those that need the model or the sound.

    Raises:
        TonotopeError: the run is not finished, or one of its files cannot be read.
    """
    told = run.evaluation.get("tasks") or {}
    tasks: list[Table] = []
    clips: list[Table] = []
    for place, (name, predictions) in enumerate(run.tables.items()):
        evaluation = told.get(name, run.evaluation)
        if isinstance(predictions, Grid):
            task = _of_columns(evaluation, predictions)
        else:
            task = _of_classes(evaluation, predictions)
        # The clips of all tasks are numbered in one go, for the page plays them all.
        own = task.pop("clips")
        task["mistakes"] = [number + len(clips) for number in task["mistakes"]]
        for cell in task.get("cells", {}).values():
            cell["clips"] = [number + len(clips) for number in cell["clips"]]
        clips += [{**clip, "task": place} for clip in own]
        tasks.append({"task": escaped(name), **task})
    return {
        "format_version": FORMAT_VERSION,
        "tonotope": __version__,
        "run": _about(run),
        **tasks[0],
        "tasks": tasks if len(tasks) > 1 else [],
        "clips": clips,
        "split": _split(run),
        "skipped": [_skipped(one) for one in run.skipped],
        "notes": _sentences(run, "notes"),
        "warnings": _sentences(run, "warnings"),
        "environment": flat(surroundings(run)),
        "settings": _settings(run),
    }


def _of_classes(evaluation: Mapping[str, Any], predictions: Predictions) -> Table:
    """What came of naming classes."""
    counts = confusion(predictions.truth, predictions.predicted, len(predictions.classes))
    clips, cells = _listed(predictions, counts)
    return {
        "kind": "class",
        "score": _score(evaluation, predictions),
        **_compared(evaluation),
        "classes": _classes(evaluation, predictions, counts),
        "confusion": counts.tolist(),
        "clips": clips,
        "cells": cells,
        "mistakes": hardest(clips),
    }


def _of_columns(evaluation: Mapping[str, Any], predictions: Grid) -> Table:
    """What came of measuring quantities or giving tags."""
    named = ("metric", "value", "low", "high", "n", "groups", "unit", "lower_is_better")
    score = {name: evaluation.get(name) for name in named}
    clips = worst(predictions, MISTAKES_SHOWN)
    return {
        "kind": evaluation["kind"],
        "score": score | {"confidence": evaluation.get("confidence", 0.95)},
        **_compared(evaluation),
        "columns": columns(evaluation),
        "metrics": evaluation.get("metrics") or {},
        "points": points(predictions),
        "clips": clips,
        "mistakes": [*range(len(clips))],
    }


def _compared(evaluation: Mapping[str, Any]) -> Table:
    """What every task is held against: baselines, the difference from the best, the folds."""
    return {
        "baselines": [_named(one) for one in evaluation.get("baselines") or []],
        "difference": evaluation.get("difference"),
        "verdict": verdict(evaluation),
        "folds": [_named(one) for one in evaluation.get("folds") or []],
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


def hardest(clips: Sequence[Table]) -> list[int]:
    """The numbers of the clips in which the wrong class had most over the right one.

    At most two of the same confusion, so that one bad pair does not hide the others. Without any
    mistake: the hits in which the runner-up came closest.
    """
    wrong = [n for n, clip in enumerate(clips) if clip["truth"] != clip["heard"]]
    if not wrong:
        close = sorted(range(len(clips)), key=lambda n: (clips[n]["lead"], clips[n]["file"]))
        return close[: MISTAKES_SHOWN // 2]
    wrong.sort(key=lambda n: (-clips[n]["lead"], clips[n]["file"]))
    seen: Counter[tuple[int, int]] = Counter()
    kept = []
    for number in wrong:
        pair = clips[number]["truth"], clips[number]["heard"]
        seen[pair] += 1
        if seen[pair] <= _OF_ONE_PAIR:
            kept.append(number)
    return kept[:MISTAKES_SHOWN]


def _one_line(text: str) -> str:
    return " ".join(escaped(line) for line in text.split())


def _sentences(run: Run, key: str) -> list[str]:
    told = run.environment.get(key)
    return [escaped(str(one)) for one in told] if isinstance(told, list) else []


def _settings(run: Run) -> str:
    """The experiment file as it stands, but for signs that would not stay where they are."""
    text = (run.folder / EXPERIMENT).read_text(encoding="utf-8")
    return "\n".join(escaped(line).replace("\\\\", "\\") for line in text.splitlines())


def _about(run: Run) -> Table:
    experiment = run.experiment
    return {
        "name": escaped(run.name),
        "question": _one_line(experiment.question),
        "hypothesis": _one_line(experiment.hypothesis),
        "seed": experiment.seed,
        "command": escaped(str(run.environment.get("command") or "")),
        # Into another folder: in its own place the finished run would only be found again.
        "again": f"tonotope run {shlex.quote(f'{escaped(run.name)}/{EXPERIMENT}')} --out again",
    }


def _score(evaluation: Mapping[str, Any], predictions: Predictions) -> Table:
    named = ("metric", "value", "low", "high", "n", "groups")
    return {name: evaluation.get(name) for name in named} | {
        "confidence": evaluation.get("confidence", 0.95),
        "correct": int(predictions.correct.sum()),
        "mean_score": float(predictions.scores.max(axis=1).mean()) if len(predictions) else None,
    }


def _named(one: Mapping[str, Any]) -> Table:
    named = {name: one.get(name) for name in ("value", "low", "high", "correct", "n")}
    return {"name": escaped(str(one.get("name", "")))} | named


def _classes(
    evaluation: Mapping[str, Any], predictions: Predictions, counts: np.ndarray
) -> list[Table]:
    scored = {one["name"]: one for one in evaluation.get("per_class") or []}
    return [
        {
            "name": escaped(name),
            "n": int(counts[index].sum()),
            "correct": int(counts[index, index]),
            "named": int(counts[:, index].sum()),
            **{key: scored.get(name, {}).get(key) for key in _PER_CLASS},
        }
        for index, name in enumerate(predictions.classes)
    ]


def _listed(predictions: Predictions, counts: np.ndarray) -> tuple[list[Table], dict[str, Table]]:
    """The recordings that the page lists, cell by cell: mistakes first, in the order of size."""
    rows_of: dict[tuple[int, int], list[int]] = {}
    for row, pair in enumerate(
        zip(predictions.truth.tolist(), predictions.predicted.tolist(), strict=True)
    ):
        rows_of.setdefault(pair, []).append(row)
    pairs = sorted(rows_of, key=lambda pair: (pair[0] == pair[1], -counts[pair], pair))
    clips: list[Table] = []
    cells: dict[str, Table] = {}
    for pair in pairs:
        room = max(min(LISTED_IN_A_CELL, LISTED_IN_ALL - len(clips)), 0)
        own = [_clip(predictions, row) for row in rows_of[pair]]
        # The surest first: of a mistake the hardest, of a hit what the class sounds like.
        own.sort(key=lambda clip: (-clip["lead"], clip["file"]))
        first = len(clips)
        clips += own[:room]
        cells[f"{pair[0]}-{pair[1]}"] = {"n": len(own), "clips": [*range(first, len(clips))]}
    return clips, cells


def _clip(predictions: Predictions, row: int) -> Table:
    scores, truth = predictions.scores[row], int(predictions.truth[row])
    heard = int(predictions.predicted[row])
    others = np.delete(scores, heard)
    rival = float(scores[truth]) if truth != heard else float(others.max(initial=0.0))
    return {
        "file": escaped(predictions.ids[row]),
        "row": row,
        "truth": truth,
        "heard": heard,
        "score": _rounded(scores[heard]),
        "truth_score": _rounded(scores[truth]),
        "lead": _rounded(scores[heard] - rival),
        "group": escaped(predictions.groups[row]),
        "fold": escaped(predictions.folds[row]),
    }


def _split(run: Run) -> Table:
    recordings = {one.id: one for one in run.manifest.recordings}
    label = target_columns.label(run.experiment)
    parts, classes = [], {}
    for split in run.splits:
        for part in PARTS:
            own = [recordings[name] for name in getattr(split, part) if name in recordings]
            parts.append(
                {
                    "fold": None if split.fold is None else escaped(split.fold),
                    "part": part,
                    "recordings": len(own),
                    "groups": len({one.group for one in own}),
                    "seconds": round(sum(one.duration_s for one in own), 3),
                }
            )
            counted = Counter(one.targets.get(label, "") for one in own if label is not None)
            for name, count in counted.items():
                key = part if split.fold is None else escaped(split.fold)
                if split.fold is None or part == "test":
                    classes.setdefault(escaped(name), {})[key] = count
    rows = [{"class": name, "counts": classes[name]} for name in sorted(classes)]
    return {"folds": [escaped(one) for one in run.folds], "parts": parts, "classes": rows}


def _skipped(one: Mapping[str, Any]) -> Table:
    return {
        "file": escaped(str(one.get("file", ""))),
        "row": one.get("row"),
        "reason": escaped(str(one.get("reason", ""))),
    }


def _rounded(value: float) -> float:
    return round(float(value), 6)
