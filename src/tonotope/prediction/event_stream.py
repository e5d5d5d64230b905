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
from tonotope.annotations.read import find
from tonotope.annotations.write import write_events
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.event_files import (
    COLUMNS,
    ONE_RECORDING,
    SETTINGS,
    cells,
    names_apart,
    settings_path,
    write_settings,
)
from tonotope.prediction.stream import RecordingEnd

if TYPE_CHECKING:
    from pandas import DataFrame

_ENDINGS = (*ONE_RECORDING.values(),)


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
        self._durations: dict[str, float] = {}  # of those that were heard to their end

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
                continue
            if isinstance(one, RecordingEnd):
                self._durations[one.file] = one.end_s
            yield one
        if len(self.skipped) == self._all_skipped:
            reasons = "; ".join(map(str, self.skipped[:3])) or "no file was given"
            raise DataError(f"not one recording could be labelled: {reasons}")

    def follow(self, hear: Callable[[Event | RecordingEnd | Skipped], None]) -> None:
        """Have `hear` called with each event, end of a recording and file left out, as it comes."""
        begin = self._begin

        def told() -> Iterator[Event | RecordingEnd | Skipped]:
            for one in begin():
                hear(one)
                yield one

        self._begin = told

    def write(self, out: TextIO | Path | str, to: str = "csv") -> list[str]:
        """Write every event as soon as it is found; beside a file, the settings.

        Args:
            out: a text file that is open, or the path of one, which is there when it is whole, with
                its settings in `NAME.settings.json` beside it; or of a device or a pipe. In a
                format for one recording a folder gets a file for each.
            to: a name in `tonotope.annotations.FORMATS`.

        Returns:
            Sentences on what the format has no place for, and on what was changed to fit.

        Raises:
            DataError: not one file could be read.
            ExperimentError: no format has this name, or it cannot hold several recordings.
            MissingPackageError: the format is Parquet, and pyarrow is not installed.
            TonotopeError: the disk is full, or the file may not be written.
        """
        find(to)  # refuse a name that is none before a folder is made
        if to in ONE_RECORDING and self._needs_folder(out):
            assert isinstance(out, Path | str)
            return self._write_folder(_files.expanded(out), to)
        notes = write_events(self, out, to, durations=self._durations)
        if isinstance(out, Path | str) and not _files.is_special(Path(out)):
            write_settings(settings_path(_files.expanded(out)), self.settings)
        return notes

    def to_dataframe(self) -> DataFrame:
        """All events as a pandas data frame, with the columns of the CSV."""
        return data_frame((cells(event) for event in self), COLUMNS)

    def _needs_folder(self, out: TextIO | Path | str) -> bool:
        """Whether a file for each recording goes into a folder."""
        is_path = isinstance(out, Path | str)
        if is_path and _files.expanded(out).is_dir():
            return True
        if len(self.files) < 2:
            return False
        if not is_path or _files.expanded(out).exists() or str(out).endswith(_ENDINGS):
            raise ExperimentError(
                f"{counted(len(self.files), 'recording')} and one label track, which does not say"
                " whose its labels are: name a folder (--out DIR), which gets a track for each"
            )
        return True

    def _write_folder(self, folder: Path, to: str) -> list[str]:
        names = names_apart([*self.files], ONE_RECORDING[to])
        notes: dict[str, None] = {}
        # A recording without an event has its end, and so a file without a label.
        for file, found in itertools.groupby(self._each(), key=lambda one: one.file):
            lasts_s: dict[str, float] = {}
            events = _events_of(found, lasts_s)
            said = write_events(events, folder / names[file], to, durations=lasts_s)
            notes |= dict.fromkeys(said)
        write_settings(folder / f"events{SETTINGS}", self.settings)
        return [*notes]


def _events_of(found: Iterator[Event | RecordingEnd], lasts_s: dict[str, float]) -> Iterator[Event]:
    """The events of one recording; at its end `lasts_s` learns how long it is."""
    for one in found:
        if isinstance(one, RecordingEnd):
            lasts_s[one.file] = one.end_s
        else:
            yield one
