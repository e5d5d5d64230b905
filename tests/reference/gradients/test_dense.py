from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional as F

from tonotope.reference.dense import dense, flatten
from tonotope.reference.gradients.dense import dense_backward, flatten_backward
from tonotope.reference.gradients.differences import central_difference

SIZE = st.integers(1, 4)


@settings(max_examples=30, deadline=None)
@given(SIZE, SIZE, SIZE, st.integers(0, 2**32 - 1))
def test_all_three_gradients_are_torchs_and_the_central_differences(
    batch: int, features: int, units: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    arrays = {
        "x": dice.normal(size=(batch, features)),
        "weight": dice.normal(size=(units, features)),
        "bias": dice.normal(size=units),
    }
    upstream = dice.normal(size=(batch, units))
    leaves = {name: torch.from_numpy(a.copy()).requires_grad_() for name, a in arrays.items()}
    F.linear(*leaves.values()).backward(torch.from_numpy(upstream))
    ours = dense_backward(upstream, arrays["x"], arrays["weight"])
    for name, leaf in leaves.items():
        mine = getattr(ours, name)
        assert leaf.grad is not None
        assert_allclose(mine, leaf.grad.numpy(), rtol=1e-9, atol=1e-9)

        def loss(value: np.ndarray, name: str = name) -> float:
            return float((upstream * dense(**{**arrays, name: value})).sum())

        assert_allclose(mine, central_difference(loss, arrays[name], 1e-3), rtol=1e-7, atol=1e-7)


@settings(max_examples=10, deadline=None)
@given(st.lists(SIZE, min_size=2, max_size=4).map(tuple), st.integers(0, 2**32 - 1))
def test_flatten_and_back_is_where_it_began(shape: tuple[int, ...], seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=shape)
    assert_array_equal(flatten_backward(flatten(x), shape), x)
