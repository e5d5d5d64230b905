from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from tonotope.reference import optimise

PROPERTY = settings(max_examples=25, deadline=None)
SEED = st.integers(0, 2**32 - 1)
RATE = st.floats(1e-4, 0.1)
DECAY = st.sampled_from([0.0, 1e-2, 0.3])
BETAS = st.sampled_from([(0.9, 0.999), (0.5, 0.9), (0.0, 0.99)])
STEPS = 20


def walk_beside_torch(
    seed: int, optimiser: Callable[..., torch.optim.Optimizer], start: Any, step: Callable[..., Any]
) -> None:
    """Twenty steps down a warped bowl, each with its own gradient; weights equal after each."""
    dice = np.random.default_rng(seed)
    weight, slopes = dice.normal(size=(4, 3)), dice.normal(size=(STEPS, 4, 3))
    theirs = torch.nn.Parameter(torch.from_numpy(weight.copy()))
    walker = optimiser([theirs])
    state = start(weight)
    for slope in slopes:
        weight, state = step(weight, np.sin(weight) + slope, state)
        theirs.grad = torch.sin(theirs.detach()) + torch.from_numpy(slope)
        walker.step()
        assert_allclose(weight, theirs.detach().numpy(), rtol=1e-12, atol=1e-12)


@PROPERTY
@given(SEED, RATE, st.sampled_from([0.0, 0.5, 0.9]), DECAY, st.booleans())
def test_sgd_is_torchs(
    seed: int, rate: float, momentum: float, decay: float, nesterov: bool
) -> None:
    nesterov = nesterov and momentum > 0  # PyTorch refuses the other
    walk_beside_torch(
        seed,
        lambda parameters: torch.optim.SGD(
            parameters, rate, momentum, weight_decay=decay, nesterov=nesterov
        ),
        np.zeros_like,
        lambda w, g, v: optimise.sgd(w, g, v, rate, momentum, decay, nesterov=nesterov),
    )


@PROPERTY
@given(SEED, RATE, BETAS, st.sampled_from([1e-8, 1e-3]), DECAY)
def test_adam_is_torchs(
    seed: int, rate: float, betas: tuple[float, float], epsilon: float, decay: float
) -> None:
    walk_beside_torch(
        seed,
        lambda parameters: torch.optim.Adam(parameters, rate, betas, epsilon, decay),
        optimise.Moments.start,
        lambda w, g, m: optimise.adam(w, g, m, rate, betas, epsilon, decay),
    )


@PROPERTY
@given(SEED, RATE, BETAS, st.sampled_from([1e-8, 1e-3]), DECAY)
def test_adamw_is_torchs(
    seed: int, rate: float, betas: tuple[float, float], epsilon: float, decay: float
) -> None:
    walk_beside_torch(
        seed,
        lambda parameters: torch.optim.AdamW(parameters, rate, betas, epsilon, decay),
        optimise.Moments.start,
        lambda w, g, m: optimise.adamw(w, g, m, rate, betas, epsilon, decay),
    )


def test_the_defaults_are_torchs() -> None:
    for theirs, ours in ((torch.optim.Adam, optimise.adam), (torch.optim.AdamW, optimise.adamw)):
        walk_beside_torch(0, theirs, optimise.Moments.start, ours)


def test_the_first_step_of_adam_is_one_learning_rate_whatever_the_gradients_size() -> None:
    weight, gradient = np.zeros(4), np.array([1e6, 1.0, -1e-3, -1e3])
    after, moments = optimise.adam(weight, gradient, optimise.Moments.start(weight), 0.01)
    assert_allclose(after, -0.01 * np.sign(gradient), rtol=1e-4)
    assert moments.step == 1


def test_decay_shrinks_a_lively_weight_in_adamw_and_hardly_in_adam() -> None:
    """The reason for AdamW: with gradients of ±100 that cancel, only its decay is felt."""
    ends = []
    for step in (optimise.adam, optimise.adamw):
        weight = np.array([1.0])
        moments = optimise.Moments.start(weight)
        for t in range(400):
            gradient = np.array([100.0 * (-1) ** t])
            weight, moments = step(weight, gradient, moments, 1e-3, weight_decay=0.5)
        ends.append(weight[0])
    assert ends[1] < 0.85 < 0.95 < ends[0]


def test_nothing_is_changed_in_place() -> None:
    weight, gradient = np.ones(3), np.ones(3)
    moments = optimise.Moments.start(weight)
    velocity = np.ones(3)
    optimise.adam(weight, gradient, moments, weight_decay=0.1)
    optimise.adamw(weight, gradient, moments)
    optimise.sgd(weight, gradient, velocity, 0.1, 0.9, 0.1)
    for array in (weight, gradient, velocity):
        assert (array == 1).all()
    assert not moments.mean.any()
    assert not moments.square.any()
