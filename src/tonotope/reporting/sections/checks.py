"""The checks of the first screen: leaks, few groups, calibration, coverage, untested classes.

A check has a state: `good`, `bad` if it needs attention, or `open` if the recordings are too few to
tell. Groups and files are compared again
from the tables; nothing is taken over from the code that trained.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from tonotope._escape import escaped
from tonotope.answers.metric import Estimate
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.own_groups import OwnGroups, own_groups, without_group
from tonotope.datasets.split import PARTS, Split
from tonotope.evaluation.intervals import ROUGH_BELOW
from tonotope.evaluation.score_gap import HONEST_WITHIN, honesty
from tonotope.experiment import target_columns
from tonotope.experiment.run_folder import Run
from tonotope.reporting.score_format import tells
from tonotope.reporting.section import Report
from tonotope.reporting.sections.results import results_of, tasks_of
from tonotope.reporting.short_names import shortened
from tonotope.representation.coverage import Coverage, measure_coverage

STATES = ("bad", "open", "good")
UNNAMED = ("unknown", "unused", "asked")
_NAMED = 3
_NAME_LETTERS = 36
WITHOUT_TARGET = "has no "
"""How the reason begins of an input that was left out because its cell holds no target."""

Check = dict[str, Any]


def check(run: Run, report: Report) -> list[Check]:
    """Every check of a run and its numbers so far, those that need attention first."""
    experiment = run.experiment
    coverage = measure_coverage(experiment.representation, run.clip_samples)
    found = [
        _groups(run, of_run(run)),
        *_blocks(run),
        _files(run.manifest, run.splits, by_time=run.experiment.split.blocks_s is not None),
        *_used(run),
        _coverage(coverage),
        _tested_groups(report, alone=of_run(run) in UNNAMED),
    ]
    for number, task in enumerate(tasks_of(report)):
        own = results_of(task).checks(run, task, leading=number == 0)
        if report["tasks"]:
            own = [{**one, "task": task["task"]} for one in own]
        found += [one for one in own if one not in found]
    if report["warnings"]:
        found.append(_bad("doubts", "some", n=len(report["warnings"])))
    return sorted(found, key=lambda one: STATES.index(one["state"]))


def of_classes(run: Run, task: Report, *, leading: bool = True) -> list[Check]:
    """The calibration of the scores, and whether each class was tested and predicted."""
    found = [_calibration(task)]
    if leading and target_columns.label(run.experiment) is not None:
        found.append(_classes(task, run))
    return found


def of_run(run: Run) -> OwnGroups:
    """Whether each recording of a run is its own group, and who said so."""
    told = (run.environment.get(key) for key in ("notes", "warnings"))
    notes, warnings = ([str(one) for one in found or []] for found in told)
    found = own_groups(run.manifest.recordings, notes, warnings)
    return "asked" if found == "unknown" and run.experiment.data.group == "file" else found


def without_groups(report: Report) -> str:
    """In which way recordings count alone, as the checks of a report say; empty: groups are known.

    It is `alone`, or `asked` where the user asked for that, or `unused` where groups were found.
    """
    forms = {one["form"] for one in report.get("checks") or [] if one["key"] == "groups"}
    return next(iter(forms & {"alone", "asked", "unused"}), "")


def thresholds(run: Run) -> Check:
    """Whether the threshold of each tag was chosen on validation recordings."""
    if all(split.validation for split in run.splits):
        return _good("thresholds")
    return _bad("thresholds", "half")


def _groups(run: Run, own: OwnGroups) -> Check:
    recordings = run.manifest.recordings
    group_of = {one.id: one.group for one in recordings}
    shared = _in_two_parts(group_of, run.splits)
    groups = len(set(group_of.values()))
    column = run.experiment.data.group
    fact = {"groups": groups, "n": len(shared), "column": column, **_names(shared)}
    if shared:
        return _bad("groups", "shared", **fact)
    if own == "unknown":
        return _bad("groups", "alone", **fact)
    if own == "unused":
        return _bad("groups", "unused", **fact)
    if own == "some":
        return _bad("groups", "some", **{**fact, "n": len(without_group(recordings))})
    if own == "asked":  # nobody can tell here whether that is right
        return {"key": "groups", "state": "open", "form": "asked", **fact}
    if own == "named":
        return {**_good("groups", **{**fact, "n": groups}), "form": "named"}
    return _good("groups", **fact)


def _blocks(run: Run) -> list[Check]:
    """A doubt where blocks of time of the same recordings stand for groups."""
    blocks_s = run.experiment.split.blocks_s
    groups = {one.id: one.group for one in run.manifest.recordings}
    tested = {groups[name] for split in run.splits for name in split.test if name in groups}
    return [] if blocks_s is None else [_bad("blocks", "some", blocks_s=blocks_s, n=len(tested))]


def _files(manifest: Manifest, splits: Sequence[Split], *, by_time: bool) -> Check:
    """Whether a file is in two parts, or an event (file and times) occurs twice.

    Where a file is split by time on purpose, events are compared in place of files.
    """
    bytes_of = {
        one.id: f"{one.sha256}@{one.start_s}+{one.duration_s}" if by_time else one.sha256
        for one in manifest.recordings
        if one.sha256
    }
    shared = _in_two_parts(bytes_of, splits)
    owners: dict[str, list[str]] = defaultdict(list)
    for one in manifest.recordings:
        owners[one.sha256].append(one.id)
    names = [", ".join(owners[digest.partition("@")[0]][:2]) for digest in shared]
    if shared:
        return _bad("files", "shared", n=len(shared), **_names(names))
    twice = _twice(manifest.recordings)
    if twice:
        return _bad("files", "twice", n=len(twice), **_names(twice))
    return _good("files")


def _used(run: Run) -> list[Check]:
    """What could not be used; an empty cell, which nobody has to fill, is counted apart."""
    known = {escaped(one.id) for one in run.manifest.recordings}
    # Each row of a table is one: two events of one file can be left out while others are used.
    untold: set[tuple[str, Any]] = set()
    left_out: set[tuple[str, Any]] = set()
    for one in run.skipped:
        empty = str(one.get("reason", "")).startswith(WITHOUT_TARGET)
        (untold if empty else left_out).add((escaped(str(one.get("file", ""))), one.get("row")))
    names = {name for name, _ in left_out}
    more = sum(name not in known for name, _ in left_out)
    fact = {"read": len(known - names), "of": len(known) + more}
    events = "-events" * _of_events(run.manifest)
    found = [{**_good("read", **fact), "form": f"good{events}"}]
    if left_out:
        listed = _names(sorted(names))
        found = [_bad("read", f"some{events}", n=len(left_out), **listed, **fact)]
    empty_cells = {one for one in untold - left_out if one[0] not in known}
    if empty_cells:
        found.append({**_good("told", n=len(empty_cells)), "form": f"some{events}"})
    return found


def _of_events(manifest: Manifest) -> bool:
    """Whether recordings are parts of files, as events with a start and an end."""
    files = {one.path for one in manifest.recordings}
    return len(files) < len(manifest.recordings) or any(one.start_s for one in manifest.recordings)


def _coverage(found: Coverage) -> Check:
    """Gaps between the frames; less than a window at the end of a clip is no fault."""
    fact = {"share": found.covered}
    return _bad("coverage", "part", **fact) if found.has_gaps else _good("coverage", **fact)


def _tested_groups(report: Report, *, alone: bool) -> Check:
    """The number of groups in the test part: recordings of one group are not independent.

    Where every recording is its own group, they are called recordings: no groups are known. Of
    several tasks it is the one with the fewest groups.
    """
    score = min(
        (task["score"] for task in tasks_of(report)), key=lambda one: one["groups"] or ROUGH_BELOW
    )
    groups, n = score["groups"], score["n"]
    fact = {"n": groups, "recordings": n}
    own = alone and groups == n
    if groups is not None and groups < ROUGH_BELOW:
        if groups == 1:
            return _bad("sureness", "one", **fact)
        form = "few-recordings" if own else "few"
        return _bad("sureness", form if tells(score) else f"{form}-open", **fact)
    return _good("sureness", **fact, **({"form": "recordings"} if own else {}))


def _calibration(report: Report) -> Check:
    """Whether the mean score is close to the share of correct predictions.

    It is good or needs attention only where the interval over groups says so (`honesty`); where one
    class of several was tested, nothing can say so.
    """
    score = report["score"]
    gap = Estimate(**score["gap"])
    if score.get("only_class"):
        only = {"form": "only", "names": score["only_class"]}
        return {"key": "calibration", "state": "open", **only}
    form = honesty(gap, score["groups"])
    state = {"high": "bad", "low": "bad", "good": "good"}.get(form, "open")
    if form == "few" and score["groups"] == score["n"]:
        form = "few-recordings"
    fact = {"gap": gap.value, "low": gap.low, "high": gap.high, "within": HONEST_WITHIN}
    return {"key": "calibration", "state": state, "form": form, "n": score["groups"], **fact}


def _classes(report: Report, run: Run) -> Check:
    label = run.experiment.data.label
    label_of = {one.id: one.targets.get(label) for one in run.manifest.recordings}
    for split in run.splits:
        trained = {label_of.get(name) for name in split.train}
        unknown = {label_of.get(name) for name in split.test} - trained - {None}
        if unknown:
            names = sorted(str(name) for name in unknown)
            return _bad("classes", "strange", n=len(unknown), **_names(names))
    for form, count in (("untested", "n"), ("unnamed", "named")):
        names = [one["name"] for one in report["classes"] if not one[count]]
        if names:
            return _bad("classes", form, n=len(names), **_names(names))
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
    """Each sound that several recordings are: two are named, more are the first and a count."""
    alike: dict[tuple[str, float, float], list[str]] = defaultdict(list)
    for one in recordings:
        if one.sha256:
            alike[one.sha256, one.start_s, one.duration_s].append(one.id)
    return [
        ", ".join(ids) if len(ids) == 2 else f"{ids[0]} (×{len(ids)})"
        for ids in alike.values()
        if len(ids) > 1
    ]


def _names(names: Sequence[str]) -> dict[str, Any]:
    """The first names, shortened, and how many more there are."""
    short = shortened(map(escaped, names[:_NAMED]), _NAME_LETTERS)
    first = ", ".join(short[escaped(name)] for name in names[:_NAMED])
    return {"names": first, "more": max(len(names) - _NAMED, 0)}


def _good(key: str, **fact: Any) -> Check:
    return {"key": key, "state": "good", "form": "good", **fact}


def _bad(key: str, form: str, **fact: Any) -> Check:
    return {"key": key, "state": "bad", "form": form, **fact}
