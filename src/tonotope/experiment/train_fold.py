"""One fold: train, calibrate, predict the test part, save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tonotope._progress import Progress
from tonotope.answers import AnswerTable
from tonotope.datasets.split import Split
from tonotope.experiment import denoise_fold, labelled_fold, run_files
from tonotope.experiment.run_folder import Run
from tonotope.experiment.spec import Experiment
from tonotope.experiment.start_weights import load_pretrained
from tonotope.experiment.untrained_model import untrained_model
from tonotope.heads import Task
from tonotope.prediction.calibrate import calibrated
from tonotope.training.loop import fit

if TYPE_CHECKING:
    from types import ModuleType

    from tonotope.experiment.prepared_data import PreparedData
    from tonotope.model import Model
    from tonotope.training.dataset import Dataset


def steps_of(head: Task) -> ModuleType:
    """The module with `dataset`, `predict` and `baseline` for a head: the only place that chooses.

    A head that mixes noise into clips has sounds as targets; other targets stand in a table.
    """
    return labelled_fold if head.noise is None else denoise_fold


def train_fold(
    run: Run, experiment: Experiment, data: PreparedData, part: Split, progress: Progress
) -> dict[str, AnswerTable]:
    """Train on the training part and predict the test part.

    Predictions of an earlier call are read, and a training that was stopped continues.

    Returns:
        a table for each answer of the head.

    Raises:
        TrainingError: training had to stop; the last good state is saved.
        Interrupted: by Ctrl-C or a signal; the state is saved.
    """
    folder = run.part(part.fold)
    files = run_files.prediction_files(folder, experiment.head.answers)
    done = all(path.is_file() for path in files.values())
    if done and all((folder / name).is_file() for name in run_files.MODEL_FILES):
        return run_files.read_tables(folder, experiment.head.answers)
    model, dataset = begin_training(run, experiment, data, part, progress)
    fit(model, dataset, experiment.training, folder=folder, seed=experiment.seed, progress=progress)
    head = calibrated(model, dataset, progress)
    model.description = model.description.model_copy(update={"head": head})
    model.save(folder)
    tables = steps_of(head).predict(model, data, part, folder, progress)
    for name, table in tables.items():
        table.write_csv(files[name])
    return tables


def begin_training(
    run: Run, experiment: Experiment, data: PreparedData, part: Split, progress: Progress
) -> tuple[Model, Dataset]:
    """The model before its training, with new weights or those to start from, and its dataset."""
    train = [data.rows[number] for number in data.at(part.train)]
    model = untrained_model(experiment, data.rows, train)
    if experiment.start is not None:
        base = Path(run.environment["folder"])
        progress.say(load_pretrained(model, experiment.start, base, part, data.recordings))
    head = model.description.head
    return model, steps_of(head).dataset(experiment, head, data, part)
