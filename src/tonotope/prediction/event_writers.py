"""Events written as CSV, JSON lines or Audacity labels; what they were found by, beside them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, TextIO

from tonotope import _files
from tonotope._errors import ExperimentError, did_you_mean
from tonotope._escape import escaped
from tonotope.annotations.event import Event
from tonotope.answers.stored_table import written

COLUMNS = ("file", "start_s", "end_s", "label", "score", "low_hz", "high_hz")
SETTINGS = ".settings.json"


class EventWriter(Protocol):
    """Writes events to a text file, one after the other."""

    def begin(self, out: TextIO, /) -> None:
        """The file is open."""
        ...

    def write(self, event: Event, /) -> None:
        """Write one event."""
        ...

    def end(self) -> None:
        """There are no more events."""
        ...


class _Csv:
    """One line an event, under a header."""

    def begin(self, out: TextIO) -> None:
        self.table = csv.writer(out, lineterminator="\n")
        self.table.writerow(COLUMNS)

    def write(self, event: Event) -> None:
        file, *times, label, score, low_hz, high_hz = cells(event)
        self.table.writerow(
            [written(file), *(f"{time:.6f}".rstrip("0").rstrip(".") for time in times),
             written(label), score, low_hz, high_hz]
        )  # fmt: skip

    def end(self) -> None:
        pass


class _JsonLines:
    """One object an event."""

    def begin(self, out: TextIO) -> None:
        self.out = out

    def write(self, event: Event) -> None:
        held = dict(zip(COLUMNS, cells(event), strict=True))
        self.out.write(json.dumps(held) + "\n")

    def end(self) -> None:
        pass


class _Audacity:
    """A label track: start, end and text between tabs; only the text is read, so it has the score.

    A track is one recording's and does not name it.
    """

    def begin(self, out: TextIO) -> None:
        self.out = out

    def write(self, event: Event) -> None:
        text = escaped(event.label)
        if event.score is not None:
            text += f" {event.score:.2f}"
        self.out.write(f"{event.start_s:.6f}\t{event.end_s:.6f}\t{text}\n")

    def end(self) -> None:
        pass


EVENT_WRITERS: Mapping[str, type[EventWriter]] = {
    "csv": _Csv,
    "jsonl": _JsonLines,
    "audacity": _Audacity,
}
ONE_RECORDING = frozenset({"audacity"})
"""Formats that do not name the recording, so that a file holds the events of one."""


def cells(event: Event) -> list[Any]:
    """An event under `COLUMNS`."""
    return [getattr(event, name) for name in COLUMNS]


def event_writer(to: str) -> EventWriter:
    """The writer of a format.

    Raises:
        ExperimentError: no writer has this name.
    """
    if to not in EVENT_WRITERS:
        known = [*EVENT_WRITERS]
        raise ExperimentError(
            f"events are not written as `{to}`; {', '.join(known[:-1])} or {known[-1]} would"
            f" fit{did_you_mean(to, known)}"
        )
    return EVENT_WRITERS[to]()


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
