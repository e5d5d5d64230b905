"""Progress over all folds of a run, and the time they will still take."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tonotope._progress import Progress
from tonotope.runtime.executor import Event


class FoldProgress(Progress):
    """Progress of folds one after the other: says which fold it is, and the time left for all.

    Folds that were finished before are not counted: they take no time now.

    Args:
        inner: receives it.
        folds: the names of all folds; one None for a split without folds.
    """

    def __init__(self, inner: Progress, folds: Sequence[str | None]) -> None:
        self._inner, self._names, self._folds = inner, [one or "" for one in folds], len(folds)
        self._number, self._name = 1, ""
        self._began: float | None = None
        self._first = 1
        self._done, self._total = 0, 0
        self._said: set[str] = set()

    def receive(self, event: Event) -> None:
        """An event of a fold, named as a method of `Progress`."""
        self.fold(self._names.index(event.job) + 1, event.job)
        if event.name == "advance":
            steps, facts = event.values
            self.advance(steps, **facts)
        elif event.name in ("begin", "end", "say"):
            getattr(self, event.name)(*event.values)

    def over(self, fold: str) -> None:
        """A fold has ended."""

    def fold(self, number: int, name: str) -> None:
        """The fold called `name` is next, the `number`-th of all."""
        self._number, self._name = number, name

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
        """Seconds until the last fold is done, at the speed so far; None while that is unknown."""
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
        """One line worth keeping; what every fold repeats is said once."""
        if message not in self._said:
            self._inner.say(message)
        self._said.add(message)


class ParallelFoldProgress(Progress):
    """Progress of folds in parallel, shown as one task: the steps of all folds.

    The first fold that begins tells how many steps a fold has. The others count as equally long: a
    step of a longer fold counts for less, of a shorter one for more.

    Args:
        inner: receives it.
        folds: how many are still to be trained.
        at_once: how many at a time.
    """

    def __init__(self, inner: Progress, folds: int, at_once: int) -> None:
        self._inner, self._folds, self._at_once = inner, folds, at_once
        self._length = 0
        self._own: dict[str, int] = {}
        self._taken: dict[str, int] = {}
        self._done: dict[str, int] = {}
        self._speed: dict[str, float] = {}
        self._said: set[str] = set()

    def receive(self, event: Event) -> None:
        """An event of a fold, named as a method of `Progress`."""
        fold, name, values = event
        if name == "say" and values[0] not in self._said:
            self._said.add(values[0])
            self._inner.say(values[0])
        elif name == "begin":
            self._begin(fold, *values)
        elif name == "end":
            self._own.pop(fold, None)
        elif name == "advance" and fold in self._own:
            steps, facts = values
            self._taken[fold] = self._taken.get(fold, 0) + steps
            if "clips_per_s" in facts:
                self._speed[fold] = facts["clips_per_s"]
                facts["clips_per_s"] = sum(self._speed.values())
            share = min(1.0, self._taken[fold] / self._own[fold])
            self._reach(fold, round(share * self._length), {"fold": fold, **facts} if facts else {})

    def over(self, fold: str) -> None:
        """A fold has ended, perhaps before its last step."""
        self._speed.pop(fold, None)
        self._own.pop(fold, None)
        self._reach(fold, self._length, {})

    def end(self) -> None:
        """All folds have ended."""
        self._inner.end()

    def _reach(self, fold: str, done: int, facts: dict[str, Any]) -> None:
        """Fold `fold` has reached step `done` of a fold of the usual length."""
        steps = done - self._done.get(fold, 0)
        self._done[fold] = done
        if steps or facts:
            self._inner.advance(steps, **facts)

    def _begin(self, fold: str, task: str, total: int) -> None:
        if task != "train":
            return
        self._own[fold] = max(1, total)
        if not self._length:
            self._length = total
            many = f", {self._at_once} at a time" if self._at_once > 1 else ""
            self._inner.begin(f"train {self._folds} folds{many}", total * self._folds)
