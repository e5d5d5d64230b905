"""What would make the score wrong or uncertain, checked again in the files of the run.

A check is a fact with a state: `good`, or `bad` for what deserves a look. Nothing is taken on
trust from the code that trained: groups and files are compared afresh from the tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from tonotope._escape import escaped
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.split import PARTS, Split
from tonotope.evaluation.intervals import ROUGH_BELOW
from tonotope.experiment import target_columns
from tonotope.experiment.run_folder import Run
from tonotope.reporting.section import Report
from tonotope.reporting.sections.results import results_of, tasks_of
from tonotope.representation.coverage import measure_coverage

COVERED = 0.98
HONEST_WITHIN = 0.05
_NAMED = 3

Check = dict[str, Any]


def check(run: Run, report: Report) -> list[Check]:
    """Every check, those that deserve a look first.

    Args:
        run: the finished run.
        report: its numbers so far.
    """
    experiment = run.experiment
    coverage = measure_coverage(experiment.representation, experiment.clip_samples)
    found = [
        _groups(run.manifest, run.splits, experiment.data.group),
        _files(run.manifest, run.splits),
        _read(run),
        _covered(coverage.covered),
        _sureness(report),
    ]
    for number, task in enumerate(tasks_of(report)):
        own = results_of(task).checks(run, task, leading=number == 0)
        found += [one for one in own if one not in found]
    if report["warnings"]:
        found.append(_bad("doubts", "some", n=len(report["warnings"])))
    return sorted(found, key=lambda one: one["state"] == "good")


def of_classes(run: Run, task: Report) -> list[Check]:
    """Whether scores match the share of right answers, and whether each class was tested."""
    found = [_calibration(task)]
    if target_columns.label(run.experiment) is not None:
        found.append(_classes(task, run))
    return found


def thresholds(run: Run) -> Check:
    """Whether the score from which a tag is given was chosen, and on other recordings."""
    if all(split.validation for split in run.splits):
        return _good("thresholds")
    return _bad("thresholds", "half")


def _groups(manifest: Manifest, splits: Sequence[Split], column: str | None) -> Check:
    group_of = {one.id: one.group for one in manifest.recordings}
    shared = _on_two_sides(group_of, splits)
    groups = len(set(group_of.values()))
    fact = {"groups": groups, "n": len(shared), "column": column, "names": _names(shared)}
    if shared:
        return _bad("groups", "shared", **fact)
    if groups == len(manifest.recordings):
        return _bad("groups", "alone", **fact)
    return _good("groups", **fact)


def _files(manifest: Manifest, splits: Sequence[Split]) -> Check:
    """The same bytes in two parts, or twice in one; an event of a file counts with its times."""
    bytes_of = {one.id: one.sha256 for one in manifest.recordings if one.sha256}
    shared = _on_two_sides(bytes_of, splits)
    owners: dict[str, list[str]] = defaultdict(list)
    for one in manifest.recordings:
        owners[one.sha256].append(one.id)
    names = [", ".join(owners[digest][:2]) for digest in shared]
    if shared:
        return _bad("files", "shared", n=len(shared), names=_names(names))
    twice = _twice(manifest.recordings)
    if twice:
        return _bad("files", "twice", n=len(twice), names=_names(twice))
    return _good("files")


def _read(run: Run) -> Check:
    left_out = {escaped(str(one.get("file", ""))) for one in run.skipped}
    known = {escaped(one.id) for one in run.manifest.recordings}
    fact = {"read": len(known - left_out), "of": len(known | left_out)}
    if left_out:
        return _bad("read", "some", n=len(left_out), names=_names(sorted(left_out)), **fact)
    return _good("read", **fact)


def _covered(coverage: float) -> Check:
    fact = {"share": coverage}
    return _good("coverage", **fact) if coverage >= COVERED else _bad("coverage", "part", **fact)


def _sureness(report: Report) -> Check:
    """How many groups the score rests on: so much evidence there is, however many recordings."""
    groups, n = report["score"]["groups"], report["score"]["n"]
    fact = {"n": groups, "recordings": n}
    if groups is not None and groups < ROUGH_BELOW:
        return _bad("sureness", "one" if groups == 1 else "few", **fact)
    return _good("sureness", **fact)


def _calibration(report: Report) -> Check:
    """Whether the scores are about as high as the answers are right."""
    score = report["score"]
    right = score["correct"] / score["n"] if score["n"] else 0.0
    mean = score["mean_score"] or 0.0
    fact = {"gap": round(mean - right, 6), "mean": round(mean, 6), "right": round(right, 6)}
    if abs(fact["gap"]) <= HONEST_WITHIN:
        return _good("calibration", **fact)
    return _bad("calibration", "high" if fact["gap"] > 0 else "low", **fact)


def _classes(report: Report, run: Run) -> Check:
    label = run.experiment.data.label
    label_of = {one.id: one.targets.get(label) for one in run.manifest.recordings}
    for split in run.splits:
        trained = {label_of.get(name) for name in split.train}
        strange = {label_of.get(name) for name in split.test} - trained - {None}
        if strange:
            names = sorted(str(name) for name in strange)
            return _bad("classes", "strange", n=len(strange), names=_names(names))
    untested = [one["name"] for one in report["classes"] if not one["n"]]
    if untested:
        return _bad("classes", "untested", n=len(untested), names=", ".join(untested[:_NAMED]))
    unnamed = [one["name"] for one in report["classes"] if not one["named"]]
    if unnamed:
        return _bad("classes", "unnamed", n=len(unnamed), names=", ".join(unnamed[:_NAMED]))
    return _good("classes", n=len(report["classes"]))


def _on_two_sides(mark_of: dict[str, str], splits: Iterable[Split]) -> list[str]:
    """The marks (groups, bytes) that some split has in two of its parts."""
    shared: set[str] = set()
    for split in splits:
        sides = [
            {mark_of[name] for name in getattr(split, part) if name in mark_of} for part in PARTS
        ]
        for index, side in enumerate(sides):
            for other in sides[index + 1 :]:
                shared |= side & other
    return sorted(shared)


def _twice(recordings: Sequence[Recording]) -> list[str]:
    seen: dict[tuple[str, float, float], str] = {}
    twice = []
    for one in recordings:
        key = one.sha256, one.start_s, one.duration_s
        if one.sha256 and key in seen:
            twice.append(f"{seen[key]}, {one.id}")
        seen.setdefault(key, one.id)
    return twice


def _names(names: Sequence[str]) -> str:
    first = ", ".join(escaped(name) for name in names[:_NAMED])
    return f"{first} …" if len(names) > _NAMED else first


def _good(key: str, **fact: Any) -> Check:
    return {"key": key, "state": "good", "form": "good", **fact}


def _bad(key: str, form: str, **fact: Any) -> Check:
    return {"key": key, "state": "bad", "form": form, **fact}
