from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose
from torch.nn import functional as F

from tonotope.reference import activate

PROPERTY = settings(max_examples=40, deadline=None)
NUMBERS = arrays(float, array_shapes(max_dims=3, max_side=5), elements=st.floats(-50, 50))
PAIRS = {
    "relu": (activate.relu, F.relu),
    "leaky_relu": (lambda x: activate.leaky_relu(x, 0.2), lambda x: F.leaky_relu(x, 0.2)),
    "elu": (lambda x: activate.elu(x, 0.7), lambda x: F.elu(x, 0.7)),
    "gelu": (activate.gelu, F.gelu),
    "sigmoid": (activate.sigmoid, torch.sigmoid),
    "tanh": (activate.tanh, torch.tanh),
    "scaled_tanh": (activate.scaled_tanh, lambda x: 1.7159 * torch.tanh(2 * x / 3)),
    "softmax": (activate.softmax, lambda x: F.softmax(x, -1)),
    "log_softmax": (activate.log_softmax, lambda x: F.log_softmax(x, -1)),
    "softmax over the first axis": (lambda x: activate.softmax(x, 0), lambda x: F.softmax(x, 0)),
}


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=20, deadline=None)
@given(x=NUMBERS)
def test_every_activation_is_torchs(name: str, x: np.ndarray) -> None:
    here, there = PAIRS[name]
    assert_allclose(here(x), there(torch.from_numpy(x)).numpy(), rtol=1e-9, atol=1e-12)


@PROPERTY
@given(NUMBERS, st.floats(-1e6, 1e6))
def test_softmax_is_a_share_of_one_and_blind_to_a_common_shift(x: np.ndarray, shift: float) -> None:
    shares = activate.softmax(x)
    assert_allclose(shares.sum(axis=-1), 1.0, rtol=1e-12)
    assert_allclose(activate.softmax(x + shift), shares, rtol=1e-8, atol=1e-9)


def test_nothing_overflows() -> None:
    far = np.array([-1e4, 1e4])  # NumPy's warnings are errors here
    assert_allclose(activate.sigmoid(far), [0.0, 1.0])
    assert_allclose(activate.elu(far), [-1.0, 1e4])
    assert_allclose(activate.gelu(far), [0.0, 1e4])
    assert_allclose(activate.softmax(far), [0.0, 1.0])
    assert_allclose(activate.log_softmax(far), [-2e4, 0.0])


def test_the_scaled_tanh_meets_its_targets_and_bends_most_there() -> None:
    assert_allclose(activate.scaled_tanh(np.array([-1.0, 1.0])), [-1.0, 1.0], atol=1e-4)
    x = np.linspace(0, 3, 3001)
    bend = np.abs(np.gradient(np.gradient(activate.scaled_tanh(x), x), x))
    assert abs(x[bend.argmax()] - 1.0) < 0.02  # the largest second derivative, as its paper says
