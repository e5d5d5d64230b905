"""Stereo to mono: the mean of the channels, or one of them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tonotope._errors import DataError

# The mean of all channels, or the number of one of them, counted from 0.
Channels = Literal["mean"] | int


def mix_to_mono(samples: np.ndarray, how: Channels = "mean") -> np.ndarray:
    """Samples (channel, time) as (1, time).

    >>> mix_to_mono(np.array([[0.0, 1.0], [1.0, 1.0]], np.float32))
    array([[0.5, 1. ]], dtype=float32)

    Raises:
        DataError: there is no channel of that number.
    """
    channels = len(samples)
    if how == "mean":
        return samples.mean(axis=0, keepdims=True, dtype=np.float32) if channels > 1 else samples
    if not 0 <= how < channels:
        raise DataError(
            f'channel {how} was asked for, but the sound has {channels}: give "mean" '
            f"or a number from 0 to {channels - 1}"
        )
    return samples[how : how + 1]
