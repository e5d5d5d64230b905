"""Validation: recordings vote with all their clips, and each counts the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from tonotope._errors import TrainingError
from tonotope.model import Model
from tonotope.runtime.device import Device
from tonotope.runtime.precision import Guard
from tonotope.training import Material
from tonotope.training.validation import validate

CPU = Guard(Device("cpu", 1))


def test_it_is_the_mean_over_recordings_of_votes_over_clips(
    make_model: Callable[..., Model], make_material: Callable[..., Material]
) -> None:
    model, material = make_model().eval(), make_material(2, 5, lengths=(12, 30, 17))
    model.standardise.set(*material.store.moments(material.train))
    found = validate(model, material, CPU, batch_size=2)

    losses, right = [], []
    for record in material.validation:
        size = int(material.store.lengths[record])
        starts = sorted({*range(0, size - 12, 6), size - 12})
        clips = material.store.crop(np.full(len(starts), record), np.array(starts), 12)
        with torch.no_grad():
            scores = model.from_features(clips)["label"].softmax(1)
        label = int(material.targets["label"][record].argmax())
        losses.append(float(-scores[:, label].log().mean()))
        right.append(int(scores.mean(0).argmax()) == label)
    assert found["loss"] == pytest.approx(np.mean(losses), rel=1e-5)
    assert found["accuracy"] == pytest.approx(np.mean(right))


def test_nothing_to_validate_is_no_number(
    make_model: Callable[..., Model], make_material: Callable[..., Material]
) -> None:
    assert validate(make_model(), make_material(3, 0), CPU, 4) == {}


def test_a_loss_that_is_no_number_names_recordings(
    make_model: Callable[..., Model], make_material: Callable[..., Material]
) -> None:
    material = make_material(2, 2)
    material.store.flat[material.store.offsets[3] :] = torch.nan
    with pytest.raises(TrainingError, match=r"validation loss is nan on .*noise-3\.wav"):
        validate(make_model(), material, CPU, 4)
