"""The manifest: the table of recordings (id, file, times, targets, group) and of skipped ones.

Every source of recordings (a folder, a table, a published data set, the toy orchestra) ends in
the same table. A recording always has a group (its speaker, artist, patient or source): two
recordings of one group never lie on two sides of a split.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tonotope import _files
from tonotope._dataframe import data_frame
from tonotope._errors import DataError, did_you_mean
from tonotope._escape import as_cell, from_cell, shown
from tonotope._wording import counted, first_five

if TYPE_CHECKING:
    from pandas import DataFrame

    from tonotope.datasets.heard import Heard

_BEFORE = ("id", "file")
_AFTER = ("group", "fold", "part", "start_s", "duration_s", "rate_hz", "channels", "sha256")
_COLUMNS = (*_BEFORE, *_AFTER)
_TARGET = "target:"
_EVENT = re.compile(r"@[\d.]+-[\d.]+$")
_BY_WISH = re.compile(
    r"[\d,]+ (?:rows?|labels?) (?:is|are) left out, since |[\d,]+ (?:hidden|system) .*passed over"
)


def left_out_by_wish(notes: Sequence[str]) -> list[str]:
    """The notes on what was left out unread: rows that say `unused`, folders of a system.

    >>> left_out_by_wish(["3 rows are left out, since `split` says unused", "2 files in 1 class"])
    ['3 rows are left out, since `split` says unused']
    """
    return [one for one in notes if _BY_WISH.match(one)]


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording, or one event inside a recording.

    Attributes:
        id: unique, stable and readable: the path below the root, with `@start-end` for an event.
        path: the file.
        start_s: where in the file the part that is meant begins.
        duration_s: how long that part is (the whole file: its length).
        targets: the text of each target column; a missing label is an absent key.
        group: speaker, artist, patient, source: what must stay on one side of a split.
        fold: the published fold, where there is one.
        part: `train`, `validation` or `test`, where the table says so.
        sha256: of the file's bytes.
        rate_hz: the file's sample rate.
        channels: the file's channels.
    """

    id: str
    path: Path
    start_s: float
    duration_s: float
    targets: Mapping[str, str]
    group: str
    fold: str | None
    part: str | None
    sha256: str
    rate_hz: int
    channels: int


def are_events(recordings: Sequence[Recording]) -> bool:
    """Whether these are stretches of files rather than whole files: a label says when it is heard.

    An event that is alone in its file and begins with it is told by its id.
    """
    return len({one.path for one in recordings}) < len(recordings) or any(
        one.start_s or _EVENT.search(one.id) for one in recordings
    )


@dataclass(frozen=True, slots=True)
class Skipped:
    """One input that was left out, and why.

    Attributes:
        file: its name.
        row: its row in the table (the header is row 1), where there is a table.
        reason: what is wrong and what to do.
    """

    file: str
    row: int | None
    reason: str

    def __str__(self) -> str:
        return shown(f"{self.file}{f' (row {self.row})' if self.row else ''}: {self.reason}")


