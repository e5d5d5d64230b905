"""What a network that stays as it is answers to each window of some recordings, kept in memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import TrainingError
from tonotope._progress import Progress
from tonotope._wording import counted
from tonotope.audio.loudness import shares_of
from tonotope.audio.window_plan import plan_windows
from tonotope.model import Model
from tonotope.model.fold_batch_norm import fold_batch_norm
from tonotope.runtime.device import Device
from tonotope.runtime.interrupt import Interrupted, StopRequest
from tonotope.training.dataset import ClipIndex, Dataset

MOST_VALUES = 1 << 27
"""Outputs that are kept at once: half a gigabyte."""
_STILL = 1e-6  # a value that varies less than this over all windows says nothing
BEGINS_AGAIN = "stopped; the same command begins this fit anew"


@dataclass(frozen=True)
class Outputs:
    """The outputs of the network for the windows of some recordings.

    Attributes:
        values: `(window, value)`.
        recording: `(window,)` numbers of recordings in the dataset.
        share: `(window,)` what each counts; those of a recording are 1 together.
    """

    values: Tensor
    recording: np.ndarray
    share: np.ndarray

    def spread(self) -> tuple[Tensor, Tensor]:
        """The mean of each value, `(value,)`, and 1 / its deviation: 0 where it is still."""
        share = torch.from_numpy(self.share).to(self.values)[:, None]
        total = share.sum()
        mean = (share * self.values).sum(0) / total
        deviation = ((share * (self.values - mean).square()).sum(0) / total).sqrt()
        return mean, torch.where(deviation > _STILL, 1 / deviation, torch.zeros_like(deviation))


def training_windows(model: Model, dataset: Dataset, progress: Progress) -> ClipIndex:
    """Windows side by side over all training recordings; fewer, evenly, if they would not fit."""
    steps = dataset.clip_steps
    plan = plan_windows(dataset.store.lengths[dataset.train], steps, steps)
    values = math.prod(model.description.shapes()[-1].sizes)
    room = max(len(dataset.train), MOST_VALUES // values)
    kept = np.arange(len(plan))
    if len(plan) > room:
        first = np.unique(plan.recording, return_index=True)[1]
        spread = np.linspace(0, len(plan) - 1, room).astype(int)
        kept = np.union1d(first, spread)
        progress.say(
            f"of {counted(len(plan), 'window')} of the training recordings {len(kept):,} are "
            "learnt from, spread evenly: the answers to all would take more than half a gigabyte"
        )
    return dataset.train[plan.recording[kept]], plan.start[kept]


def heard(
    model: Model,
    dataset: Dataset,
    places: ClipIndex,
    device: Device,
    batch_size: int,
    progress: Progress,
    stop: StopRequest,
) -> Outputs:
    """What the network answers to these windows.

    Args:
        model: whose network stays as it is, on `device`.
        dataset: features, on `device`.
        places: recordings, and where each window begins, in steps of time.
        device: how it is computed.
        batch_size: windows at once.
        progress: receives every batch.
        stop: ends it after a batch.

    Raises:
        TrainingError: an answer is not finite; names the recordings.
        Interrupted: it was asked to stop.
    """
    network = fold_batch_norm(model.network)
    found: list[Tensor] = []
    share = shares_of(places[0], dataset.store.weights(*places, dataset.clip_steps))
    with torch.inference_mode():
        for first in range(0, len(places[0]), batch_size):
            if stop.requested:
                raise Interrupted(BEGINS_AGAIN)
            part = slice(first, first + batch_size)
            features, _ = dataset.load((places[0][part], places[1][part]))
            with device.autocast():
                outputs = network(device.to_layout(model.standardise(features)))
            outputs = outputs.float().flatten(1)
            if not outputs.isfinite().all():
                lost = outputs.isfinite().all(1).logical_not().cpu().numpy()
                raise TrainingError(
                    f"the answer of the network to {dataset.names_of(places[0][part][lost])} is"
                    " not finite: look at these recordings"
                )
            found.append(outputs)
            progress.advance(len(outputs))
    values = math.prod(model.description.shapes()[-1].sizes)
    joined = torch.cat(found) if found else torch.zeros(0, values, device=device.name)
    return Outputs(joined.clone(), places[0], share)
