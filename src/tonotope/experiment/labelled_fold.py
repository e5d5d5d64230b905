"""One fold of a head whose targets stand in a table: what it learns from, what it predicts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tonotope._progress import SILENT, Progress
from tonotope.answers import Answer, AnswerTable, table_of
from tonotope.datasets.split import Split
from tonotope.evaluation.baselines import BaselineData
from tonotope.experiment.prepared_data import PreparedData
from tonotope.experiment.spec import Experiment
from tonotope.heads import Task
from tonotope.model import Model
from tonotope.prediction.from_features import predict_windows
from tonotope.prediction.score_layout import tables_of
from tonotope.training.dataset import Dataset
from tonotope.training.feature_store import FeatureStore


def needed(data: PreparedData) -> FeatureStore:
    """What training and prediction read of the recordings."""
    return data.features


def dataset(experiment: Experiment, head: Task, data: PreparedData, part: Split) -> Dataset:
    """The features of the recordings with the targets of each.

    Args:
        experiment: what is asked.
        head: with what the training part told it.
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
    """What a trained model predicts for the test part, each recording by the vote of its clips.

    One table for each answer of its head, of the recordings whose target is known.
    """
    del folder
    records = data.at(part.test)
    hop = data.experiment.hop_steps
    scores = predict_windows(model, data.features, records, hop_steps=hop, progress=progress)
    tested = [data.recordings[number] for number in records]
    head = model.description.head
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
    """What a simple method that learnt from the same recordings predicts for the test part.

    Args:
        name: of the method.
        head: the question.
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
