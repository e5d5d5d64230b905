from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional as F

from tonotope._errors import ShapeError
from tonotope.reference import pool

PROPERTY = settings(max_examples=40, deadline=None)
SMALL = st.integers(1, 4)


@st.composite
def pools(draw: st.DrawFn) -> dict[str, Any]:
    """A random input, window and stride that fit each other, both axes on their own."""
    size = (draw(SMALL), draw(SMALL))
    stride = draw(st.one_of(st.none(), st.tuples(SMALL, SMALL)))
    plane = [q + draw(st.integers(0, 7)) for q in size]
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = dice.normal(size=(draw(SMALL), draw(SMALL), *plane))
    if draw(st.booleans()):
        x = x.round()  # ties
    return {"x": x, "size": size, "stride": stride, "ceil": draw(st.booleans())}


@PROPERTY
@given(pools())
def test_max_pool_is_torchs_in_value_and_winner(layer: dict[str, Any]) -> None:
    values, winners = pool.max_pool(**layer)
    expected = F.max_pool2d(
        torch.from_numpy(layer["x"]), layer["size"], layer["stride"],
        ceil_mode=layer["ceil"], return_indices=True,
    )  # fmt: skip
    assert_array_equal(values, expected[0].numpy())
    assert_array_equal(winners, expected[1].numpy())


@PROPERTY
@given(pools())
def test_mean_pool_is_torchs(layer: dict[str, Any]) -> None:
    expected = F.avg_pool2d(
        torch.from_numpy(layer["x"]), layer["size"], layer["stride"], ceil_mode=layer["ceil"]
    ).numpy()
    assert_allclose(pool.mean_pool(**layer), expected, rtol=1e-9, atol=1e-12)


@PROPERTY
@given(pools())
def test_the_winner_stands_where_it_is_said_to(layer: dict[str, Any]) -> None:
    values, winners = pool.max_pool(**layer)
    flat = layer["x"].reshape(*layer["x"].shape[:2], -1)
    found = np.take_along_axis(flat, winners.reshape(*winners.shape[:2], -1), axis=2)
    assert_array_equal(found.reshape(values.shape), values)


def test_a_tone_moved_within_its_window_is_the_same_to_what_follows() -> None:
    here, there = np.zeros((1, 1, 4, 4)), np.zeros((1, 1, 4, 4))
    here[0, 0, 0, 2] = there[0, 0, 1, 3] = 1.0
    assert_array_equal(pool.max_pool(here, (2, 2))[0], pool.max_pool(there, (2, 2))[0])


def test_silence_of_minus_infinity_pools_to_itself() -> None:
    values, winners = pool.max_pool(np.full((1, 1, 3, 3), -np.inf), (2, 2), ceil=True)
    assert_array_equal(values, np.full((1, 1, 2, 2), -np.inf))
    assert_array_equal(winners[0, 0], [[0, 2], [6, 8]])


def test_a_window_that_does_not_fit_is_told_what_would() -> None:
    for form in (pool.max_pool, pool.mean_pool):
        with pytest.raises(
            ShapeError,
            match=r"window of 3 finds no place on 2 values; a window of "
            r"at most 2 would fit",
        ):
            form(np.zeros((1, 1, 5, 2)), (2, 3), ceil=True)  # fmt: skip
