from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tonotope.answers.metric import effective_groups
from tonotope.evaluation.intervals import (
    around_difference,
    around_share,
    clopper_pearson,
    difference_tells,
    resampled,
    says_nothing,
    score_tells,
    standard_error,
    students_t,
)


def clustered(rng: np.random.Generator, truth: float, groups: int, size: int, alike: float):
    """Hits and sizes of groups whose members resemble each other (intra-class correlation)."""
    n = rng.poisson(size - 1, groups) + 1
    scale = (1 - alike) / alike
    own = rng.beta(truth * scale, (1 - truth) * scale, groups)
    return rng.binomial(n, own).astype(float), n.astype(float)


def interval(hits: np.ndarray, sizes: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """As `bootstrap` makes it, with the sizes of the groups."""
    draws = resampled(np.stack([hits, sizes], axis=1), 400, seed)
    groups, total = len(hits), sizes.sum()
    error = standard_error(draws[:, 0] / draws[:, 1], groups)
    low, high = around_share(
        hits.sum() / total,
        error,
        recordings=total,
        groups=groups,
        effective_groups=effective_groups(sizes),
        confidence=0.95,
    )
    return float(low), float(high)


@pytest.mark.parametrize(
    ("truth", "groups", "size", "alike"),
    [(0.6, 8, 25, 0.1), (0.8, 15, 8, 0.2), (0.9, 40, 5, 0.1), (0.97, 30, 5, 0.1)],
)
def test_a_95_percent_interval_holds_the_truth_in_about_95_percent(
    truth: float, groups: int, size: int, alike: float
) -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(300):
        low, high = interval(*clustered(rng, truth, groups, size, alike))
        held += low <= truth <= high
    assert 0.91 <= held / 300 <= 0.99


def test_treating_recordings_of_a_group_as_independent_would_promise_too_much() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(300):
        hits, sizes = clustered(rng, 0.8, 15, 20, 0.3)
        singly = np.repeat([1.0, 0.0], [int(hits.sum()), int((sizes - hits).sum())])
        low, high = interval(singly, np.ones_like(singly))
        held += low <= 0.8 <= high
    assert held / 300 < 0.75


def test_the_difference_of_two_systems_is_held_too() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(300):
        hard = rng.random((12, 10)) * 0.7 + rng.random((12, 1)) * 0.3
        one, two = (hard < 0.8).sum(1), (hard + 0.1 * rng.standard_normal((12, 10)) < 0.7).sum(1)
        draws = resampled((one - two).astype(float)[:, None], 300, 0)[:, 0] / 120
        value = (one - two).sum() / 120
        low, high = around_difference(
            value, standard_error(draws, 12), recordings=120, groups=12, confidence=0.95
        )
        held += low <= DIFFERENCE <= high
    assert 0.91 <= held / 300 <= 0.99


def _true_difference() -> float:
    rng = np.random.default_rng(4)
    hard = rng.random((200_000, 1)) * 0.7 + rng.random((200_000, 1)) * 0.3
    other = hard + 0.1 * rng.standard_normal(hard.shape)
    return float((hard < 0.8).mean() - (other < 0.7).mean())


DIFFERENCE = _true_difference()


def test_single_recordings_give_wilsons_interval() -> None:
    """With a group for every recording, only the resampling stands between the two."""
    hits = np.repeat([1.0, 0.0], [170, 30])
    draws = resampled(np.stack([hits, np.ones(200)], axis=1), 20_000, 0)
    error = standard_error(draws[:, 0] / draws[:, 1], 200)
    low, high = around_share(0.85, error, recordings=200, groups=200, confidence=0.95)
    theirs = stats.binomtest(170, 200).proportion_ci(0.95, method="wilson")
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=0.002)


