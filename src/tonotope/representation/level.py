"""The level of a clip: decibels relative to its peak, the floor below it.

How loud a recording is depends more on the distance to the microphone than on the sound. With
`level = "clip"` features are relative to the loudest point of each clip: 0 dB there, and all that
lies more than `RANGE_DB` below counts as silence. What a gain does to the features is said by each
representation (`relative_to_loudest`, `decibel_step`):

    waveform, magnitude, complex    a gain g multiplies
    log-mel                         a change by d decibels adds d everywhere
    MFCC                            it adds d · sqrt(bands) to the first coefficient alone
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

RANGE_DB = 80.0
# A clip that never rises so far above the floor is silence, and is not made loud.
RISES_DB = 20.0
FAINTEST = 1e-4


def over_peak(features: Tensor) -> Tensor:
    """Features of clips, `(batch, ...)`, each divided by the largest magnitude of its clip.

    >>> import torch
    >>> over_peak(torch.tensor([[[0.1, -0.2, 0.0]]]))
    tensor([[[ 0.5000, -1.0000,  0.0000]]])
    """
    peak = features.abs().amax(tuple(range(1, features.dim())), keepdim=True)
    return features / peak.clamp(min=FAINTEST)


def below_peak(features: Tensor, floor: float, scale: float = 1.0) -> Tensor:
    """Decibels of clips, `(batch, ...)`, each less the greatest of its clip.

    Args:
        features: decibels times `scale`.
        floor: the least power that the decibels were taken of.
        scale: what one decibel is in the features.
    """
    quiet = scale * (10 * math.log10(floor) + RISES_DB)
    peak = features.amax(tuple(range(1, features.dim())), keepdim=True).clamp(min=quiet)
    return (features - peak).clamp(min=-RANGE_DB * scale)
