"""`Executor`, which carries out jobs such as folds: the base class, and one in this process.

A job is given by its run folder and its name. Whoever carries it out reads all it needs from that
folder and saves its results there, so only the job and its events are passed on. Code that needs
the results uses an `Executor` and does not know which one:

    with executor:
        for job in jobs:
            executor.submit(job)
        while executor.wait(receive):
            ...

`receive` gets the events of a job as they come: `begin`, `advance`, `end` and `say`, as in
`Progress`. An executor that works elsewhere also sends how the job ended: `done`, `stopped`, or
`failed` with the class and the text of the error; last of all `exited` with the exit status and
what was written to standard error.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

from tonotope._progress import Progress


class Job(NamedTuple):
    """One piece of a run, for example a fold: the run folder, its name, threads to compute with."""

    folder: Path
    name: str
    threads: int = 1


class Event(NamedTuple):
    """An event in a job: the name of the job, the name of the event, plain data for JSON."""

    job: str
    name: str
    values: list[Any]


Receive = Callable[[Event], None]


class Executor:
    """Carries out jobs. An executor for a cluster overrides `wait`, `stop` and `kill`.

    Jobs that still run when the `with` block ends are killed.

    Attributes:
        stopped: whether it was asked to stop, by `stop` or by Ctrl-C.
    """

    def __init__(self) -> None:
        self.stopped = False
        self._waiting: deque[Job] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()

    def submit(self, job: Job) -> None:
        """Add a job; it begins when there is room for it."""
        self._waiting.append(job)

    def wait(self, receive: Receive) -> bool:
        """Wait a moment and pass on what happened; returns whether jobs are left."""
        raise NotImplementedError

    def stop(self) -> None:
        """Begin no further job, and ask the running ones to save their state and end."""
        self.stopped = True
        self._waiting.clear()

    def kill(self) -> None:
        """End all jobs at once; what they saved last is whole."""
        self._waiting.clear()


class InProcessExecutor(Executor):
    """Jobs one after the other in this process; errors and Ctrl-C reach the caller as they are.

    Args:
        work: carries out one job and reports its progress.
    """

    def __init__(self, work: Callable[[Job, Progress], None]) -> None:
        super().__init__()
        self._work = work

    def wait(self, receive: Receive) -> bool:
        """Carry out the next job; returns whether jobs are left."""
        if self._waiting:
            job = self._waiting.popleft()
            self._work(job, EventProgress(job.name, receive))
        return bool(self._waiting)


class EventProgress(Progress):
    """Progress of the job of this name, passed on as events."""

    def __init__(self, job: str, receive: Receive) -> None:
        self._job, self._receive = job, receive

    def event(self, name: str, *values: Any) -> None:
        """Pass on one event."""
        self._receive(Event(self._job, name, list(values)))

    def begin(self, task: str, total: int) -> None:
        """A task of `total` steps begins."""
        self.event("begin", task, total)

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """`steps` more are done."""
        self.event("advance", int(steps), facts)

    def end(self) -> None:
        """The task is over."""
        self.event("end")

    def say(self, message: str) -> None:
        """One line worth keeping."""
        self.event("say", message)
