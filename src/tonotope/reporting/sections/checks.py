"""The checks of the first screen: leaks, few groups, calibration, coverage, untested classes.

A check has a state: `good`, or `bad` if it needs attention. Groups and files are compared again
from the tables; nothing is taken over from the code that trained.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from tonotope._escape import escaped
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.split import PARTS, Split
from tonotope.evaluation.calibration import calibration
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
    """Every check of a run and its numbers so far, those that need attention first."""
    experiment = run.experiment
    coverage = measure_coverage(experiment.representation, experiment.clip_samples)
    found = [
        _groups(run.manifest, run.splits, experiment.data.group),
        _files(run.manifest, run.splits),
        _readable(run),
        _coverage(coverage.covered),
        _tested_groups(report),
    ]
    for number, task in enumerate(tasks_of(report)):
        own = results_of(task).checks(run, task, leading=number == 0)
        found += [one for one in own if one not in found]
    if report["warnings"]:
        found.append(_bad("doubts", "some", n=len(report["warnings"])))
    return sorted(found, key=lambda one: one["state"] == "good")


def of_classes(run: Run, task: Report) -> list[Check]:
    """The calibration of the scores, and whether each class was tested and predicted."""
    found = [_calibration(task)]
    if target_columns.label(run.experiment) is not None:
        found.append(_classes(task, run))
    return found


def thresholds(run: Run) -> Check:
    """Whether the threshold of each tag was chosen on validation recordings."""
    if all(split.validation for split in run.splits):
        return _good("thresholds")
    return _bad("thresholds", "half")


def _groups(manifest: Manifest, splits: Sequence[Split], column: str | None) -> Check:
    group_of = {one.id: one.group for one in manifest.recordings}
    shared = _in_two_parts(group_of, splits)
    groups = len(set(group_of.values()))
    fact = {"groups": groups, "n": len(shared), "column": column, "names": _names(shared)}
    if shared:
        return _bad("groups", "shared", **fact)
    if groups == len(manifest.recordings):
        return _bad("groups", "alone", **fact)
    return _good("groups", **fact)


def _files(manifest: Manifest, splits: Sequence[Split]) -> Check:
    """Whether a file is in two parts, or an event (file and times) occurs twice."""
    bytes_of = {one.id: one.sha256 for one in manifest.recordings if one.sha256}
    shared = _in_two_parts(bytes_of, splits)
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


def _readable(run: Run) -> Check:
    left_out = {escaped(str(one.get("file", ""))) for one in run.skipped}
    known = {escaped(one.id) for one in run.manifest.recordings}
    fact = {"read": len(known - left_out), "of": len(known | left_out)}
    if left_out:
        return _bad("read", "some", n=len(left_out), names=_names(sorted(left_out)), **fact)
    return _good("read", **fact)


def _coverage(coverage: float) -> Check:
    fact = {"share": coverage}
    return _good("coverage", **fact) if coverage >= COVERED else _bad("coverage", "part", **fact)


def _tested_groups(report: Report) -> Check:
    """The number of groups in the test part: recordings of one group are not independent."""
    groups, n = report["score"]["groups"], report["score"]["n"]
    fact = {"n": groups, "recordings": n}
    if groups is not None and groups < ROUGH_BELOW:
        return _bad("sureness", "one" if groups == 1 else "few", **fact)
    return _good("sureness", **fact)


def _calibration(report: Report) -> Check:
    """Whether the mean score is close to the share of correct predictions."""
    score = report["score"]
    found = calibration(score["mean_score"], score["correct"], score["n"])
    if abs(found.gap) <= HONEST_WITHIN:
        return _good("calibration", **found._asdict())
    return _bad("calibration", "high" if found.gap > 0 else "low", **found._asdict())


def _classes(report: Report, run: Run) -> Check:
    label = run.experiment.data.label
    label_of = {one.id: one.targets.get(label) for one in run.manifest.recordings}
    for split in run.splits:
        trained = {label_of.get(name) for name in split.train}
        unknown = {label_of.get(name) for name in split.test} - trained - {None}
        if unknown:
            names = sorted(str(name) for name in unknown)
            return _bad("classes", "strange", n=len(unknown), names=_names(names))
    for form, count in (("untested", "n"), ("unnamed", "named")):
        names = [one["name"] for one in report["classes"] if not one[count]]
        if names:
            return _bad("classes", form, n=len(names), names=", ".join(names[:_NAMED]))
    return _good("classes", n=len(report["classes"]))


def _in_two_parts(mark_of: dict[str, str], splits: Iterable[Split]) -> list[str]:
    """The marks (groups or digests) that a split has in two of its parts."""
    shared = set()
    for split in splits:
        parts = [{mark_of.get(name) for name in getattr(split, part)} for part in PARTS]
        for one, other in itertools.combinations(parts, 2):
            shared |= one & other - {None}
    return sorted(shared)


def _twice(recordings: Sequence[Recording]) -> list[str]:
    first: dict[tuple[str, float, float], str] = {}
    twice = []
    for one in recordings:
        key = one.sha256, one.start_s, one.duration_s
        if one.sha256 and key in first:
            twice.append(f"{first[key]}, {one.id}")
        first.setdefault(key, one.id)
    return twice


def _names(names: Sequence[str]) -> str:
    first = ", ".join(escaped(name) for name in names[:_NAMED])
    return f"{first} …" if len(names) > _NAMED else first


def _good(key: str, **fact: Any) -> Check:
    return {"key": key, "state": "good", "form": "good", **fact}


def _bad(key: str, form: str, **fact: Any) -> Check:
    return {"key": key, "state": "bad", "form": form, **fact}
