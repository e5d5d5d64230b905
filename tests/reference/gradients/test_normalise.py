from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional as F

from tonotope.reference import normalise
from tonotope.reference.gradients import normalise as back
from tonotope.reference.gradients.differences import central_difference

SHAPES = st.lists(st.integers(2, 3), min_size=2, max_size=4).map(tuple)
SEED = st.integers(0, 2**32 - 1)


def drawn(shape: tuple[int, ...], seed: int) -> tuple[dict[str, np.ndarray], normalise.Running]:
    dice = np.random.default_rng(seed)
    arrays = {
        "x": dice.normal(2.0, 3.0, size=shape),
        "gain": dice.normal(size=shape[1]),
        "shift": dice.normal(size=shape[1]),
    }
    return arrays, normalise.Running(dice.normal(size=shape[1]), dice.uniform(0.5, 2, shape[1]))


@settings(max_examples=30, deadline=None)
@given(SHAPES, st.booleans(), SEED)
def test_in_training_and_in_use_the_gradients_are_torchs(
    shape: tuple[int, ...], training: bool, seed: int
) -> None:
    arrays, running = drawn(shape, seed)
    upstream = np.random.default_rng(0).normal(size=shape)
    leaves = {name: torch.from_numpy(a.copy()).requires_grad_() for name, a in arrays.items()}
    mean, variance = (torch.from_numpy(average.copy()) for average in running)
    F.batch_norm(
        leaves["x"], mean, variance,
        leaves["gain"], leaves["shift"], training, 0.1, 1e-3,
    ).backward(torch.from_numpy(upstream))  # fmt: skip
    if training:
        ours = back.batch_norm_training_backward(upstream, arrays["x"], arrays["gain"], 1e-3)
    else:
        ours = back.batch_norm_use_backward(upstream, arrays["x"], arrays["gain"], running, 1e-3)
    for name, leaf in leaves.items():
        assert leaf.grad is not None
        assert_allclose(getattr(ours, name), leaf.grad.numpy(), rtol=1e-9, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(SHAPES, SEED)
def test_in_training_the_gradients_are_the_central_differences(
    shape: tuple[int, ...], seed: int
) -> None:
    arrays, running = drawn(shape, seed)
    upstream = np.random.default_rng(0).normal(size=shape)
    ours = back.batch_norm_training_backward(upstream, arrays["x"], arrays["gain"], 0.1)
    for name in arrays:

        def loss(value: np.ndarray, name: str = name) -> float:
            given = {**arrays, name: value}
            y, _ = normalise.batch_norm_training(**given, running=running, epsilon=0.1)
            return float((upstream * y).sum())

        found = central_difference(loss, arrays[name])
        assert_allclose(getattr(ours, name), found, rtol=1e-6, atol=1e-6)


def test_no_error_moves_or_stretches_a_whole_channel() -> None:
    """Normalisation would undo it, so the gradient holds no such part."""
    arrays, _ = drawn((5, 2, 4, 3), 0)
    upstream = np.random.default_rng(0).normal(size=(5, 2, 4, 3))
    to_x = back.batch_norm_training_backward(upstream, arrays["x"], arrays["gain"], 0.0).x
    assert_allclose(to_x.sum(axis=(0, 2, 3)), 0, atol=1e-9)
    assert_allclose((to_x * arrays["x"]).sum(axis=(0, 2, 3)), 0, atol=1e-9)


def test_dropout_sends_the_error_where_the_sound_went() -> None:
    dice = np.random.default_rng(0)
    x, upstream = dice.normal(size=(2, 3, 5))
    mask = normalise.draw_mask(x.shape, 0.4, dice)
    ours = back.dropout_training_backward(upstream, mask, 0.4)
    found = central_difference(
        lambda x: float((upstream * normalise.dropout_training(x, mask, 0.4)).sum()), x, 1e-3
    )
    assert_allclose(ours, found, rtol=1e-7, atol=1e-9)
    assert_array_equal(ours == 0, ~mask)
