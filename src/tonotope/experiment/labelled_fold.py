"""One fold of a head with targets in a table: its dataset, predictions and baselines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tonotope._progress import SILENT, Progress
from tonotope.answers import Answer, AnswerTable, table_of
from tonotope.datasets.split import Split
from tonotope.evaluation.baseline_inputs import BaselineData
from tonotope.experiment import run_files
from tonotope.experiment.prepared_data import PreparedData
from tonotope.experiment.spec import Experiment
from tonotope.heads import Task
from tonotope.model import Model
from tonotope.prediction.calibrate import temper
from tonotope.prediction.from_features import WindowScores, score_windows
from tonotope.prediction.score_layout import tables_of
from tonotope.training.dataset import Dataset
from tonotope.training.feature_store import FeatureStore


def needed(data: PreparedData) -> FeatureStore:
    """The data that training and prediction read: features."""
    return data.features


def dataset(experiment: Experiment, head: Task, data: PreparedData, part: Split) -> Dataset:
    """Features and targets of the recordings.

    Args:
        experiment: gives clips and representation.
        head: fitted to the training part.
        data: the recordings.
        part: which of them are for training and for validation.
    """
    encoded = head.encode_targets(data.rows)
    return Dataset(
        data.features,
        {name: torch.from_numpy(targets) for name, targets in encoded.items()},
        train=data.at(part.train),
        validation=data.at(part.validation),
        clip_steps=experiment.representation.frames(experiment.clip_samples),
        hop_steps=experiment.hop_steps,
        names=data.sounds.ids,
    )


def predict(
    model: Model,
    data: PreparedData,
    part: Split,
    folder: Path | None = None,
    progress: Progress = SILENT,
) -> dict[str, AnswerTable]:
    """The predictions for the test part by the vote of each recording's clips.

    Those of a head with a temperature are also written into `folder` as they would be without.

    Returns:
        by answer of the head, a table of the recordings whose target is known.
    """
    return tables(model.description.head, windows_of_test(model, data, part, progress), data, part,
                  folder)  # fmt: skip


def windows_of_test(
    model: Model, data: PreparedData, part: Split, progress: Progress = SILENT
) -> WindowScores:
    """The scores of the windows of the test part, at temperature 1."""
    return score_windows(
        model.with_head(model.description.head.uncalibrated()),
        data.features,
        data.at(part.test),
        hop_steps=data.experiment.hop_steps,
        progress=progress,
    )


def tables(
    head: Task, windows: WindowScores, data: PreparedData, part: Split, folder: Path | None
) -> dict[str, AnswerTable]:
    """The tables of the test part, from its windows' scores at temperature 1.

    Args:
        head: with its temperature.
        windows: of `windows_of_test`.
        data: the recordings.
        part: which of them are the test part.
        folder: gets the tables as they would be without a temperature.
    """
    plain = head.uncalibrated()
    if folder is not None and plain is not head:
        files = run_files.uncalibrated_files(folder, head.answers)
        for name, table in _tables(plain, windows.vote(), data, part).items():
            table.write_csv(files[name])
    return _tables(head, temper(head, windows).vote(), data, part)


def _tables(
    head: Task, scores: np.ndarray, data: PreparedData, part: Split
) -> dict[str, AnswerTable]:
    records = data.at(part.test)
    tested = [data.recordings[number] for number in records]
    return tables_of(
        head,
        scores,
        head.answer_targets([data.rows[number] for number in records]),
        ids=[one.id for one in tested],
        groups=[one.group for one in tested],
        folds=[part.fold] * len(tested),
    )


def baseline(
    name: str, head: Task, answer: Answer, data: PreparedData, part: Split, test: AnswerTable
) -> AnswerTable:
    """The predictions of a simple method that was fitted to the same training part.

    Args:
        name: of the method.
        head: of the experiment.
        answer: which of its answers.
        data: the recordings.
        part: which of them are for training.
        test: a table of the test part; its predictions are not used.
    """
    targets = head.fit_vocabulary(data.rows).answer_targets(data.rows)[answer.name]
    labels = targets if isinstance(targets, np.ndarray) else tuple(one or "" for one in targets)
    uses = table_of(answer).baseline(name).uses
    known = BaselineData(
        tuple(one.id for one in data.recordings),
        labels,
        tuple(one.group for one in data.recordings),
        data.statistics(uses) if uses else None,
    )
    return known.predict(name, part.train, test)
