"""Dealing groups: large first, where they mend most, and nobody empty-handed."""

from __future__ import annotations

from collections import Counter

import pytest

from tonotope.datasets.stratify import Hand, deal, holders, in_turn, lot


def test_rare_classes_do_not_all_round_up_to_training() -> None:
    """Each class alone would give its five groups to the large parts; together they must not."""
    groups = {f"{label}-{number}": {f"c{label}": 1} for label in range(60) for number in range(5)}
    hands = [Hand(0.85), Hand(0.10), Hand(0.05)]
    deal(groups, hands, seed=0)
    train, validation, test = (hand.size / 300 for hand in hands)
    assert train == pytest.approx(0.85, abs=0.05)
    assert validation == pytest.approx(0.10, abs=0.05)
    assert test == pytest.approx(0.05, abs=0.025)


def test_large_groups_are_dealt_first_and_equals_by_lot() -> None:
    groups = {"small": {"x": 1}, "large": {"x": 5, "y": 4}, "one": {"x": 2}, "two": {"y": 2}}
    turns = in_turn(groups, seed=3)
    assert (turns[0], turns[-1]) == ("large", "small")
    assert turns[1:3] == sorted(["one", "two"], key=lambda group: lot(group, 3))
    both = {tuple(in_turn(groups, seed)) for seed in range(20)}
    assert len(both) == 2


def test_no_hand_stays_empty_while_there_are_groups() -> None:
    hands = [Hand(0.98), Hand(0.01), Hand(0.01)]
    deal({"a": {"x": 9}, "b": {"x": 1}, "c": {"x": 1}}, hands, seed=0)
    assert [len(hand.groups) for hand in hands] == [1, 1, 1]


def test_the_most_urgent_hands_are_served_first_where_groups_run_short() -> None:
    hands = [Hand(0.8), Hand(0.1), Hand(0.1)]
    deal({"a": {"x": 1}, "b": {"x": 1}}, hands, seed=0, first=(0, 2, 1))
    assert [len(hand.groups) for hand in hands] == [1, 0, 1]


def test_what_was_dealt_before_counts() -> None:
    full, fresh = Hand(0.5), Hand(0.5)
    full.take("before", {"x": 10})
    deal({name: {"x": 2} for name in "abcde"}, [full, fresh], seed=0)
    assert set(full.groups) == {"before"}
    assert fresh.labels == Counter(x=10)


def test_a_hand_spares_what_it_holds_twice() -> None:
    hand = Hand(1.0)
    hand.take("a", {"x": 1, "y": 1})
    hand.take("b", {"x": 1})
    assert hand.can_spare({"x": 1})
    assert not hand.can_spare({"x": 1, "y": 1})
    hand.give("a", {"x": 1, "y": 1})
    assert not hand.can_spare({"x": 1})
    assert hand.size == 1


def test_holders_are_in_the_order_of_the_groups() -> None:
    assert holders({"b": {"x": 1}, "a": {"x": 1, "y": 2}}) == {"x": ["b", "a"], "y": ["a"]}
