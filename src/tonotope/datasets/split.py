"""Recordings split by group into train, validation and test, by a `SplitPlan`.

A split is by group, always: no speaker, artist, patient or source is in two parts. A
network that has met the speaker has been told half of the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tonotope._dataframe import data_frame
from tonotope._errors import DataError, did_you_mean
from tonotope._wording import counted, first_five
from tonotope.datasets.folds import (
    groups_alone_with_a_class,
    groups_kept_in_training,
    make_folds,
    with_class,
)
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.predefined_split import (
    PARTS,
    predefined_folds,
    predefined_parts,
    refuse_unlearnt,
    untested_classes,
    unused_sides,
    verb,
)
from tonotope.datasets.split_by_ratio import split_by_ratio
from tonotope.datasets.split_plan import SplitPlan
from tonotope.datasets.stratify import LabelCounts, TooFewGroupsError
from tonotope.datasets.time_blocks import blocks_remedy

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Split:
    """The ids of the three parts, and the rule that made them.

    Attributes:
        train: ids of the training part, sorted.
        validation: ids of the validation part; may be empty.
        test: ids of the test part.
        rule: how the split was made, in one sentence.
        fold: the name of the fold that is the test part, where there are folds.
        notes: sentences on what was not possible.

    Raises:
        DataError: an id is in the split twice.
    """

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]
    rule: str
    fold: str | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        counts = Counter((*self.train, *self.validation, *self.test))
        twice = sorted(name for name, count in counts.items() if count > 1)
        if twice:
            raise DataError(f"in a split more than once: {first_five(twice)}")

    def to_dataframe(self) -> DataFrame:
        """One row per recording (id, part, fold) as a pandas data frame."""
        rows = [(name, part, self.fold) for part in PARTS for name in getattr(self, part)]
        return data_frame(rows, ("id", "part", "fold"))


def split(manifest: Manifest, plan: SplitPlan, *, label: str | None) -> tuple[Split, ...]:
    """Split the recordings by group, with about the same mix of labels in every part.

    Returns one split, or one for each fold. The folds are those of the manifest where it has any,
    unless the plan gives another number of them. The order of the recordings does not matter.
    Every class is in every training part.

    Args:
        manifest: the recordings.
        plan: shares, folds or a column.
        label: the target whose mix is kept; None where targets are not classes.

    Raises:
        DataError: fewer groups than parts, a single class, a class without training recordings,
            or a group in two given folds or parts.
    """
    recordings, notes = _labelled(manifest, label)
    given = {one.fold for one in recordings if one.fold is not None}
    notes = (
        *notes,
        *unused_sides(
            recordings,
            plan.column,
            plan.folds,
            manifest.parts_from,
            manifest.folds_from,
            plan.asked_shares,
        ),
    )
    if plan.column is not None:
        parts, without, told = predefined_parts(recordings, plan.column, manifest.parts_from)
        task = _Task.of(recordings, plan, label, notes, without, "part")
        return (_by_column(task, parts, told),)
    if given and plan.folds in (None, len(given)):
        folds, without = predefined_folds(recordings, manifest.folds_from)
        task = _Task.of(recordings, plan, label, notes, without, "fold")
        return _each_fold(task, folds, f"of {len(folds)} given folds is the test part")
    task = _Task.of(recordings, plan, label, notes)
    try:
        return _dealt(task)
    except TooFewGroupsError as error:
        remedy = blocks_remedy(recordings) if plan.blocks_s is None else ""
        raise DataError(f"{error}{remedy}") from error


def _dealt(task: _Task) -> tuple[Split, ...]:
    """Whole groups dealt to folds or to parts."""
    plan = task.plan
    if plan.folds is not None:
        folds = make_folds(task.censuses, plan.folds, plan.seed)
        rule = (
            f"of {len(folds)} is the test part; folds of whole groups{task.mix}, seed {plan.seed}"
        )
        return _each_fold(task, folds, rule)
    shares = {part: share for part, share in zip(PARTS, plan.shares, strict=True) if share}
    groups, wanting = split_by_ratio(task.censuses, shares, plan.seed)
    asked = " / ".join(f"{share:.0%}" for share in shares.values())
    rule = f"by group{task.mix} (asked for {asked}, seed {plan.seed})"
    return (_split(task, groups, rule, wanting),)


@dataclass(frozen=True)
class _Task:
    """What is split: the recordings of each group, and how many of each label."""

    members: Mapping[str, Sequence[Recording]]
    censuses: Mapping[str, LabelCounts]
    plan: SplitPlan
    label: str | None
    notes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        recordings: Iterable[Recording],
        plan: SplitPlan,
        label: str | None,
        notes: tuple[str, ...],
        without: Sequence[str] = (),
        lacking: str = "",
    ) -> _Task:
        left_out = set(without)
        members: dict[str, list[Recording]] = {}
        for one in recordings:
            if one.id not in left_out:
                members.setdefault(one.group, []).append(one)
        # Where targets are no classes, all recordings are of one kind.
        censuses = {
            group: Counter("" if label is None else one.targets[label] for one in mine)
            for group, mine in members.items()
        }
        if without:
            notes = (*notes, f"without a {lacking}, so in no part: {first_five(without)}")
        return cls(members, censuses, plan, label, notes)

    @property
    def mix(self) -> str:
        return f", stratified by `{self.label}`" if self.label else ""

    def ids(self, groups: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(one.id for group in groups for one in self.members[group]))


def _labelled(manifest: Manifest, label: str | None) -> tuple[list[Recording], tuple[str, ...]]:
    """The recordings that have the label, and a note on the others."""
    recordings = list(manifest.recordings)
    if not recordings:
        raise DataError(f"{manifest.root}: no recordings to part")
    if label is None:
        return recordings, ()
    known = {name for one in recordings for name in one.targets}
    if label not in known:
        raise DataError(
            f"no recording has a target `{label}`; known: "
            f"{', '.join(sorted(known)) or 'none'}{did_you_mean(label, known)}"
        )
    classes = {one.targets[label] for one in recordings if label in one.targets}
    if len(classes) == 1:
        raise DataError(
            f"every recording has the `{label}` `{classes.pop()}`: telling "
            "classes apart takes two of them at least"
        )
    without = sorted(one.id for one in recordings if label not in one.targets)
    notes = (f"without a `{label}`, so in no part: {first_five(without)}",) if without else ()
    return [one for one in recordings if label in one.targets], notes


def _by_column(task: _Task, parts: Mapping[str, list[str]], told: str) -> Split:
    refuse_unlearnt(task.censuses, parts, told)
    groups, notes = dict(parts), untested_classes(task.censuses, parts["test"])
    if not groups["validation"]:
        held_out, wanting = _held_out(task, groups["train"])
        groups, notes = groups | held_out, [*notes, *wanting]
    return _split(task, groups, f"as {told} {verb(told, 'say')}", notes)


def _each_fold(task: _Task, folds: Mapping[str, Sequence[str]], rule: str) -> tuple[Split, ...]:
    """A split for every fold; a group that every training part needs is tested in none."""
    kept = groups_kept_in_training(task.censuses, folds, task.plan.seed)
    placed = {group for members in folds.values() for group in members}
    never = sorted(kept.keys() | (task.censuses.keys() - placed))
    notes = []
    if never:
        only = kept | groups_alone_with_a_class(task.censuses)
        named = [
            f"{with_class(one, only.get(one, ''))} ({sum(task.censuses[one].values())} recordings)"
            if sum(task.censuses[one].values()) > 1
            else with_class(one, only.get(one, ""))
            for one in never
        ]
        notes.append(
            "in training in every fold and never tested, because a class would have nothing left "
            f"to learn from: {first_five(named)}"
        )
    splits: list[Split] = []
    for fold, members in folds.items():
        test = [group for group in members if group not in kept]
        if not test:
            raise DataError(
                f"fold {fold} has no test part: each of its groups is needed in "
                f"training as the last one of some class ({first_five(sorted(members))})"
            )
        groups, wanting = _held_out(task, sorted(task.censuses.keys() - set(test)))
        groups["test"] = test
        opening = f"fold {fold} {rule}"
        splits.append(_split(task, groups, opening, [*notes, *wanting], fold))
    return tuple(splits)


def _held_out(task: _Task, groups: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Train and validation parts of what is not tested, where there is to be validation."""
    share = task.plan.validation
    if not share:
        return {"train": list(groups), "validation": []}, []
    censuses = {group: task.censuses[group] for group in groups}
    shares = {"train": 1 - share, "validation": share}
    return split_by_ratio(censuses, shares, task.plan.seed)


def _split(
    task: _Task,
    groups: Mapping[str, Sequence[str]],
    rule: str,
    notes: Sequence[str],
    fold: str | None = None,
) -> Split:
    ids = {part: task.ids(groups.get(part, ())) for part in PARTS}
    sizes = ", ".join(
        f"{part} {counted(len(ids[part]), 'recording')} in {counted(len(groups[part]), 'group')}"
        for part in PARTS
        if ids[part]
    )
    return Split(**ids, rule=f"{rule}: {sizes}", fold=fold, notes=(*task.notes, *notes))
