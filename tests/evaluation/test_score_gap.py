"""Scores are called too high or too low only where the groups say so."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tonotope.answers.classes import Predictions
from tonotope.answers.metric import Estimate
from tonotope.evaluation.score_gap import honesty, score_gap


def table(score: float, right: np.ndarray, groups: list[str]) -> Predictions:
    """Predictions of one score, right where `right` is true."""
    scores = np.where(right[:, None], [score, 1 - score], [1 - score, score])
    ids = tuple(f"r{at:03}" for at in range(len(right)))
    blank = ("",) * len(right)
    return Predictions(ids, [0] * len(right), scores, tuple(groups), blank, ("cat", "dog"))


def gap_of(found: Predictions, **more: int) -> Estimate:
    known = {"ids": found.ids, "groups": found.groups}
    return score_gap(found.scores, found.correct, **known, **more)


def test_the_gap_is_the_mean_score_minus_the_share_that_is_right() -> None:
    right = np.array([True, True, True, False])
    assert gap_of(table(0.9, right, list("abcd"))).value == pytest.approx(0.15)
    assert gap_of(table(0.6, right, list("abcd"))).value == pytest.approx(-0.15)


def test_recordings_that_go_together_by_group_make_the_interval_wide() -> None:
    """Half of 120 are right at 0.58; whole groups are right or wrong, or each by itself."""
    together = np.arange(120) // 10 % 2 == 0
    alone = np.random.default_rng(0).permutation(together)
    groups = [f"g{at // 10}" for at in range(120)]
    ours, theirs = (gap_of(table(0.58, one, groups)) for one in (alone, together))
    assert ours.value == theirs.value == pytest.approx(0.08)
    assert (honesty(ours, 12), honesty(theirs, 12)) == ("unclear", "unclear")
    assert theirs.high - theirs.low > 2 * (ours.high - ours.low)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """Scores of 0.75 that come true, in 12 groups whose recordings resemble each other."""
    rng, held = np.random.default_rng(0), 0
    groups = [f"g{at // 8}" for at in range(96)]
    for _ in range(200):
        share = rng.beta(3, 1, 12)  # its mean is 0.75
        found = gap_of(table(0.75, rng.random(96) < np.repeat(share, 8), groups), resamples=300)
        held += found.low <= 0 <= found.high
    assert held >= 180


@pytest.mark.parametrize(
    ("gap", "groups", "form"),
    [
        ((0.21, 0.10, 0.32), 12, "high"),
        ((0.21, 0.10, 0.32), 3, "high"),
        ((-0.21, -0.32, -0.10), 12, "low"),
        ((0.21, -0.10, 0.52), 12, "unclear"),
        ((0.21, -0.10, 0.52), 9, "few"),
        ((0.08, 0.02, 0.14), 32, "unclear"),  # not 0, but perhaps no more than 0.05
        ((0.02, -0.10, 0.14), 12, "unclear"),  # a small gap is no proof of one
        ((0.02, -0.04, 0.051), 200, "unclear"),
        ((0.02, -0.01, 0.05), 12, "good"),
        ((0.02, -0.10, 0.14), 3, "few"),
        ((0.01, -0.03, 0.05), 3, "good"),
        ((0.21, 0.10, 0.32), 1, "few"),  # over the recordings of one group alone
        ((0.21, None, None), 1, "few"),
    ],
)
def test_what_so_many_groups_can_tell(
    gap: tuple[float, float, float], groups: int, form: str
) -> None:
    assert honesty(Estimate(*gap), groups) == form


@pytest.mark.parametrize("groups", [4, 9, 10, 40])
def test_all_right_vouches_for_no_more_than_the_groups_do(groups: int) -> None:
    """Scores of 0.99 and all right, in few groups: the share elsewhere may be far below 0.99."""
    found = gap_of(
        table(0.99, np.ones(8 * groups, bool), [f"g{at // 8}" for at in range(8 * groups)])
    )
    t = stats.t.ppf(0.975, groups - 1)
    least = max(groups / (groups + t**2), 0.025 ** (1 / groups) if groups < 10 else 0)
    assert found.high == pytest.approx(0.99 - least)
    assert found.low == pytest.approx(-0.01)
    assert honesty(found, groups) == ("few" if groups < 10 else "unclear")


def test_few_right_of_few_groups_are_no_proof_of_honest_scores() -> None:
    """3 of 120 right at scores of 0.04, in 4 groups; in 200 groups of 60 they would be."""
    right = np.zeros(120, bool)
    right[[0, 40, 80]] = True
    scores = np.full((120, 25), 0.04)
    known = {
        "ids": [f"r{at:03}" for at in range(120)],
        "groups": [f"g{at // 30}" for at in range(120)],
    }
    few = score_gap(scores, right, **known)
    assert honesty(few, 4) == "few"
    known = {
        "ids": [f"r{at:05}" for at in range(12000)],
        "groups": [f"g{at // 60}" for at in range(12000)],
    }
    many = score_gap(np.tile(scores, (100, 1)), np.tile(right, 100), **known)
    assert many.value == few.value == pytest.approx(0.015)
    assert honesty(many, 200) == "good"


def test_the_interval_does_not_jump_where_no_group_differs_from_another() -> None:
    groups = [f"g{at // 8}" for at in range(96)]
    even = np.arange(96) % 8 < 6  # six of eight in every group
    once = even.copy()
    once[[0, 7]] = once[[7, 0]]  # the same again, in another order
    odd = even.copy()
    odd[[0, 15]] = odd[[15, 0]]  # one more in one group, one fewer in another
    same, other, near = (gap_of(table(0.75, one, groups)) for one in (even, once, odd))
    assert same == other
    assert (near.low, near.high) == pytest.approx((same.low, same.high), abs=1e-9)
