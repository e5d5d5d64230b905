"""`validate`: loss and metrics on the validation part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import TrainingError
from tonotope._progress import SILENT, Progress
from tonotope.audio.loudness import shares_of
from tonotope.heads import LossOptions
from tonotope.model import Model
from tonotope.runtime.bfloat16_guard import Guard
from tonotope.training.dataset import ClipIndex, Dataset


def validate(
    model: Model, dataset: Dataset, guard: Guard, batch_size: int, progress: Progress = SILENT
) -> dict[str, float]:
    """Loss and metrics over the validation recordings; empty where there are none.

    Every recording counts the same: its clips share its weight in the loss, loud ones take more of
    it, and their scores are averaged so before the decision.

    Args:
        model: in evaluation mode afterwards.
        dataset: features and targets of the validation recordings.
        guard: how to compute; batches are larger than in training, so their shape is a new one.
        batch_size: of training; here twice as many clips are computed at once.
        progress: receives a line when bfloat16 is given up.

    Raises:
        TrainingError: the loss is not finite; names a recording.
    """
    if len(dataset.validation) == 0:
        return {}
    task = model.description.head
    votes: dict[str, Tensor] = {}
    windows = dataset.validation_clips()
    recordings = len(dataset.store.lengths)
    shares = shares_of(windows[0], dataset.store.weights(*windows, dataset.clip_steps))
    loss = total = 0.0
    model.eval()
    with torch.inference_mode():
        for records, starts, own in _batches(windows, shares, 2 * batch_size):
            features, targets = dataset.load((records, starts))
            features = guard.device.to_layout(features)
            guard.check(model, Model.from_features, features, progress=progress)
            with guard.device.autocast():
                outputs = model.from_features(features)
            share = torch.from_numpy(own).to(features)
            cost = float(task.loss(outputs, targets, LossOptions(sample_weight=share)))
            if not np.isfinite(cost):
                raise TrainingError(
                    f"the validation loss is {cost} on {dataset.names_of(records)}: look at these"
                    " recordings, or lower the learning rate"
                )
            weight = float(share.sum())
            loss, total = loss + weight * cost, total + weight
            for name, scores in task.scores(outputs).items():
                kept = votes.setdefault(name, scores.new_zeros(recordings, *scores.shape[1:]))
                part = share.view(-1, *[1] * (scores.dim() - 1))
                kept.index_add_(0, torch.from_numpy(records).to(scores.device), scores * part)
    validation = torch.from_numpy(dataset.validation)
    scores = {name: kept[validation.to(kept.device)] for name, kept in votes.items()}
    return {"loss": loss / total, **task.metrics(scores, dataset.targets_of(dataset.validation))}


def _batches(
    windows: ClipIndex, shares: np.ndarray, size: int
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    for first in range(0, len(shares), size):
        part = slice(first, first + size)
        yield windows[0][part], windows[1][part], shares[part]
