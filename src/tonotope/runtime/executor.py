"""Where independent pieces of a run are computed: in this process, in several, or on a cluster.

A job is given by its run folder and its name. Whoever carries it out finds everything in that
folder and saves its results there, so nothing but the job and its events is passed on. The code
that needs the results knows this protocol only:

    with executor:
        for job in jobs:
            executor.submit(job)
        while executor.wait(receive):
            ...

`receive` gets events as they come: those of `Progress` (`begin`, `advance`, `end`, `say`) and, from
executors that work elsewhere, how the job ended: `done`, `stopped`, `failed` with the class and the
text of the error, and last of all `exited` with the exit status and what was printed as an error.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

from tonotope._progress import Progress


class Job(NamedTuple):
    """One piece of a run.

    Attributes:
        folder: of the run.
        name: of the piece, for example of a fold.
        threads: how many threads it may compute with.
    """

    folder: Path
    name: str
    threads: int = 1


class Event(NamedTuple):
    """What happened in a job.

    Attributes:
        job: its name.
        name: of the event.
        values: what belongs to it; plain enough for JSON.
    """

    job: str
    name: str
    values: list[Any]


Receive = Callable[[Event], None]


class Executor(Protocol):
    """Carries out jobs; all that are left are ended when the `with` block ends.

    Attributes:
        stopped: it was asked to stop, by `stop` or by Ctrl-C.
    """

    stopped: bool

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None: ...

    def submit(self, job: Job) -> None:
        """Add a job; it begins when there is room for it."""
        ...

    def wait(self, receive: Receive) -> bool:
        """Wait a moment and pass on what happened.

        Returns:
            whether jobs are left.
        """
        ...

    def stop(self) -> None:
        """Begin no further job, and ask the running ones to save their state and end."""
        ...

    def kill(self) -> None:
        """End everything at once; what was saved last is whole."""
        ...


class EventProgress(Progress):
    """Progress as events of one job.

    Args:
        job: its name.
        receive: gets the events.
    """

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


class InProcessExecutor:
    """Jobs one after the other in this process; errors and Ctrl-C reach the caller as they are.

    Args:
        work: carries out one job and reports its progress.
    """

    def __init__(self, work: Callable[[Job, Progress], None]) -> None:
        self.stopped = False
        self._work = work
        self._waiting: deque[Job] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.kill()

    def submit(self, job: Job) -> None:
        """Add a job."""
        self._waiting.append(job)

    def wait(self, receive: Receive) -> bool:
        """Carry out the next job; returns whether jobs are left."""
        if self._waiting:
            job = self._waiting.popleft()
            self._work(job, EventProgress(job.name, receive))
        return bool(self._waiting)

    def stop(self) -> None:
        """Begin no further job."""
        self.stopped = True
        self._waiting.clear()

    def kill(self) -> None:
        """Begin no further job."""
        self._waiting.clear()
