"""Call density from a small checked sample: the estimate by hand, the interval by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from tonotope._errors import DataError
from tonotope.evaluation.call_density import (
    Stratum,
    call_density,
    density_sample,
    strata_of,
)


def test_strata_halve_and_equal_scores_are_no_trouble() -> None:
    assert np.bincount(strata_of(np.arange(1000.0))).tolist() == [500, 250, 125, 125]
    assert np.bincount(strata_of(np.zeros(1000))).tolist() == [500, 250, 125, 125]
    assert strata_of([0.3]).tolist() == [0]
    assert strata_of([0.3, 0.1]).tolist() == [1, 0]


def test_the_sample_has_as_many_of_each_stratum_and_hands_on_what_one_lacks() -> None:
    of = strata_of(np.arange(80.0))
    assert np.bincount(of[density_sample(np.arange(80.0), 20)]).tolist() == [5, 5, 5, 5]
    assert np.bincount(of[density_sample(np.arange(80.0), 60)]).tolist() == [20, 20, 10, 10]
    assert density_sample(np.arange(80.0), 80).tolist() == [*range(80)]
    one, two = (density_sample(np.arange(80.0), 20, seed=seed) for seed in (0, 1))
    assert len({*one.tolist()}) == 20
    assert one.tolist() != two.tolist()


def test_the_estimate_weighs_the_strata() -> None:
    scores = np.arange(80.0)  # 40, 20, 10, 10
    checked = {0: False, 1: False, 45: True, 46: False, 65: True, 66: True, 75: True, 76: True}
    found = call_density(scores, checked)
    assert found.share.value == pytest.approx((40 * 0 + 20 * 0.5 + 10 + 10) / 80)
    assert found.strata[1] == Stratum(40.0, 59.0, 20, 2, 1)
    low, high = found.share.low, found.share.high
    assert low is not None
    assert high is not None
    assert 5 / 80 <= low < 0.375 < high <= 1 - 3 / 80  # five hold it, three do not


def test_a_stratum_in_which_nothing_was_found_is_not_known_to_be_empty() -> None:
    scores = np.arange(800.0)
    picked = density_sample(scores, 20).tolist()
    value, low, high = call_density(scores, dict.fromkeys(picked, False)).share
    assert (value, low) == (0, 0)
    assert high is not None
    # Of five of the lower half none: up to half of these may hold it (Clopper and Pearson, 0.52).
    assert 0.25 < high < 0.45


@pytest.mark.parametrize(("share", "apart"), [(0.02, 2.0), (0.1, 0.0), (0.4, 1.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(share: float, apart: float) -> None:
    random, held, away = np.random.default_rng(5), 0, []
    for seed in range(80):
        holds = random.random(2000) < share
        scores = random.normal(0, 1, 2000) + apart * holds
        picked = density_sample(scores, 60, seed=seed).tolist()
        value, low, high = call_density(scores, {at: bool(holds[at]) for at in picked}).share
        assert value is not None
        assert low is not None
        assert high is not None
        held += low <= holds.mean() <= high
        away.append(value - holds.mean())
    assert held >= 73
    assert abs(np.mean(away)) < 0.02  # no bias, whatever the network is worth


def test_a_network_that_tells_apart_makes_a_narrower_interval() -> None:
    random, widths = np.random.default_rng(2), []
    holds = random.random(4000) < 0.1
    for apart in (0.0, 4.0):
        scores = random.normal(0, 1, 4000) + apart * holds
        picked = density_sample(scores, 100, seed=1).tolist()
        _, low, high = call_density(scores, {at: bool(holds[at]) for at in picked}).share
        widths.append((high or 1) - (low or 0))
    assert widths[1] < 0.8 * widths[0]


def test_what_cannot_be_is_refused() -> None:
    for scores in ([], [np.nan, 1.0], [[0.1], [0.2]]):
        with pytest.raises(DataError, match="one number for each segment"):
            strata_of(scores)  # pyright: ignore[reportArgumentType]
    with pytest.raises(DataError, match="4 to 80 would fit"):
        density_sample(np.arange(80.0), 3)
    with pytest.raises(DataError, match="4 to 80 would fit"):
        density_sample(np.arange(80.0), 81)
    with pytest.raises(DataError, match=r"none of the 10 segments with scores from 70 to 79"):
        call_density(np.arange(80.0), {0: True, 45: True, 65: True})
    with pytest.raises(DataError, match="no such segment: 99"):
        call_density(np.arange(80.0), {99: True})
