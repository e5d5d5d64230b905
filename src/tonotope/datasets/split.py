"""Which recordings are learnt from, which are watched while learning, and which judge.

A split is by group, always: no speaker, artist, patient or source is heard on two sides. A
network that has met the speaker has been told half of the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field, model_validator

from tonotope._errors import DataError, did_you_mean
from tonotope._escape import escaped
from tonotope._shapes import Description
from tonotope._wording import counted, first_five
from tonotope.datasets.folds import groups_kept_in_training, make_folds
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.predefined_split import PARTS, predefined_folds, predefined_parts
from tonotope.datasets.split_by_ratio import split_by_ratio
from tonotope.datasets.stratify import LabelCounts

_USUAL_VALIDATION = 0.10


class SplitPlan(Description):
    """How recordings are parted: by shares, by folds, or as a column of the table says.

    Attributes:
        train: the share of the recordings to learn from.
        validation: the share to watch while learning (it decides when to stop). Left out, it is
            0.10, or nothing where folds or a column part the recordings; given, it is there a
            share of what does not judge.
        test: the share that judges.
        folds: this many parts instead, each of them the test part once.
        column: the name of the column that says `train`, `validation` or `test`.
        seed: another number deals the groups differently.

    >>> SplitPlan().shares
    (0.85, 0.1, 0.05)
    """

    train: float = Field(default=0.85, gt=0, lt=1)
    validation: float | None = Field(default=None, ge=0, lt=1)
    test: float = Field(default=0.05, gt=0, lt=1)
    folds: int | None = Field(default=None, ge=2)
    column: str | None = None
    seed: int = 0

    @property
    def shares(self) -> tuple[float, float, float]:
        """The shares of train, validation and test where nothing else parts the recordings."""
        validation = _USUAL_VALIDATION if self.validation is None else self.validation
        return self.train, validation, self.test

    @model_validator(mode="after")
    def _consistent(self) -> SplitPlan:
        if self.folds is not None and self.column is not None:
            message = (
                f'folds = {self.folds} and column = "{self.column}" exclude each other: '
                "leave one of them out"
            )
            raise ValueError(message)
        if self.folds is None and self.column is None and abs(sum(self.shares) - 1) > 1e-6:
            raise ValueError(self._wrong_sum())
        return self

    def _wrong_sum(self) -> str:
        named = zip(self.shares, PARTS, strict=True)
        message = " + ".join(f"{share:g} ({part})" for share, part in named)
        message += f" make {sum(self.shares):g}, but the three shares must make 1"
        left = round(1 - self.train - self.test, 6)
        return f"{message}: validation = {left:g} would do" if left >= 0 else message


@dataclass(frozen=True)
class Split:
    """The ids of the three parts, and the rule that made them.

    Attributes:
        train: ids of the recordings to learn from, sorted.
        validation: ids of the recordings to watch while learning; may be empty.
        test: ids of the recordings that judge.
        rule: one sentence for a person.
        fold: the name of the fold that is the test part, where there are folds.
        notes: sentences on what could not be had as asked.

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
            message = f"in a split more than once: {first_five(twice)}"
            raise DataError(message)


def split(manifest: Manifest, plan: SplitPlan, *, label: str | None) -> tuple[Split, ...]:
    """Part the recordings by group, each part with the labels in like mix as far as may be.

    One split comes back, or one for each fold. Folds are those of the manifest where it has
    any, unless the plan asks for another number of them. Equal recordings give an equal split,
    in whatever order they stand. Every class is in every training part.

    Args:
        manifest: the recordings.
        plan: shares, folds or a column.
        label: the target to keep in like mix; None where targets are no classes.

    Raises:
        DataError: fewer groups than parts, a single class, a class that could not be learnt, or
            a group on both sides of given folds or a given column.
    """
    recordings, notes = _labelled(manifest, label)
    given = {one.fold for one in recordings if one.fold is not None}
    if plan.column is not None:
        parts, without = predefined_parts(recordings, plan.column)
        task = _Task.of(recordings, plan, label, notes, without, "part")
        return (_by_column(task, parts, plan.column),)
    if given and plan.folds in (None, len(given)):
        folds, without = predefined_folds(recordings)
        task = _Task.of(recordings, plan, label, notes, without, "fold")
        return _each_fold(task, folds, f"of {len(folds)} given folds is the test part")
    task = _Task.of(recordings, plan, label, notes)
    if plan.folds is not None:
        folds = make_folds(task.censuses, plan.folds, plan.seed)
        rule = (
            f"of {len(folds)} is the test part; folds of whole groups{task.mix}, seed {plan.seed}"
        )
        return _each_fold(task, folds, rule)
    return (_by_shares(task),)


