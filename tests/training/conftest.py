"""Small models and features that take milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch

from tonotope.heads import Classify, Task
from tonotope.model import Model
from tonotope.network.layer_list import Layers
from tonotope.representation import LogMel
from tonotope.training import Dataset, FeatureStore, TrainingPlan

BANDS, STEPS = 8, 12
SOUND = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=BANDS)
CLIP = SOUND.samples(STEPS)
LAYERS = (
    "conv 4 3x3 padding same",
    "batchnorm",
    "relu",
    "meanpool 2x2",
    "dropout 0.2",
    "globalpool time mean+max",
)

PLAIN = {
    "mixup": 0.0,
    "time_shift": 0.0,
    "frequency_roll": 0,
    "level_db": 0.0,
    "time_masks": 0,
    "frequency_masks": 0,
    "label_smoothing": 0.0,
    "precision": "float32",
    "memory_format": "channels_last",
}


@pytest.fixture
def make_model() -> Callable[..., Model]:
    """A model of a few hundred weights, three classes."""

    def make(layers: Sequence[str] = LAYERS, head: Task | None = None, seed: int = 0) -> Model:
        head = head or Classify(classes=("a", "b", "c"))
        network = Layers.model_validate({"layers": layers})
        return Model.build(SOUND, network, head, clip_samples=CLIP, seed=seed)

    return make


@pytest.fixture
def make_dataset() -> Callable[..., Dataset]:
    """Recordings of noise, each class louder in a band of its own."""

    def make(
        train: int = 12, validation: int = 6, lengths: Sequence[int] = (STEPS, 30), seed: int = 0
    ) -> Dataset:
        rng = np.random.default_rng(seed)
        count = train + validation
        sizes = [lengths[i % len(lengths)] for i in range(count)]
        labels = np.arange(count) % 3
        parts = []
        for size, label in zip(sizes, labels, strict=True):
            part = rng.normal(-40, 5, (size, BANDS, 1))
            part[:, 2 * label : 2 * label + 2] += 15
            parts.append(part.astype(np.float32))
        store = FeatureStore(
            torch.from_numpy(np.concatenate(parts)), np.cumsum([0, *sizes]), "noise"
        )
        targets = torch.eye(3)[torch.from_numpy(labels)]
        return Dataset(
            store,
            {"label": targets},
            np.arange(train),
            np.arange(train, count),
            STEPS,
            names=[f"noise-{i}.wav" for i in range(count)],
        )

    return make


@pytest.fixture
def make_plan() -> Callable[..., TrainingPlan]:
    """A plan without regularisation, except where it is asked for."""

    def make(**changes: object) -> TrainingPlan:
        short = {"epochs": 3, "batch_size": 4}
        return TrainingPlan.model_validate({**PLAIN, **short, **changes})

    return make
