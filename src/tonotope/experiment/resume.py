"""Taking a run folder: a new one, or the one that was begun before.

The folder's name holds the digest of the experiment, so another experiment never finds its way
into it. What may have changed all the same are the recordings, or the files in the folder: both
are compared before anything is continued.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tonotope import _files
from tonotope._errors import DataError, ExperimentError, TonotopeError
from tonotope._progress import SILENT, Progress
from tonotope._wording import first_five
from tonotope.datasets.manifest import Manifest
from tonotope.experiment import run_folder
from tonotope.experiment.config.toml_writer import dump
from tonotope.experiment.environment import machine, now, versions
from tonotope.experiment.request import Opened
from tonotope.experiment.run_folder import Run
from tonotope.experiment.spec import Experiment
from tonotope.experiment.variants import differences

_FIRST = (run_folder.EXPERIMENT, run_folder.MANIFEST, run_folder.ENVIRONMENT)


def open_run_folder(
    request: Opened, out: Path, command: str = "", progress: Progress = SILENT
) -> Run:
    """The run folder of an experiment: begun now, or begun before.

    Raises:
        DataError: the recordings are not those that the run was begun with.
        ExperimentError: the experiment in the folder was changed.
        TonotopeError: the folder may not be written to.
    """
    experiment, manifest = request.experiment, request.manifest
    folder = out / experiment.folder_name
    run = Run(folder)
    if all((folder / name).is_file() for name in _FIRST):
        _files.sweep(folder)
        _refuse_another_experiment(run, experiment)
        refuse_other_recordings(run.manifest, manifest, folder)
        return run
    _say_what_differs(out, experiment, progress)
    manifest.write_csv(folder / run_folder.MANIFEST)
    _files.write_text(folder / run_folder.EXPERIMENT, experiment_text(experiment, request.base))
    run_folder.write_json(folder / run_folder.ENVIRONMENT, _environment(request, command))
    return run


def experiment_text(experiment: Experiment, base: Path) -> str:
    """The experiment file with every default spelled out."""
    head = f"# Every choice of this run, defaults included. Paths start from {base.resolve()}"
    table = {key: _kind_first(part) for key, part in experiment.model_dump(mode="json").items()}
    return "".join(one if one.isprintable() else " " for one in head) + "\n\n" + dump(table)


def _kind_first(part: Any) -> Any:
    if isinstance(part, dict) and "kind" in part:
        return {"kind": part["kind"], **part}
    return part


def refuse_other_recordings(before: Manifest, now: Manifest, folder: Path) -> None:
    """Refuse to continue a run with recordings that are not those it was begun with.

    Raises:
        DataError: names what changed.
    """
    if before.digest == now.digest:
        return
    then = {one.id: one for one in before.recordings}
    here = {one.id: one for one in now.recordings}
    both = then.keys() & here.keys()
    sound = [one for one in both if then[one].sha256 != here[one].sha256]
    told = [one for one in both if one not in set(sound) and _told(then[one]) != _told(here[one])]
    changes = [
        f"{len(names)} {what} ({first_five(sorted(names))})"
        for names, what in (
            (sound, "sound different"),
            (told, "have another label, group, fold or length"),
            (here.keys() - then.keys(), "are new"),
            (then.keys() - here.keys(), "are gone"),
        )
        if names
    ]
    message = (
        f"{folder}: the recordings are not those that this run was begun with: "
        f"{'; '.join(changes)}. Put them back to go on, or begin another run with --name"
    )
    raise DataError(message)


def _told(recording: Any) -> tuple[Any, ...]:
    one = recording
    return one.start_s, one.duration_s, dict(one.targets), one.group, one.fold, one.part


def _refuse_another_experiment(run: Run, experiment: Experiment) -> None:
    changed = differences(run.experiment, experiment)
    if changed:
        message = (
            f"{run.folder / run_folder.EXPERIMENT} was changed after the run was begun: "
            f"{'; '.join(changed)}. Undo the change, or remove the folder to begin anew"
        )
        raise ExperimentError(message)


def _say_what_differs(out: Path, experiment: Experiment, progress: Progress) -> None:
    """A changed experiment is another run; say what sets it apart from the nearest one there is."""
    plain = experiment.folder_name.removesuffix(f"-{experiment.digest}-s{experiment.seed}")
    found: list[tuple[int, list[str], Run]] = []
    for path in _siblings(out, plain):
        run = Run(path.parent)
        try:
            changed = differences(run.experiment, experiment)
            found.append((len(changed), changed, run))
        except TonotopeError:
            continue  # somebody else's folder, or a later version's: nothing to compare with
    if found:
        _, changed, run = min(found, key=lambda one: (one[0], one[2].name))
        state = "" if run.finished else ", which is unfinished"
        shown = "; ".join(changed[:6]) + (
            f" and {len(changed) - 6} more" if len(changed) > 6 else ""
        )
        progress.say(f"a new run; it differs from {run.folder}{state}: {shown}")


def _siblings(out: Path, plain: str) -> Iterable[Path]:
    if not out.is_dir():
        return []
    return [
        path / run_folder.EXPERIMENT
        for path in out.iterdir()
        if path.name.startswith(f"{plain}-") and (path / run_folder.EXPERIMENT).is_file()
    ]


def _environment(request: Opened, command: str) -> dict[str, Any]:
    """What is known before anything is run; the rest is added at the end."""
    experiment, manifest = request.experiment, request.manifest
    return {
        "command": command,
        "folder": str(request.base.resolve()),
        "seeds": {"experiment": experiment.seed, "split": experiment.split.seed},
        "versions": versions(),
        "machine": machine(),
        "notes": list(manifest.notes),
        "warnings": list(manifest.warnings),
        "started": now(),
        "finished": None,
    }


def mark_finished(run: Run, seconds: float, warnings: Sequence[str], notes: Sequence[str]) -> None:
    """Write into environment.json that the run is finished, and how its arithmetic was done."""
    told = dict(run.environment)
    arithmetic = ("device", "threads", "precision", "memory_format", "probe")
    for line in run.history(run.folds[0] if run.folds else None):
        # The first epoch tells, and any other before which bfloat16 was given up.
        told |= {key: line[key] for key in arithmetic if key in line}
    told["notes"] = [*told.get("notes", []), *notes]
    told["warnings"] = [*told.get("warnings", []), *warnings]
    told |= {"finished": now(), "seconds": round(told.get("seconds", 0.0) + seconds, 1)}
    run_folder.write_json(run.folder / run_folder.ENVIRONMENT, told)
