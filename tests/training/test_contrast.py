"""Pairs of the same source: how batches are made, what the loss is, and that a network learns."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tonotope.training.contrast import EMBEDDING, Contrast, paired_batches


@pytest.mark.parametrize("batch_size", [4, 6, 64])
def test_batches_hold_pairs_and_each_source_once(batch_size: int) -> None:
    source = torch.arange(7).repeat_interleave(4)
    batches = paired_batches(source, batch_size, seed=1)
    for batch in batches:
        found, counts = np.unique(source[batch], return_counts=True)
        assert set(counts) == {2}
        assert 1 < len(found) <= batch_size // 2
    rows = torch.cat(batches)
    assert len(rows.unique()) == len(rows)
    assert len(rows) >= 28 - 4  # at most one pair of each round stands alone
    assert [one.tolist() for one in batches] == [
        one.tolist() for one in paired_batches(source, batch_size, seed=1)
    ]
    assert [one.tolist() for one in batches] != [
        one.tolist() for one in paired_batches(source, batch_size, seed=2)
    ]


def test_of_an_odd_number_one_sound_waits() -> None:
    rows = torch.cat(paired_batches(torch.tensor([0, 0, 0, 1, 1, 1]), 4, seed=0))
    assert len(rows) == 4


def test_the_loss_is_the_cross_entropy_of_the_partner() -> None:
    task = Contrast(temperature=0.5, values=2)
    one = torch.tensor([[1.0, 0.0], [0.0, 3.0], [2.0, 0.0], [0.0, 1.0]])
    source = torch.tensor([[8.0], [9.0], [8.0], [9.0]])
    loss = task.loss({EMBEDDING: one}, {EMBEDDING: source})
    # The partner has cosine 1, the two others 0: e^2 among e^2 + 1 + 1.
    assert float(loss) == pytest.approx(-math.log(math.exp(2) / (math.exp(2) + 2)), rel=1e-5)
    assert task.metrics({EMBEDDING: one}, {EMBEDDING: source}) == {"partners found": 1.0}
    apart = torch.tensor([[8.0], [8.0], [9.0], [9.0]])
    assert task.metrics({EMBEDDING: one}, {EMBEDDING: apart}) == {"partners found": 0.0}
    assert float(task.loss({EMBEDDING: one}, {EMBEDDING: apart})) > float(loss)
