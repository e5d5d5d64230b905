"""Which run folder a command means: a pattern (`runs/birds-*`), and several where one would fit."""

from __future__ import annotations

import glob
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tonotope import _files
from tonotope._errors import ExperimentError
from tonotope._wording import first_five

RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)
]


def one_run(command: str, given: Sequence[Path], rest: Sequence[Path] = ()) -> Path:
    """The one run folder that was meant.

    A shell replaces `runs/birds-*` by every folder that matches; where it matches none, and on
    Windows, the pattern comes as it is, and is looked up here.

    Args:
        command: such as `predict`, for the line that would fit.
        given: run folders, or a pattern.
        rest: what else the command was given.

    Raises:
        ExperimentError: several run folders, or none; names them and the line that would fit.
    """
    found = [match for path in given for match in _matches(path)]
    if not found:
        raise ExperimentError(f"{given[0]}: no run folder has such a name")
    strange = [one for one in found if not is_run(one)]
    runs = [one for one in found if is_run(one)]
    if strange and len(runs) == 1:
        audio = [*map(str, strange), *map(str, rest)]
        line = shlex.join(["tonotope", command, str(runs[0]), *audio[:3]])
        raise ExperimentError(
            f"{strange[0]}: is not a run, {runs[0]} is, and the run comes first: "
            f"{line}{' ...' if len(audio) > 3 else ''}"
        )
    if len(found) > 1:
        newest = max(found, key=_changed)
        line = shlex.join(["tonotope", command, str(newest), *map(str, rest[:3])])
        raise ExperimentError(
            f"these are {len(found)} runs, and `{command}` takes one: "
            f"{first_five([str(one) for one in found])}. The one changed last: "
            f"{line}{' ...' if len(rest) > 3 else ''}"
        )
    return found[0]


def is_run(path: Path) -> bool:
    """Whether `path` is a run folder or a saved model, not a folder of recordings."""
    from tonotope.experiment.run_files import ENVIRONMENT, EXPERIMENT, MODEL_FILES

    return any((path / name).is_file() for name in (EXPERIMENT, ENVIRONMENT, *MODEL_FILES))


def _matches(path: Path) -> list[Path]:
    if not glob.has_magic(str(path)) or path.exists():
        return [path]
    found = glob.glob(str(_files.expanded(path)))  # noqa: PTH207 - the pattern may be absolute
    return [Path(one) for one in sorted(found) if is_run(Path(one))]


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
