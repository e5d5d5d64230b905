"""`PredictedEvents`: events found one by one when they are taken; written or collected."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TextIO

from tonotope import _files
from tonotope._dataframe import data_frame
from tonotope._errors import DataError, ExperimentError
from tonotope._wording import counted
from tonotope.annotations.event import Event
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.event_writers import (
    COLUMNS,
    ONE_RECORDING,
    SETTINGS,
    cells,
    event_writer,
    names_apart,
    settings_path,
    write_settings,
)
from tonotope.prediction.stream import RecordingEnd

if TYPE_CHECKING:
    from pandas import DataFrame


class PredictedEvents:
    """Events, each found when it is taken: what is heard, from when to when.

    Times come in steps of the hop (`settings["hop_s"]`), and a begin or an end lies within about
    half a clip of where a sound begins or ends: the network hears a clip at once. The score is the
    mean evidence of the event.

    Attributes:
        skipped: the files left out so far, each with its reason.
        settings: all that decided what is an event, by name.
        files: the recordings that were named.

    Raises:
        DataError: at the end, where not one file could be read.
    """

    def __init__(
        self,
        begin: Callable[[], Iterator[Event | RecordingEnd | Skipped]],
        settings: Mapping[str, Any],
        files: Sequence[str],
        refused: Sequence[Skipped] = (),
    ) -> None:
        """A stream that has not begun.

        Args:
            begin: begins it.
            settings: all that decides what is an event.
            files: the recordings, in their order.
            refused: what was left out before.
        """
        self.settings, self.files = dict(settings), tuple(files)
        self.skipped = list(refused)
        self._begin = begin
        self._all_skipped = len(files) + len(refused)
        self._found: Iterator[Event | RecordingEnd | Skipped] | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event:
        for one in self._each():
            if isinstance(one, Event):
                return one
        raise StopIteration

    def _each(self) -> Iterator[Event | RecordingEnd]:
        if self._found is None:
            self._found = self._begin()
        for one in self._found:
            if isinstance(one, Skipped):
                self.skipped.append(one)
            else:
                yield one
        if len(self.skipped) == self._all_skipped:
            reasons = "; ".join(map(str, self.skipped[:3])) or "no file was given"
            raise DataError(f"not one recording could be labelled: {reasons}")

    def write(self, out: TextIO | Path | str, to: str = "csv") -> None:
        """Write every event as soon as it is found; beside a file, the settings.

        Args:
            out: a text file that is open, or the path of one, which is there when it is whole, with
                its settings in `NAME.settings.json` beside it; or of a device or a pipe. In a
                format for one recording a folder gets a file for each.
            to: `csv`, `jsonl`, or `audacity`, a label track for one recording.

        Raises:
            DataError: not one file could be read.
            ExperimentError: no writer has this name, or it cannot hold several recordings.
            TonotopeError: the disk is full, or the file may not be written.
        """
        event_writer(to)
        if to in ONE_RECORDING and self._needs_folder(out):
            assert isinstance(out, Path | str)
            self._write_folder(_files.expanded(out), to)
        elif isinstance(out, Path | str):
            path = Path(out)
            with _files.writing_text(path) as file:
                self._write(file, to)
            if not _files.is_special(path):
                write_settings(settings_path(_files.expanded(path)), self.settings)
        else:
            self._write(out, to)

    def to_dataframe(self) -> DataFrame:
        """All events as a pandas data frame, with the columns of the CSV."""
        return data_frame((cells(event) for event in self), COLUMNS)

    def _write(self, out: TextIO, to: str) -> None:
        writer = event_writer(to)
        writer.begin(out)
        for event in self:
            writer.write(event)
        writer.end()

    def _needs_folder(self, out: TextIO | Path | str) -> bool:
        """Whether a file for each recording goes into a folder."""
        is_path = isinstance(out, Path | str)
        if is_path and _files.expanded(out).is_dir():
            return True
        if len(self.files) < 2:
            return False
        if not is_path or _files.expanded(out).exists() or Path(out).suffix == ".txt":
            raise ExperimentError(
                f"{counted(len(self.files), 'recording')} and one label track, which does not say"
                " whose its labels are: name a folder (--out DIR), which gets a track for each"
            )
        return True

    def _write_folder(self, folder: Path, to: str) -> None:
        names = names_apart([*self.files], ".txt")
        # A recording without an event has its end, and so a track without a label.
        for file, found in itertools.groupby(self._each(), key=lambda one: one.file):
            with _files.writing_text(folder / names[file]) as out:
                writer = event_writer(to)
                writer.begin(out)
                for event in found:
                    if isinstance(event, Event):
                        writer.write(event)
                writer.end()
        write_settings(folder / f"events{SETTINGS}", self.settings)
