"""The training loop, to be read aloud from top to bottom."""

from __future__ import annotations

import time
from pathlib import Path

from tonotope._progress import SILENT, Progress
from tonotope.model import Model
from tonotope.runtime.interrupt import Interrupted, StopRequest
from tonotope.runtime.lock import locked
from tonotope.training.dataset import Dataset
from tonotope.training.errors import explain_out_of_memory
from tonotope.training.history import History
from tonotope.training.plan import TrainingPlan
from tonotope.training.steps import end_epoch, load_batch, start_or_resume, train_step


def fit(
    model: Model,
    dataset: Dataset,
    plan: TrainingPlan,
    *,
    folder: Path,
    seed: int = 0,
    progress: Progress = SILENT,
    save_every_s: float = 60.0,
) -> History:
    """Train `model` as `plan` says; afterwards it holds the best weights and is in `eval` mode.

    What was begun in `folder` before goes on at the very step where it was cut off.

    Args:
        model: with fresh weights; its constants of standardising are set here.
        dataset: features and targets, and which recordings are for what.
        plan: every choice.
        folder: receives `checkpoint.safetensors` and `history.jsonl`.
        seed: decides all chance of the training.
        progress: hears of every step.
        save_every_s: the longest time between two saves within an epoch.

    Raises:
        TrainingError: the loss is not a number, memory ran out, another process trains in
            `folder`, or the checkpoint there is damaged or belongs to another training.
        TonotopeError: the disk is full or the folder may not be written to.
        Interrupted: somebody asked to stop; the state is saved.
    """
    with locked(folder), StopRequest() as stop, explain_out_of_memory(plan, folder):
        setup, state = start_or_resume(model, dataset, plan, folder, seed, progress)
        with state.device.computing():
            while not state.finished:
                batches = setup.batches(state.epoch)
                for places in batches[state.step :]:
                    began = time.perf_counter()
                    features, targets = load_batch(setup, state, places)
                    heard = time.perf_counter()
                    loss, metrics = train_step(setup, state, places, features, targets)
                    learned = time.perf_counter()

                    state.step += 1
                    state.sums.add(len(features), loss, metrics, heard - began, learned - heard)
                    progress.advance(1, epoch=state.epoch + 1, **state.sums.shown())

                    if stop.requested or state.since_saved_s() > save_every_s:
                        state.save()
                    if stop.requested:
                        raise Interrupted(state.stopped_message())
                end_epoch(setup, state)
                if stop.requested or state.finished or state.saving_is_cheap():
                    state.save()
                if stop.requested and not state.finished:
                    raise Interrupted(state.stopped_message())
    progress.end()
    return state.end()
