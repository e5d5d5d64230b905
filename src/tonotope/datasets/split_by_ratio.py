"""A split by shares: whole groups dealt to parts; every class in training, most in the test.

What is always had, in this order: every class is learnt from; something judges; a class of three
groups or more is judged; something is watched while learning. Only then are the shares
approached as far as whole groups allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tonotope._wording import first_five
from tonotope.datasets.stratify import (
    LabelCounts,
    PartialSplit,
    TooFewGroupsError,
    distribute,
    groups_by_label,
    largest_first,
)

# A class is moved into the test part only if two groups of it stay for training.
_ENOUGH_TO_TEST = 3


def split_by_ratio(
    groups: Mapping[str, LabelCounts], shares: Mapping[str, float], seed: int
) -> tuple[dict[str, list[str]], list[str]]:
    """Deal whole groups to parts of about these shares.

    Args:
        groups: what each group holds.
        shares: of `train` and any of `validation` and `test`, in this order; none of them 0.
        seed: another number deals differently.

    Returns:
        The groups of each part, and sentences on what could not be had.

    Raises:
        DataError: nothing can be held out for the test.

    >>> groups = {name: {"bark": 2, "meow": 2} for name in "abcdefghij"}
    >>> parts, notes = split_by_ratio(groups, {"train": 0.8, "test": 0.2}, seed=0)
    >>> len(parts["train"]), len(parts["test"]), notes
    (8, 2, [])
    """
    table = _Table(groups, shares, seed)
    table.deal()
    table.teach_every_class()
    notes = table.judge() if "test" in shares else []
    notes += table.watch() if "validation" in shares else []
    return {part: list(hand.groups) for part, hand in table.hands.items()}, notes


class _Table:
    """The table at which groups are dealt, and then moved until the split is legal."""

    def __init__(
        self, groups: Mapping[str, LabelCounts], shares: Mapping[str, float], seed: int
    ) -> None:
        self.groups = groups
        self.seed = seed
        self.hands = {part: PartialSplit(share) for part, share in shares.items()}
        self.held_by = dict(sorted(groups_by_label(groups).items()))
        self.smallest_first = {
            g: rank for rank, g in enumerate(reversed(largest_first(groups, seed)))
        }

    def deal(self) -> None:
        """Groups that are alone with a class go to training, the others where they mend most."""
        alone = {by[0] for by in self.held_by.values() if len(by) == 1}
        for group in sorted(alone):
            self.hands["train"].take(group, self.groups[group])
        rest = {group: census for group, census in self.groups.items() if group not in alone}
        order = list(self.hands)
        urgent = [order.index(part) for part in ("train", "test", "validation") if part in order]
        distribute(rest, list(self.hands.values()), self.seed, urgent)

    def teach_every_class(self) -> None:
        """A class that no training group holds brings its smallest group there."""
        for label, by in self.held_by.items():
            if not self.hands["train"].labels[label]:
                self._move(by, "train", lambda _: True)

    def judge(self) -> list[str]:
        """Fill the test part, with every class that can spare a group."""
        test = self.hands["test"]
        if not test.groups and not (
            self._move(self._in("validation"), "test", lambda _: True)
            or self._move(self._in("train"), "test", self.hands["train"].can_spare)
        ):
            raise TooFewGroupsError(_nothing_to_judge(self.groups))
        for label, by in self.held_by.items():
            if not test.labels[label] and len(by) >= _ENOUGH_TO_TEST:
                trained = [group for group in by if group in self.hands["train"].groups]
                self._move(trained, "test", self.hands["train"].can_spare)
        untested = [label for label in self.held_by if not test.labels[label]]
        if not untested:
            return []
        return [
            f"not in the test part, for want of groups: {first_five(untested)}; how well they "
            "are recognised stays unknown"
        ]

    def watch(self) -> list[str]:
        """Fill the validation part, if training can spare a group."""
        train, validation = self.hands["train"], self.hands["validation"]
        if validation.groups or self._move(self._in("train"), "validation", train.can_spare):
            return []
        return [
            "the validation part is empty: no group is left for it without taking a class from "
            "training; training runs its full length"
        ]

    def _in(self, part: str) -> list[str]:
        return list(self.hands[part].groups) if part in self.hands else []

    def _move(self, among: Iterable[str], to: str, fits: Callable[[LabelCounts], bool]) -> bool:
        """Move the smallest of some groups that fits; False where none does."""
        for group in sorted(among, key=self.smallest_first.__getitem__):
            census = self.groups[group]
            if fits(census):
                source = next(hand for hand in self.hands.values() if group in hand.groups)
                source.give(group, census)
                self.hands[to].take(group, census)
                return True
        return False


def _nothing_to_judge(groups: Mapping[str, LabelCounts]) -> str:
    if len(groups) == 1:
        return (
            f"all recordings belong to one group ({first_five(list(groups))}), so nothing can be "
            "held out for the test: name the column that says who or what each recording comes "
            "from (data.group), or record another source"
        )
    return (
        f"{len(groups)} groups, and each is the only one of some class "
        f"({first_five(sorted(groups))}): nothing can be held out for the test without a class "
        "missing from training; two groups of at least one class are needed, better of each: "
        "another recording from another day, place or individual"
    )
