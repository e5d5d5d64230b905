"""The split: recordings, groups and duration of each part, and the recordings of each class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tonotope._escape import escaped
from tonotope._wording import reading_order
from tonotope.datasets.split import PARTS
from tonotope.experiment import target_columns
from tonotope.experiment.run_folder import Run
from tonotope.reporting.i18n import Words
from tonotope.reporting.section import Pictures, Report, Values
from tonotope.reporting.sections.checks import without_groups


class SplitTables:
    """The parts of the split and the classes in them."""

    name = "split"
    template = Path(__file__).with_name("split.html.j2")

    def gather(self, run: Run, report: Report) -> dict[str, Any]:
        """The parts of every fold, and the recordings of each class in them."""
        recordings = {one.id: one for one in run.manifest.recordings}
        label = target_columns.label(run.experiment)
        parts, classes = [], {}
        for split in run.splits:
            fold = None if split.fold is None else escaped(split.fold)
            for part in PARTS:
                own = [recordings[name] for name in getattr(split, part) if name in recordings]
                parts.append(
                    {
                        "fold": fold,
                        "part": part,
                        "recordings": len(own),
                        "groups": len({one.group for one in own}),
                        "seconds": round(sum(one.duration_s for one in own), 3),
                    }
                )
                if label is None or (fold is not None and part != "test"):
                    continue
                for name, count in Counter(one.targets.get(label, "") for one in own).items():
                    classes.setdefault(escaped(name), {})[fold or part] = count
        rows = [{"class": name, "counts": classes[name]} for name in sorted(classes)]
        folds = [escaped(one) for one in run.folds]
        return {"folds": folds, "given": _given(run), "parts": parts, "classes": rows}

    def render(self, report: Report, words: Words, pictures: Pictures) -> Values:
        """The table of the parts and the table of the classes."""
        split = report["split"]
        alone = without_groups(report)
        form = f".{alone}" * bool(alone)
        if split.get("given"):
            form = ".given" + ".own" * bool(alone)
        return {
            "about": words.say(f"split.about{form}"),
            "parts": _parts(split, words, bool(alone)),
            "classes": _class_counts(split, words),
        }


def _given(run: Run) -> bool:
    """Whether the data prescribe the parts, or the folds."""
    plan = run.experiment.split
    folds = {one.fold for one in run.manifest.recordings} - {None}
    return plan.column is not None or (bool(folds) and plan.folds in (None, len(folds)))


def _parts(split: Mapping[str, Any], words: Words, alone: bool) -> dict[str, Any]:
    """Recordings, groups and duration of each part; with folds, one row for each fold.

    Where no groups are known (`alone`), none are counted.
    """
    if split["folds"]:
        return _fold_parts(split, words, alone)
    counted = ["recordings"] if alone else ["recordings", "groups"]
    heads = ["split.part", *(f"split.{one}" for one in counted), "split.sound"]
    rows = [
        [
            words.say(f"split.{one['part']}"),
            *(words.number(one[key]) for key in counted),
            words.time(one["seconds"]),
        ]
        for one in split["parts"]
        if one["recordings"]
    ]
    return {"heads": [words.say(head) for head in heads], "rows": rows}


def _fold_parts(split: Mapping[str, Any], words: Words, alone: bool) -> dict[str, Any]:
    by_part = {(one["fold"], one["part"]): one for one in split["parts"]}
    parts = [part for part in PARTS if any(by_part[f, part]["recordings"] for f in split["folds"])]
    rows = []
    for fold in split["folds"]:
        cells = [by_part[fold, part] for part in parts]
        counts = [
            words.number(one["recordings"])
            if alone
            else words.say("split.counted", recordings=one["recordings"], n=one["groups"])
            for one in cells
        ]
        rows.append([fold, *counts, words.time(by_part[fold, "test"]["seconds"])])
    heads = ["learning.fold", *(f"split.{part}" for part in parts), "split.sound.test"]
    return {"heads": [words.say(head) for head in heads], "rows": rows}


def _class_counts(split: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Recordings of each class: in every part, or in the test part of each fold."""
    folds = split["folds"]
    columns = folds or [one["part"] for one in split["parts"] if one["recordings"]]
    heads = [words.say("fold", name=one) if folds else words.say(f"split.{one}") for one in columns]
    rows = []
    for one in sorted(split["classes"], key=lambda one: reading_order(one["class"])):
        counts = [one["counts"].get(column, 0) for column in columns]
        rows.append([one["class"], *map(words.number, counts), words.number(sum(counts))])
    return {
        "caption": words.say("split.by.fold" if folds else "split.by.part"),
        "heads": [words.say("split.class"), *heads, words.say("split.sum")],
        "rows": rows,
    }
