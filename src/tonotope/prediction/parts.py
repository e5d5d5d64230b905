"""The part files of a job: the rows or events of one recording each, there when they are whole."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tonotope import _files
from tonotope._errors import TonotopeError
from tonotope.annotations.event import Event
from tonotope.annotations.write import write_events
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.rows import PredictedRow
from tonotope.prediction.score_layout import Layout
from tonotope.prediction.stream import RecordingEnd
from tonotope.prediction.writers import write_file

Found = PredictedRow | Event | RecordingEnd | Skipped


@dataclass
class Part:
    """The part of one recording.

    Attributes:
        file: the recording, as it was named.
        path: the file of its rows; None where it holds none.
        rows: how many.
        heard_s: how much was heard, in seconds.
        silent_s: how much of that is digital silence; known of events alone.
        reason: why it is left out, perhaps from some moment on.
        notes: what its format has no place for.
    """

    file: str
    path: Path | None = None
    rows: int = 0
    heard_s: float = 0.0
    silent_s: float = 0.0
    reason: str = ""
    notes: list[str] = field(default_factory=list)

    def counted(
        self, found: Iterable[Found], lasts_s: dict[str, float]
    ) -> Iterator[PredictedRow | Event]:
        """Rows or events as they come; how the recording ended is kept here."""
        for one in found:
            if isinstance(one, Skipped):
                self.reason = one.reason
            elif isinstance(one, RecordingEnd):
                self.heard_s, self.silent_s = one.end_s, one.silent_s
            else:
                self.rows += 1
                self.heard_s = max(self.heard_s, one.end_s)
                yield one
        lasts_s[self.file] = self.heard_s


Write = Callable[[Part, Iterable[Found], Path], None]


def rows_writer(layout: Layout, to: str) -> Write:
    """Writes rows of recordings or windows."""

    def write(part: Part, found: Iterable[Found], path: Path) -> None:
        rows = (one for one in part.counted(found, {}) if isinstance(one, PredictedRow))
        write_file(rows, path, layout, to)

    return write


def events_writer(to: str) -> Write:
    """Writes events, in any format."""

    def write(part: Part, found: Iterable[Found], path: Path) -> None:
        lasts_s: dict[str, float] = {}
        events = (one for one in part.counted(found, lasts_s) if isinstance(one, Event))
        part.notes = write_events(events, path, to, durations=lasts_s)

    return write


def write_parts(
    found: Iterable[Found], places: Mapping[str, Path], aside: Path, write: Write
) -> Iterator[Part]:
    """Write a part for each recording.

    A recording that breaks off keeps the rows before that place; its reason says so.

    Args:
        found: rows or events, all those of a recording one after the other, and how it ended.
        places: for each recording, as it was named, its part.
        aside: a file in a folder that nobody else writes to, on the same disk.
        write: writes the rows of one recording.

    Yields:
        Each part when it is there.

    Raises:
        TonotopeError: the disk is full, or the folder may not be written to.
    """
    for file, own in itertools.groupby(found, key=lambda one: one.file):
        part = Part(file)
        write(part, own, aside)
        try:
            if part.reason and not part.rows:
                aside.unlink()
            else:
                part.path = places[file]
                part.path.parent.mkdir(parents=True, exist_ok=True)
                aside.replace(part.path)
        except OSError as error:
            why = error.strerror or error
            raise TonotopeError(f"{places[file]}: cannot be written ({why})") from error
        yield part
    with contextlib.suppress(OSError):
        aside.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what a killed process left half-written in a folder that only this shard writes to."""
    with contextlib.suppress(OSError):
        for leftover in folder.iterdir():
            with contextlib.suppress(OSError):
                leftover.unlink()
    _files.sweep(folder)
