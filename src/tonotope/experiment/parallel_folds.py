"""Folds trained one after the other or several at once: how many, with how many threads.

Two threads of one training wait for each other after every layer; two trainings of one thread each
never do. Folds do not depend on each other, so only the time changes. `folds_at_once` chooses the
executor; the rest of the experiment does not know which one it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from tonotope import _errors
from tonotope._errors import ExperimentError, TonotopeError, TrainingError
from tonotope._progress import Progress
from tonotope.experiment import run_files
from tonotope.experiment.eta import FoldProgress, ParallelFoldProgress
from tonotope.experiment.request import ResolvedExperiment
from tonotope.experiment.run_folder import Run
from tonotope.heads.opaque import OpaqueHead
from tonotope.network import Custom
from tonotope.representation import OpaqueRepresentation
from tonotope.runtime.executor import Event, Executor, InProcessExecutor, Job
from tonotope.runtime.interrupt import Interrupted
from tonotope.runtime.process_executor import ProcessExecutor

VARIABLE = "TONOTOPE_FOLDS"
WORKER = "tonotope.experiment.fold_worker"
# A fold with fewer multiply-adds is done before a second process has started.
LEAST_MULTIPLY_ADDS = 5e11
# A backward pass takes as many multiply-adds as two forward passes.
PASSES = 3


def folds_at_once(run: Run, resolved: ResolvedExperiment, folds: int) -> int:
    """How many folds are trained at a time: one for each core, if a fold takes long enough.

    The environment variable TONOTOPE_FOLDS gives another number; 1 trains one after the other.

    Raises:
        ExperimentError: TONOTOPE_FOLDS is not a whole number above 0.
    """
    wanted = os.environ.get(VARIABLE, "")
    if wanted and (not wanted.isdecimal() or int(wanted) < 1):
        raise ExperimentError(f"{VARIABLE}={wanted}: a whole number above 0 would fit")
    experiment = run.experiment
    python_only = (OpaqueHead, Custom, OpaqueRepresentation)
    parts = (experiment.head, experiment.network, experiment.representation)
    if folds < 2 or any(isinstance(one, python_only) for one in parts):
        return 1  # a class written in Python exists in this process only
    if wanted:
        return min(int(wanted), folds)
    if _multiply_adds(resolved) < LEAST_MULTIPLY_ADDS:
        return 1
    from tonotope.runtime.device import default_device

    device = default_device()
    return min(folds, device.threads) if device.name == "cpu" else 1


def train_folds(
    run: Run,
    folds: Sequence[str | None],
    at_once: int,
    progress: Progress,
    work: Callable[[Job, Progress], None],
) -> None:
    """Train all folds, `at_once` at a time.

    Args:
        run: the run.
        folds: their names; None for a split without folds.
        at_once: how many processes; 1: this one.
        progress: of all folds.
        work: trains one fold in this process; other processes run `fold_worker`.

    Raises:
        TonotopeError: of the first fold that failed; the others are saved too.
        Interrupted: by Ctrl-C or a signal; every state is saved.
    """
    if at_once == 1:
        executor: Executor = InProcessExecutor(work)
        shown = FoldProgress(progress, folds)
        jobs = [Job(run.folder, fold or "") for fold in folds]
    else:
        from tonotope.runtime.device import thread_count

        executor = ProcessExecutor(WORKER, at_once)
        threads = threads_each(len(folds), at_once, thread_count())
        jobs = [
            Job(run.folder, fold or "", number)
            for fold, number in zip(folds, threads, strict=True)
            if not _is_done(run, fold)
        ]
        shown = ParallelFoldProgress(progress, len(jobs), min(at_once, len(jobs)))
    outcome = _Outcome(executor, shown)
    with executor:
        for job in jobs:
            executor.submit(job)
        while executor.wait(outcome.receive):
            pass
    outcome.check(run, folds)


class _Outcome:
    """Passes progress on and notes how each fold ends; the first failure stops the others."""

    def __init__(self, executor: Executor, shown: FoldProgress | ParallelFoldProgress) -> None:
        self._executor, self._shown = executor, shown
        self._failed: Exception | None = None
        self._ended: set[str] = set()

    def receive(self, event: Event) -> None:
        """Receive one event of a fold."""
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

    def check(self, run: Run, folds: Sequence[str | None]) -> None:
        """Raise the error of the first fold that failed, or `Interrupted` if folds are left."""
        self._shown.end()
        if self._failed is not None:
            raise self._failed
        if self._executor.stopped and not all(_is_done(run, fold) for fold in folds):
            raise Interrupted(
                f"stopped; each fold is saved in {run.folder}, and the same command goes on from"
                " there"
            )

    def _exited(self, fold: str, status: int, errors: str) -> None:
        self._shown.over(fold)
        if fold in self._ended or self._executor.stopped:
            return
        if status < 0:
            message = (
                f"fold {fold}: the system ended its process (signal {-status}), most likely because"
                f" memory ran out. Its last state is saved; {VARIABLE}=1 trains one fold at a time"
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
    """How many threads each fold computes with; the last few folds share all of them.

    It is a function of the arguments alone, so a run that was stopped continues with the same
    numbers.

    >>> threads_each(5, 2, 2), threads_each(4, 4, 16), threads_each(3, 2, 1)
    ([1, 1, 1, 1, 2], [4, 4, 4, 4], [1, 1, 1])
    """
    rounds = (min(at_once, folds - first) for first in range(0, folds, at_once))
    return [max(1, threads // beside) for beside in rounds for _ in range(beside)]


def _is_done(run: Run, fold: str | None) -> bool:
    folder = run.part(fold)
    files = run_files.prediction_files(folder, run.experiment.head.answers)
    needed = [*files.values()] + [folder / one for one in run_files.MODEL_FILES]
    return all(path.is_file() for path in needed)


def _multiply_adds(resolved: ResolvedExperiment) -> float:
    """An estimate for one fold."""
    experiment, recordings = resolved.experiment, resolved.manifest.recordings
    clip_s = experiment.data.clip_s or 1.0
    clips = sum(max(1, round(one.duration_s / clip_s)) for one in recordings)
    per_clip = sum(layer.multiply_adds for layer in experiment.trace())
    return PASSES * per_clip * clips * experiment.training.epochs
