"""What `predict` is given: the models of a run, and the sound files that were named."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path

from tonotope import _files
from tonotope._progress import Progress
from tonotope.datasets.data import Data
from tonotope.datasets.manifest import Skipped
from tonotope.datasets.sources.scan_folder import scan_folder
from tonotope.experiment.run_files import ENVIRONMENT, EXPERIMENT, MODEL_FILES
from tonotope.experiment.run_folder import Run, load
from tonotope.model import Model
from tonotope.prediction.ensemble import Ensemble


def models_of(run: Run | Model | str | Path) -> tuple[Sequence[Model], Data]:
    """The models of a run and what it says of its data; or a model that lies there alone."""
    if isinstance(run, Model):
        return (run,), Data.model_validate({})
    if not isinstance(run, Run):
        folder = _files.expanded(run)
        # A run that lost its experiment is damaged: it may have had more models than this one.
        of_a_run = any((folder / name).is_file() for name in (EXPERIMENT, ENVIRONMENT))
        if (folder / MODEL_FILES[0]).is_file() and not of_a_run:
            return (Model.load(folder),), Data.model_validate({})
        run = load(folder)
    return run.models(), run.experiment.data


def sound_files(audio: list[Path]) -> tuple[list[Path], list[Skipped]]:
    """The sound files that were named, folders looked through, and what in them was refused."""
    paths: list[Path] = []
    refused: list[Skipped] = []
    for path in audio:
        if not path.is_dir():
            named, why_not = _named(path)
            paths += named
            refused += [Skipped(str(path), None, why_not)] if why_not else []
            continue
        walked = scan_folder(path)
        paths += [found.path for found in walked.sounds]
        refused += walked.refused
        if not walked.sounds and not walked.refused:
            refused.append(Skipped(str(path), None, "no sound files are in it"))
    return paths, refused


def _named(path: Path) -> tuple[list[Path], str]:
    """The files that one name stands for, where no shell has looked up a pattern; or why none."""
    if str(path) == "-":
        return [], "standard input is not read; name a sound file"
    if path.exists() or not glob.has_magic(str(path)):
        return [path], ""
    found = [Path(one) for one in sorted(glob.glob(str(_files.expanded(path))))]  # noqa: PTH207
    return found, "" if found else "no file has such a name"


def name_of(run: Run | Model | str | Path) -> str:
    """What the models were asked for by; empty of a model that is in memory."""
    return "" if isinstance(run, Model) else str(run.folder if isinstance(run, Run) else run)


def say_hop(ensemble: Ensemble, asked_s: float | None, progress: Progress) -> None:
    """Say where the hop that was asked for is no whole number of frames, and so becomes another."""
    if asked_s is None:
        return
    frame_s = ensemble.representation.hop_samples / ensemble.rate_hz
    taken_s = ensemble.hop_steps(asked_s) * frame_s
    if abs(taken_s - asked_s) > 0.5 / ensemble.rate_hz:
        progress.say(
            f"a hop of {asked_s:g} s becomes {taken_s:.5g} s: windows begin with a frame, and the "
            f"frames of this model are {frame_s:.5g} s apart"
        )
