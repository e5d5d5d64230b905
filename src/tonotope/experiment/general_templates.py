"""Templates for any recordings: ears, `lenet`, `resnet`, `layers`, `spectrogram`, `waveform`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tonotope.experiment.start import EAR, WORD_EAR

# What each is for, and what it sets.
TEMPLATES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "ear": (
        "a network that has learnt to hear from synthesised sound; only what it answers is trained",
        {
            "start.run": EAR,
            "start.frozen": True,
            # As the ear hears: see `pretrain`.
            "representation.kind": "log-mel",
            "representation.rate_hz": 22_050,
            "representation.window_s": 0.046,
            "representation.hop_s": 0.023,
            "representation.bands": 64,
            "representation.low_hz": 0.0,
            "representation.high_hz": None,
            "representation.level": "clip",
            "network.kind": "vgg",
            "network.widths": [16, 32, 64, 128],
            "network.summary_blocks": 2,
            "network.statistics": "mean+max+std",
            # How its head is trained: see `proposed_start`.
        },
    ),
    "word-ear": (
        "a network that has learnt to tell words, whoever says them, from synthesised ones",
        {
            "start.run": WORD_EAR,
            # As the ear hears: see `ear`.
            "representation.kind": "log-mel",
            "representation.rate_hz": 8000,
            "representation.window_s": 0.025,
            "representation.hop_s": 0.007,
            "representation.bands": 32,
            "representation.low_hz": 0.0,
            "representation.high_hz": None,
            "representation.level": "clip",
            "network.kind": "vgg",
            "network.widths": [16, 32, 64, 128],
        },
    ),
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
