from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.nn import functional as F

from tonotope.reference import losses
from tonotope.reference.gradients import losses as back
from tonotope.reference.gradients.differences import central_difference

PROPERTY = settings(max_examples=25, deadline=None)
SIZE = st.integers(1, 4)
SEED = st.integers(0, 2**32 - 1)


def grown(loss: torch.Tensor, *leaves: torch.Tensor) -> list[np.ndarray]:
    return [gradient.numpy() for gradient in torch.autograd.grad(loss, leaves)]


@PROPERTY
@given(SIZE, SIZE, st.floats(0, 0.5), SEED)
def test_cross_entropy(batch: int, classes: int, smoothing: float, seed: int) -> None:
    dice = np.random.default_rng(seed)
    scores, truth = 3 * dice.normal(size=(batch, classes)), dice.integers(classes, size=batch)
    shares = losses.one_hot(truth, classes, smoothing)
    ours = back.cross_entropy_backward(scores, shares)
    leaf = torch.from_numpy(scores).requires_grad_()
    loss = F.cross_entropy(leaf, torch.from_numpy(truth), label_smoothing=smoothing)
    assert_allclose(ours, grown(loss, leaf)[0], rtol=1e-9, atol=1e-9)
    found = central_difference(lambda s: losses.cross_entropy(s, shares), scores)
    assert_allclose(ours, found, rtol=1e-6, atol=1e-8)


@PROPERTY
@given(SIZE, SIZE, SEED)
def test_binary_cross_entropy_and_squared_error(batch: int, outputs: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    scores, truth = 3 * dice.normal(size=(batch, outputs)), dice.random((batch, outputs))
    for name, theirs in (
        ("binary_cross_entropy", F.binary_cross_entropy_with_logits),
        ("mean_squared_error", F.mse_loss),
    ):
        ours = getattr(back, f"{name}_backward")(scores, truth)
        leaf = torch.from_numpy(scores).requires_grad_()
        expected = grown(theirs(leaf, torch.from_numpy(truth)), leaf)[0]
        assert_allclose(ours, expected, rtol=1e-9, atol=1e-9)
        loss = getattr(losses, name)
        found = central_difference(lambda s, loss=loss: loss(s, truth), scores)
        assert_allclose(ours, found, rtol=1e-6, atol=1e-8)


@PROPERTY
@given(SIZE, SIZE, SIZE, SEED)
def test_prototypes_hear_of_the_error_and_so_do_their_examples(
    batch: int, classes: int, features: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), dice.integers(classes, size=3)])
    examples, queries = (
        dice.normal(size=(len(truth), features)),
        dice.normal(size=(batch, features)),
    )
    answers = dice.integers(classes, size=batch)
    shares = losses.one_hot(answers, classes)
    centres = losses.prototypes(examples, truth, classes)
    to_queries, to_centres = back.prototype_loss_backward(queries, centres, shares)
    to_examples = back.prototypes_backward(to_centres, truth)

    given_examples = torch.from_numpy(examples).requires_grad_()
    given_queries = torch.from_numpy(queries).requires_grad_()
    means = torch.stack([given_examples[truth == label].mean(0) for label in range(classes)])
    distances = ((given_queries[:, None] - means[None]) ** 2).sum(-1)
    loss = F.cross_entropy(-distances, torch.from_numpy(answers))
    for ours, theirs in zip(
        (to_queries, to_centres, to_examples),
        grown(loss, given_queries, means, given_examples), strict=True,
    ):  # fmt: skip
        assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)
    found = central_difference(
        lambda e: losses.prototype_loss(queries, losses.prototypes(e, truth, classes), shares),
        examples,
    )
    assert_allclose(to_examples, found, rtol=1e-6, atol=1e-7)
