"""A small model, and a folder it was saved to."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network import Layers
from tonotope.representation import LogMel

LAYERS = "conv 4 3x3 padding same, batchnorm, relu, globalpool time mean+max"


@pytest.fixture
def model() -> Model:
    sound = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=8)
    network = Layers.model_validate({"layers": LAYERS})
    made = Model.build(sound, network, Classify(classes=("a", "b", "c")), clip_samples=2000)
    made.standardise.set(torch.full((1, 1, 8), -40.0), torch.full((1, 1, 8), 12.0))
    return made.eval()


@pytest.fixture
def saved(model: Model, tmp_path: Path) -> Path:
    model.save(tmp_path / "model")
    return tmp_path / "model"
