"""Dealing groups: large first, where they mend most, and nobody empty-handed."""

from __future__ import annotations

from collections import Counter

import pytest

from tonotope.datasets.stratify import (
    PartialSplit,
    distribute,
    groups_by_label,
    largest_first,
    tie_breaker,
)


def test_rare_classes_do_not_all_round_up_to_training() -> None:
    """Each class alone would give its five groups to the large parts; together they must not."""
    groups = {f"{label}-{number}": {f"c{label}": 1} for label in range(60) for number in range(5)}
    hands = [PartialSplit(0.85), PartialSplit(0.10), PartialSplit(0.05)]
    distribute(groups, hands, seed=0)
    train, validation, test = (hand.size / 300 for hand in hands)
    assert train == pytest.approx(0.85, abs=0.05)
    assert validation == pytest.approx(0.10, abs=0.05)
    assert test == pytest.approx(0.05, abs=0.025)


def test_large_groups_are_dealt_first_and_equals_by_lot() -> None:
    groups = {"small": {"x": 1}, "large": {"x": 5, "y": 4}, "one": {"x": 2}, "two": {"y": 2}}
    turns = largest_first(groups, seed=3)
    assert (turns[0], turns[-1]) == ("large", "small")
    assert turns[1:3] == sorted(["one", "two"], key=lambda group: tie_breaker(group, 3))
    both = {tuple(largest_first(groups, seed)) for seed in range(20)}
    assert len(both) == 2


def test_no_hand_stays_empty_while_there_are_groups() -> None:
    hands = [PartialSplit(0.98), PartialSplit(0.01), PartialSplit(0.01)]
    distribute({"a": {"x": 9}, "b": {"x": 1}, "c": {"x": 1}}, hands, seed=0)
    assert [len(hand.groups) for hand in hands] == [1, 1, 1]


def test_the_most_urgent_hands_are_served_first_where_groups_run_short() -> None:
    hands = [PartialSplit(0.8), PartialSplit(0.1), PartialSplit(0.1)]
    distribute({"a": {"x": 1}, "b": {"x": 1}}, hands, seed=0, first=(0, 2, 1))
    assert [len(hand.groups) for hand in hands] == [1, 0, 1]


def test_what_was_dealt_before_counts() -> None:
    full, fresh = PartialSplit(0.5), PartialSplit(0.5)
    full.take("before", {"x": 10})
    distribute({name: {"x": 2} for name in "abcde"}, [full, fresh], seed=0)
    assert set(full.groups) == {"before"}
    assert fresh.labels == Counter(x=10)


def test_a_hand_spares_what_it_holds_twice() -> None:
    hand = PartialSplit(1.0)
    hand.take("a", {"x": 1, "y": 1})
    hand.take("b", {"x": 1})
    assert hand.can_spare({"x": 1})
    assert not hand.can_spare({"x": 1, "y": 1})
    hand.give("a", {"x": 1, "y": 1})
    assert not hand.can_spare({"x": 1})
    assert hand.size == 1


def test_holders_are_in_the_order_of_the_groups() -> None:
    assert groups_by_label({"b": {"x": 1}, "a": {"x": 1, "y": 2}}) == {"x": ["b", "a"], "y": ["a"]}
