"""The path that a source names: environment variables, `~`, relative to the experiment file."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tonotope import _files
from tonotope._errors import DataError, TonotopeError

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def source_path(named: str, base: Path) -> Path:
    """A path as it is meant: `~` is the user's folder, and a relative one starts from `base`.

    Raises:
        DataError: a variable is not set, or leads to nothing; its value is not shown, because an
            experiment from somebody else may name a variable that holds a secret.
    """
    filled = _filled_in(named, base)
    try:
        path = _files.expanded(filled)
    except TonotopeError as error:
        message = f'source = "{named}": whose home that is is not known; write it out'
        raise DataError(message) from error
    if filled != named and not _exists(base / path):
        variables = ", ".join(f"${one or other}" for one, other in _VARIABLE.findall(named))
        raise DataError(
            f"{named}: there is nothing there; {variables} is set, so see whether it holds the"
            " folder of the recordings, and whether the rest of the path is right"
        )
    # A manifest outlives the folder that somebody stood in, so its paths are whole.
    return Path(os.path.abspath(base / path))  # noqa: PTH100 - links stay as they are named


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a name, or a zero byte in it
        return False


def _filled_in(named: str, base: Path) -> str:
    """A path with the values of the environment variables that it names: `$NAME` or `${NAME}`.

    So an experiment can be handed on without the paths of the machine it was written on. A folder
    that is really called so is found by its name.

    Raises:
        DataError: a variable is not set.
    """
    if not _VARIABLE.search(named) or (base / named).exists():
        return named

    def value(found: re.Match[str]) -> str:
        name = found.group(1) or found.group(2)
        if not os.environ.get(name):
            raise DataError(
                f"{named}: the environment variable {name} is not set; it names a folder"
                f" of this machine: export {name}=/where/the/recordings/are"
            )
        return os.environ[name]

    return _VARIABLE.sub(value, named)
