from __future__ import annotations

from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.nn import functional as F

from tonotope.reference.gradients.differences import central_difference
from tonotope.reference.gradients.pool import max_pool_backward, mean_pool_backward
from tonotope.reference.pool import max_pool, mean_pool

SMALL = st.integers(1, 3)


@st.composite
def pools(draw: st.DrawFn) -> dict[str, Any]:
    """A random input, window and stride that fit each other, both axes on their own."""
    size = (draw(SMALL), draw(SMALL))
    stride = draw(st.one_of(st.none(), st.tuples(SMALL, SMALL)))
    plane = [q + draw(st.integers(0, 5)) for q in size]
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (draw(SMALL), draw(SMALL), *plane)
    # No two values closer than 0.01: the largest has a slope only where there is one winner.
    x = dice.permutation(np.prod(shape)).reshape(shape) * 0.01
    return {"x": x, "size": size, "stride": stride, "ceil": draw(st.booleans())}


def by_torch(form: Any, layer: dict[str, Any], upstream: np.ndarray) -> np.ndarray:
    x = torch.from_numpy(layer["x"].copy()).requires_grad_()
    form(x, layer["size"], layer["stride"], ceil_mode=layer["ceil"]).backward(
        torch.from_numpy(upstream)
    )
    assert x.grad is not None
    return x.grad.numpy()


@settings(max_examples=40, deadline=None)
@given(pools())
def test_max_pool_is_torchs_and_the_central_difference(layer: dict[str, Any]) -> None:
    values, winners = max_pool(**layer)
    upstream = np.random.default_rng(0).normal(size=values.shape)
    ours = max_pool_backward(upstream, winners, layer["x"].shape)
    assert_allclose(ours, by_torch(F.max_pool2d, layer, upstream), rtol=1e-9, atol=1e-12)
    if ours.size < 60:
        found = central_difference(
            lambda x: float((upstream * max_pool(**{**layer, "x": x})[0]).sum()), layer["x"], 1e-3
        )
        assert_allclose(ours, found, rtol=1e-7, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(pools())
def test_mean_pool_is_torchs_and_the_central_difference(layer: dict[str, Any]) -> None:
    upstream = np.random.default_rng(0).normal(size=mean_pool(**layer).shape)
    how = {name: layer[name] for name in ("size", "stride", "ceil")}
    ours = mean_pool_backward(upstream, layer["x"].shape, **how)
    assert_allclose(ours, by_torch(F.avg_pool2d, layer, upstream), rtol=1e-9, atol=1e-12)
    if ours.size < 60:
        found = central_difference(
            lambda x: float((upstream * mean_pool(x, **how)).sum()), layer["x"], 1e-3
        )
        assert_allclose(ours, found, rtol=1e-7, atol=1e-9)


def test_of_equal_values_torchs_winner_hears_the_error() -> None:
    layer = {"x": np.ones((1, 2, 4, 5)), "size": (2, 2), "stride": (1, 2), "ceil": True}
    values, winners = max_pool(**layer)
    upstream = np.arange(1.0, values.size + 1).reshape(values.shape)
    ours = max_pool_backward(upstream, winners, layer["x"].shape)
    assert_allclose(ours, by_torch(F.max_pool2d, layer, upstream), rtol=1e-12)
