"""One fold in a process of its own: `python -m tonotope.experiment.fold_worker RUN FOLD`.

The process reads all it needs from the run folder and the cache, and tells what it does on its
standard output, one JSON list per line: the name of an event, then what belongs to it.

    ["begin", "train", 3100]                 as in `Progress`
    ["advance", 1, {"loss": 0.41}]
    ["end"]
    ["say", "training on cpu, 1 thread; ..."]
    ["stopped"]                              it was asked to; its state is saved
    ["failed", "TrainingError", "..."]       a lesson for the user
    ["done"]

Its standard input says nothing; when it closes, whoever started this process is gone, and the
process ends at once, as if struck down: what it saved last is whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple, TextIO

import tonotope
from tonotope._errors import TonotopeError
from tonotope._progress import Progress

# A process that was struck down with the run it belonged to lets go of its folder within this.
PATIENCE_S = 20.0


class Event(NamedTuple):
    """What one fold tells; the name `gone` comes last, when its process has ended."""

    fold: str
    name: str
    told: list[Any]


class Worker:
    """A fold in a process of its own, seen from the process that waits for it.

    Args:
        folder: of the run.
        fold: its name.
        threads: how many threads it computes with.
        events: where everything it tells is put.
    """

    def __init__(self, folder: Path, fold: str, threads: int, events: SimpleQueue[Event]) -> None:
        self.fold, self._events = fold, events
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed when its end is read
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(folder), fold],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=_surroundings(threads),
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C reaches the one that waits, and is passed on once
        )
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def stop(self) -> None:
        """Ask it to save its state and end."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Strike it down; what it saved last is whole."""
        if self._process.poll() is None:
            self._process.kill()
        self.left()

    def left(self) -> tuple[int, str]:
        """The status it ended with, and what it wrote to its standard error."""
        status = self._process.wait()
        self._listening.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        with self._stderr as words:
            words.seek(0)
            return status, words.read().decode("utf-8", "replace").strip()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):
                name, *told = json.loads(line)
                self._events.put(Event(self.fold, name, told))
        self._events.put(Event(self.fold, "gone", []))


def _surroundings(threads: int) -> dict[str, str]:
    """The environment of a worker: ours, this tonotope, and so many threads for everything."""
    here = str(Path(tonotope.__file__).parents[1])
    path = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    many = {name: str(threads) for name in ("TONOTOPE_THREADS", "OMP_NUM_THREADS")}
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), **many}


class _Told(Progress):
    """Progress as lines for the process that waits."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def event(self, name: str, *told: Any) -> None:
        """One line; nothing where nobody listens any more."""
        with contextlib.suppress(OSError):
            self._stream.write(json.dumps([name, *told]) + "\n")
            self._stream.flush()

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


def main(folder: str, fold: str) -> None:
    """Train one fold of a run that was begun, and say what its test part is."""
    told = _Told(_own_output())
    threading.Thread(target=_end_with_the_other, daemon=True).start()
    try:
        _train(Path(folder), fold, told)
    except KeyboardInterrupt:
        told.event("stopped")
    except TonotopeError as error:
        told.event("failed", type(error).__name__, str(error))
    else:
        told.event("done")


def _train(folder: Path, fold: str, told: Progress) -> None:
    from tonotope.experiment.request import Opened
    from tonotope.experiment.run_folder import Run
    from tonotope.experiment.train_fold import learn, listen
    from tonotope.runtime.lock import locked

    found = Run(folder)
    opened = Opened(found.experiment, Path(found.environment["folder"]), found.manifest)
    part = next(one for one in found.splits if one.fold == fold)
    with locked(found.part(fold), patience_s=PATIENCE_S):
        pass
    learn(found, opened.experiment, listen(opened, shared=True), part, told)


def _own_output() -> TextIO:
    """Standard output for events alone; whatever else is printed goes to standard error."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return own


def _end_with_the_other() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
