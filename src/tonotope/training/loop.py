"""The training loop `fit`: epochs, validation, early stopping, best weights."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from tonotope._progress import SILENT, Progress
from tonotope.model import Model
from tonotope.runtime.interrupt import Interrupted, StopRequest
from tonotope.runtime.lock import locked
from tonotope.runtime.rank import Rank, current_rank
from tonotope.training.dataset import Dataset
from tonotope.training.failures import explain_errors_of_torch
from tonotope.training.history import History
from tonotope.training.linear_probe import fit_probe
from tonotope.training.plan import TrainingPlan
from tonotope.training.steps import end_epoch, load_batch, start_or_resume, train_step
from tonotope.training.training_state import load_best_weights, save_checkpoint
from tonotope.training.validation import validate


def fit(
    model: Model,
    dataset: Dataset,
    plan: TrainingPlan,
    *,
    folder: Path,
    seed: int = 0,
    progress: Progress = SILENT,
    save_every_s: float = 60.0,
    rank: Rank | None = None,
) -> History:
    """Train `model` as `plan` says; afterwards it has the best weights and is in `eval` mode.

    A training that was stopped in `folder` continues at the next step.

    Args:
        model: with new weights; its mean and standard deviation of the features are set here.
        dataset: features and targets of the training and validation recordings.
        plan: optimiser, schedule, augmentation, precision. With `lbfgs` the head alone is fitted
            (`training/linear_probe.py`), and there is no checkpoint.
        folder: receives `checkpoint.safetensors` and `history.jsonl`.
        seed: decides all random numbers of the training.
        progress: receives every step.
        save_every_s: the longest time between two checkpoints within an epoch.
        rank: of this process; by default as `torch.distributed` has it. Only rank 0 writes.

    Raises:
        TrainingError: the loss is not finite, memory ran out, another process trains in `folder`,
            or the checkpoint there is damaged or belongs to another training.
        TonotopeError: the disk is full or the folder cannot be written.
        Interrupted: by Ctrl-C or a signal; the state is saved.
    """
    rank = current_rank() if rank is None else rank
    progress = progress if rank.writes else SILENT
    lock = locked(folder) if rank.writes else contextlib.nullcontext()
    if plan.optimizer == "lbfgs":
        with lock, explain_errors_of_torch(plan, folder):
            return fit_probe(model, dataset, plan, folder=folder, progress=progress)
    with lock, StopRequest() as stop, explain_errors_of_torch(plan, folder):
        setup, state = start_or_resume(model, dataset, plan, folder, seed, progress, rank)
        with state.device.computing():
            while not state.finished:
                for clips in setup.batches(state.epoch)[state.step :]:
                    started = time.perf_counter()
                    features, targets = load_batch(setup, state, clips)
                    loaded = time.perf_counter()
                    loss, metrics = train_step(setup, state, clips, features, targets)
                    trained = time.perf_counter()

                    state.step += 1
                    state.sums.add(len(features), loss, metrics, loaded - started, trained - loaded)
                    progress.advance(1, epoch=state.epoch + 1, **state.sums.shown())

                    if stop.requested or state.since_saved_s() > save_every_s:
                        save_checkpoint(state)
                    if stop.requested:
                        raise Interrupted(state.stopped_message())
                started = time.perf_counter()
                metrics = validate(
                    state.evaluated_model, setup.dataset, state.guard, plan.batch_size, progress
                )
                end_epoch(setup, state, metrics, time.perf_counter() - started)
                if stop.requested or state.finished or state.saving_is_cheap():
                    save_checkpoint(state)
                if stop.requested and not state.finished:
                    raise Interrupted(state.stopped_message())
    progress.end()
    return load_best_weights(state)
