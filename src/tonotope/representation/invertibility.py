"""Whether sound can be made of a representation again, and where in a clip that is hard."""

from __future__ import annotations

import numpy as np

from tonotope._errors import ShapeError
from tonotope.representation import Representation
from tonotope.representation.stft_params import StftRepresentation, window_weights

COVERED = 0.01
"""The least share of the largest weight that a sample must get from the squared windows."""


def check_invertible(representation: Representation) -> None:
    """Refuse a representation from which no sound can be made.

    Raises:
        ShapeError: says why and what fits.
    """
    if representation.kind == "mfcc":
        raise ShapeError(
            "cepstral coefficients (`mfcc`) cannot be turned back into sound:"
            " representation.kind = magnitude, complex, log-mel or waveform would fit"
        )
    if not isinstance(representation, StftRepresentation):
        return
    own = representation.window_samples
    steady = window_sum(representation, 4 * own + representation.hop_samples)[own : 3 * own]
    if steady.min() < COVERED * steady.max():
        raise ShapeError(
            f"frames of {representation.window_s:g} s every {representation.hop_s:g} s leave sound"
            " out that nothing brings back: representation.hop_s ="
            f" {representation.window_s / 2:.3g} or less would fit"
        )


def window_sum(representation: StftRepresentation, length: int) -> np.ndarray:
    """What the squared windows of all whole frames in `length` samples add up to, (time,)."""
    own = window_weights(representation.window, representation.window_samples) ** 2
    total = np.zeros(length)
    for first in range(0, length - len(own) + 1, representation.hop_samples):
        total[first : first + len(own)] += own
    return total


def edge_samples(representation: Representation) -> int:
    """How many samples at either end of a clip fewer frames hear than those in its middle."""
    return representation.window_samples if isinstance(representation, StftRepresentation) else 0
