"""`job.json`: all that decides the rows of a job, written once, before anything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tonotope import _files
from tonotope._errors import DataError, ExperimentError
from tonotope._wording import first_five

JOB = "job.json"
FORMAT = 1
# Told and not compared: the same models may lie elsewhere, and columns follow from the rest.
_TOLD = {"run", "columns", "text"}


def settings_of(folder: Path) -> dict[str, Any] | None:
    """What the job in a folder was begun with; None where none is there.

    Raises:
        DataError: its file is damaged.
    """
    path = folder / JOB
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeError) as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("job") != FORMAT:
        raise DataError(
            f"{path}: holds no settings of a job that this tonotope knows; name another folder with"
            " --out"
        )
    return found


def begin(folder: Path, settings: Mapping[str, Any]) -> bool:
    """Write the settings of a job that begins, or hold them against those it was begun with.

    Returns:
        Whether the job is new.

    Raises:
        ExperimentError: it was begun with others; names each, with both values.
        DataError: the file of settings is damaged.
        TonotopeError: the folder cannot be written to.
    """
    ours = {"job": FORMAT, **json.loads(json.dumps(settings))}
    theirs = settings_of(folder)
    if theirs is None:
        _files.write_text(folder / JOB, json.dumps(ours, indent=2) + "\n")
        return True
    there, here = _flat(theirs), _flat(ours)
    names = [name for name in {**there, **here} if there.get(name) != here.get(name)]
    names = [name for name in names if name.partition(".")[0] not in _TOLD]
    if names:
        pairs = [
            f"{name} = {_shown(there.get(name))}, now {_shown(here.get(name))}" for name in names
        ]
        raise ExperimentError(
            f"{folder}: this job was begun with other settings: {first_five(pairs)}. Give the"
            " command as it was, or name another folder with --out; a folder that is deleted begins"
            " anew"
        )
    return False


def _flat(table: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Nested tables as one, with a dot between the names."""
    found: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{before}{name}.")
        else:
            found[f"{before}{name}"] = value
    return found


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value[:12] if len(value) == 64 else value or '""'
    return "nothing" if value is None else json.dumps(value)
