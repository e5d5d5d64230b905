"""Stratification: groups distributed so that every part has nearly the same classes.

A group (a speaker, an artist, a patient) cannot be cut: it goes to one part entire. So the
shares asked for and the mix of labels can only be approached. Large groups are dealt first and
each goes where it mends most; after K. Sechidis, G. Tsoumakas and I. Vlahavas, "On the
Stratification of Multi-label Data" (2011), section 3, with groups in the place of examples.

Nothing here depends on the order of the input, nor on the machine: ties are broken by a hash
of the seed and the group's name.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tonotope._errors import DataError


class TooFewGroupsError(DataError):
    """Too few groups, or too few of each class, for anything to be held out."""


# label -> how many recordings of it the group holds
LabelCounts = Mapping[str, int]

# How much the size of a part weighs against the mix of one label in it. With less, rare labels
# all round up to the large part and the small ones stay under their share.
_SIZE_WEIGHT = 2.0


def tie_breaker(group: str, seed: int) -> str:
    """The number a group draws: equal for equal seeds on every machine, in no order otherwise.

    >>> tie_breaker("theo", 0) == tie_breaker("theo", 1)
    False
    """
    return hashlib.sha256(f"{seed}\n{group}".encode("utf-8", "surrogatepass")).hexdigest()


def largest_first(groups: Mapping[str, LabelCounts], seed: int) -> list[str]:
    """The groups, largest first, equals by lot."""
    return sorted(
        groups, key=lambda group: (-sum(groups[group].values()), tie_breaker(group, seed))
    )


def groups_by_label(groups: Mapping[str, LabelCounts]) -> dict[str, list[str]]:
    """Which groups hold each label.

    >>> groups_by_label({"theo": {"one": 3, "two": 1}, "lucas": {"one": 2}})
    {'one': ['theo', 'lucas'], 'two': ['theo']}
    """
    found: dict[str, list[str]] = {}
    for group, census in groups.items():
        for label in census:
            found.setdefault(label, []).append(group)
    return found


class PartialSplit:
    """What one part has been dealt so far."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.groups: dict[str, None] = {}  # in the order dealt
        self.labels: Counter[str] = Counter()
        self.size = 0

    def take(self, group: str, census: LabelCounts) -> None:
        """Add a group."""
        self.groups[group] = None
        self.labels.update(census)
        self.size += sum(census.values())

    def give(self, group: str, census: LabelCounts) -> None:
        """Hand a group back."""
        del self.groups[group]
        self.labels.subtract(census)
        self.size -= sum(census.values())

    def can_spare(self, census: LabelCounts) -> bool:
        """Whether every label is still held when a group of this census leaves."""
        return all(self.labels[label] > count for label, count in census.items())

    def growth(self, census: LabelCounts, totals: LabelCounts, total: int) -> float:
        """How much further from its share the part would be: the change of a chi-square."""
        size = sum(census.values())
        steps = [_SIZE_WEIGHT * _chi_square_step(self.size, size, self.share * total)]
        for label, count in census.items():
            steps.append(_chi_square_step(self.labels[label], count, self.share * totals[label]))
        return math.fsum(steps)  # exact, so that the order of the labels cannot matter


def _chi_square_step(held: int, more: int, wanted: float) -> float:
    """(held + more − wanted)² / wanted − (held − wanted)² / wanted."""
    return (2.0 * more * (held - wanted) + more * more) / wanted


def distribute(
    groups: Mapping[str, LabelCounts],
    hands: Sequence[PartialSplit],
    seed: int,
    first: Iterable[int] = (),
) -> None:
    """Deal every group to the hand that it brings nearest to its share.

    No hand stays empty while there are groups enough.

    Args:
        groups: what each group holds.
        hands: the parts, with what they were dealt before.
        seed: breaks ties.
        first: where the groups run short, the hands to be served first, by number.

    >>> hands = [PartialSplit(0.5), PartialSplit(0.5)]
    >>> distribute({"a": {"x": 4}, "b": {"x": 2}, "c": {"x": 2}}, hands, seed=0)
    >>> [sorted(hand.groups) for hand in hands]
    [['a'], ['b', 'c']]
    """
    totals: Counter[str] = sum((hand.labels for hand in hands), Counter())
    for census in groups.values():
        totals.update(census)
    total = sum(totals.values())
    wanted = [*first, *(number for number in range(len(hands)) if number not in first)]
    turns = largest_first(groups, seed)
    for position, group in enumerate(turns):
        left = len(turns) - position
        empty = [number for number in wanted if not hands[number].groups]
        if len(empty) < left:
            open_to: Iterable[int] = range(len(hands))
        else:  # as many empty hands as groups, or more: then the most urgent one
            open_to = empty if len(empty) == left else empty[:1]
        choice = _nearest(hands, open_to, groups[group], totals, total)
        hands[choice].take(group, groups[group])


def _nearest(
    hands: Sequence[PartialSplit],
    open_to: Iterable[int],
    census: LabelCounts,
    totals: LabelCounts,
    total: int,
) -> int:
    return min(open_to, key=lambda number: (hands[number].growth(census, totals, total), number))