@dataclass(frozen=True)
class Manifest:
    """The table of recordings, with all that was understood, doubted and left out on the way.

    Attributes:
        recordings: ids are unique; every group is named.
        skipped: the inputs left out, each with its reason.
        notes: sentences on what was understood or inferred (encoding, columns, group rule).
        warnings: sentences on what deserves a look.
        root: the folder that the ids are relative to.
        parts_from: what tells the parts of a published split: "the column `split`".
        folds_from: what tells the published folds: "the column `fold`".
        heard: what was heard of some of the files, where they were listened to.

    Raises:
        DataError: two recordings share an id, or one has no group.
    """

    recordings: tuple[Recording, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    root: Path
    parts_from: str | None = None
    heard: tuple[Heard, ...] = field(default=(), compare=False, repr=False)
    folds_from: str | None = None

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for recording in self.recordings:
            if recording.id in seen:
                message = f"two recordings are both called {recording.id}: ids must be unique"
                raise DataError(message)
            if not recording.group:
                message = f"{recording.id}: has no group; a recording stands in its own at least"
                raise DataError(message)
            seen.add(recording.id)

    def labels(self, column: str) -> list[str]:
        """The label of every recording in turn.

        Raises:
            DataError: there is no such target, or some recordings lack it.
        """
        known = sorted({name for recording in self.recordings for name in recording.targets})
        if column not in known:
            raise DataError(
                f"no recording has a target `{column}`; known: {', '.join(known) or 'none'}"
                f"{did_you_mean(column, known)}"
            )
        without = [one.id for one in self.recordings if column not in one.targets]
        if without:
            lack = counted(len(without), "recording lacks", "recordings lack")
            raise DataError(f"{lack} `{column}`: {first_five(without)}")
        return [recording.targets[column] for recording in self.recordings]

    def classes(self, column: str) -> tuple[str, ...]:
        """The different labels of a target, sorted."""
        return tuple(sorted(set(self.labels(column))))

    @cached_property
    def digest(self) -> str:
        """A number for the content: ids, bytes, parts of files, targets, groups and folds.

        Neither the order of the rows nor the place of the folder changes it.
        """
        digest = hashlib.sha256()
        for one in sorted(self.recordings, key=lambda recording: recording.id):
            row = [one.id, one.sha256, one.start_s, one.duration_s, sorted(one.targets.items())]
            row += [one.group, one.fold, one.part]
            digest.update(json.dumps(row).encode() + b"\n")
        return digest.hexdigest()

    def write_csv(self, path: Path) -> None:
        """Write one row per recording: id, file, targets, group, fold, part, times, sha256.

        Names that would break the line are escaped and cells that a spreadsheet would run are
        guarded; `read_csv` undoes both.
        """
        targets = sorted({name for recording in self.recordings for name in recording.targets})
        header = [*_BEFORE, *(_column_of(target) for target in targets), *_AFTER]
        with (
            _files.writing(Path(path)) as aside,
            aside.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(map(as_cell, header))
            for recording in self.recordings:
                writer.writerow(map(as_cell, _row(recording, targets)))

    def to_dataframe(self) -> DataFrame:
        """One row per recording, with the columns of `write_csv`, as a pandas data frame."""
        targets = sorted({name for recording in self.recordings for name in recording.targets})
        rows = [
            [one.id, str(one.path), *map(one.targets.get, targets)]
            + [getattr(one, name) for name in _AFTER]
            for one in self.recordings
        ]
        return data_frame(rows, [*_BEFORE, *map(_column_of, targets), *_AFTER])

    @classmethod
    def read_csv(cls, path: Path) -> Manifest:
        """Read what `write_csv` wrote; the notes and the inputs left out are not in it.

        Raises:
            DataError: the file is not such a table; the row is named.
        """
        path = Path(path)
        recordings: list[Recording] = []
        try:
            with path.open(encoding="utf-8", newline="") as file:
                reader = csv.reader(file, strict=True)
                header = [*map(from_cell, next(reader, []))]
                absent = [column for column in _COLUMNS if column not in header]
                if absent:
                    raise DataError(f"{path}: not a manifest; missing columns: {', '.join(absent)}")
                recordings.extend(_recording(header, [*map(from_cell, row)]) for row in reader)
        except (OSError, UnicodeError, ValueError, csv.Error) as error:
            message = f"{path}: row {len(recordings) + 2} of the manifest cannot be read ({error})"
            raise DataError(message) from error
        try:
            return cls(tuple(recordings), (), (), (), _common_folder(recordings, path))
        except DataError as error:
            raise DataError(f"{path}: {error}") from error


def _row(recording: Recording, targets: list[str]) -> list[str]:
    after = (recording.group, recording.fold, recording.part, recording.start_s)
    after += (recording.duration_s, recording.rate_hz, recording.channels, recording.sha256)
    return [
        recording.id,
        recording.path.as_posix(),
        *(recording.targets.get(target, "") for target in targets),
        *("" if value is None else str(value) for value in after),
    ]


_TOO_LARGE = 1e12


def _recording(header: list[str], row: list[str]) -> Recording:
    cells = dict(zip(header, row, strict=True))
    fixed = {column: cells.pop(column) for column in _COLUMNS}
    for column in ("start_s", "duration_s", "rate_hz", "channels"):
        counted = column in ("rate_hz", "channels")
        value = int(fixed[column]) if counted else float(fixed[column])
        if not counted <= value < _TOO_LARGE:
            raise ValueError(f"{column} = {fixed[column]} is out of range")
    return Recording(
        id=fixed["id"],
        path=Path(fixed["file"]),
        start_s=float(fixed["start_s"]),
        duration_s=float(fixed["duration_s"]),
        targets={column.removeprefix(_TARGET): text for column, text in cells.items() if text},
        group=fixed["group"],
        fold=fixed["fold"] or None,
        part=fixed["part"] or None,
        sha256=fixed["sha256"],
        rate_hz=int(fixed["rate_hz"]),
        channels=int(fixed["channels"]),
    )


def _column_of(target: str) -> str:
    """A target's column, set apart where it would be taken for one of the fixed ones."""
    apart = target in _COLUMNS or target.startswith(_TARGET)
    return f"{_TARGET}{target}" if apart else target


def _common_folder(recordings: list[Recording], path: Path) -> Path:
    folders = {recording.path.parent for recording in recordings}
    try:
        return Path(os.path.commonpath(folders)) if folders else path.parent
    except ValueError:  # two drives
        return path.parent
