"""The level of a clip: what a change of loudness does to its features, and how to be rid of it.

How loud a recording is says more of the distance to the microphone than of the sound. With
`level = "clip"` a representation is told relative to the loudest point of each clip: 0 dB there,
and everything that lies more than `RANGE_DB` below counts as silence.

    linear        waveform, magnitude, complex: a gain g multiplies
    logarithmic   log-mel: a change by d decibels adds d everywhere
    cepstral      MFCC: it adds d · sqrt(bands) to the first coefficient alone
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tonotope.representation.mfcc import MFCC

if TYPE_CHECKING:
    from torch import Tensor

    from tonotope.representation import Representation

RANGE_DB = 80.0
# A clip that never rises so far above the floor is silence, and is not made loud.
RISES_DB = 20.0
FAINTEST = 1e-4

Nature = Literal["linear", "logarithmic", "cepstral"]


def nature(representation: Representation) -> Nature:
    """How a gain shows in the features."""
    if representation.kind == "mfcc":
        return "cepstral"
    return "logarithmic" if representation.kind == "log-mel" else "linear"


def normalise_level(representation: Representation, features: Tensor) -> Tensor:
    """Features of clips, each relative to its own loudest point where that is asked for.

    Args:
        representation: what the features are; with `level = "recorded"` they come back as they are.
        features: `(batch, channel, time, frequency)`, or `(batch, channel, time)`.

    Returns:
        a new tensor of the same shape.

    >>> import torch
    >>> from tonotope.representation import Waveform
    >>> normalise_level(Waveform(level="clip"), torch.tensor([[[0.1, -0.2, 0.0]]]))
    tensor([[[ 0.5000, -1.0000,  0.0000]]])
    """
    if representation.level == "recorded":
        return features
    every = tuple(range(1, features.dim()))
    kind = nature(representation)
    if kind == "linear":
        peak = features.abs().amax(every, keepdim=True)
        return features / peak.clamp(min=FAINTEST)
    if isinstance(representation, MFCC):
        return _cepstral(representation, features)
    quiet = _floor_db(representation) + RISES_DB
    peak = features.amax(every, keepdim=True).clamp(min=quiet)
    return (features - peak).clamp(min=-RANGE_DB)


def _cepstral(representation: MFCC, features: Tensor) -> Tensor:
    """The first coefficient alone carries the level: relative to its greatest value."""
    scale = representation.bands**0.5
    first = features[..., :1]
    quiet = scale * (_floor_db(representation) + RISES_DB)
    peak = first.amax((1, 2, 3), keepdim=True).clamp(min=quiet)
    found = features.clone()
    found[..., :1] = (first - peak).clamp(min=-RANGE_DB * scale)
    return found


def _floor_db(representation: Representation) -> float:
    import math

    return 10 * math.log10(getattr(representation, "floor", 1e-10))
