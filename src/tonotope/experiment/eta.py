"""The time left of a run (ETA): progress over all folds, one after the other or in parallel."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tonotope._progress import Progress
from tonotope.runtime.executor import Event


class FoldProgress:
    """Progress of folds one after the other: adds the name of the fold, and the time left for all.

    Folds that were finished before are not counted: they take no time now.

    Args:
        inner: receives it.
        folds: the names of all folds; one None for a split without folds.
    """

    def __init__(self, inner: Progress, folds: Sequence[str | None]) -> None:
        self._inner, self._names = inner, [one or "" for one in folds]
        self._number = self._first = 1
        self._began: float | None = None
        self._done, self._total = 0, 0
        self._messages: set[str] = set()

    def receive(self, event: Event) -> None:
        """An event of a fold, named as a method of `Progress`."""
        self._number = self._names.index(event.job) + 1
        if event.name == "begin":
            self._begin(event.job, *event.values)
        elif event.name == "advance":
            steps, facts = event.values
            self._done += steps
            left_s = self._left_s()
            self._inner.advance(steps, **facts | ({} if left_s is None else {_LEFT: left_s}))
        elif event.name == "end":
            self._inner.end()
        elif event.name == "say":
            _say_once(self._inner, self._messages, *event.values)

    def over(self, fold: str) -> None:
        """A fold has ended."""

    def end(self) -> None:
        """All folds have ended."""

    def _begin(self, fold: str, task: str, total: int) -> None:
        if self._began is None:
            self._began, self._first = time.monotonic(), self._number
        self._done, self._total = 0, total
        folds = len(self._names)
        which = f"fold {fold} ({self._number} of {folds}): " if folds > 1 else ""
        self._inner.begin(f"{which}{task}", total)

    def _left_s(self) -> float | None:
        """Seconds until the last fold is done, at the speed so far; None while that is unknown."""
        folds = len(self._names)
        if folds < 2 or self._began is None or not self._total:
            return None
        within = min(self._done / self._total, 1.0)
        share = (self._number - self._first + within) / (folds - self._first + 1)
        if share <= 0.005:
            return None
        return (time.monotonic() - self._began) * (1 - share) / share


class ParallelFoldProgress:
    """Progress of folds in parallel, shown as one task: the steps of all folds.

    The first fold that begins decides how many steps a fold has. The others count as equally long:
    a step of a longer fold counts for less, of a shorter one for more.

    Args:
        inner: receives it.
        folds: how many are still to be trained.
        at_once: how many at a time.
    """

    def __init__(self, inner: Progress, folds: int, at_once: int) -> None:
        self._inner, self._folds, self._at_once = inner, folds, at_once
        self._length = 0
        self._own_length: dict[str, int] = {}
        self._own_steps: dict[str, int] = {}
        self._shown: dict[str, int] = {}
        self._clips_per_s: dict[str, float] = {}
        self._messages: set[str] = set()

    def receive(self, event: Event) -> None:
        """An event of a fold, named as a method of `Progress`."""
        fold, name, values = event
        if name == "say":
            _say_once(self._inner, self._messages, *values)
        elif name == "begin":
            self._begin(fold, *values)
        elif name == "end":
            self._own_length.pop(fold, None)
        elif name == "advance" and fold in self._own_length:
            steps, facts = values
            self._own_steps[fold] = self._own_steps.get(fold, 0) + steps
            if "clips_per_s" in facts:
                self._clips_per_s[fold] = facts["clips_per_s"]
                facts["clips_per_s"] = sum(self._clips_per_s.values())
            share = min(1.0, self._own_steps[fold] / self._own_length[fold])
            self._reach(fold, round(share * self._length), {"fold": fold, **facts} if facts else {})

    def over(self, fold: str) -> None:
        """A fold has ended, perhaps before its last step."""
        self._clips_per_s.pop(fold, None)
        self._own_length.pop(fold, None)
        self._reach(fold, self._length, {})

    def end(self) -> None:
        """All folds have ended."""
        self._inner.end()

    def _reach(self, fold: str, step: int, facts: dict[str, Any]) -> None:
        """A fold has reached this step of a fold of the usual length."""
        steps = step - self._shown.get(fold, 0)
        self._shown[fold] = step
        if steps or facts:
            self._inner.advance(steps, **facts)

    def _begin(self, fold: str, task: str, total: int) -> None:
        if task != "train":
            return
        self._own_length[fold] = max(1, total)
        if not self._length:
            self._length = total
            many = f", {self._at_once} at a time" if self._at_once > 1 else ""
            self._inner.begin(f"train {self._folds} folds{many}", total * self._folds)


_LEFT = "all_folds_left_s"


def _say_once(progress: Progress, messages: set[str], message: str) -> None:
    """Pass on a message; the same message of other folds is left out."""
    if message not in messages:
        messages.add(message)
        progress.say(message)
