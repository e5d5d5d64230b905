"""How late answers come: from the last sample of a window until its answer was passed on."""

from __future__ import annotations

import time
from collections import deque
from statistics import median

_KEPT = 10_000


class Latency:
    """Remembers how late answers came.

    Attributes:
        worst_s: the longest time.
    """

    def __init__(self) -> None:
        self.worst_s = 0.0
        self._last: deque[float] = deque(maxlen=_KEPT)

    def passed_on(self, arrived_s: float) -> None:
        """An answer was passed on now; `arrived_s` is when its last sample came."""
        late_s = time.monotonic() - arrived_s
        self.worst_s = max(self.worst_s, late_s)
        self._last.append(late_s)

    @property
    def median_s(self) -> float:
        """Half of the last 10,000 answers were no later; 0 where there was none."""
        return median(self._last) if self._last else 0.0
