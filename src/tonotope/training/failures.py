"""Errors that stop training: loss not finite (NaN), out of memory, one value to normalise."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tonotope._errors import TrainingError
from tonotope.training.checkpoint import CHECKPOINT
from tonotope.training.dataset import ClipIndex, Dataset
from tonotope.training.plan import TrainingPlan
from tonotope.training.training_state import TrainingState


def check_finite(
    loss: Tensor, state: TrainingState, dataset: Dataset, places: ClipIndex, rate: float
) -> None:
    """Stop before a step whose loss or gradient is not finite.

    Args:
        loss: of the batch, a scalar.
        state: of the training, with the gradients of this step.
        dataset: to name the recordings of the batch.
        places: the clips of the batch.
        rate: the learning rate of this step.

    Raises:
        TrainingError: with step, epoch, learning rate and the recordings of the batch.
    """
    value = float(loss.detach())
    gradients = [weight.grad for weight in state.model.parameters() if weight.grad is not None]
    norm = float(torch.nn.utils.get_total_norm(gradients)) if gradients else 0.0
    if math.isfinite(value) and math.isfinite(norm):
        return
    what = f"the loss is {value}" if not math.isfinite(value) else f"its gradient is {norm}"
    raise TrainingError(
        f"training stopped at step {state.step + 1} of epoch {state.epoch + 1}: {what} (learning"
        f" rate {rate:.3g}); {_batch_names(dataset, places)}. The last good weights are in"
        f" {state.folder / CHECKPOINT}. Try a smaller learning_rate, {rate / 3:.1g}, in another"
        " folder"
    )


def _batch_names(dataset: Dataset, places: ClipIndex) -> str:
    """The recordings of a batch whose features are not finite; of all where there are none."""
    records = places[0]
    features = dataset.load(places)[0].flatten(1)
    broken = features.isfinite().all(1).logical_not().cpu().numpy()
    if broken.any():
        return f"the features of {dataset.names_of(np.unique(records[broken]))} are not finite"
    return f"the batch held {dataset.names_of(np.unique(records))}"


@contextlib.contextmanager
def explain_errors_of_torch(plan: TrainingPlan, folder: Path) -> Iterator[None]:
    """Turn PyTorch's errors that the batch size is to blame for into advice.

    Raises:
        TrainingError: memory ran out, with the batch size and one that would need half; or batch
            norm met one value per channel, which has no spread.
    """
    try:
        yield
    except ValueError as error:
        if not str(error).startswith("Expected more than 1 value"):
            raise
        raise TrainingError(
            f"training.batch_size = {plan.batch_size}: batch norm was given one value per channel,"
            " and one value has no spread to divide by; use a batch_size of 2 or more, or a network"
            " that leaves more than one step of time before it"
        ) from error
    except (MemoryError, RuntimeError) as error:
        known = ("can't allocate memory", "not enough memory", "out of memory")
        if isinstance(error, RuntimeError) and not any(words in str(error) for words in known):
            raise
        half = max(1, plan.batch_size // 2)
        raise TrainingError(
            f"memory ran out with a batch_size of {plan.batch_size}: try training.batch_size ="
            f" {half}, fewer filters, or shorter clips. The last saved state is in"
            f" {folder / CHECKPOINT}"
        ) from error
