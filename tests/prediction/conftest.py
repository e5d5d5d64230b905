from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network.layer_list import Layers
from tonotope.representation import LogMel, Waveform

CLASSES = ("cat", "dog", "owl")
LAYERS = ["conv 6 3x3", "batchnorm", "relu", "maxpool 2x2", "conv 6 3x3", "batchnorm", "relu"]


def _lived_in(model: Model, seed: int) -> Model:
    """Weights and statistics as after some training, so that every part of the model counts."""
    rng = torch.Generator().manual_seed(seed)
    for part in model.modules():
        if isinstance(part, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.5, generator=rng)
            part.running_var.uniform_(0.5, 2, generator=rng)
            part.weight.data.uniform_(0.5, 2, generator=rng)
            part.bias.data.normal_(0, 0.5, generator=rng)
    mean = torch.full_like(model.standardise.mean, -30.0)
    if mean.dim() > 2:
        model.standardise.set(mean, torch.full_like(mean, 15.0))
    for weight in model.head.parameters():
        weight.data.normal_(0, 0.3, generator=rng)
    return model.eval()


@pytest.fixture
def build() -> Callable[..., Model]:
    """A small model of log-mel spectrograms, 1 s of sound at 8 kHz."""

    def built(
        seed: int = 0, classes: tuple[str, ...] = CLASSES, fill: str = "silence", **sound: object
    ) -> Model:
        settings = {"rate_hz": 8000, "window_s": 0.032, "hop_s": 0.016, "bands": 16} | sound
        layers = Layers(layers=[*LAYERS, "globalpool time mean+max"])
        model = Model.build(
            LogMel(**settings),
            layers,
            Classify(classes=classes),
            clip_samples=8000,
            fill=fill,
            seed=seed,
        )
        return _lived_in(model, seed)

    return built


@pytest.fixture
def waveform_model() -> Model:
    """A small model of waveforms, 0.1 s at 8 kHz."""
    layers = Layers(layers=["conv 4 9", "batchnorm", "relu", "globalpool time mean+max"])
    head = Classify(classes=CLASSES)
    return _lived_in(Model.build(Waveform(rate_hz=8000), layers, head, clip_samples=800), 1)


def noise(seconds: float, rate_hz: int = 8000, seed: int = 0) -> np.ndarray:
    """Noise whose colour and level wander, so that no two windows sound alike."""
    rng = np.random.default_rng(seed)
    count = round(seconds * rate_hz)
    times = np.arange(count) / rate_hz
    tone = np.sin(2 * np.pi * (300 + 200 * np.sin(0.7 * times)) * times)
    level = 0.3 + 0.25 * np.sin(1.3 * times + seed)
    return (level * (0.3 * rng.standard_normal(count) + tone)).astype(np.float32) / 2


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A WAV file of wandering noise."""

    def written(name: str, seconds: float, rate_hz: int = 8000, seed: int = 0) -> Path:
        path = tmp_path / name
        soundfile.write(path, noise(seconds, rate_hz, seed), rate_hz, subtype="FLOAT")
        return path

    return written
