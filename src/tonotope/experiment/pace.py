"""How long it will still take, when what goes on is one fold of several."""

from __future__ import annotations

import time

from tonotope._progress import Progress


class AcrossFolds(Progress):
    """Passes on what it hears, says which fold it is, and how long all folds will still take.

    Folds that were finished before are not counted: they took no time now.
    """

    def __init__(self, inner: Progress, folds: int) -> None:
        self._inner, self._folds = inner, folds
        self._number, self._name = 1, ""
        self._began: float | None = None
        self._first = 1
        self._done, self._total = 0, 0
        self._said: set[str] = set()

    def fold(self, number: int, name: str | None) -> None:
        """The fold called `name` is next, the `number`-th of all."""
        self._number, self._name = number, name or ""

    def begin(self, task: str, total: int) -> None:
        """A task of `total` steps begins; it ends the one before it."""
        if self._began is None:
            self._began, self._first = time.monotonic(), self._number
        self._done, self._total = 0, total
        many = f"fold {self._name} ({self._number} of {self._folds}): " if self._folds > 1 else ""
        self._inner.begin(f"{many}{task}", total)

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """`steps` more are done; where there are several folds, the time left for all is added."""
        self._done += steps
        left = self.left_s()
        if left is not None:
            facts["all_folds_left_s"] = left
        self._inner.advance(steps, **facts)

    def left_s(self) -> float | None:
        """Seconds until the last fold is done, at the pace so far; None while that is unknown."""
        if self._folds < 2 or self._began is None or not self._total:
            return None
        within = min(self._done / self._total, 1.0)
        share = (self._number - self._first + within) / (self._folds - self._first + 1)
        if share <= 0.005:
            return None
        return (time.monotonic() - self._began) * (1 - share) / share

    def end(self) -> None:
        """The task that was begun is over."""
        self._inner.end()

    def say(self, message: str) -> None:
        """One line worth keeping; what every fold says again is said once."""
        if message not in self._said:
            self._inner.say(message)
        self._said.add(message)
