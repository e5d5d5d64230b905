from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from tonotope._errors import ShapeError
from tonotope.reference import normalise

PROPERTY = settings(max_examples=30, deadline=None)
SEED = st.integers(0, 2**32 - 1)
# batches of (batch, channel), (batch, channel, time) and (batch, channel, time, frequency)
SHAPES = st.lists(st.integers(2, 5), min_size=2, max_size=4).map(tuple)


@PROPERTY
@given(SHAPES, st.floats(0.01, 1.0), st.sampled_from([1e-5, 1e-3]), SEED)
def test_batch_norm_is_torchs_over_several_batches_and_in_use(
    shape: tuple[int, ...], momentum: float, epsilon: float, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    kind = {2: torch.nn.BatchNorm1d, 3: torch.nn.BatchNorm1d, 4: torch.nn.BatchNorm2d}[len(shape)]
    layer = kind(shape[1], eps=epsilon, momentum=momentum).double()
    gain, shift = dice.normal(size=shape[1]), dice.normal(size=shape[1])
    layer.weight.data, layer.bias.data = torch.from_numpy(gain), torch.from_numpy(shift)
    running = normalise.Running.start(shape[1])
    for _ in range(3):
        x = dice.normal(3.0, 2.0, size=shape)
        y, running = normalise.batch_norm_training(x, gain, shift, running, momentum, epsilon)
        expected = layer(torch.from_numpy(x)).detach().numpy()
        assert_allclose(y, expected, rtol=1e-9, atol=1e-9)
    assert_allclose(running.mean, layer.running_mean.numpy(), rtol=1e-9)
    assert_allclose(running.variance, layer.running_var.numpy(), rtol=1e-9)
    layer.eval()
    y = normalise.batch_norm_use(x, gain, shift, running, epsilon)
    assert_allclose(y, layer(torch.from_numpy(x)).detach().numpy(), rtol=1e-9, atol=1e-9)


@PROPERTY
@given(SHAPES, SEED)
def test_every_channel_leaves_with_the_mean_and_deviation_it_was_given(
    shape: tuple[int, ...], seed: int
) -> None:
    dice = np.random.default_rng(seed)
    gain, shift = dice.uniform(0.5, 2.0, shape[1]), dice.normal(size=shape[1])
    x = dice.normal(7.0, 5.0, size=shape)
    start = normalise.Running.start(shape[1])
    y, _ = normalise.batch_norm_training(x, gain, shift, start, epsilon=0.0)
    axes = normalise.other_axes(x)
    assert_allclose(y.mean(axis=axes), shift, atol=1e-9)
    assert_allclose(y.std(axis=axes), gain, rtol=1e-9)


def test_in_use_a_sounds_answer_does_not_depend_on_its_neighbours() -> None:
    dice = np.random.default_rng(0)
    x, running = dice.normal(size=(6, 3, 4, 5)), normalise.Running(np.ones(3), np.full(3, 2.0))
    together = normalise.batch_norm_use(x, np.ones(3), np.zeros(3), running)
    alone = normalise.batch_norm_use(x[2:3], np.ones(3), np.zeros(3), running)
    assert_array_equal(together[2:3], alone)


def test_a_single_value_has_no_variance() -> None:
    start = normalise.Running.start(3)
    with pytest.raises(
        ShapeError,
        match=r"one value per channel, \(1, 3\): a variance takes at "
        r"least two; a larger batch would do",
    ):
        normalise.batch_norm_training(np.ones((1, 3)), np.ones(3), np.zeros(3), start)  # fmt: skip


@pytest.mark.parametrize("drop", [0.0, 0.25, 0.9])
def test_dropout_keeps_the_mean_and_silences_its_share(drop: float) -> None:
    dice = np.random.default_rng(0)
    x = dice.uniform(1.0, 2.0, size=(200, 500))
    mask = normalise.draw_mask(x.shape, drop, dice)
    y = normalise.dropout_training(x, mask, drop)
    assert (y == 0).mean() == pytest.approx(drop, abs=0.005)
    assert y.mean() == pytest.approx(x.mean(), rel=0.02)
    assert_allclose(y[mask], x[mask] / (1 - drop), rtol=1e-12)


def test_dropout_scales_as_torch_does_and_rests_in_use() -> None:
    x = np.random.default_rng(0).normal(size=(4, 50))
    torch.manual_seed(0)
    theirs = torch.nn.functional.dropout(torch.from_numpy(x), 0.3).numpy()
    assert_allclose(normalise.dropout_training(x, theirs != 0, 0.3), theirs, rtol=1e-12)
    assert_array_equal(normalise.dropout_use(x), x)
