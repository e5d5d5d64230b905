"""Recordings of a job heard, in this process or in several: parts as they are finished."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tonotope import _errors, _files
from tonotope._errors import TonotopeError, TrainingError
from tonotope._progress import Progress
from tonotope.experiment.parallel_folds import threads_each
from tonotope.experiment.predict_question import Hearing, Question
from tonotope.prediction.parts import Part, write_parts
from tonotope.runtime.executor import Event, Job
from tonotope.runtime.interrupt import Interrupted, StopRequest
from tonotope.runtime.process_executor import ProcessExecutor

WORKER = "tonotope.experiment.predict_worker"
LIST = ".json"


class Stoppable(Progress):
    """Progress of the recordings of one process: seconds heard so far; stops where that is asked.

    Args:
        inner: receives it.
        stop: is asked after every block of sound.
    """

    def __init__(self, inner: Progress, stop: StopRequest) -> None:
        self._inner, self._stop = inner, stop

    def advance(self, steps: int = 1, **facts: float | str) -> None:
        """A block was heard, or a recording."""
        if self._stop.requested:
            raise Interrupted
        if facts:
            self._inner.advance(0, **facts)

    def say(self, message: str) -> None:
        """One line worth keeping."""
        self._inner.say(message)


def hear(
    hearing: Hearing,
    places: Mapping[str, str],
    aside: Path,
    receive: Callable[[Part], None],
    progress: Progress,
) -> None:
    """Hear recordings in this process.

    Args:
        hearing: models that know what is asked.
        places: for each recording its part.
        aside: the folder where a part is written before it is whole.
        receive: gets each part when it is there.
        progress: hears of every block of sound.

    Raises:
        Interrupted: on request, by Ctrl-C or a signal.
    """
    with StopRequest() as stop:
        found = hearing.found([*places], Stoppable(progress, stop))
        paths = {file: Path(place) for file, place in places.items()}
        # With the number of this process: one that was killed may take a moment to end.
        whole = aside / f"{os.getpid()}.part"
        for part in write_parts(found, paths, whole, hearing.write):
            receive(part)
            if stop.requested:
                raise Interrupted


class Workers:
    """Several processes, each with a share of the recordings.

    Args:
        folder: for the lists of shares, and for parts that are not whole; of this shard alone.
        run: the folder of the run.
        question: what is asked.
        jobs: how many processes.
        threads: of all of them together.
    """

    def __init__(self, folder: Path, run: str, question: Question, jobs: int, threads: int) -> None:
        self._folder, self._run, self._question = folder, run, question
        self._jobs, self._threads = jobs, threads
        self._ended: set[str] = set()
        self._failed: Exception | None = None

    def hear(
        self,
        places: Mapping[str, str],
        sizes: Mapping[str, int],
        receive: Callable[[Part], None],
        progress: Callable[[str], Progress],
    ) -> None:
        """Hear recordings, in shares of about as many bytes.

        Args:
            places: for each recording its part.
            sizes: for each recording its bytes.
            receive: gets each part when it is there.
            progress: that of a process.

        Raises:
            TonotopeError: of the first process that failed; what was finished stays.
            Interrupted: on request.
        """
        shares = [share for share in balanced([*places], sizes, self._jobs) if share]
        threads = threads_each(len(shares), len(shares), self._threads)
        executor = ProcessExecutor(WORKER, len(shares))

        def received(event: Event) -> None:
            self._receive(event, executor.stopped, receive, progress)
            if self._failed:
                executor.stop()

        with executor:
            for number, (share, of_each) in enumerate(zip(shares, threads, strict=True), start=1):
                told = {"run": self._run, "question": asdict(self._question),
                        "places": {file: places[file] for file in share}}  # fmt: skip
                _files.write_text(self._folder / f"{number}{LIST}", json.dumps(told))
                executor.submit(Job(self._folder, str(number), of_each))
            while executor.wait(received):
                pass
        if self._failed:
            raise self._failed
        if executor.stopped:
            raise Interrupted

    def _receive(
        self,
        event: Event,
        stopped: bool,
        receive: Callable[[Part], None],
        progress: Callable[[str], Progress],
    ) -> None:
        name, values = event.name, event.values
        if name == "part":
            receive(_part(values[0]))
        elif name == "failed":
            self._fail(*values)
        elif name == "exited":
            self._exited(event.job, stopped, *values)
        elif name == "advance":
            progress(event.job).advance(values[0], **values[1])
        elif name == "say":
            progress(event.job).say(values[0])
        if name in ("failed", "done", "stopped"):
            self._ended.add(event.job)

    def _fail(self, kind: str, message: str) -> None:
        if self._failed is None:
            found = getattr(_errors, kind, TonotopeError)
            failed = found.__new__(found)
            failed.args = (message,)
            self._failed = failed

    def _exited(self, name: str, stopped: bool, status: int, errors: str) -> None:
        if name in self._ended or stopped or self._failed:
            return
        if status < 0:
            self._failed = TrainingError(
                f"the system ended process {name} of this job (signal {-status}), most likely"
                " because memory ran out. What is finished stays, and the same command goes on;"
                " fewer --jobs take less memory"
            )
            return
        self._failed = RuntimeError(errors.splitlines()[-1] if errors else f"status {status}")
        self._failed.add_note(errors)


def balanced(files: Sequence[str], sizes: Mapping[str, int], shares: int) -> list[list[str]]:
    """Files dealt out so that every share has about as many bytes, each in the order of `files`.

    >>> balanced(["a", "b", "c", "d"], {"a": 5, "b": 1, "c": 2, "d": 3}, 2)
    [['a', 'b'], ['c', 'd']]
    """
    found: list[list[str]] = [[] for _ in range(shares)]
    loads = [0] * shares
    order = {file: at for at, file in enumerate(files)}
    for file in sorted(files, key=lambda one: -sizes.get(one, 0)):
        least = loads.index(min(loads))
        found[least].append(file)
        loads[least] += sizes.get(file, 0) + 1
    return [sorted(share, key=order.__getitem__) for share in found]


def part_told(part: Part) -> dict[str, Any]:
    """A part as JSON."""
    told = asdict(part)
    told["path"] = None if part.path is None else os.fspath(part.path)
    return told


def _part(told: Mapping[str, Any]) -> Part:
    path = told["path"]
    return Part(**{**told, "path": None if path is None else Path(path)})
