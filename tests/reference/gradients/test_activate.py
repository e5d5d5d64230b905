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
from tonotope.reference.gradients import activate as back
from tonotope.reference.gradients.differences import central_difference

NUMBERS = arrays(float, array_shapes(max_dims=3, max_side=3), elements=st.floats(-20, 20))
THEIRS = {
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "gelu": F.gelu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "scaled_tanh": lambda x: 1.7159 * torch.tanh(2 * x / 3),
    "softmax": lambda x: F.softmax(x, -1),
    "log_softmax": lambda x: F.log_softmax(x, -1),
}


@pytest.mark.parametrize("name", THEIRS)
@settings(max_examples=25, deadline=None)
@given(x=NUMBERS, seed=st.integers(0, 2**32 - 1))
def test_every_slope_is_torchs(name: str, x: np.ndarray, seed: int) -> None:
    upstream = np.random.default_rng(seed).normal(size=x.shape)
    leaf = torch.from_numpy(x.copy()).requires_grad_()
    THEIRS[name](leaf).backward(torch.from_numpy(upstream))
    assert leaf.grad is not None
    ours = getattr(back, f"{name}_backward")(upstream, x)
    assert_allclose(ours, leaf.grad.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", THEIRS)
def test_every_slope_is_the_central_difference(name: str) -> None:
    dice = np.random.default_rng(1)
    x, upstream = dice.normal(size=(2, 4, 5)) * 2
    bend = getattr(activate, name)
    found = central_difference(lambda x: float((upstream * bend(x)).sum()), x)
    ours = getattr(back, f"{name}_backward")(upstream, x)
    assert_allclose(ours, found, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu"])
def test_at_the_corner_the_slope_is_torchs(name: str) -> None:
    leaf = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    THEIRS[name](leaf).sum().backward()
    assert leaf.grad is not None
    ours = getattr(back, f"{name}_backward")(np.ones(3), np.zeros(3))
    assert_allclose(ours, leaf.grad.numpy())


@settings(max_examples=15, deadline=None)
@given(x=NUMBERS, slope=st.floats(0, 0.9), axis=st.integers(0, 2))
def test_their_settings_are_heard(x: np.ndarray, slope: float, axis: int) -> None:
    upstream = np.random.default_rng(0).normal(size=x.shape)
    for ours, theirs in (
        (back.leaky_relu_backward(upstream, x, slope), lambda x: F.leaky_relu(x, slope)),
        (back.elu_backward(upstream, x, slope), lambda x: F.elu(x, slope)),
        (
            back.softmax_backward(upstream, x, axis % x.ndim),
            lambda x: F.softmax(x, axis % x.ndim),
        ),
        (
            back.log_softmax_backward(upstream, x, axis % x.ndim),
            lambda x: F.log_softmax(x, axis % x.ndim),
        ),
    ):
        leaf = torch.from_numpy(x.copy()).requires_grad_()
        theirs(leaf).backward(torch.from_numpy(upstream))
        assert leaf.grad is not None
        assert_allclose(ours, leaf.grad.numpy(), rtol=1e-9, atol=1e-9)


def test_nothing_overflows() -> None:
    far = np.array([-1e4, 1e4])  # NumPy's warnings are errors here
    assert_allclose(back.elu_backward(np.ones(2), far), [0, 1])
    assert_allclose(back.gelu_backward(np.ones(2), far), [0, 1])
    assert_allclose(back.sigmoid_backward(np.ones(2), far), [0, 0])
