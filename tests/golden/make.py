"""Make the golden model folders of a release: small, saved once, read for ever.

    python tests/golden/make.py

A folder that is there already is left alone: what a release wrote must never change. Beside each
model lies `expected.json`: outputs for a wave that a formula gives.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from tonotope._files import write_text
from tonotope.heads import Classify
from tonotope.model import FORMAT_VERSION, Model
from tonotope.network import Layers
from tonotope.representation import LogMel, Waveform

HERE = Path(__file__).parent
RATE = 8000
SPECTRAL = """
    conv 4 5x3 stride 2x1 padding same, batchnorm, relu, maxpool 2x2 ceil,
    residual [conv 8 3x3 padding same nobias, batchnorm, leakyrelu 0.1] shortcut [conv 8 1x1],
    conv 6 3x3 dilation 2x1 padding 2:1x1:1, elu, meanpool 2x2, globalpool time mean+max,
    dropout 0.25, flatten, dense 8, gelu
"""
TEMPORAL = """
    conv 4 32 stride 8 padding same, batchnorm, tanh, maxpool 4, conv 6 5 groups 2, sigmoid,
    meanpool 2, globalpool time mean+max, flatten, dense 5 nobias, relu
"""


def waves(samples: int) -> torch.Tensor:
    """Three waves of fixed formula: a rising tone, two clicks, silence."""
    n = np.arange(samples)
    tone = 0.5 * np.sin(2 * np.pi * (200 + n / 20) * n / RATE)
    clicks = np.where((n == 500) | (n == 2000), 0.9, 0.0)
    return torch.from_numpy(np.stack([tone, clicks, np.zeros(samples)]).astype(np.float32))


def models() -> dict[str, Model]:
    """The models of this release, with batch norm statistics and constants worth testing."""
    task = Classify(classes=("flute", "oboe d'amore", "Geige (±)"))
    log_mel = LogMel(rate_hz=RATE, window_s=0.032, hop_s=0.016, bands=20)
    made = {
        "spectral": Model.build(
            log_mel, Layers.model_validate({"layers": SPECTRAL}), task, clip_samples=4000, seed=1
        ),
        "temporal": Model.build(
            Waveform(rate_hz=RATE),
            Layers.model_validate({"layers": TEMPORAL}),
            task,
            clip_samples=4000,
            seed=2,
        ),
    }
    for model in made.values():
        noise = 0.2 * torch.randn(8, 4000, generator=torch.Generator().manual_seed(3))
        features = model.features(noise)
        dims = (0, 2)
        mean, std = features.mean(dims, keepdim=True)[0], features.std(dims, keepdim=True)[0]
        model.standardise.set(mean, std)
        with torch.no_grad():
            model.train()(noise)
        model.eval()
    return made


def main() -> None:
    """Write what is not there yet."""
    for name, model in models().items():
        folder = HERE / f"model-v{FORMAT_VERSION}" / name
        if folder.exists():
            continue
        model.save(folder)
        with torch.no_grad():
            outputs = model(waves(model.description.clip_samples))
        told = {key: value.tolist() for key, value in outputs.items()}
        write_text(folder / "expected.json", json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