@pytest.mark.parametrize("truth", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("alike", [0.05, 0.3, 0.95])
@pytest.mark.parametrize("groups", [2, 3, 5])
def test_few_groups_of_unequal_size_have_an_interval_that_holds_the_truth(
    groups: int, alike: float, truth: float
) -> None:
    """However alike the recordings of a group are; one of them may hold most recordings."""
    rng = np.random.default_rng(groups)
    scale, held = (1 - alike) / alike, 0
    for _ in range(200):
        sizes = np.round(4 * np.exp(rng.normal(0, 1, groups))) + 1
        own = rng.beta(truth * scale, (1 - truth) * scale, groups)
        hits = rng.binomial(sizes.astype(int), own).astype(float)
        low, high = interval(hits, sizes)
        held += low <= truth <= high
    assert held / 200 >= 0.93


def test_recordings_taken_for_groups_would_promise_too_much_of_two_groups() -> None:
    """What the test above would find if the number of groups were not what counts."""
    rng = np.random.default_rng(0)
    right = rng.random((300, 2)) < 0.7  # of each group all 8 recordings are right, or none
    shares = right.mean(axis=1)
    by_recording = np.array([clopper_pearson(one, 16, confidence=0.95) for one in shares])
    by_group = np.array([clopper_pearson(one, 2, confidence=0.95) for one in shares])
    assert ((by_recording[:, 0] <= 0.7) & (by_recording[:, 1] >= 0.7)).mean() < 0.6
    assert ((by_group[:, 0] <= 0.7) & (by_group[:, 1] >= 0.7)).all()


@pytest.mark.parametrize(("right", "of"), [(0, 2), (2, 2), (1, 3), (4, 9), (30, 31)])
def test_clopper_and_pearsons_interval_is_scipys(right: int, of: int) -> None:
    theirs = stats.binomtest(right, of).proportion_ci(0.95, method="exact")
    own = clopper_pearson(right / of, of, confidence=0.95)
    assert own == pytest.approx((theirs.low, theirs.high))


def test_two_groups_tell_something_only_where_all_is_right_or_all_wrong() -> None:
    assert interval(np.array([4.0, 4.0]), np.array([4.0, 4.0])) == pytest.approx(
        (0.158, 1), abs=1e-3
    )
    assert interval(np.array([0.0, 0.0]), np.array([4.0, 4.0])) == pytest.approx(
        (0, 0.842), abs=1e-3
    )
    assert says_nothing(*interval(np.array([4.0, 0.0]), np.array([4.0, 4.0])))
    assert says_nothing(*interval(np.array([3.0, 2.0]), np.array([4.0, 4.0])))
    # Seven recordings of one group and one of another are hardly two groups.
    low, _ = interval(np.array([7.0, 1.0]), np.array([7.0, 1.0]))
    assert low == pytest.approx(0.025 ** (50 / 64), abs=1e-6)


@pytest.mark.parametrize("groups", [3, 9])
def test_all_right_of_few_groups_is_what_clopper_and_pearson_say(groups: int) -> None:
    low, high = interval(np.full(groups, 7.0), np.full(groups, 7.0))
    assert (low, high) == pytest.approx((0.025 ** (1 / groups), 1.0))
    low, high = interval(np.zeros(groups), np.full(groups, 7.0))
    assert (low, high) == pytest.approx((0.0, 1 - 0.025 ** (1 / groups)))


@pytest.mark.parametrize("groups", [10, 30, 100])
def test_all_right_is_not_certainty(groups: int) -> None:
    low, high = interval(np.full(groups, 7.0), np.full(groups, 7.0))
    t = stats.t.ppf(0.975, groups - 1)
    assert (low, high) == pytest.approx((groups / (groups + t**2), 1.0))
    low, high = interval(np.zeros(groups), np.full(groups, 7.0))
    assert (low, high) == pytest.approx((0.0, t**2 / (groups + t**2)))


def test_one_more_error_never_raises_the_lower_end() -> None:
    ends = []
    for wrong in range(20):
        hits = np.ones(60)
        hits[:wrong] = 0
        ends.append(interval(hits, np.ones(60))[0])
    assert (np.diff(ends) < 0).all()


def test_groups_that_agree_by_chance_are_not_taken_for_certainty() -> None:
    """Three groups with 8 of 10 each: nothing moves, yet no less is unknown than for 30 singly."""
    low, high = interval(np.full(3, 8.0), np.full(3, 10.0))
    t = stats.t.ppf(0.975, 2)
    assert high - low > 2 * t * np.sqrt(0.8 * 0.2 / (30 + t**2)) * 0.9


def test_recordings_are_never_worth_more_than_themselves() -> None:
    """Groups that happen to score alike do not make 30 recordings as good as 3,000."""
    alike = around_share(0.8, 0.001, recordings=30, groups=3, confidence=0.95)
    assert alike == around_share(0.8, 0.0, recordings=30, groups=3, confidence=0.95)
    known = around_share(0.8, 0.001, recordings=3000, groups=3, confidence=0.95)
    assert alike[0] < known[0] < known[1] < alike[1]


@pytest.mark.parametrize("groups", [2, 4, 6, 9, 10, 40])
@pytest.mark.parametrize(("better", "worse"), [(0, 0), (3, 3), (24, 0), (15, 13), (1, 0)])
def test_a_difference_does_not_jump_where_the_groups_stop_differing(
    groups: int, better: int, worse: int
) -> None:
    """All groups may differ by the same amount by chance: the limit is what it is at 0."""
    known = {"recordings": 48, "groups": groups, "better": better, "worse": worse}
    value = (better - worse) / 48
    ends = [around_difference(value, e, **known, confidence=0.95) for e in (0, 1e-7, 1e-3)]
    assert ends[0] == ends[1] == ends[2]


def test_the_more_two_systems_disagree_the_wider_is_the_interval_of_their_difference() -> None:
    """With equal scores, by McNemar's variance: each disagreement could have gone the other way."""
    wide = [
        around_difference(0.0, 0.0, recordings=48, groups=6, better=b, worse=b, confidence=0.95)[1]
        for b in (0, 1, 5, 14, 24)
    ]
    assert (np.diff(wide) > 0).all()
    t = stats.t.ppf(0.975, 5)
    assert wide[0] == pytest.approx(t / 50)
    assert wide[3] == pytest.approx(t * np.sqrt(29) / 50)


def test_where_all_differ_alike_the_groups_are_what_can_vouch_for_it() -> None:
    """As of a score of 1: 200 recordings of 5 groups, all right with one system and never else."""
    low, high = around_difference(
        1.0, 0.0, recordings=200, groups=5, better=200, worse=0, confidence=0.95
    )
    t = stats.t.ppf(0.975, 4)
    assert (low, high) == pytest.approx((1 - t * np.sqrt(6 - 25 / 7) / 7, 1))


def test_an_interval_without_freedom_is_undefined() -> None:
    assert np.isnan(around_share(0.5, 0.0, recordings=5, groups=1, confidence=0.95)).all()
    assert np.isnan(around_share(np.nan, 0.1, recordings=5, groups=5, confidence=0.95)).all()
    assert np.isnan(around_share(np.nan, 0.0, recordings=0, groups=0, confidence=0.95)).all()


def test_resamples_are_draws_of_whole_groups() -> None:
    sums = np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]])
    draws = resampled(sums, 5000, seed=1)
    np.testing.assert_allclose(draws[:, 1], 10 * draws[:, 0])
    assert {3.0, 12.0} <= set(draws[:, 0]) <= {a + b + c for a in S for b in S for c in S}
    assert draws[:, 0].mean() == pytest.approx(7, abs=0.15)
    np.testing.assert_array_equal(draws, resampled(sums, 5000, seed=1))
    assert not np.array_equal(draws, resampled(sums, 5000, seed=2))