@dataclass(frozen=True)
class _Task:
    """What is to be parted: the recordings of each group, and how many of each label."""

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
        return f", `{escaped(self.label)}` in like mix" if self.label else ""

    def ids(self, groups: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(one.id for group in groups for one in self.members[group]))


def _labelled(manifest: Manifest, label: str | None) -> tuple[list[Recording], tuple[str, ...]]:
    """The recordings that have the label, and a note on the others."""
    recordings = list(manifest.recordings)
    if not recordings:
        message = f"{manifest.root}: no recordings to part"
        raise DataError(message)
    if label is None:
        return recordings, ()
    known = {name for one in recordings for name in one.targets}
    if label not in known:
        message = (
            f"no recording has a target `{escaped(label)}`; known: "
            f"{', '.join(sorted(map(escaped, known))) or 'none'}{did_you_mean(label, known)}"
        )
        raise DataError(message)
    classes = {one.targets[label] for one in recordings if label in one.targets}
    if len(classes) == 1:
        message = (
            f"every recording has the `{escaped(label)}` `{escaped(classes.pop())}`: telling "
            "classes apart takes two of them at least"
        )
        raise DataError(message)
    without = sorted(one.id for one in recordings if label not in one.targets)
    notes = (f"without a `{label}`, so in no part: {first_five(without)}",) if without else ()
    return [one for one in recordings if label in one.targets], notes


def _by_shares(task: _Task) -> Split:
    shares = {part: share for part, share in zip(PARTS, task.plan.shares, strict=True) if share}
    groups, notes = split_by_ratio(task.censuses, shares, task.plan.seed)
    asked = " / ".join(f"{share:.0%}" for share in shares.values())
    rule = f"by group{task.mix} (asked for {asked}, seed {task.plan.seed})"
    return _split(task, groups, rule, notes)


def _by_column(task: _Task, parts: Mapping[str, list[str]], column: str) -> Split:
    _refuse_unlearnt(task, parts, column)
    groups, notes = dict(parts), []
    if not groups["validation"]:
        held_out, notes = _held_out(task, groups["train"])
        groups |= held_out
    return _split(task, groups, f"as the column `{escaped(column)}` says", notes)


def _refuse_unlearnt(task: _Task, parts: Mapping[str, list[str]], column: str) -> None:
    classes = {
        part: {label for group in parts[part] for label in task.censuses[group]} for part in parts
    }
    unlearnt = sorted((classes["test"] | classes["validation"]) - classes["train"])
    if unlearnt:
        message = (
            f"the column `{escaped(column)}` has nothing in its train part to learn these from: "
            f"{first_five(unlearnt)}. Move a group of each to train, or leave their rows out"
        )
        raise DataError(message)


def _each_fold(task: _Task, folds: Mapping[str, Sequence[str]], rule: str) -> tuple[Split, ...]:
    """A split for every fold; what is needed for training in every one judges in none."""
    kept = groups_kept_in_training(task.censuses, folds, task.plan.seed)
    placed = {group for members in folds.values() for group in members}
    never = sorted(kept.keys() | (task.censuses.keys() - placed))
    notes = []
    if never:
        notes.append(
            "in training in every fold and never judged, because a class would have nothing left "
            f"to learn from: {first_five(never)}"
        )
    splits: list[Split] = []
    for fold, members in folds.items():
        test = [group for group in members if group not in kept]
        if not test:
            message = (
                f"fold {escaped(fold)} has nothing to judge by: each of its groups is needed in "
                f"training as the last one of some class ({first_five(sorted(members))})"
            )
            raise DataError(message)
        groups, wanting = _held_out(task, sorted(task.censuses.keys() - set(test)))
        groups["test"] = test
        opening = f"fold {escaped(fold)} {rule}"
        splits.append(_split(task, groups, opening, [*notes, *wanting], fold))
    return tuple(splits)


def _held_out(task: _Task, groups: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Train and validation of what does not judge, where validation was asked for."""
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
        f"{part} {len(ids[part]):,} of {counted(len(groups[part]), 'group')}"
        for part in PARTS
        if ids[part]
    )
    return Split(**ids, rule=f"{rule}: {sizes}", fold=fold, notes=(*task.notes, *notes))
