"""The protocol of recordings that baselines may listen to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np


class Sounds(Protocol):
    """Decoded recordings: one channel each, at one rate."""

    @property
    def rate_hz(self) -> int:
        """Samples per second."""
        ...

    @property
    def ids(self) -> Sequence[str]:
        """The id of each recording."""
        ...

    def __getitem__(self, number: int, /) -> np.ndarray:
        """The samples of one recording, (time,)."""
        ...
