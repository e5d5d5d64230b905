"""A run folder opened: new, resumed, or refused because settings or recordings have changed.

The name of the folder contains the digest of the experiment, so another experiment has another
folder. The recordings or the files in the folder may still have changed: both are compared before
anything is continued.
"""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tonotope import _files
from tonotope._errors import DataError, ExperimentError, TonotopeError
from tonotope._progress import SILENT, Progress
from tonotope._wording import first_five
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.experiment import run_files
from tonotope.experiment.config.toml_writer import dump
from tonotope.experiment.environment import machine, now, versions
from tonotope.experiment.json_files import write_json
from tonotope.experiment.request import ResolvedExperiment
from tonotope.experiment.run_folder import Run
from tonotope.experiment.spec import Experiment
from tonotope.experiment.variants import differences

_FIRST = (run_files.EXPERIMENT, run_files.MANIFEST, run_files.ENVIRONMENT)


def open_run_folder(
    request: ResolvedExperiment,
    out: Path,
    command: str = "",
    progress: Progress = SILENT,
    started: str | None = None,
) -> Run:
    """The run folder of an experiment, new or from an earlier call.

    Args:
        request: the experiment with its recordings.
        out: the folder of run folders.
        command: as it was called.
        progress: is told how a new run differs from others.
        started: when the call began, as from `now`; reading the recordings takes time as well.

    Raises:
        DataError: the recordings are not those that the run was begun with.
        ExperimentError: the experiment in the folder was changed.
        TonotopeError: the folder may not be written to, or a folder in it is a link.
    """
    experiment, manifest = request.experiment, request.manifest
    folder = out / experiment.folder_name
    run = Run(folder)
    _refuse_folders_elsewhere(folder)
    for place in (folder, *folder.glob("*/")):  # those of finished folds too
        _files.sweep(place)
    if all((folder / name).is_file() for name in _FIRST):
        _refuse_another_experiment(run, experiment)
        refuse_other_recordings(run.manifest, manifest, folder)
        return run
    _say_what_differs(out, experiment, progress)
    manifest.write_csv(folder / run_files.MANIFEST)
    _files.write_text(folder / run_files.EXPERIMENT, experiment_text(experiment, request.base))
    write_json(folder / run_files.ENVIRONMENT, _environment(request, command, started or now()))
    return run


def _refuse_folders_elsewhere(folder: Path) -> None:
    """Refuse folders in a run folder that are links: files elsewhere would be replaced.

    A file that is a link needs no such care: a new file takes its place, never its target's.
    """
    for path in (*folder.glob("*"), *folder.glob("*/*")):
        if path.is_symlink() and path.is_dir():
            raise TonotopeError(
                f"{path}: is a link to another folder, and what a run writes there would replace"
                " files of that folder; remove the link, or move the folder itself here"
            )


def experiment_text(experiment: Experiment, base: Path) -> str:
    """The experiment file with every default spelled out."""
    head = f"# Every choice of this run, defaults included. Paths start from {base.resolve()}"
    table = experiment.model_dump(mode="json")
    for key, part in table.items():
        if isinstance(part, dict) and "kind" in part:
            table[key] = {"kind": part["kind"], **part}
    return "".join(one if one.isprintable() else " " for one in head) + "\n\n" + dump(table)


def refuse_other_recordings(before: Manifest, now: Manifest, folder: Path) -> None:
    """Refuse to continue a run with other recordings than it was begun with.

    Raises:
        DataError: names what changed.
    """
    if before.digest == now.digest:
        return
    old = {one.id: one for one in before.recordings}
    new = {one.id: one for one in now.recordings}
    sound = {one for one in old.keys() & new.keys() if old[one].sha256 != new[one].sha256}
    columns = {
        one for one in old.keys() & new.keys() - sound if _columns(old[one]) != _columns(new[one])
    }
    changes = [
        f"{len(names)} {what} ({first_five(sorted(names))})"
        for names, what in (
            (sound, "sound different"),
            (columns, "have another label, group, fold or length"),
            (new.keys() - old.keys(), "are new"),
            (old.keys() - new.keys(), "are gone"),
        )
        if names
    ]
    raise DataError(
        f"{folder}: the recordings are not those that this run was begun with: "
        f"{'; '.join(changes)}. Put them back to go on, or begin another run with --name"
    )


def _columns(one: Recording) -> tuple[Any, ...]:
    return one.start_s, one.duration_s, dict(one.targets), one.group, one.fold, one.part


def _refuse_another_experiment(run: Run, experiment: Experiment) -> None:
    changed = differences(run.experiment, experiment)
    if changed:
        raise ExperimentError(
            f"{run.folder / run_files.EXPERIMENT} was changed after the run was begun: "
            f"{'; '.join(changed)}. Undo the change, or remove the folder to begin anew"
        )


def _say_what_differs(out: Path, experiment: Experiment, progress: Progress) -> None:
    """Say how a new run differs from the run folder beside it that is most alike."""
    name = experiment.folder_name.removesuffix(f"-{experiment.digest}-s{experiment.seed}")
    others: list[tuple[int, list[str], Run]] = []
    for path in out.glob(f"{glob.escape(name)}-*/{run_files.EXPERIMENT}"):
        run = Run(path.parent)
        try:
            changed = differences(run.experiment, experiment)
            others.append((len(changed), changed, run))
        except TonotopeError:
            continue  # not a run folder, or one of a later version
    if others:
        _, changed, run = min(others, key=lambda one: (one[0], one[2].name))
        state = "" if run.finished else ", which is unfinished"
        shown = "; ".join(changed[:6]) + (
            f" and {len(changed) - 6} more" if len(changed) > 6 else ""
        )
        progress.say(f"a new run; it differs from {run.folder}{state}: {shown}")


def _environment(request: ResolvedExperiment, command: str, started: str) -> dict[str, Any]:
    """The environment at the start; the rest is added at the end."""
    experiment, manifest = request.experiment, request.manifest
    planned = {"planned": dict(request.planned)} if request.planned else {}
    return planned | {
        "command": command,
        "folder": str(request.base.resolve()),
        "seeds": {"experiment": experiment.seed, "split": experiment.split.seed},
        "versions": versions(),
        "machine": machine(),
        "notes": list(manifest.notes),
        "warnings": list(manifest.warnings),
        "started": started,
        "finished": None,
    }


def mark_finished(run: Run, seconds: float, warnings: Sequence[str], notes: Sequence[str]) -> None:
    """Write into environment.json that the run is finished, and its device and precision."""
    facts = dict(run.environment)
    device = ("device", "threads", "precision", "memory_format", "probe")
    for line in run.history(run.folds[0] if run.folds else None):
        # The first epoch records them, and each one before which bfloat16 was given up.
        facts |= {key: line[key] for key in device if key in line}
    facts["notes"] = [*facts.get("notes", []), *notes]
    facts["warnings"] = [*facts.get("warnings", []), *warnings]
    facts |= {"finished": now(), "seconds": round(facts.get("seconds", 0.0) + seconds, 1)}
    write_json(run.folder / run_files.ENVIRONMENT, facts)
