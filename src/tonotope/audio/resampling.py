"""Resampling to another rate by soxr, whole or in a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import soxr

QUALITY = "HQ"


def resample(samples: np.ndarray, rate_hz: int, new_rate_hz: int) -> np.ndarray:
    """Samples (channel, time) at `rate_hz` as samples (channel, time) at `new_rate_hz`.

    >>> resample(np.zeros((1, 44100), np.float32), 44100, 16000).shape
    (1, 16000)
    """
    import soxr

    return np.ascontiguousarray(soxr.resample(samples.T, rate_hz, new_rate_hz, quality=QUALITY).T)


def resample_stream(rate_hz: int, new_rate_hz: int) -> soxr.ResampleStream:
    """The same for one channel of float32 in blocks: `resample_chunk(block, last)`."""
    import soxr

    return soxr.ResampleStream(rate_hz, new_rate_hz, 1, "float32", QUALITY)
