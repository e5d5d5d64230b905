"""How a recording shorter than a clip is filled up: silence behind, silence around, repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

Fill = Literal["silence", "around", "repeat"]


def padded(samples: np.ndarray, length: int, fill: Fill) -> np.ndarray:
    """`samples` (time,), and what is missing to `length`: silence, or the sound again and again.

    Silence tells the network how long a recording was. Half of it before and half after puts the
    sound where a convolution sees all of it: at the edge a filter looks beyond the clip. A sound
    that goes round is heard all the time, wherever the network looks.

    >>> import numpy as np
    >>> padded(np.array([1.0, 2.0]), 5, "repeat")
    array([1., 2., 1., 2., 1.])
    >>> padded(np.array([1.0, 2.0]), 5, "silence")
    array([1., 2., 0., 0., 0.])
    >>> padded(np.array([1.0, 2.0]), 5, "around")
    array([0., 1., 2., 0., 0.])
    """
    import numpy as np  # the names of sources are listed without it

    if len(samples) >= length:
        return samples
    if fill == "repeat" and len(samples):
        return np.resize(samples, length)
    missing = length - len(samples)
    before = missing // 2 if fill == "around" else 0
    return np.pad(samples, (before, missing - before))
