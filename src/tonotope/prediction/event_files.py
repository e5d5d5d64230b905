"""Files of events: one for all or one for each recording, with what they were found by beside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tonotope import _files
from tonotope.annotations.event import Event

COLUMNS = ("file", "start_s", "end_s", "label", "score", "low_hz", "high_hz")
SETTINGS = ".settings.json"
# Formats whose file is about one recording, and what its name ends with.
ONE_RECORDING: Mapping[str, str] = {
    "audacity": ".txt",
    "jams": ".jams",
    "raven": ".Table.1.selections.txt",
    "srt": ".srt",
}


def cells(event: Event) -> list[Any]:
    """An event under `COLUMNS`."""
    return [getattr(event, name) for name in COLUMNS]


def settings_path(path: Path) -> Path:
    """Where the settings lie: `night.settings.json` beside `night.csv`."""
    return path.with_name(path.stem + SETTINGS)


def write_settings(path: Path, settings: Mapping[str, Any]) -> None:
    """What the events of a file were found by, written beside it."""
    _files.write_text(path, json.dumps(settings, indent=2) + "\n")


def names_apart(files: list[str], ending: str) -> dict[str, str]:
    """For each recording the name of its file of events; no two alike in any system.

    >>> names_apart(["a/x.wav", "b/x.wav", "b/y.wav"], ".txt")
    {'a/x.wav': 'a-x.txt', 'b/x.wav': 'b-x.txt', 'b/y.wav': 'y.txt'}
    """
    schemes = (
        lambda path: path.stem,
        lambda path: f"{path.parent.name}-{path.stem}",
        lambda path: f"{path.parent.name}-{path.name}",
    )
    found: dict[str, str] = {}
    taken: set[str] = set()
    left = [*dict.fromkeys(files)]
    for scheme in schemes:
        names = {file: scheme(Path(file)) for file in left}
        often = [name.casefold() for name in names.values()]
        alone = [f for f in left if often.count(names[f].casefold()) == 1
                 and names[f].casefold() not in taken]  # fmt: skip
        found |= {file: names[file] + ending for file in alone}
        taken |= {names[file].casefold() for file in alone}
        left = [file for file in left if file not in found]
    for file in left:
        number = 2
        while (name := f"{Path(file).stem}-{number}").casefold() in taken:
            number += 1
        taken.add(name.casefold())
        found[file] = name + ending
    return {file: found[file] for file in files}
