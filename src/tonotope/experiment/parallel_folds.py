"""Folds side by side: one process each, so that every core is busy.

Two threads of one training wait for each other after every layer; two trainings of one thread
each never do. What a fold learns does not depend on the others, so nothing changes but the time.
Each process finds the recordings, the split and the experiment in the run folder, and saves its
state there as ever.
"""

from __future__ import annotations

import os
import queue
from collections import deque
from collections.abc import Sequence

from tonotope import _errors
from tonotope._errors import ExperimentError, TonotopeError, TrainingError
from tonotope._progress import Progress
from tonotope.experiment import run_folder
from tonotope.experiment.eta import ParallelFoldProgress
from tonotope.experiment.fold_worker import Event, Worker
from tonotope.experiment.request import Opened
from tonotope.experiment.run_folder import Run
from tonotope.heads.opaque import OpaqueHead
from tonotope.network import Custom

VARIABLE = "TONOTOPE_FOLDS"
# A fold with fewer multiply-adds is learnt before a second process has well begun.
LEAST_MULTIPLY_ADDS = 5e11
# Once forwards, and twice as much backwards.
PASSES = 3
_LOOK_S = 0.2


def folds_at_once(found: Run, opened: Opened, folds: int) -> int:
    """How many folds are trained at a time: as many as there are cores, where it pays.

    The environment variable TONOTOPE_FOLDS names another number; 1 trains one after the other.

    Raises:
        ExperimentError: TONOTOPE_FOLDS is not a whole number above 0.
    """
    named = os.environ.get(VARIABLE, "")
    if named and (not named.isdecimal() or int(named) < 1):
        message = f"{VARIABLE}={named}: a whole number above 0 would fit"
        raise ExperimentError(message)
    asked = found.experiment
    if folds < 2 or isinstance(asked.head, OpaqueHead) or isinstance(asked.network, Custom):
        return 1  # what was written in Python lives in this process alone
    if named:
        return min(int(named), folds)
    return 1 if _cost(opened) < LEAST_MULTIPLY_ADDS else min(folds, _room())


def train_folds(found: Run, folds: Sequence[str], at_once: int, progress: Progress) -> None:
    """Train the folds that are not done yet, `at_once` at a time.

    Raises:
        TonotopeError: what stopped a fold; the others are saved too.
        Interrupted: somebody asked to stop; every state is saved.
    """
    # Not before it is needed: it brings PyTorch with it.
    from tonotope.runtime.interrupt import Interrupted, StopRequest

    threads = threads_each(len(folds), at_once, _threads())
    left = [one for one in zip(folds, threads, strict=True) if not _done(found, one[0])]
    waiting, running = deque(left), dict[str, Worker]()
    course = _Folds(ParallelFoldProgress(progress, len(left), min(at_once, len(left))), running)
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    with StopRequest() as stop:
        try:
            while running or (waiting and not course.ending):
                if stop.requested:
                    course.end()
                while waiting and len(running) < at_once and not course.ending:
                    fold, many = waiting.popleft()
                    running[fold] = Worker(found.folder, fold, many, events)
                course.follow(events)
        finally:
            for worker in running.values():
                worker.kill()
    course.pace.end()
    if course.failed is not None:
        raise course.failed
    if stop.requested and not all(_done(found, fold) for fold in folds):
        message = (
            f"stopped; each fold is saved in {found.folder}, and the same command goes on from"
            " there"
        )
        raise Interrupted(message)


class _Folds:
    """How far all folds are: what they tell is passed on, and the first failure ends them all.

    Attributes:
        pace: hears of the work.
        running: the processes at work.
        failed: what stopped the first fold that failed.
        ending: whether the others were asked to end.
    """

    def __init__(self, pace: ParallelFoldProgress, running: dict[str, Worker]) -> None:
        self.pace, self.running = pace, running
        self.failed: Exception | None = None
        self.ending = False
        self._ended: set[str] = set()

    def end(self) -> None:
        """Ask every fold to save its state and end."""
        if not self.ending:
            self.ending = True
            for worker in self.running.values():
                worker.stop()

    def follow(self, events: queue.SimpleQueue[Event]) -> None:
        """Pass on the next thing a fold tells, if it comes soon."""
        try:
            fold, name, told = events.get(timeout=_LOOK_S)
        except queue.Empty:
            return
        if name == "gone":
            self._gone(fold)
        elif name == "failed":
            kind, message = told
            self._fails(getattr(_errors, kind, TonotopeError), message)
            self._ended.add(fold)
        elif name in ("done", "stopped"):
            self._ended.add(fold)
        else:
            self.pace.hear(fold, name, told)

    def _gone(self, fold: str) -> None:
        status, words = self.running.pop(fold).left()
        self.pace.over(fold)
        if fold in self._ended or self.ending:
            return
        if status < 0:
            message = (
                f"fold {fold}: the system ended its process (signal {-status}), most likely for"
                f" want of memory. What was done is kept; {VARIABLE}=1 trains one fold at a time"
            )
            self._fails(TrainingError, message)
            return
        crash = RuntimeError(f"fold {fold}: {words.splitlines()[-1] if words else status}")
        crash.add_note(words)
        self.failed = self.failed or crash
        self.end()

    def _fails(self, kind: type[TonotopeError], message: str) -> None:
        if self.failed is None:
            self.failed = kind.__new__(kind)
            self.failed.args = (message,)
        self.end()


def threads_each(folds: int, at_once: int, threads: int) -> list[int]:
    """How many threads each fold computes with; where few are left to do, they share all.

    It depends on nothing else, so that a run that was cut off goes on with the same numbers.

    >>> threads_each(5, 2, 2), threads_each(4, 4, 16), threads_each(3, 2, 1)
    ([1, 1, 1, 1, 2], [4, 4, 4, 4], [1, 1, 1])
    """
    rounds = (min(at_once, folds - first) for first in range(0, folds, at_once))
    return [max(1, threads // beside) for beside in rounds for _ in range(beside)]


def _done(found: Run, fold: str) -> bool:
    folder = found.part(fold)
    files = run_folder.prediction_files(folder, found.experiment.head.answers)
    needed = [path for path, _ in files.values()] + [folder / one for one in run_folder.MODEL_FILES]
    return all(path.is_file() for path in needed)


def _cost(opened: Opened) -> float:
    """About how many multiply-adds one fold takes."""
    experiment, recordings = opened.experiment, opened.manifest.recordings
    clip_s = experiment.data.clip_s or 1.0
    clips = sum(max(1, round(one.duration_s / clip_s)) for one in recordings)
    a_clip = sum(layer.multiply_adds for layer in experiment.trace())
    return PASSES * a_clip * clips * experiment.training.epochs


def _room() -> int:
    """For how many trainings there is room: one for each core, and a GPU is one place."""
    from tonotope.runtime.device import default_device

    device = default_device()
    return device.threads if device.name == "cpu" else 1


def _threads() -> int:
    from tonotope.runtime.device import thread_count

    return thread_count()
