"""The folds of a run, one after the other in this process or several at once in their own.

Two threads of one training wait for each other after every layer; two trainings of one thread each
never do. What a fold learns does not depend on the others, so only the time changes. Which executor
carries the folds out is decided by `folds_at_once`; the rest of the experiment does not know.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from tonotope import _errors
from tonotope._errors import ExperimentError, TonotopeError, TrainingError
from tonotope._progress import Progress
from tonotope.experiment import run_folder
from tonotope.experiment.eta import FoldProgress, ParallelFoldProgress
from tonotope.experiment.request import Opened
from tonotope.experiment.run_folder import Run
from tonotope.heads.opaque import OpaqueHead
from tonotope.network import Custom
from tonotope.representation import OpaqueRepresentation
from tonotope.runtime.executor import Event, Executor, InProcessExecutor, Job
from tonotope.runtime.interrupt import Interrupted
from tonotope.runtime.process_executor import ProcessExecutor

VARIABLE = "TONOTOPE_FOLDS"
WORKER = "tonotope.experiment.fold_worker"
# A fold with fewer multiply-adds is trained before a second process has started.
LEAST_MULTIPLY_ADDS = 5e11
# Once forwards, and twice as much backwards.
PASSES = 3


def folds_at_once(found: Run, opened: Opened, folds: int) -> int:
    """How many folds are trained at a time: one for each core, if a fold takes long enough.

    The environment variable TONOTOPE_FOLDS gives another number; 1 trains one after the other.

    Raises:
        ExperimentError: TONOTOPE_FOLDS is not a whole number above 0.
    """
    named = os.environ.get(VARIABLE, "")
    if named and (not named.isdecimal() or int(named) < 1):
        message = f"{VARIABLE}={named}: a whole number above 0 would fit"
        raise ExperimentError(message)
    asked = found.experiment
    python_only = (OpaqueHead, Custom, OpaqueRepresentation)
    parts = (asked.head, asked.network, asked.representation)
    if folds < 2 or any(isinstance(one, python_only) for one in parts):
        return 1  # what was written in Python exists in this process only
    if named:
        return min(int(named), folds)
    return 1 if _cost(opened) < LEAST_MULTIPLY_ADDS else min(folds, _room())


def train_folds(
    found: Run,
    folds: Sequence[str | None],
    at_once: int,
    progress: Progress,
    work: Callable[[Job, Progress], None],
) -> None:
    """Train all folds, `at_once` at a time.

    Args:
        found: the run.
        folds: their names; None for a split without folds.
        at_once: how many processes; 1: this one.
        progress: receives the work of all folds.
        work: trains one fold in this process; other processes run `fold_worker`.

    Raises:
        TonotopeError: what stopped a fold; the others are saved too.
        Interrupted: somebody asked to stop; every state is saved.
    """
    if at_once == 1:
        executor: Executor = InProcessExecutor(work)
        shown = FoldProgress(progress, folds)
        jobs = [Job(found.folder, fold or "") for fold in folds]
    else:
        executor = ProcessExecutor(WORKER, at_once)
        threads = threads_each(len(folds), at_once, _threads())
        jobs = [
            Job(found.folder, fold or "", many)
            for fold, many in zip(folds, threads, strict=True)
            if not _done(found, fold)
        ]
        shown = ParallelFoldProgress(progress, len(jobs), min(at_once, len(jobs)))
    outcome = _Outcome(executor, shown)
    with executor:
        for job in jobs:
            executor.submit(job)
        while executor.wait(outcome.receive):
            pass
    outcome.check(found, folds)


class _Outcome:
    """How the folds end: progress is passed on, and the first failure stops the others."""

    def __init__(self, executor: Executor, shown: FoldProgress | ParallelFoldProgress) -> None:
        self._executor, self._shown = executor, shown
        self._failed: Exception | None = None
        self._ended: set[str] = set()

    def receive(self, event: Event) -> None:
        """Take in one event of a fold."""
        if event.name == "exited":
            self._exited(event.job, *event.values)
        elif event.name == "failed":
            kind, message = event.values
            self._fail(getattr(_errors, kind, TonotopeError), message)
            self._ended.add(event.job)
        elif event.name in ("done", "stopped"):
            self._ended.add(event.job)
        else:
            self._shown.receive(event)

    def check(self, found: Run, folds: Sequence[str | None]) -> None:
        """Return if no fold failed and nobody asked to stop.

        Raises:
            TonotopeError: what stopped the first fold that failed.
            Interrupted: somebody asked to stop before all folds were done.
        """
        if isinstance(self._shown, ParallelFoldProgress):
            self._shown.end()
        if self._failed is not None:
            raise self._failed
        if self._executor.stopped and not all(_done(found, fold) for fold in folds):
            raise Interrupted(
                f"stopped; each fold is saved in {found.folder}, and the same command goes on from"
                " there"
            )

    def _exited(self, fold: str, status: int, errors: str) -> None:
        self._shown.over(fold)
        if fold in self._ended or self._executor.stopped:
            return
        if status < 0:
            message = (
                f"fold {fold}: the system ended its process (signal {-status}), most likely for"
                f" want of memory. What was done is kept; {VARIABLE}=1 trains one fold at a time"
            )
            self._fail(TrainingError, message)
            return
        crash = RuntimeError(f"fold {fold}: {errors.splitlines()[-1] if errors else status}")
        crash.add_note(errors)
        self._failed = self._failed or crash
        self._executor.stop()

    def _fail(self, kind: type[TonotopeError], message: str) -> None:
        if self._failed is None:
            self._failed = kind.__new__(kind)
            self._failed.args = (message,)
        self._executor.stop()


def threads_each(folds: int, at_once: int, threads: int) -> list[int]:
    """How many threads each fold computes with; the last few share all of them.

    It depends on nothing else, so a run that was stopped continues with the same numbers.

    >>> threads_each(5, 2, 2), threads_each(4, 4, 16), threads_each(3, 2, 1)
    ([1, 1, 1, 1, 2], [4, 4, 4, 4], [1, 1, 1])
    """
    rounds = (min(at_once, folds - first) for first in range(0, folds, at_once))
    return [max(1, threads // beside) for beside in rounds for _ in range(beside)]


def _done(found: Run, fold: str | None) -> bool:
    folder = found.part(fold)
    files = run_folder.prediction_files(folder, found.experiment.head.answers)
    needed = [*files.values()] + [folder / one for one in run_folder.MODEL_FILES]
    return all(path.is_file() for path in needed)


def _cost(opened: Opened) -> float:
    """About how many multiply-adds one fold takes."""
    experiment, recordings = opened.experiment, opened.manifest.recordings
    clip_s = experiment.data.clip_s or 1.0
    clips = sum(max(1, round(one.duration_s / clip_s)) for one in recordings)
    a_clip = sum(layer.multiply_adds for layer in experiment.trace())
    return PASSES * a_clip * clips * experiment.training.epochs


def _room() -> int:
    """How many trainings fit: one for each core; a GPU counts as one."""
    from tonotope.runtime.device import default_device

    device = default_device()
    return device.threads if device.name == "cpu" else 1


def _threads() -> int:
    from tonotope.runtime.device import thread_count

    return thread_count()
