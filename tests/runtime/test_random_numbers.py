"""Random numbers depend on seed, epoch, step and rank, and on nothing else."""

from __future__ import annotations

import itertools

from tonotope.runtime.random_numbers import random_generator

RECORDED = [147365, 597170, 669768]


def test_the_first_numbers_are_those_of_0_1() -> None:
    """Recorded before ranks existed: runs of 0.1 that were stopped continue with their numbers."""
    assert random_generator(7, 2, 30).integers(10**6, size=3).tolist() == RECORDED
    assert random_generator(7, 2, 30, rank=0).integers(10**6, size=3).tolist() == RECORDED


def test_every_place_and_rank_has_numbers_of_its_own() -> None:
    places = itertools.product((0, 7), (0, 1), (0, 1, 2), (0, 1, 2))
    drawn = [tuple(random_generator(*place).integers(2**62, size=2)) for place in places]
    assert len(set(drawn)) == len(drawn)
