"""Label changes with hysteresis: entered at the threshold of events, left below a share of it.

    score     ▁▂▅▇█▆▅▆▅▃▁
    threshold ---▇█-▅▆----    entered once it is reached
    0.8 of it --▅▇█▆▅▆▅---    and kept as long as it stays above this
    label       └─────┘

Where a head names one class of several, a class is entered only where it is also the most probable,
and ends where another one enters, as in `prediction/events.py`. A window of digital silence holds
no label, whatever the network says of it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tonotope.prediction.events import EventRule


class Heard(NamedTuple):
    """A label that is heard now.

    Attributes:
        label: its name, with that of its task where there are several.
        score: in the last window.
        column: of the scores.
    """

    label: str
    score: float
    column: int


class HeldLabels:
    """The labels that are heard now.

    Args:
        rule: the thresholds; None where nothing of what is answered is a label.

    >>> from tonotope.prediction.events import EventRule
    >>> enter = np.array([0.5, 0.5])
    >>> rule = EventRule(("a", "b"), enter, 0.8 * enter, (slice(0, 2),), 1, 1, 1, 0, 0)
    >>> held = HeldLabels(rule)
    >>> for share in (0.3, 0.6, 0.45, 0.3):
    ...     changed = held.take(np.array([share, 0.2]))
    ...     print([one.label for one in held.heard], changed)
    [] True
    ['a'] True
    ['a'] False
    [] True
    """

    def __init__(self, rule: EventRule | None) -> None:
        self.rule = rule
        self.heard: tuple[Heard, ...] = ()
        self._on: np.ndarray | None = None

    def take(self, scores: np.ndarray, *, silent: bool = False) -> bool:
        """Take the scores `(column,)` of the next window; whether other labels are heard now.

        The first window always tells what is heard, if only that it is nothing.
        """
        if self.rule is None:
            return False
        enters, stays = self.rule.reached(scores)
        named = np.array([bool(one) for one in self.rule.labels])
        before = np.zeros(len(scores), bool) if self._on is None else self._on
        now = (enters | (before & stays)) & named & (not silent)
        changed = self._on is None or not np.array_equal(now, before)
        self._on = now
        self.heard = tuple(
            Heard(self.rule.labels[at], float(scores[at]), at)
            for at in np.flatnonzero(now).tolist()
        )
        return changed
