"""`training.minutes`: how many epochs fit into a time, from a few steps on this machine.

What was measured becomes a number of epochs before anything is trained, and only that number is
kept in the run folder: the file of the run looks at no clock, and gives the same elsewhere.
"""

from __future__ import annotations

import glob
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tonotope._errors import TonotopeError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted
from tonotope.experiment import run_files, target_columns
from tonotope.experiment.run_folder import Run
from tonotope.experiment.variants import differences

if TYPE_CHECKING:
    from tonotope.datasets.manifest import Manifest
    from tonotope.datasets.split import Split
    from tonotope.experiment.proposal import Proposal
    from tonotope.experiment.request import ResolvedExperiment
    from tonotope.experiment.spec import Experiment

MOST_EPOCHS = 10_000
# Steps are timed for so long, after two that warm up.
MEASURED_S = 3.0
FEWEST_STEPS, MOST_STEPS = 3, 200
# A window that is only answered costs a third of one that is learnt from.
ANSWERED = 1 / 3
FEW_EPOCHS = 5


@dataclass(frozen=True)
class TrainingTime:
    """What a training takes on this machine.

    Attributes:
        minutes: that were asked for.
        clips_per_s: that were measured.
        clips: in one epoch of all folds, those of validation with their smaller part.
        epochs: that fit.
    """

    minutes: float
    clips_per_s: float
    clips: float
    epochs: int

    @classmethod
    def fitted(cls, minutes: float, clips_per_s: float, clips: float) -> TrainingTime:
        """As many epochs as fit, and at least one.

        >>> TrainingTime.fitted(5, 100, 1500).epochs, TrainingTime.fitted(0.1, 100, 1500).epochs
        (20, 1)
        """
        fits = int(60 * minutes * clips_per_s / clips)
        return cls(minutes, clips_per_s, clips, min(MOST_EPOCHS, max(1, fits)))

    def __str__(self) -> str:
        seconds = self.epochs * self.clips / self.clips_per_s
        lasts = f"{seconds / 60:.2g} minutes" if seconds >= 60 else f"{seconds:.2g} s"
        few = ""
        if self.epochs < FEW_EPOCHS:
            few = "; so few teach little: give training.minutes more"
        return (
            f"{counted(self.epochs, 'epoch')} of training, about {lasts}: this machine learns from "
            f"{max(1, round(self.clips_per_s)):,} clips a second, as measured just now{few}"
        )


def clips_in_epoch(experiment: Experiment, manifest: Manifest, splits: Sequence[Split]) -> float:
    """Clips in one epoch of all folds; those of validation count for what they cost."""
    clip_s = experiment.data.clip_s or 1.0
    clips = {one.id: max(1, round(one.duration_s / clip_s)) for one in manifest.recordings}
    learnt = sum(clips[name] for part in splits for name in part.train)
    answered = sum(2 * clips[name] - 1 for part in splits for name in part.validation)
    return max(1.0, learnt + ANSWERED * answered)


