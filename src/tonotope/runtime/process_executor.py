"""Jobs in parallel, each in a process of its own: started, their events as JSON, stopped.

Such a process reads all it needs from the run folder and the cache. It writes its events to
standard output, one JSON list per line: the name of the event, then its values.

    ["begin", "train", 3100]
    ["advance", 1, {"loss": 0.41}]
    ["end"]
    ["say", "training on the processor, with 1 thread"]
    ["stopped"]                              on request; its state is saved
    ["failed", "TrainingError", "..."]       an error that the user can correct
    ["done"]

When its standard input closes, the process that waits for it is gone, and it ends at once: what it
saved last is whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

import tonotope
from tonotope._errors import TonotopeError
from tonotope._progress import Progress
from tonotope.runtime.executor import Event, EventProgress, Executor, Job, Receive
from tonotope.runtime.interrupt import StopRequest

_WAIT_S = 0.2


class ProcessExecutor(Executor):
    """Several jobs at once, each in a process of its own.

    Inside the `with` block the first Ctrl-C stops all jobs, and a second one raises.

    Args:
        module: run with the folder and the name of a job; it calls `serve`.
        at_once: how many processes run at the same time.
    """

    def __init__(self, module: str, at_once: int) -> None:
        super().__init__()
        self._module, self._at_once = module, at_once
        self._running: dict[str, _Process] = {}
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._interrupt = StopRequest()

    def __enter__(self) -> Self:
        self._interrupt.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.kill()
        finally:
            self._interrupt.__exit__()

    def wait(self, receive: Receive) -> bool:
        """Start what there is room for, and pass on the next event if one comes soon."""
        if self._interrupt.requested and not self.stopped:
            self.stop()
        while self._waiting and len(self._running) < self._at_once:
            job = self._waiting.popleft()
            self._running[job.name] = _Process(self._module, job, self._events)
        with contextlib.suppress(queue.Empty):
            event = self._events.get(timeout=_WAIT_S if self._running else 0)
            if event.name == "exited":
                event = event._replace(values=[*self._running.pop(event.job).result()])
            receive(event)
        return bool(self._running or self._waiting)

    def stop(self) -> None:
        """Start no further process, and ask the running ones to save their state and end."""
        super().stop()
        for process in self._running.values():
            process.stop()

    def kill(self) -> None:
        """End all processes at once."""
        super().kill()
        for process in self._running.values():
            process.kill()
        self._running.clear()


class _Process:
    """One job in a process of its own; it puts its events into a queue, `exited` last."""

    def __init__(self, module: str, job: Job, events: queue.SimpleQueue[Event]) -> None:
        self._job, self._events = job.name, events
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed when its end is read
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, str(job.folder), job.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=_environment(job.threads),
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C reaches the waiting process, which passes it on once
        )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def stop(self) -> None:
        """Ask it to save its state and end."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        if self._process.poll() is None:
            self._process.kill()
        self.result()

    def result(self) -> tuple[int, str]:
        """Wait for its end; the exit status, and what it wrote to standard error."""
        status = self._process.wait()
        self._listening.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        with self._stderr as errors:
            errors.seek(0)
            return status, errors.read().decode("utf-8", "replace").strip()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):
                name, *values = json.loads(line)
                self._events.put(Event(self._job, name, values))
        self._events.put(Event(self._job, "exited", []))


def _environment(threads: int) -> dict[str, str]:
    """This environment with this tonotope, and this many threads for PyTorch and OpenMP."""
    path = [str(Path(tonotope.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    number = {name: str(threads) for name in ("TONOTOPE_THREADS", "OMP_NUM_THREADS")}
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path)), **number}


def serve(job: Job, work: Callable[[Job, Progress], None]) -> None:
    """Carry out a job in this process, and write its events to standard output.

    Args:
        job: from the command line.
        work: carries it out and reports its progress.
    """
    # Events alone go to standard output; whatever else is printed goes to standard error.
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def write(event: Event) -> None:
        with contextlib.suppress(OSError):  # nobody reads any more
            output.write(json.dumps([event.name, *event.values]) + "\n")
            output.flush()

    progress = EventProgress(job.name, write)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work(job, progress)
    except KeyboardInterrupt:
        progress.event("stopped")
    except TonotopeError as error:
        progress.event("failed", type(error).__name__, str(error))
    else:
        progress.event("done")


def _end_with_parent() -> None:
    # Not `sys.stdin`: Python dies at its end when a thread still holds the lock of its buffer.
    while os.read(0, 1024):
        pass
    os._exit(1)
