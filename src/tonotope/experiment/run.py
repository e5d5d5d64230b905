"""The journey of an experiment, from recordings to a finished run folder, in named steps."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonotope._progress import SILENT, Progress
from tonotope.datasets.split import PARTS, Split
from tonotope.experiment import run_folder
from tonotope.experiment.data_requirements import make_splits
from tonotope.experiment.data_warnings import data_warnings
from tonotope.experiment.parallel_folds import folds_at_once, train_folds
from tonotope.experiment.request import Opened, requested
from tonotope.experiment.resume import mark_finished, open_run_folder
from tonotope.experiment.run_folder import Run
from tonotope.experiment.split_file import write_splits
from tonotope.network import Custom
from tonotope.representation import KINDS
from tonotope.runtime.executor import Job

if TYPE_CHECKING:
    from tonotope.answers import AnswerTable
    from tonotope.experiment.prepared_data import PreparedData


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
        out: the folder that run folders go to; `runs` where nothing is said.
        seed: in place of the experiment's own.
        name: in place of the experiment's own.
        command: the command line, to be kept with the run.
        progress: follows the work.

    Raises:
        ExperimentError: the experiment asks for something impossible.
        DataError: the recordings do not hold what is asked of them.
        TrainingError: training had to stop; what was good is saved.
        Interrupted: somebody asked to stop; the same call goes on.
    """
    began = time.monotonic()
    request = requested(source, sets=sets, seed=seed, name=name, progress=progress)
    if request.experiment.data.clip_s is not None:
        request.experiment.trace()  # a network that does not fit is told before anything is read
    opened = request.opened(progress)
    experiment = opened.experiment
    experiment.trace()
    splits = make_splits(experiment, opened.manifest)
    folder = Path(out) if out is not None else request.out or Path("runs")
    found = open_run_folder(opened, folder, command, progress)
    if found.finished:
        progress.say(f"finished run found: {found.folder}")
        return found
    careful = data_warnings(opened)
    for sentence in (*opened.manifest.warnings, *careful):
        progress.say(sentence)
    with _alone(found, splits):
        at_once = folds_at_once(found, opened, len(splits))
        own = "network" if isinstance(experiment.network, Custom) else ""
        own = own or "representation" * (type(experiment.representation) not in KINDS)
        if at_once == 1 and len(splits) > 1 and own:
            progress.say(
                f"the folds are trained one after the other: a {own} written in Python is known"
                " in this process alone"
            )
        data, splits = _prepare(found, opened, splits, at_once > 1, progress)
        predicted = _train(found, opened, data, splits, at_once, progress)
        _evaluate(found, opened, data, splits, predicted)
        notes = [*careful, *(note for part in splits for note in (part.rule, *part.notes))]
        mark_finished(found, time.monotonic() - began, data.warnings, list(dict.fromkeys(notes)))
    return Run(found.folder)


@contextlib.contextmanager
def _alone(found: Run, splits: Sequence[Split]) -> Iterator[None]:
    """Hold the folder against a second process; one split alone is held by the training itself."""
    from tonotope.runtime.lock import locked

    if len(splits) > 1:
        with locked(found.folder):
            yield
    else:
        with locked(found.folder):
            pass  # nobody else is at it now: said before the recordings are decoded
        yield


def _prepare(
    found: Run, opened: Opened, splits: Sequence[Split], shared: bool, progress: Progress
) -> tuple[PreparedData, tuple[Split, ...]]:
    """Decode every recording and compute its features; what cannot be read leaves the splits."""
    from tonotope.datasets.leaks import refuse_leaks
    from tonotope.experiment.prepared_data import prepare_data
    from tonotope.experiment.train_fold import steps_of

    data = prepare_data(opened, progress, shared=shared)
    kept = tuple(_without(part, {one.id for one in data.recordings}) for part in splits)
    sounds = {name: data.sounds.sound_hash(at) for at, name in enumerate(data.sounds.ids)}
    doubts = [doubt for part in kept for doubt in refuse_leaks(opened.manifest, part, sounds)]
    data = replace(data, warnings=(*data.warnings, *dict.fromkeys(doubts)))
    steps_of(opened.experiment.head).needed(data)  # before any process of a fold looks for it
    for warning in data.warnings:
        progress.say(warning)
    write_splits(found.folder / run_folder.SPLIT, kept)
    run_folder.write_skipped(
        found.folder / run_folder.SKIPPED, (*opened.manifest.skipped, *data.skipped)
    )
    return data, kept


def _train(
    found: Run,
    opened: Opened,
    data: PreparedData,
    splits: Sequence[Split],
    at_once: int,
    progress: Progress,
) -> list[dict[str, AnswerTable]]:
    """Train and predict every fold; a fold that is done already is read."""
    from tonotope.experiment.train_fold import train_fold

    parts = {part.fold or "": part for part in splits}
    tables: dict[str, dict[str, AnswerTable]] = {}

    def work(job: Job, progress: Progress = SILENT) -> None:
        tables[job.name] = train_fold(found, opened.experiment, data, parts[job.name], progress)

    train_folds(found, [part.fold for part in splits], at_once, progress, work)
    for name in parts.keys() - tables.keys():
        work(Job(found.folder, name))  # trained in another process: its predictions are read
    return [tables[name] for name in parts]


def _evaluate(
    found: Run,
    opened: Opened,
    data: PreparedData,
    splits: Sequence[Split],
    predicted: Sequence[Mapping[str, AnswerTable]],
) -> None:
    """Pool the folds, let the baselines answer for the same recordings, write the evaluation."""
    from tonotope.evaluation.evaluate import evaluate
    from tonotope.experiment.train_fold import steps_of

    experiment = opened.experiment
    head, steps = experiment.head, steps_of(experiment.head)
    files = run_folder.prediction_files(found.folder, head.answers)
    content: dict[str, dict[str, object]] = {}
    for answer in head.answers:
        own = [one[answer.name] for one in predicted]
        table = type(own[0])
        plan = experiment.evaluation.of(answer)
        pooled = table.joined(own)
        baselines = {
            name: table.joined(
                [
                    steps.baseline(name, head, answer, data, part, one)
                    for part, one in zip(splits, own, strict=True)
                ]
            )
            for name in plan.baselines
        }
        pooled.write_csv(files[answer.name])
        content[answer.name] = evaluate(pooled, baselines, plan, seed=experiment.seed).to_json()
    if found.folds:
        for name in run_folder.MODEL_FILES:
            _copy(found.part(found.folds[0]) / name, found.folder / name)
    run_folder.write_evaluation(found.folder / run_folder.EVALUATION, content)


def _without(part: Split, read: set[str]) -> Split:
    """The split without the recordings that could not be read."""
    kept = {name: tuple(one for one in getattr(part, name) if one in read) for name in PARTS}
    return replace(part, **kept)


def _copy(source: Path, target: Path) -> None:
    from tonotope import _files

    with _files.writing(target) as aside:
        shutil.copyfile(source, aside)
