"""Templates for any recordings: `lenet`, `resnet`, `layers`, `spectrogram`, `waveform`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What each is for, and what it sets.
TEMPLATES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "lenet": (
        "the network of LeCun et al. (1998), small enough to read",
        {"network.kind": "lenet"},
    ),
    "resnet": ("residual blocks: deeper, slower", {"network.kind": "resnet"}),
    "layers": (
        "a network spelled out layer by layer, to be changed by hand",
        {
            "network.kind": "layers",
            "network.layers": [
                *("conv 32 5x5", "batchnorm", "relu", "maxpool 2x2"),
                *("conv 64 5x5", "batchnorm", "relu", "meanpool 2x2", "dropout 0.25"),
                *("globalpool time mean+max", "flatten", "dense 128", "relu", "dropout 0.5"),
            ],
        },
    ),
    "spectrogram": (
        "the magnitude of each frequency, no mel bands",
        {"representation.kind": "magnitude"},
    ),
    "waveform": (
        "one-dimensional convolutions on the samples themselves",
        {"representation.kind": "waveform"},
    ),
}
