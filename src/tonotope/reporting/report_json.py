"""`report.json`: the numbers of the report, gathered from a finished run.

It holds every number of the page, in no language. Every score is that of `evaluation.json`, or is
counted from `predictions.csv`, `split.csv` and `manifest.csv`.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tonotope import __version__
from tonotope._errors import ExperimentError
from tonotope._escape import escaped
from tonotope.answers import is_known, kind_word, table_of
from tonotope.experiment.check_data import rules_in_short
from tonotope.experiment.run_files import EXPERIMENT, prediction_files
from tonotope.experiment.run_folder import Run
from tonotope.reporting.section import Section
from tonotope.reporting.sections import SECTIONS
from tonotope.reporting.sections.results import Results, results_of

FORMAT_VERSION = 1

# The order of the entries in format 1; other entries follow.
_ORDER = (
    *("format_version", "tonotope", "run", "task", "kind", "score", "baselines", "difference"),
    *("verdict", "folds", "classes", "confusion", "columns", "metrics", "points", "cells"),
    *("mistakes", "tasks", "clips", "split", "skipped", "notes", "warnings", "environment"),
    *("settings", "examples", "shown", "model", "learning", "checks", "pictures", "sounds"),
)


def gather(run: Run, sections: Iterable[Section] = ()) -> dict[str, Any]:
    """Every number of the report except those of pictures and sounds.

    Args:
        run: the finished run.
        sections: sections of your own; the numbers of the package's are always there.

    Raises:
        TonotopeError: the run is not finished, one of its files cannot be read, or two sections
            have the same name.
    """
    tasks, clips = _tasks(run)
    report: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "tonotope": __version__,
        "run": _about(run),
        "examples": [],
        **tasks[0],
        "tasks": tasks if len(tasks) > 1 else [],
        "clips": clips,
        "notes": _notes(run),
        "warnings": _sentences(run, "warnings"),
    }
    for section in (*SECTIONS, *(one for one in sections if one not in SECTIONS)):
        numbers = section.gather(run, report)
        if numbers is None:
            continue
        if section.name in report or (section.name in _ORDER and section not in SECTIONS):
            message = f"the report has two parts called {section.name!r}; rename your section"
            raise ExperimentError(message)
        report[section.name] = numbers
    return report


def to_json(report: Mapping[str, Any]) -> str:
    """The text of report.json.

    Raises:
        ExperimentError: a section gathered what JSON cannot hold.
    """
    ordered = {name: report[name] for name in (*_ORDER, *report) if name in report}
    try:
        text = json.dumps(ordered, indent=1, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        message = f"a section of the report gathered what JSON cannot hold ({error})"
        raise ExperimentError(message) from error
    return text + "\n"


def _tasks(run: Run) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The numbers of each task, and the clips of all tasks in one list."""
    evaluation = run.evaluation.to_json()
    evaluations = evaluation.get("tasks") or {}
    kinds = {answer.name: kind_word(answer.kind) for answer in run.answers}
    tasks: list[dict[str, Any]] = []
    clips: list[dict[str, Any]] = []
    for place, (name, table) in enumerate(known_tables(run).items()):
        task: dict[str, Any] = {"kind": kinds[name]}
        results = Results() if table is None else results_of(task)
        task |= results.gather(run, evaluations.get(name, evaluation), table)
        own, first = task.pop("clips"), len(clips)
        task["mistakes"] = [number + first for number in task.pop("mistakes")]
        for cell in task.get("cells", {}).values():
            cell["clips"] = [number + first for number in cell["clips"]]
        # A clip with a row of predictions also has the place of their table.
        clips += [{**clip, "task": place} if "row" in clip else clip for clip in own]
        tasks.append({"task": escaped(name), **task})
    return tasks, clips


def known_tables(run: Run) -> dict[str, Any]:
    """The predictions of each answer; None of a kind written in Python whose head is not given."""
    if all(map(is_known, run.answers)):
        return run.tables
    files = prediction_files(run.folder, run.answers)
    return {
        one.name: table_of(one).read_csv(files[one.name]) if is_known(one) else None
        for one in run.answers
    }


def _about(run: Run) -> dict[str, Any]:
    experiment = run.experiment
    return {
        "name": escaped(run.name),
        "question": _one_line(experiment.question),
        "hypothesis": _one_line(experiment.hypothesis),
        "seed": experiment.seed,
        "command": escaped(str(run.environment.get("command") or "")),
        # Into another folder: at the same place the command would find the finished run.
        "again": f"tonotope run {shlex.quote(f'{escaped(run.name)}/{EXPERIMENT}')} --out again",
        **({"final": _final(run)} if run.has_final else {}),
    }


def _final(run: Run) -> dict[str, int]:
    """What the network of all recordings learnt from."""
    parts = [(*one.train, *one.validation, *one.test) for one in run.splits]
    recordings = len({name for part in parts for name in part})
    return {"recordings": recordings, "epochs": len(run.history_of_final())}


def _one_line(text: str) -> str:
    return " ".join(escaped(line) for line in text.split())


def _notes(run: Run) -> list[str]:
    """What was understood of the data; one sentence on the folds in place of one for each."""
    notes = _sentences(run, "notes")
    begins = [f"fold {escaped(name)} of " for name in run.folds]
    found = [next((one for one in notes if one.startswith(begin)), None) for begin in begins]
    told = [one for one in found if one is not None]
    if len(told) < 2 or len(told) < len(run.splits):
        return notes
    named = zip(run.splits, told, strict=True)
    (short,) = rules_in_short([replace(split, rule=rule) for split, rule in named], run.manifest)
    first = notes.index(told[0])
    notes.insert(first, short)
    return [one for one in notes if one not in told]


def _sentences(run: Run, key: str) -> list[str]:
    found = run.environment.get(key)
    return [escaped(str(one)) for one in found] if isinstance(found, list) else []
