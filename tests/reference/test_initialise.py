from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import init

from tonotope._errors import ShapeError
from tonotope.reference import initialise
from tonotope.reference.convolve import convolve

PROPERTY = settings(max_examples=25, deadline=None)
SIZE = st.integers(1, 7)
SHAPES = st.one_of(
    st.tuples(SIZE, SIZE), st.tuples(SIZE, SIZE, SIZE), st.tuples(SIZE, SIZE, SIZE, SIZE)
)
SEED = st.integers(0, 2**31 - 1)


class TorchsDice:
    """Draws as a NumPy generator would be asked to, but by PyTorch's generator."""

    def __init__(self, seed: int) -> None:
        self.generator = torch.Generator().manual_seed(seed)

    def standard_normal(self, shape: tuple[int, ...]) -> np.ndarray:
        drawn = torch.empty(shape, dtype=torch.float64)
        return drawn.normal_(0, 1, generator=self.generator).numpy()

    def uniform(self, low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
        drawn = torch.empty(shape, dtype=torch.float64)
        return drawn.uniform_(low, high, generator=self.generator).numpy()


def kaiming(mode: str, nonlinearity: str, slope: float = 0.0) -> Callable[..., Any]:
    return lambda tensor, generator: init.kaiming_normal_(
        tensor, slope, mode=mode, nonlinearity=nonlinearity, generator=generator
    )


PAIRS: dict[str, tuple[Callable[..., np.ndarray], Callable[..., Any]]] = {
    "lecun": (initialise.lecun_normal, kaiming("fan_in", "linear")),
    "glorot uniform": (initialise.glorot_uniform, init.xavier_uniform_),
    "glorot normal": (initialise.glorot_normal, init.xavier_normal_),
    "he in": (initialise.he_fan_in, kaiming("fan_in", "relu")),
    "he out": (initialise.he_fan_out, kaiming("fan_out", "relu")),
    "he in, leaky": (
        lambda shape, dice: initialise.he_fan_in(shape, dice, slope=0.2),
        kaiming("fan_in", "leaky_relu", 0.2),
    ),
    "he out, leaky": (
        lambda shape, dice: initialise.he_fan_out(shape, dice, slope=0.2),
        kaiming("fan_out", "leaky_relu", 0.2),
    ),
    "glorot, for tanh": (
        lambda shape, dice: initialise.glorot_uniform(shape, dice, gain=5 / 3),
        lambda tensor, generator: init.xavier_uniform_(tensor, 5 / 3, generator=generator),
    ),
    "orthogonal": (
        lambda shape, dice: initialise.orthogonal(shape, dice, gain=1.5),
        lambda tensor, generator: init.orthogonal_(tensor, 1.5, generator=generator),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
@PROPERTY
@given(shape=SHAPES, seed=SEED)
def test_from_torchs_draws_come_torchs_weights(
    name: str, shape: tuple[int, ...], seed: int
) -> None:
    ours, theirs = PAIRS[name]
    weight = ours(shape, TorchsDice(seed))
    expected = torch.empty(shape, dtype=torch.float64)
    theirs(expected, generator=torch.Generator().manual_seed(seed))
    assert_allclose(weight, expected.numpy(), rtol=1e-9, atol=1e-9)


SHAPE = (60, 40, 5, 3)
FAN_IN, FAN_OUT = 40 * 15, 60 * 15
VARIANCES = {
    "lecun_normal": 1 / FAN_IN,
    "glorot_uniform": 2 / (FAN_IN + FAN_OUT),
    "glorot_normal": 2 / (FAN_IN + FAN_OUT),
    "he_fan_in": 2 / FAN_IN,
    "he_fan_out": 2 / FAN_OUT,
    "orthogonal": 1 / FAN_IN,
}


@pytest.mark.parametrize("name", VARIANCES)
def test_variance_and_distribution_are_what_the_paper_says(name: str) -> None:
    weight = getattr(initialise, name)(SHAPE, np.random.default_rng(1))
    assert weight.shape == SHAPE
    assert weight.var() == pytest.approx(VARIANCES[name], rel=0.03)
    assert abs(weight.mean()) < 4 * np.sqrt(VARIANCES[name] / weight.size)
    deviation = np.sqrt(VARIANCES[name])
    law = scipy.stats.norm(0, deviation)
    if name == "glorot_uniform":
        law = scipy.stats.uniform(-np.sqrt(3) * deviation, 2 * np.sqrt(3) * deviation)
        assert np.abs(weight).max() <= np.sqrt(3) * deviation
    assert scipy.stats.kstest(weight.ravel(), law.cdf).pvalue > 0.01


@pytest.mark.parametrize("name", [*VARIANCES, "delta_orthogonal"])
def test_equal_seeds_give_equal_weights(name: str) -> None:
    rule = getattr(initialise, name)
    first, again, other = (rule((6, 4, 3, 3), np.random.default_rng(s)) for s in (5, 5, 6))
    assert_array_equal(first, again)
    assert not np.allclose(first, other)


def depths(rule: Callable[..., np.ndarray], bend: Callable[[np.ndarray], np.ndarray]) -> float:
    """By what factor thirty layers of width 300 change the mean square of a signal."""
    dice = np.random.default_rng(2)
    x = start = bend(dice.normal(size=(300, 200)))
    for _ in range(30):
        x = bend(rule((300, 300), dice) @ x)
    return float((x**2).mean() / (start**2).mean())


def rectified(x: np.ndarray) -> np.ndarray:
    return np.maximum(x, 0)


def linear(x: np.ndarray) -> np.ndarray:
    return x


def test_he_passes_thirty_layers_of_relu_where_the_others_fade() -> None:
    assert 0.3 < depths(initialise.he_fan_in, rectified) < 3
    assert depths(initialise.lecun_normal, rectified) < 1e-8
    assert 0.3 < depths(initialise.lecun_normal, linear) < 3
    assert 0.3 < depths(initialise.glorot_uniform, linear) < 3
    assert depths(initialise.he_fan_in, linear) > 1e8


def test_he_fan_out_keeps_the_errors_on_their_way_back_through_a_widening_network() -> None:
    def back(rule: Callable[..., np.ndarray]) -> float:
        dice = np.random.default_rng(3)
        x = dice.normal(size=(50, 40))
        layers = []
        for narrow, wide in itertools.pairwise(range(50, 1500, 100)):
            weight = rule((wide, narrow), dice)
            x = weight @ x
            layers.append((weight, x > 0))
            x = rectified(x)
        error = start = dice.normal(size=x.shape)
        for weight, heard in reversed(layers):
            error = weight.T @ (error * heard)
        return float((error**2).mean() / (start**2).mean())

    assert 0.5 < back(initialise.he_fan_out) < 2
    assert back(initialise.he_fan_in) > 10  # what is kept on the way there grows on the way back


@PROPERTY
@given(SHAPES, SEED)
def test_orthogonal_rows_or_columns(shape: tuple[int, ...], seed: int) -> None:
    weight = initialise.orthogonal(shape, np.random.default_rng(seed)).reshape(shape[0], -1)
    if weight.shape[0] > weight.shape[1]:
        weight = weight.T
    assert_allclose(weight @ weight.T, np.eye(len(weight)), atol=1e-12)


def test_every_turn_is_equally_likely() -> None:
    dice = np.random.default_rng(4)
    corners = [initialise.orthogonal((3, 3), dice) for _ in range(2000)]
    assert np.abs(np.mean(corners, axis=0)).max() < 0.06
    assert np.mean([np.linalg.det(turn) > 0 for turn in corners]) == pytest.approx(0.5, abs=0.05)


def test_delta_orthogonal_keeps_every_length_through_a_hundred_layers() -> None:
    dice = np.random.default_rng(5)
    x = start = dice.normal(size=(2, 4, 7, 6))
    for _ in range(100):
        weight = initialise.delta_orthogonal((4, 4, 3, 5), dice)
        x = convolve(x, weight, np.zeros(4), padding=(1, 2))
    assert_allclose((x**2).sum(axis=1), (start**2).sum(axis=1), rtol=1e-9)


@pytest.mark.parametrize("shape", [(5, 3, 3), (5, 3, 4, 3), (4, 4, 1, 2)])
def test_delta_orthogonal_is_silent_but_in_the_middle(shape: tuple[int, ...]) -> None:
    weight = initialise.delta_orthogonal(shape, np.random.default_rng(6), gain=2.0)
    middle = (slice(None), slice(None), *((k - 1) // 2 for k in shape[2:]))
    core = weight[middle].copy()
    assert_allclose(core.T @ core, 4 * np.eye(shape[1]), atol=1e-12)
    weight[middle] = 0
    assert not weight.any()


@pytest.mark.parametrize("shape", [(3, 4, 3, 3), (4, 4)])
def test_delta_orthogonal_needs_filters_enough(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"at least as many filters as channels; orthogonal takes"):
        initialise.delta_orthogonal(shape, np.random.default_rng(0))
