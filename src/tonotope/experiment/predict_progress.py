"""Progress of a job: recordings of all, hours heard, and how many times real time that is."""

from __future__ import annotations

import time

from tonotope._progress import Progress


class JobProgress:
    """Progress of a job: recordings of all, hours heard, times real time.

    Args:
        inner: receives it.
        recordings: how many are to be heard now.
    """

    def __init__(self, inner: Progress, recordings: int) -> None:
        self._inner = inner
        self._began = time.monotonic()
        self._finished_s = self._most_s = 0.0
        self._of: dict[str, float] = {}
        inner.begin("predict", recordings)

    def of(self, process: str) -> Progress:
        """The progress of one of several processes."""
        return _OfProcess(self, process)

    def say(self, message: str) -> None:
        """One line worth keeping."""
        self._inner.say(message)

    def heard(self, process: str, heard_s: float) -> None:
        """A process has heard so much."""
        self._of[process] = heard_s
        self._show(0)

    def finished(self, heard_s: float) -> None:
        """A recording is finished."""
        self._finished_s += heard_s
        self._show(1)

    def end(self) -> None:
        """All recordings are."""
        self._inner.end()

    def _show(self, steps: int) -> None:
        self._most_s = max(self._most_s, self._finished_s, sum(self._of.values()))
        passed_s = max(time.monotonic() - self._began, 1e-3)
        times = f"{self._most_s / passed_s:,.0f} ×"
        self._inner.advance(steps, heard_s=round(self._most_s, 1), real_time=times)


class _OfProcess(Progress):
    """Passes on what one process has heard."""

    def __init__(self, job: JobProgress, process: str) -> None:
        self._job, self._process = job, process

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        heard_s = facts.get("heard_s")
        if isinstance(heard_s, int | float):
            self._job.heard(self._process, float(heard_s))

    def say(self, message: str) -> None:
        self._job.say(message)