S = (1.0, 2.0, 4.0)


def test_many_groups_are_drawn_in_blocks_like_few() -> None:
    """More groups than fit a block at once: every draw still has as many groups as there are."""
    draws = resampled(np.ones((3000, 1)), 500, seed=0)
    np.testing.assert_array_equal(draws, np.full((500, 1), 3000.0))


def test_undefined_resamples_are_left_out_of_the_spread() -> None:
    draws = np.array([[0.5], [np.nan], [0.7]])
    assert standard_error(draws, 2) == pytest.approx(0.1 * np.sqrt(2))


def test_students_t_is_scipys() -> None:
    freedom = np.array([1, 2, 5, 30, 1e6])
    np.testing.assert_allclose(students_t(0.9, freedom), stats.t.ppf(0.95, freedom))
    assert np.isnan(students_t(0.95, 0))


@pytest.mark.parametrize(
    ("ends", "groups", "open_ended", "tells"),
    [
        ((0.0, 0.94), 2, False, False),  # nearly every share
        ((0.16, 1.0), 2, False, True),
        ((0.28, 0.95), 1, False, False),  # one group is never surer than two
        ((0.0, 0.94), 10, False, True),
        ((-12.4, 1.0), 2, False, False),  # R² of two groups
        ((-3.2, 0.97), 4, False, False),  # R² from useless to perfect
        ((-0.4, 0.6), 4, False, True),
        ((10.0, 12.0), 2, True, False),  # Hz or dB
        ((10.0, 12.0), 3, True, True),
        ((None, None), 12, False, False),
    ],
)
def test_what_the_interval_of_a_score_tells(
    ends: tuple[float, float], groups: int, open_ended: bool, tells: bool
) -> None:
    assert score_tells(*ends, groups=groups, open_ended=open_ended) is tells


@pytest.mark.parametrize(
    ("ends", "groups", "open_ended", "tells"),
    [
        ((-1.0, 1.0), 2, False, False),
        ((-1.0, 0.62), 2, False, False),
        ((-11.5, 10.4), 3, False, False),  # R²
        ((0.02, 1.0), 2, False, True),  # wide, but it says which is better
        ((-0.2, 0.3), 4, False, True),
        ((0.1, 0.3), 1, False, False),
        ((-30.0, 20.0), 2, True, False),
        ((-30.0, -20.0), 2, True, True),
        ((-30.0, 20.0), 3, True, True),
        ((-1.0, 0.9), 10, False, True),
    ],
)
def test_what_the_interval_of_a_difference_tells(
    ends: tuple[float, float], groups: int, open_ended: bool, tells: bool
) -> None:
    assert difference_tells(*ends, groups=groups, open_ended=open_ended) is tells
