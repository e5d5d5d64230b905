from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.nn import functional as F

from tonotope.reference.convolve import convolve, convolve_1d, patches
from tonotope.reference.gradients import convolve as back
from tonotope.reference.gradients.differences import central_difference

SMALL = st.integers(1, 3)


@st.composite
def layers(draw: st.DrawFn) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Random arrays that fit, and their geometry, both axes on their own."""
    stride = (draw(SMALL), draw(SMALL))
    dilation = (draw(SMALL), draw(SMALL))
    padding = (draw(st.integers(0, 3)), draw(st.integers(0, 3)))
    size = (draw(st.integers(1, 4)), draw(SMALL))
    plane = [
        max(d * (k - 1) + 1 - 2 * p, 1) + draw(st.integers(0, 4))
        for d, k, p in zip(dilation, size, padding, strict=True)
    ]
    channels, filters, batch = draw(SMALL), draw(SMALL), draw(st.integers(1, 2))
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    arrays = {
        "x": dice.normal(size=(batch, channels, *plane)),
        "weight": dice.normal(size=(filters, channels, *size)),
        "bias": dice.normal(size=filters),
    }
    return arrays, {"stride": stride, "padding": padding, "dilation": dilation}


def by_torch(form: Any, arrays: dict[str, np.ndarray], upstream: np.ndarray, **how: Any) -> Any:
    leaves = [torch.from_numpy(array.copy()).requires_grad_() for array in arrays.values()]
    form(*leaves, **how).backward(torch.from_numpy(upstream))
    return [leaf.grad.numpy() for leaf in leaves]


@settings(max_examples=40, deadline=None)
@given(layers())
def test_all_three_gradients_are_torchs(
    layer: tuple[dict[str, np.ndarray], dict[str, Any]],
) -> None:
    arrays, how = layer
    upstream = np.random.default_rng(0).normal(size=convolve(**arrays, **how).shape)
    ours = back.convolve_backward(upstream, arrays["x"], arrays["weight"], **how)
    for mine, theirs in zip(ours, by_torch(F.conv2d, arrays, upstream, **how), strict=True):
        assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(layers())
def test_all_three_gradients_are_the_central_differences(
    layer: tuple[dict[str, np.ndarray], dict[str, Any]],
) -> None:
    arrays, how = layer
    upstream = np.random.default_rng(0).normal(size=convolve(**arrays, **how).shape)
    ours = back.convolve_backward(upstream, arrays["x"], arrays["weight"], **how)
    for name in arrays:

        def loss(value: np.ndarray, name: str = name) -> float:
            return float((upstream * convolve(**{**arrays, name: value}, **how)).sum())

        found = central_difference(loss, arrays[name], step=1e-3)  # linear: no step is too wide
        assert_allclose(getattr(ours, name), found, rtol=1e-7, atol=1e-7)


@settings(max_examples=25, deadline=None)
@given(layers())
def test_one_dimension_is_torchs_too(
    layer: tuple[dict[str, np.ndarray], dict[str, Any]],
) -> None:
    arrays, planes = layer
    arrays = {name: a[..., 0] if a.ndim == 4 else a for name, a in arrays.items()}
    how = {name: pair[0] for name, pair in planes.items()}
    upstream = np.random.default_rng(0).normal(size=convolve_1d(**arrays, **how).shape)
    ours = back.convolve_1d_backward(upstream, arrays["x"], arrays["weight"], **how)
    for mine, theirs in zip(ours, by_torch(F.conv1d, arrays, upstream, **how), strict=True):
        assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(layers())
def test_adding_back_is_the_transpose_of_taking_patches(
    layer: tuple[dict[str, np.ndarray], dict[str, Any]],
) -> None:
    arrays, how = layer
    size, stride, dilation = arrays["weight"].shape[2:], how["stride"], how["dilation"]
    dice = np.random.default_rng(0)
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
    x = dice.normal(size=(2, 3, reach[0] + 4, reach[1] + 3))
    taken = patches(x, size, stride, dilation)
    weights = dice.normal(size=taken.shape)
    added = back.add_back(weights, x.shape[2:], stride, dilation)
    assert_allclose((taken * weights).sum(), (x * added).sum(), rtol=1e-9, atol=1e-9)
