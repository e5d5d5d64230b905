"""Validation: recordings vote with all their clips, and each counts the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from tonotope._errors import TrainingError
from tonotope.model import Model
from tonotope.runtime.bfloat16_guard import Guard
from tonotope.runtime.device import Device
from tonotope.training import Dataset
from tonotope.training.validation import validate

CPU = Guard(Device("cpu", 1))


def test_it_is_the_mean_over_recordings_of_votes_over_clips(
    make_model: Callable[..., Model], make_dataset: Callable[..., Dataset]
) -> None:
    model, dataset = make_model().eval(), make_dataset(2, 5, lengths=(12, 30, 17))
    model.standardise.set(*dataset.store.mean_and_std(dataset.train))
    found = validate(model, dataset, CPU, batch_size=2)

    losses, right = [], []
    for record in dataset.validation:
        size = int(dataset.store.lengths[record])
        starts = sorted({*range(0, size - 12, 6), size - 12})
        clips = dataset.store.crop(np.full(len(starts), record), np.array(starts), 12)
        with torch.no_grad():
            scores = model.from_features(clips)["label"].softmax(1)
        label = int(dataset.targets["label"][record].argmax())
        losses.append(float(-scores[:, label].log().mean()))
        right.append(int(scores.mean(0).argmax()) == label)
    assert found["loss"] == pytest.approx(np.mean(losses), rel=1e-5)
    assert found["accuracy"] == pytest.approx(np.mean(right))


def test_nothing_to_validate_is_no_number(
    make_model: Callable[..., Model], make_dataset: Callable[..., Dataset]
) -> None:
    assert validate(make_model(), make_dataset(3, 0), CPU, 4) == {}


def test_a_loss_that_is_no_number_names_recordings(
    make_model: Callable[..., Model], make_dataset: Callable[..., Dataset]
) -> None:
    dataset = make_dataset(2, 2)
    dataset.store.flat[dataset.store.offsets[3] :] = torch.nan
    with pytest.raises(TrainingError, match=r"validation loss is nan on .*noise-3\.wav"):
        validate(make_model(), dataset, CPU, 4)
