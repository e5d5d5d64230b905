from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional as F

from tonotope._errors import ShapeError
from tonotope.reference.convolve import convolve
from tonotope.reference.dense import as_filters, dense, flatten

PROPERTY = settings(max_examples=30, deadline=None)
SIZE = st.integers(1, 6)
SEED = st.integers(0, 2**32 - 1)


@PROPERTY
@given(SIZE, SIZE, SIZE, SEED)
def test_dense_is_torchs(batch: int, features: int, units: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    x, weight = dice.normal(size=(batch, features)), dice.normal(size=(units, features))
    bias = dice.normal(size=units)
    expected = F.linear(*(torch.from_numpy(a) for a in (x, weight, bias))).numpy()
    assert_allclose(dense(x, weight, bias), expected, rtol=1e-9, atol=1e-12)


@PROPERTY
@given(SIZE, SIZE, SIZE, SIZE, SEED)
def test_flatten_is_torchs_and_dense_is_a_filter_as_large_as_the_input(
    batch: int, channels: int, times: int, frequencies: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    x = dice.normal(size=(batch, channels, times, frequencies))
    assert_array_equal(flatten(x), torch.flatten(torch.from_numpy(x), 1).numpy())
    weight, bias = dice.normal(size=(3, x[0].size)), dice.normal(size=3)
    filters = as_filters(weight, (channels, times, frequencies))
    convolved = convolve(x, filters, bias)
    assert convolved.shape == (batch, 3, 1, 1)
    assert_allclose(convolved[..., 0, 0], dense(flatten(x), weight, bias), rtol=1e-9, atol=1e-9)


def test_what_does_not_fit_is_told_what_would() -> None:
    with pytest.raises(ShapeError, match=r"given 4 axes, \(2, 3, 4, 5\); flatten comes first"):
        dense(np.zeros((2, 3, 4, 5)), np.zeros((7, 60)), np.zeros(7))
    with pytest.raises(
        ShapeError,
        match=r"has 60 features and the weights expect 59; weights of "
        r"shape \(7, 60\) would fit",
    ):
        dense(np.zeros((2, 60)), np.zeros((7, 59)), np.zeros(7))  # fmt: skip
