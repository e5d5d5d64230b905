"""`training.final = "all"`: a last network of every recording, without a score, that predicts.

A network that is to be used should have heard all that is there. A network that is to be judged may
not have heard its test part. So the networks of the split are judged, and their score stands; then
one more is trained in the same way on everything. How long, and how its scores become
probabilities, it takes from the judged ones, for nothing is left to choose it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low
from typing import TYPE_CHECKING

from tonotope import _files
from tonotope._progress import Progress
from tonotope._wording import counted
from tonotope.datasets.split import Split
from tonotope.experiment import run_files
from tonotope.experiment.run_folder import Run
from tonotope.experiment.spec import Experiment
from tonotope.experiment.train_fold import begin_training
from tonotope.heads import OpaqueHead, Task
from tonotope.model.serialise import read_description
from tonotope.training.early_stopping import best_epoch
from tonotope.training.loop import fit
from tonotope.training.plan import TrainingPlan

if TYPE_CHECKING:
    from tonotope.experiment.prepared_data import PreparedData


def train_final(
    run: Run,
    experiment: Experiment,
    data: PreparedData,
    splits: Sequence[Split],
    progress: Progress,
) -> str:
    """Train the network of all recordings, and make it the model of the run.

    A training that was stopped continues.

    Returns:
        A sentence that says what it learnt from, and whose score stands.

    Raises:
        TrainingError: training had to stop; the last good state is saved.
        Interrupted: by Ctrl-C or a signal; the state is saved.
    """
    everything = sorted({one for part in splits for one in (*part.train, *part.validation,
                                                            *part.test)})  # fmt: skip
    part = Split(tuple(everything), (), (), rule="every recording")
    folder = run.folder / run_files.FINAL
    plan = final_plan(run, experiment.training)
    model, dataset = begin_training(run, experiment, data, part, progress)
    progress.say(
        f"the last network learns from all {counted(len(everything), 'recording')} for "
        f"{counted(plan.epochs, 'epoch')}; it is not judged"
    )
    fit(model, dataset, plan, folder=folder, seed=experiment.seed, progress=progress)
    head = model.description.head.take_calibration(_judged_heads(run, experiment.head))
    model.with_head(head).save(folder)
    for name in reversed(run_files.MODEL_FILES):  # the weights first
        _files.copy(folder / name, run.folder / name)
    judged = "the network that" if len(splits) == 1 else f"the {len(splits)} networks that each"
    return (
        f"the network that predicts learnt from all {counted(len(everything), 'recording')}, so it "
        f"has no score of its own: the score is that of {judged} learnt from a part of them"
    )


def final_plan(run: Run, plan: TrainingPlan) -> TrainingPlan:
    """The plan of the judged networks, for as many epochs as they were kept after.

    With several the lower median; the schedule of the learning rate spans these epochs.
    """
    folds = run.folds or (None,)
    epochs = median_low([best_epoch(plan, run.history(fold)) for fold in folds])
    return plan.model_copy(update={"epochs": epochs, "patience": 0})


def _judged_heads(run: Run, head: Task) -> list[Task]:
    """The heads of the judged networks; one written in Python with its class."""
    heads = [read_description(run.part(fold))[0].head for fold in run.folds or (None,)]
    return [one.with_code(head) if isinstance(one, OpaqueHead) else one for one in heads]