def clips_per_second(experiment: Experiment, manifest: Manifest) -> float:
    """How many clips the experiment's network learns from in a second, on this machine.

    Steps of the same network, batch and optimiser are timed, on noise in place of features.
    """
    import torch

    from tonotope.experiment.untrained_model import untrained_model
    from tonotope.runtime.device import default_device
    from tonotope.runtime.memory import keep_freed_memory
    from tonotope.training.optimizer import build_optimizer
    from tonotope.training.precision_choice import Trial, fastest_device

    plan = experiment.training
    rows = target_columns.rows(experiment, manifest.recordings)
    model = untrained_model(experiment, rows, rows)
    start = default_device(plan.precision, plan.memory_format)
    if start.name == "cpu":
        keep_freed_memory()
    with torch.random.fork_rng(devices=[]), start.computing():
        features = torch.randn(plan.batch_size, *model.description.feature_shape().sizes)
        trial = Trial(model, features, _sum_of_squares)
        device = fastest_device(trial, plan, start, MOST_EPOCHS)
        device.move(model.train())
        optimizer = build_optimizer(model, plan)
        batch, seconds = device.to_layout(features.to(device.name)), []
        deadline = time.perf_counter() + MEASURED_S
        while len(seconds) < FEWEST_STEPS + 2 or (
            time.perf_counter() < deadline and len(seconds) < MOST_STEPS
        ):
            began = time.perf_counter()
            with device.autocast():
                outputs = model.answer(batch)
            _sum_of_squares(outputs).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if device.name == "cuda":
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - began)
    return plan.batch_size / sorted(seconds[2:])[len(seconds[2:]) // 2]


def measured(experiment: Experiment, manifest: Manifest, splits: Sequence[Split]) -> TrainingTime:
    """How many epochs fit into `training.minutes`."""
    return TrainingTime.fitted(
        experiment.training.minutes,
        clips_per_second(experiment, manifest),
        clips_in_epoch(experiment, manifest, splits),
    )


def with_epochs(experiment: Experiment, epochs: int) -> Experiment:
    """The experiment with epochs in place of minutes."""
    training = experiment.training.model_copy(update={"epochs": epochs, "minutes": 0.0})
    return experiment.model_copy(update={"training": training})


def within_minutes(
    resolved: ResolvedExperiment, splits: Sequence[Split], out: Path, progress: Progress = SILENT
) -> ResolvedExperiment:
    """The experiment with as many epochs as fit into `training.minutes`; unchanged without.

    A run in `out` that was planned from the same experiment gives its number of epochs, so that the
    same command continues it.

    Args:
        resolved: the experiment and its recordings.
        splits: of its folds.
        out: the folder of run folders.
        progress: is told how many epochs there are, and how long they take.
    """
    experiment = resolved.experiment
    if not experiment.training.minutes:
        return resolved
    planned = _planned_before(experiment, out)
    if planned is None:
        found = measured(experiment, resolved.manifest, splits)
        progress.say(
            f"training.minutes = {found.minutes:g} takes the place of training.epochs: {found}"
        )
        planned = {
            "minutes": found.minutes,
            "clips_per_s": round(found.clips_per_s, 1),
            "epochs": found.epochs,
        }
    return replace(resolved, experiment=with_epochs(experiment, planned["epochs"]), planned=planned)


def timed(proposal: Proposal, splits: Sequence[Split]) -> Proposal:
    """A proposal with as many epochs as fit into `training.minutes`; unchanged without."""
    experiment = proposal.experiment
    if not experiment.training.minutes:
        return proposal
    found = measured(experiment, proposal.manifest, splits)
    training = {key: one for key, one in proposal.table["training"].items() if key != "minutes"}
    path = ("training", "epochs")
    return replace(
        proposal,
        experiment=with_epochs(experiment, found.epochs),
        table={**proposal.table, "training": {**training, "epochs": found.epochs}},
        reasons={**proposal.reasons, path: f"{experiment.training.minutes:g} minutes: {found}"},
    )


def _planned_before(experiment: Experiment, out: Path) -> dict[str, Any] | None:
    """What was planned for a run that differs from this experiment in its epochs alone."""
    name = experiment.folder_name.removesuffix(f"-{experiment.digest}-s{experiment.seed}")
    for path in sorted(
        out.glob(f"{glob.escape(name)}-*-s{experiment.seed}/{run_files.EXPERIMENT}")
    ):
        run = Run(path.parent)
        try:
            planned = run.environment.get("planned")
            if (
                not isinstance(planned, dict)
                or planned.get("minutes") != experiment.training.minutes
            ):
                continue
            if not differences(run.experiment, with_epochs(experiment, planned["epochs"])):
                return planned
        except (TonotopeError, KeyError, TypeError, ValueError):
            continue  # not a run folder, or one of another version
    return None


def _sum_of_squares(outputs: Any) -> Any:
    return sum(one.float().square().mean() for one in outputs.values())
