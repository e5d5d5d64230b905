"""Cross-validation (k-fold, leave one group out): whole groups dealt to folds of like classes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tonotope._wording import counted, first_five
from tonotope.datasets.stratify import (
    LabelCounts,
    PartialSplit,
    TooFewGroupsError,
    distribute,
    groups_by_label,
    largest_first,
)

# A group's name becomes the name of a fold, and so of a folder, only if it is as plain as this.
_PLAIN = re.compile(r"[A-Za-z0-9][\w-]{0,39}", re.ASCII)


def make_folds(groups: Mapping[str, LabelCounts], folds: int, seed: int) -> dict[str, list[str]]:
    """Deal whole groups to `folds` folds of about one size and one mix of labels.

    As many folds as groups leave each group out once, and each fold has its group's name. A
    group that is the only one of some class is tested in no fold: training needs it.

    Raises:
        DataError: fewer groups than folds; the message says how many would fit.

    >>> make_folds({"theo": {"one": 2}, "lucas": {"one": 2}}, folds=2, seed=0)
    {'lucas': ['lucas'], 'theo': ['theo']}
    """
    alone = groups_alone_with_a_class(groups)
    free = {group: census for group, census in groups.items() if group not in alone}
    if len(free) < folds:
        raise TooFewGroupsError(_too_many(folds, len(groups), alone, len(free)))
    if len(free) == folds:
        plain = all(_PLAIN.fullmatch(group) for group in free)
        ordered = sorted(free, key=natural_order)
        return {group if plain else str(n): [group] for n, group in enumerate(ordered, start=1)}
    hands = [PartialSplit(1 / folds) for _ in range(folds)]
    distribute(free, hands, seed)
    return {str(number): list(hand.groups) for number, hand in enumerate(hands, start=1)}


def groups_alone_with_a_class(groups: Mapping[str, LabelCounts]) -> dict[str, str]:
    """The groups that alone hold some class, each with that class.

    >>> groups_alone_with_a_class({"a": {"x": 1, "y": 1}, "b": {"x": 1}})
    {'a': 'y'}
    """
    return {by[0]: label for label, by in groups_by_label(groups).items() if len(by) == 1}


def groups_kept_in_training(
    groups: Mapping[str, LabelCounts], folds: Mapping[str, Sequence[str]], seed: int
) -> dict[str, str]:
    """The groups that are never tested, each with the class that training would lack.

    A class whose groups all lie in one fold would be missing from training when that fold is
    tested; its smallest group therefore stays in training throughout.

    >>> groups = {"a": {"x": 1, "y": 1}, "b": {"x": 1}, "c": {"x": 1}}
    >>> groups_kept_in_training(groups, {"1": ["a", "b"], "2": ["c"]}, seed=0)
    {'a': 'y'}
    """
    fold_of = {group: fold for fold, members in folds.items() for group in members}
    kept: dict[str, str] = {}
    for label, by in sorted(groups_by_label(groups).items()):
        free = not any(group in kept or group not in fold_of for group in by)
        if free and len({fold_of[group] for group in by}) == 1:
            smallest = largest_first({group: groups[group] for group in by}, seed)[-1]
            kept[smallest] = label
    return kept


def natural_order(name: str) -> tuple[int, int, str]:
    """The order in which a person counts folds: 2 before 10, numbers before words.

    >>> sorted(["10", "b", "2", "a"], key=natural_order)
    ['2', '10', 'a', 'b']
    """
    number = name.isascii() and name.isdigit()
    return (0, int(name), name) if number else (1, 0, name)


def _too_many(folds: int, groups: int, alone: Mapping[str, str], free: int) -> str:
    are = "is" if groups == 1 else "are"
    message = f"{folds} folds were asked for, but there {are} {counted(groups, 'group')}"
    if alone:
        message += (
            f", of which {len(alone)} must stay in training as the only one of some class "
            f"({first_five([with_class(group, alone[group]) for group in sorted(alone)])})"
        )
    if free < 2:
        return f"{message}: folds need two groups of every class at least"
    return f"{message}: at most {free} folds fit (folds = {free} leaves each group out once)"


def with_class(group: str, label: str) -> str:
    """A group and the class that it alone has, for a sentence; `label` may be empty."""
    return f"{group} of `{label}`" if label else group
