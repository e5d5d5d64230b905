"""JSON files and JSON-lines logs of a run folder, read with clear errors; JSON written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tonotope import _files
from tonotope._errors import ExperimentError


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON that a person can read too."""
    _files.write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """The table of names and values in a file.

    Raises:
        ExperimentError: it is missing, or holds something else.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = f"{path.parent}: the run has no {path.name} yet; run its experiment to the end"
        raise ExperimentError(message) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ExperimentError(f"{path}: cannot be read as JSON ({error})") from error
    if not isinstance(value, dict):
        raise ExperimentError(f"{path}: holds no table of names and values; was it edited?")
    return value


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a log; a last line cut off by a crash is left out."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeError) as error:
        raise ExperimentError(f"{path}: cannot be read ({error})") from error
    found: list[dict[str, Any]] = []
    for line in text.split("\n"):
        try:
            value = json.loads(line) if line.strip() else None
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
