"""`tt.run`: prepare, train the folds, evaluate, report."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonotope import _files
from tonotope._errors import DataError, ExperimentError
from tonotope._progress import SILENT, Progress
from tonotope.audio.kept_files import kept_files
from tonotope.datasets.manifest import left_out_by_wish
from tonotope.datasets.split import Split
from tonotope.experiment import run_files, run_folder
from tonotope.experiment.data_requirements import make_splits, refuse_untrainable, without_unread
from tonotope.experiment.data_warnings import data_warnings
from tonotope.experiment.environment import now
from tonotope.experiment.parallel_folds import folds_at_once, train_folds
from tonotope.experiment.request import ResolvedExperiment, make_request
from tonotope.experiment.resume import mark_finished, open_run_folder
from tonotope.experiment.run_folder import Run
from tonotope.experiment.split_file import write_splits
from tonotope.experiment.training_time import within_minutes
from tonotope.network import Custom
from tonotope.representation import KINDS
from tonotope.runtime.executor import Job

if TYPE_CHECKING:
    from tonotope.answers import AnswerTable
    from tonotope.experiment.prepared_data import PreparedData


@kept_files()
def run(
    source: Any,
    *,
    sets: Iterable[str] = (),
    out: str | Path | None = None,
    seed: int | None = None,
    name: str | None = None,
    command: str = "",
    progress: Progress = SILENT,
) -> Run:
    """Split, train and evaluate; the finished run.

    The same call again continues where it stopped, or returns the finished run.

    Args:
        source: an experiment file, an `Experiment`, or recordings: a folder of class folders, a
            table, `orchestra`, `mirdata:NAME`, `soundata:NAME`.
        sets: changes such as `training.epochs=40`.
        out: the folder of run folders; by default `runs`.
        seed: in place of the experiment's own.
        name: in place of the experiment's own.
        command: the command line, to be kept with the run.
        progress: of all steps.

    Raises:
        ExperimentError: a choice of the experiment does not fit.
        DataError: the recordings do not fit the experiment.
        TrainingError: training had to stop; the last good state is saved.
        Interrupted: by Ctrl-C or a signal; the same call continues.
    """
    began, started = time.monotonic(), now()
    request = make_request(source, sets=sets, seed=seed, name=name, progress=progress)
    if request.experiment.data.clip_s is not None:
        request.experiment.trace()  # refuse a network that does not fit before reading anything
    resolved = request.resolve(progress)
    experiment = resolved.experiment
    experiment.trace()
    splits = make_splits(experiment, resolved.manifest)
    folder = Path(out) if out is not None else request.out or Path("runs")
    resolved = within_minutes(resolved, splits, folder, progress)
    experiment = resolved.experiment
    new = not (folder / experiment.folder_name).exists()
    current = open_run_folder(resolved, folder, command, progress, started)
    if current.finished:
        progress.say(f"finished run found: {current.folder}")
        return run_folder.with_code(current.folder, experiment)
    warnings = data_warnings(resolved)
    wished = left_out_by_wish(resolved.manifest.notes)
    unlike = dict.fromkeys(note for part in splits for note in part.notes)
    for sentence in (*wished, *resolved.manifest.warnings, *warnings, *unlike):
        progress.say(sentence)
    with _nothing_left_if_refused(current, new), _alone(current, splits):
        at_once = folds_at_once(current, resolved, len(splits))
        own = "network" if isinstance(experiment.network, Custom) else ""
        own = own or "representation" * (type(experiment.representation) not in KINDS)
        if at_once == 1 and len(splits) > 1 and own:
            progress.say(
                f"the folds are trained one after the other: a {own} written in Python is known"
                " in this process alone"
            )
        data, splits = _prepare(current, resolved, splits, at_once > 1, progress)
        predicted = _train(current, resolved, data, splits, at_once, progress)
        _evaluate(current, resolved, data, splits, predicted)
        notes = [*warnings, *(note for part in splits for note in (part.rule, *part.notes))]
        if current.has_final:
            from tonotope.experiment.train_final import train_final

            notes.append(train_final(current, experiment, data, splits, progress))
            progress.say(notes[-1])
        mark_finished(current, time.monotonic() - began, data.warnings, list(dict.fromkeys(notes)))
    return run_folder.with_code(current.folder, experiment)


@contextlib.contextmanager
def _nothing_left_if_refused(current: Run, new: bool) -> Iterator[None]:
    """Remove the run folder again, where it was made for a run that is refused before training."""
    try:
        yield
    except (DataError, ExperimentError):
        if new and not (current.folder / run_files.SPLIT).exists():  # written before training
            shutil.rmtree(current.folder, ignore_errors=True)
            with contextlib.suppress(OSError):
                current.folder.parent.rmdir()  # only where it is empty
        raise


@contextlib.contextmanager
def _alone(current: Run, splits: Sequence[Split]) -> Iterator[None]:
    """Lock the run folder; where one network is trained in it, the training itself locks it."""
    from tonotope.runtime.lock import locked

    if current.part(splits[0].fold) != current.folder:
        with locked(current.folder):
            yield
    else:
        with locked(current.folder):
            pass  # refuse a second process before the recordings are decoded
        yield


def _prepare(
    current: Run,
    resolved: ResolvedExperiment,
    splits: Sequence[Split],
    shared: bool,
    progress: Progress,
) -> tuple[PreparedData, tuple[Split, ...]]:
    """Decode every recording and compute its features; what cannot be read leaves the splits."""
    from tonotope.datasets.leaks import refuse_leaks
    from tonotope.experiment.prepared_data import prepare_data
    from tonotope.experiment.train_fold import steps_of

    data = prepare_data(resolved, progress, shared=shared)
    kept = without_unread(splits, {one.id for one in data.recordings})
    sounds = {name: data.sounds.sound_hash(at) for at, name in enumerate(data.sounds.ids)}
    doubts = refuse_leaks(resolved.manifest, kept, sounds)
    refuse_untrainable(resolved.experiment, data.recordings, kept)
    data = replace(data, warnings=(*data.warnings, *doubts))
    steps_of(resolved.experiment.head).needed(data)  # before any process of a fold looks for it
    for warning in data.warnings:
        progress.say(warning)
    write_splits(current.folder / run_files.SPLIT, kept)
    run_files.write_skipped(
        current.folder / run_files.SKIPPED, (*resolved.manifest.skipped, *data.skipped)
    )
    return data, kept


def _train(
    current: Run,
    resolved: ResolvedExperiment,
    data: PreparedData,
    splits: Sequence[Split],
    at_once: int,
    progress: Progress,
) -> list[Mapping[str, AnswerTable]]:
    """Train and predict every fold; the tables of finished folds are read."""
    from tonotope.experiment.calibrate_folds import calibrate_folds
    from tonotope.experiment.train_fold import train_fold

    parts = {part.fold or "": part for part in splits}
    tables: dict[str, dict[str, AnswerTable]] = {}

    def work(job: Job, progress: Progress = SILENT) -> None:
        tables[job.name] = train_fold(current, resolved.experiment, data, parts[job.name], progress)

    train_folds(current, [part.fold for part in splits], at_once, progress, work)
    for name in parts.keys() - tables.keys():
        work(Job(current.folder, name))  # reads the predictions of a fold from another process
    predicted = [tables[name] for name in parts]
    return list(calibrate_folds(current, resolved.experiment, data, splits, predicted, progress))


def _evaluate(
    current: Run,
    resolved: ResolvedExperiment,
    data: PreparedData,
    splits: Sequence[Split],
    predicted: Sequence[Mapping[str, AnswerTable]],
) -> None:
    """Evaluate all folds together; write predictions, models and evaluation."""
    from tonotope.experiment.evaluate import evaluate_folds, rejections_of

    experiment = resolved.experiment
    tables, evaluation = evaluate_folds(
        experiment, data, splits, predicted, current.uncalibrated, rejections_of(current)
    )
    for name, path in run_files.prediction_files(current.folder, experiment.head.answers).items():
        tables[name].write_csv(path)
    if current.folds and not current.has_final:
        # The weights first: a description without them is a model that cannot be read.
        for name in reversed(run_files.MODEL_FILES):
            _files.copy(current.part(current.folds[0]) / name, current.folder / name)
    evaluation.write(current.folder / run_files.EVALUATION)
