"""`tt.read_predictions`: the parts of a job as one table, row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tonotope import _files
from tonotope._dataframe import data_frame
from tonotope._errors import DataError
from tonotope._wording import counted, first_five, first_three
from tonotope.annotations.read import read_events
from tonotope.answers.stored_table import read
from tonotope.datasets.manifest import Skipped
from tonotope.prediction.event_files import cells
from tonotope.prediction.job_settings import JOB, settings_of
from tonotope.prediction.journal import Entry, Journals
from tonotope.prediction.stream import RecordingEnd

if TYPE_CHECKING:
    from pandas import DataFrame

STATUS = "status"
WELL = "ok"


class MergedPredictions:
    """The rows of all recordings of a job, each read when it is taken; in the order of their names.

    A row is a mapping from the names in `columns`. `status` is `ok`, or why the recording is left
    out (its other columns are None then), or from where on it could not be heard. An event has a
    row, a recording without one has none.

    Attributes:
        folder: where the job lies.
        columns: the names of the columns.
        settings: all that decided the rows.
        recordings: how many are finished or left out.
        skipped: those that are left out, with their reasons.
        unfinished: sentences on what is not there: shards that have not ended, parts that are gone.
    """

    def __init__(self, folder: Path) -> None:
        settings = settings_of(folder)
        if settings is None:
            raise DataError(
                f"{folder}: holds no {JOB}: name a folder that `tonotope predict --out DIR/` has"
                " written"
            )
        self.folder, self.settings = folder, settings
        own = settings.get("columns")
        if not isinstance(own, list) or not all(isinstance(one, str) for one in own):
            raise DataError(f"{folder / JOB}: does not say which columns the rows have")
        self.columns: tuple[str, ...] = (*own, STATUS)
        journals = Journals.read(folder)
        self._entries = sorted(journals.entries.values(), key=lambda entry: entry.key)
        self.recordings = len(self._entries)
        self.skipped = [Skipped(one.file, None, one.reason) for one in self._entries if one.reason]
        self.unfinished = [*_open_shards(journals), *self._gone()]
        self._rows: Iterator[dict[str, Any]] | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> dict[str, Any]:
        if self._rows is None:
            self._rows = self._all()
        return next(self._rows)

    @property
    def ends(self) -> list[RecordingEnd]:
        """How each recording ended that was heard to its end."""
        heard = [one for one in self._entries if not one.reason]
        return [RecordingEnd(one.file, one.heard_s, one.silent_s) for one in heard]

    def to_dataframe(self) -> DataFrame:
        """All rows as a pandas data frame."""
        return data_frame(([row[name] for name in self.columns] for row in self), self.columns)

    def _all(self) -> Iterator[dict[str, Any]]:
        for entry in self._entries:
            status = entry.reason or WELL
            if entry.part:
                for row in self._part(entry):
                    yield {**row, STATUS: status}
            elif entry.reason:
                empty: dict[str, Any] = dict.fromkeys(self.columns)
                yield {**empty, "file": entry.file, STATUS: status}

    def _part(self, entry: Entry) -> Iterator[dict[str, Any]]:
        """The rows of one recording.

        Raises:
            DataError: its part is damaged; a part that is gone was told before and has no rows.
        """
        path, count = self.folder / entry.part, 0
        if not path.is_file():
            return
        reading: Callable[[Path, Entry], Iterator[dict[str, Any]]] = self._events
        if self.settings.get("per") != "event":
            reading = self._jsonl if self.settings.get("to") == "jsonl" else self._csv
        for row in reading(path, entry):
            count += 1
            yield row
        if count != entry.rows:
            raise DataError(
                f"{path}: holds {counted(count, 'row')} and {entry.rows:,} were written; delete it,"
                " and the command that wrote it hears the recording again"
            )

    def _csv(self, path: Path, entry: Entry) -> Iterator[dict[str, Any]]:
        words = {*self.settings.get("text", ())}
        names = self.columns[:-1]
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.reader(file)
            next(table, None)
            for line in table:
                if len(line) != len(names):
                    raise DataError(f"{path} (row {table.line_num}): has other columns")
                yield {
                    name: read(cell) if name in words else _number(cell)
                    for name, cell in zip(names, line, strict=True)
                }

    def _jsonl(self, path: Path, entry: Entry) -> Iterator[dict[str, Any]]:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                try:
                    found = json.loads(line)
                except (ValueError, RecursionError):
                    found = None
                if not isinstance(found, dict) or [*found] != [*self.columns[:-1]]:
                    raise DataError(f"{path} (row {number}): is no row of this job")
                yield found

    def _events(self, path: Path, entry: Entry) -> Iterator[dict[str, Any]]:
        found = read_events(
            path, self.settings["to"], sound=entry.file, durations={entry.file: entry.heard_s}
        ).events if entry.rows else ()  # fmt: skip
        for event in found:
            row: dict[str, Any] = dict(zip(self.columns[:-1], cells(event), strict=True))
            yield {**row, "file": entry.file}

    def _gone(self) -> list[str]:
        """A sentence where parts are no longer there."""
        gone = [e.file for e in self._entries if e.part and not (self.folder / e.part).is_file()]
        if not gone:
            return []
        return [
            f"the parts of {counted(len(gone), 'recording')} are gone: {first_three(gone)}; the"
            " command that wrote them hears them again"
        ]


def read_predictions(folder: str | Path) -> MergedPredictions:
    """The rows of a job that `predict_job`, or `tonotope predict --out DIR/`, has written.

    Args:
        folder: what was given as `folder`, or with `--out`.

    Raises:
        DataError: no job lies there, or its files are damaged.
    """
    return MergedPredictions(_files.expanded(folder))


def _open_shards(journals: Journals) -> list[str]:
    """Sentences on shards that have not ended, or have not begun."""
    if not journals.shards:
        return ["not one recording is finished: the job has only begun"]
    told = []
    running = [str(shard) for shard, (_, ended) in journals.shards.items() if not ended]
    whole = any(shard.of == 1 and ended for shard, (_, ended) in journals.shards.items())
    last = max(shard.of for shard in journals.shards)
    begun = {shard.number for shard in journals.shards if shard.of == last}
    missing = [f"{number}/{last}" for number in range(1, last + 1) if number not in begun]
    if whole:
        return []
    if running == ["1/1"]:
        told.append("the job is not finished: the command that wrote it goes on")
    elif running:
        told.append(f"shards that are not finished: {first_five(running)}")
    if missing:
        told.append(f"shards that have not begun: {first_five(missing)}")
    return told


def _number(cell: str) -> Any:
    try:
        return float(cell) if cell else None
    except ValueError:
        return read(cell)
