"""Groups and a column of them (speaker, site): when it is used, which classes stay untested.

A column that was recognised by its name is used as it stands, even where one class lies at one
site alone: that class is named. It is not used where nothing could be tested with it: one group in
all, each class in one group, or a group in several published folds or parts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from tonotope._wording import counted, first_five, first_three
from tonotope.datasets.labels import similar_labels

NO_GROUP = "no group is given or can be read from the names: each file is its own"
_NUMBER = re.compile(r"\d+(?:[.,]0*)?")


class Grouping(NamedTuple):
    """A group for every file.

    Attributes:
        groups: one for each file.
        note: the sentence that says why.
        warning: a doubt, where there is one.
        inferred: whether it was read from names, not from a column.
    """

    groups: list[str]
    note: str
    warning: str | None = None
    inferred: bool = True


class Unused(NamedTuple):
    """Why a column of groups is not used.

    Attributes:
        reason: what is in it.
        meaning: what that means for the score.
        usable: whether it can be used all the same, where the user asks for it.
    """

    reason: str
    meaning: str
    usable: bool = True


class GroupColumn(NamedTuple):
    """What a column says of every recording.

    Attributes:
        name: what it is called.
        labels: the class of every recording; all empty where targets are no classes.
        groups: the group of every recording.
        sides: the published fold or part of every recording.
    """

    name: str
    labels: Sequence[str]
    groups: Sequence[str]
    sides: Sequence[str | None]

    def grouping(self, empty: int = 0, words: Sequence[str] = ()) -> Grouping:
        """The groups of the column, with a warning on classes that are in one group alone.

        Args:
            empty: how many recordings have an empty cell.
            words: cells that say that nothing is known, such as NA.
        """
        own = f"; {counted(empty, 'empty cell')}: each file its own" if empty else ""
        if words:
            said = first_three(sorted({*words}))
            own += f"; {counted(len(words), 'cell says', 'cells say')} {said}: each file its own"
        there = counted(len({*self.groups}), "group")
        note = f"groups are from `{self.name}`: {there}{own}"
        return Grouping(
            [*self.groups],
            note,
            untested_warning(self.labels, self.groups, f"`{self.name}`"),
            inferred=False,
        )

    def why_unused(self) -> Unused | None:
        """Why a recognised column is not used; None where it is used."""
        groups = {*self.groups}
        if len(groups) == 1:
            return Unused(
                f"it says `{groups.pop()}` everywhere",
                f"all recordings are of one `{self.name}`, so the score says nothing of others",
                usable=False,
            )
        classes = groups_by_class(self.labels, self.groups)
        if all(len(found) == 1 for found in classes.values()):
            return Unused(
                f"there would be {counted(len(groups), 'group')} in all, and each class would be "
                "in one of them alone",
                f"each class is of one `{self.name}` alone, so no score can tell whether the "
                f"network hears the class or the `{self.name}`",
            )
        parted = why_parted(self.groups, self.sides)
        if parted is None:
            return None
        return Unused(
            parted,
            f"the published folds or parts share a `{self.name}`, so the score is too good for "
            "new ones",
        )


def groups_by_class(labels: Sequence[str], groups: Sequence[str]) -> dict[str, Counter[str]]:
    """How many recordings of each class every group holds."""
    classes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for label, group in zip(labels, groups, strict=True):
        classes[label][group] += 1
    return classes


def are_sources(labels: Sequence[str], groups: Sequence[str]) -> bool:
    """Whether most groups of several files are heard in several classes: people, birds, sites.

    >>> are_sources(["yes", "no", "yes", "no"], ["ann", "ann", "bob", "bob"])
    True
    """
    heard: defaultdict[str, list[str]] = defaultdict(list)
    for label, group in zip(labels, groups, strict=True):
        heard[group].append(label)
    several = [found for found in heard.values() if len(found) > 1]
    return sum(len({*found}) > 1 for found in several) > len(several) / 2


def untested_warning(labels: Sequence[str], groups: Sequence[str], what: str) -> str | None:
    """A warning that names the classes that are in one group alone; None where none is.

    Args:
        labels: the class of every recording.
        groups: the group of every recording.
        what: what a group is called, `site` for example.
    """
    classes = groups_by_class(labels, groups)
    alone = {label: found for label, found in classes.items() if len(found) == 1}
    if not alone or len(classes) < 2:
        return None
    named = [
        f"`{label}` ({counted(found.total(), 'recording')}, all of `{next(iter(found))}`)"
        for label, found in sorted(alone.items())
    ]
    one = len(named) == 1
    return (
        f"{first_five(named)} {'has' if one else 'have'} one {what} alone: "
        f"{'it is' if one else 'they are'} learnt and never tested, so how well "
        f"{'it is' if one else 'they are'} recognised stays unknown; recordings of another {what} "
        "would tell"
    )


def with_alike(grouping: Grouping, names: Sequence[str]) -> Grouping:
    """The grouping, with a warning where one group may be written in several ways.

    Args:
        grouping: the groups.
        names: what they are called, by the user.
    """
    numbers: defaultdict[float, set[str]] = defaultdict(set)
    for name in {*names}:
        if _NUMBER.fullmatch(name):
            numbers[float(name.replace(",", "."))].add(name)
    same = [*similar_labels(names), *(sorted(one) for one in numbers.values() if len(one) > 1)]
    if not same:
        return grouping
    shown = [" / ".join(f"`{name}`" for name in one) for one in same]
    doubt = (
        f"{counted(len(same), 'group')} may be written in several ways ({first_three(shown)}): "
        "each way is a group of its own, so one speaker or place may be both learnt and tested, "
        "and the score too high; write each in one way"
    )
    return grouping._replace(warning=f"{doubt}. {grouping.warning}" if grouping.warning else doubt)


def why_parted(groups: Sequence[str], sides: Sequence[str | None]) -> str | None:
    """Which groups lie in several published folds or parts, as a reason; None where none does."""
    lie_in: defaultdict[str, set[str | None]] = defaultdict(set)
    for group, side in zip(groups, sides, strict=True):
        lie_in[group].add(side)
    parted = [group for group, places in lie_in.items() if len(places) > 1]
    return f"{first_five(parted)} would lie in several folds or parts" if parted else None


def rejected(grouping: Grouping, column: str, why: Unused) -> Grouping:
    """The grouping that is used in place of a column, with what it means that it is not used."""
    doubt = f"`{column}` was not used as group: {why.reason}. That is: {why.meaning}"
    if why.usable:
        doubt = f'{doubt}; group = "{column}" in [data] uses it all the same'
    warning = f"{doubt}. {grouping.warning}" if grouping.warning else doubt
    note = grouping.note.replace(NO_GROUP, "each file is its own group")  # one was given
    return grouping._replace(note=note, warning=warning)
