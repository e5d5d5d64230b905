from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.nn import functional as F

from tonotope.reference import losses

PROPERTY = settings(max_examples=30, deadline=None)
SIZE = st.integers(1, 6)
SEED = st.integers(0, 2**32 - 1)
NEAR = {"rel": 1e-9, "abs": 1e-12}


@PROPERTY
@given(SIZE, SIZE, st.floats(0, 0.5), st.floats(0.1, 100), SEED)
def test_cross_entropy_is_torchs(
    batch: int, classes: int, smoothing: float, height: float, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    scores, truth = height * dice.normal(size=(batch, classes)), dice.integers(classes, size=batch)
    expected = F.cross_entropy(
        torch.from_numpy(scores), torch.from_numpy(truth), label_smoothing=smoothing
    ).item()
    shares = losses.one_hot(truth, classes, smoothing)
    assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)
    assert losses.cross_entropy(scores, shares) == pytest.approx(expected, **NEAR)


@PROPERTY
@given(SIZE, SIZE, st.floats(0.1, 1000), SEED)
def test_binary_cross_entropy_is_torchs(batch: int, outputs: int, height: float, seed: int) -> None:
    dice = np.random.default_rng(seed)
    scores, truth = height * dice.normal(size=(batch, outputs)), dice.random((batch, outputs))
    expected = F.binary_cross_entropy_with_logits(
        torch.from_numpy(scores), torch.from_numpy(truth)
    ).item()
    assert losses.binary_cross_entropy(scores, truth) == pytest.approx(expected, **NEAR)


@PROPERTY
@given(SIZE, SIZE, SEED)
def test_mean_squared_error_is_torchs(batch: int, outputs: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    prediction, truth = dice.normal(size=(2, batch, outputs))
    expected = F.mse_loss(torch.from_numpy(prediction), torch.from_numpy(truth)).item()
    assert losses.mean_squared_error(prediction, truth) == pytest.approx(expected, **NEAR)


@PROPERTY
@given(SIZE, SIZE, SIZE, SEED)
def test_prototype_loss_is_torchs_distances_and_cross_entropy(
    batch: int, classes: int, features: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), dice.integers(classes, size=3)])
    examples, queries = (
        dice.normal(size=(len(truth), features)),
        dice.normal(size=(batch, features)),
    )
    answers = dice.integers(classes, size=batch)
    centres = losses.prototypes(examples, truth, classes)
    means = torch.stack([torch.from_numpy(examples[truth == c]).mean(0) for c in range(classes)])
    assert_allclose(centres, means.numpy(), rtol=1e-9, atol=1e-12)
    distances = torch.cdist(torch.from_numpy(queries), means) ** 2
    assert_allclose(losses.squared_distances(queries, centres), distances.numpy(), atol=1e-9)
    expected = F.cross_entropy(-distances, torch.from_numpy(answers)).item()
    shares = losses.one_hot(answers, classes)
    assert losses.prototype_loss(queries, centres, shares) == pytest.approx(expected, rel=1e-9)


def test_a_guess_costs_the_logarithm_of_the_classes_and_certainty_nothing() -> None:
    shares = losses.one_hot(np.arange(7), 7)
    assert losses.cross_entropy(np.zeros((7, 7)), shares) == pytest.approx(np.log(7))
    assert losses.cross_entropy(1000 * shares, shares) == 0.0
    assert losses.cross_entropy(-1000 * shares, shares) == pytest.approx(1000 + np.log(6))
