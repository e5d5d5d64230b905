"""The source `table`: a CSV or TSV with a row for each recording, or for each event inside one.

What was understood is said in the manifest's notes; a row that cannot be used is left out by its
number, and the rest goes on. Labels are text and stay as they are written: "007" is not 7.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted, first_five
from tonotope.datasets.data import Data
from tonotope.datasets.duplicates import group_duplicates
from tonotope.datasets.labels import label_warnings, why_missing
from tonotope.datasets.manifest import Manifest, Skipped
from tonotope.datasets.sources.build_manifest import SourceEntry, build_recordings
from tonotope.datasets.sources.columns import Columns, find_columns
from tonotope.datasets.sources.csv_dialect import CsvTable, read_table
from tonotope.datasets.sources.infer_groups import FileName, Grouping, infer_groups, why_unusable
from tonotope.datasets.sources.resolve_paths import NamedFile, resolve_paths
from tonotope.datasets.vocabulary import part_of


class _Row(NamedTuple):
    """A row as it is written, and then with what was made of it."""

    number: int
    file: str
    label: str
    targets: Mapping[str, str]
    group: str
    fold: str
    part: str
    times: tuple[str, str]
    path: Path = Path()
    start_s: float | None = None
    end_s: float | None = None

    @property
    def side(self) -> str | None:
        return self.fold or self.part or None


def open_table(
    path: Path, data: Data, targets: Sequence[str] | None = None, *, progress: Progress = SILENT
) -> Manifest:
    """The recordings of a table, with the columns `targets`; None takes the one of labels.

    Raises:
        DataError: the table cannot be read, a given column is absent, or rows contradict each
            other; the columns or rows are named.
    """
    sheet = read_table(path)
    chosen = find_columns(sheet, data, targets)
    skipped: list[Skipped] = []
    rows = _rows(sheet, chosen, skipped)
    rows, times = _timed(rows, chosen, skipped)
    located = resolve_paths(
        path.parent, [NamedFile(row.file, row.fold, row.label, row.part) for row in rows]
    )
    rows, absent = _placed(rows, located.paths, skipped)
    if data.strict and skipped:
        raise DataError(f"{path}: {min(skipped, key=lambda one: one.row or 0)}")
    rows = _without_repeats(rows, path, skipped)
    if not rows:
        raise DataError(f"{path}: no row can be used: {first_five(list(map(str, skipped)))}")
    root = _root(path.parent, rows)
    entries, grouping, part_notes = _entries(rows, root, chosen, data)
    recordings, unusable = build_recordings(
        entries, strict=data.strict, max_duration_s=data.max_duration_s, progress=progress
    )
    same: list[str] = []
    if grouping.inferred:
        recordings, same = group_duplicates(recordings, [chosen.names[at] for at in chosen.targets])
    left_out = {one.row for one in unusable}
    heard = [row for row in rows if row.number not in left_out]
    return Manifest(
        recordings=tuple(recordings),
        skipped=tuple(sorted([*skipped, *unusable], key=lambda one: one.row or 0)),
        notes=(
            sheet.note,
            *chosen.notes,
            *times,
            *located.notes,
            grouping.note,
            *same,
            *part_notes,
        ),
        warnings=(
            *_missing(absent, located.unnamed),
            *(label_warnings([row.label for row in heard]) if chosen.label is not None else []),
            *_overlaps(heard),
            *([grouping.warning] if grouping.warning else []),
        ),
        root=root,
    )


def _rows(sheet: CsvTable, chosen: Columns, skipped: list[Skipped]) -> list[_Row]:
    """The rows that name a file and a label, or any of several targets."""
    rows: list[_Row] = []
    wanted = {chosen.names[at]: at for at in chosen.targets}
    places = (chosen.group, chosen.fold, chosen.part, chosen.start, chosen.end)
    for number, cells, wrong in sheet.rows():
        if cells is None:
            skipped.append(Skipped(sheet.path.name, number, wrong))
            continue
        file = cells[chosen.file].strip()
        targets = {name: cells[at] for name, at in wanted.items() if not why_missing(cells[at])}
        label = "" if chosen.label is None else cells[chosen.label]
        missing = None if targets or not wanted else f"has no {' or '.join(wanted)}"
        missing = missing if chosen.label is None else why_missing(label)
        missing = missing if file else "names no file"
        if missing:
            skipped.append(Skipped(file or sheet.path.name, number, missing))
            continue
        group, fold, part, start, end = ("" if at is None else cells[at].strip() for at in places)
        rows.append(_Row(number, file, label, targets, group, fold, part, (start, end)))
    return rows


def _timed(
    rows: list[_Row], chosen: Columns, skipped: list[Skipped]
) -> tuple[list[_Row], list[str]]:
    """The rows with their times as numbers, where the times are times inside the files.

    UrbanSound8K's `start` and `end` say where a clip was cut from another recording. Times that
    were not given by name are taken for events only where a file stands in several rows.
    """
    if chosen.start is None and chosen.end is None:
        return rows, []
    called = [chosen.names[at] for at in (chosen.start, chosen.end) if at is not None]
    names = " and ".join(f"`{name}`" for name in called)
    files = len({row.file for row in rows})
    if chosen.guessed_times and files == len(rows):
        return rows, [
            f"{names} are not used: every file has one row, so they may tell where it was cut "
            'from; name them (start = "…", end = "…") to hear that part alone'
        ]
    timed: list[_Row] = []
    for row in rows:
        try:
            start_s, end_s = map(_seconds, row.times)
        except ValueError as error:
            skipped.append(Skipped(row.file, row.number, str(error)))
            continue
        timed.append(row._replace(start_s=start_s, end_s=end_s))
    comma = " (decimal comma)" if any("," in text for row in rows for text in row.times) else ""
    events = f"{counted(len(timed), 'event')} in {counted(files, 'file')}"
    return timed, [f"{events}: times in seconds{comma} from {names}"]


def _seconds(text: str) -> float | None:
    """A number of seconds, with a decimal point or comma; None where the cell is empty."""
    if not text:
        return None
    try:
        seconds = float(text.replace(",", ".") if "." not in text else text)
    except ValueError:
        seconds = float("nan")
    if not abs(seconds) < float("inf"):
        raise ValueError(f"`{text}` is no number of seconds")
    return seconds


def _placed(
    rows: Sequence[_Row], paths: Sequence[Path | str], skipped: list[Skipped]
) -> tuple[list[_Row], list[str]]:
    """The rows with their paths, and the names of files that are nowhere."""
    placed: list[_Row] = []
    absent: dict[str, None] = {}
    for row, found in zip(rows, paths, strict=True):
        if isinstance(found, Path):
            placed.append(row._replace(path=found))
        else:
            absent[row.file] = None
            skipped.append(Skipped(row.file, row.number, found))
    return placed, [*absent]


def _without_repeats(rows: Sequence[_Row], path: Path, skipped: list[Skipped]) -> list[_Row]:
    """Each recording once; two rows that contradict each other are an error."""
    first: dict[tuple[Path, float | None, float | None], _Row] = {}
    conflicts: list[str] = []
    for row in rows:
        before = first.setdefault((row.path, row.start_s, row.end_s), row)
        if before is row:
            continue
        if before.targets != row.targets:
            one, other = (" ".join(each.targets.values()) for each in (before, row))
            where = f"rows {before.number} and {row.number}"
            conflicts.append(f"{where} call {row.file} `{one}` and `{other}`")
        else:
            again = f"says the same as row {before.number}"
            skipped.append(Skipped(row.file, row.number, again))
    if conflicts:
        raise DataError(
            f"{path}: {first_five(conflicts)}; a recording has one label: correct "
            "the table (or, if the rows are events inside a file, name their columns: start, end)"
        )
    return [*first.values()]


def _paths(rows: Sequence[_Row]) -> set[Path]:
    return {row.path for row in rows}


def _root(folder: Path, rows: Sequence[_Row]) -> Path:
    """The folder that names are relative to: the table's own, one above it, or a common one."""
    folders = {str(path.parent) for path in _paths(rows)}
    for root in (folder, folder.resolve().parent):
        if all(Path(place).is_relative_to(root) for place in folders):
            return root
    try:
        return Path(os.path.commonpath([*folders]))
    except ValueError:  # two drives, or absolute and relative paths
        return Path(folder.anchor or ".")


def _entries(
    rows: Sequence[_Row], root: Path, chosen: Columns, data: Data
) -> tuple[list[SourceEntry], Grouping, list[str]]:
    """The rows with their names below the root, their groups and their parts."""
    parts, part_notes = _parts(rows, chosen)
    known = {path: Path(os.path.relpath(path, root)).as_posix() for path in _paths(rows)}
    names = [known[row.path] for row in rows]
    grouping = _grouped(rows, names, chosen, data)
    entries = [
        SourceEntry(
            *(name, row.path, row.targets, group, row.number, row.fold or None, part),
            *(row.start_s, row.end_s),
        )
        for row, name, part, group in zip(rows, names, parts, grouping.groups, strict=True)
    ]
    return entries, grouping, part_notes


def _parts(rows: Sequence[_Row], chosen: Columns) -> tuple[list[str | None], list[str]]:
    """The part of each row; none, with a note, where the cell says something else."""
    known = [row.part if part_of(row.part) else None for row in rows]
    other = sorted({row.part for row, part in zip(rows, known, strict=True) if not part} - {""})
    if not other or chosen.part is None:
        return known, []
    column = chosen.names[chosen.part]
    note = (
        f"`{column}` should say train, validation or test; rows that say {first_five(other)} have "
        "no part"
    )
    return known, [note]


def _grouped(rows: Sequence[_Row], names: Sequence[str], chosen: Columns, data: Data) -> Grouping:
    """The group of each row: by its column where there is one that can be used, else by names."""
    dropped = ""
    if chosen.group is not None:
        column = f"`{chosen.names[chosen.group]}`"
        groups = [row.group or name for row, name in zip(rows, names, strict=True)]
        wrong = None
        if chosen.guessed_group:
            wrong = why_unusable([row.label for row in rows], groups, [row.side for row in rows])
        if wrong is None:
            empty = sum(not row.group for row in rows)
            own = f"; {counted(empty, 'empty cell')}: each file its own" if empty else ""
            there = counted(len(set(groups)), "group")
            return Grouping(groups, f"groups are from {column}: {there}{own}", inferred=False)
        dropped = f"{column} was not used as group: {wrong}; "
    rule = data.group if chosen.group is None else None
    files = [
        FileName(name, row.label, side=row.side) for row, name in zip(rows, names, strict=True)
    ]
    grouping = infer_groups(files, rule)
    return grouping._replace(note=dropped + grouping.note)


def _missing(absent: Sequence[str], unnamed: Sequence[str]) -> list[str]:
    found = []
    if absent:
        found.append(
            f"{counted(len(absent), 'file')} named in the table could not be found: "
            f"{first_five(absent)}"
        )
    if unnamed:
        found.append(
            f"{counted(len(unnamed), 'sound file')} beside them "
            f"{'is' if len(unnamed) == 1 else 'are'} not named in the table: {first_five(unnamed)}"
        )
    return found


def _overlaps(rows: Sequence[_Row]) -> list[str]:
    """A warning where events of one file overlap."""
    timed = [row for row in rows if row.start_s is not None or row.end_s is not None]
    last: dict[Path, _Row] = {}  # of each file the event that ends last
    pairs: list[tuple[_Row, _Row]] = []
    for row in sorted(timed, key=lambda one: (one.file, one.start_s or 0.0, _end_s(one))):
        before = last.get(row.path)
        if before is not None and (row.start_s or 0.0) < _end_s(before):
            pairs.append((before, row))
        if before is None or _end_s(row) > _end_s(before):
            last[row.path] = row
    if not pairs:
        return []
    one, other = pairs[0]
    return [
        f"{counted(len(pairs), 'event overlaps', 'events overlap')} an earlier one in the same "
        f"file (rows {one.number} and {other.number}, …); each is heard with what sounds at the "
        "same time"
    ]


def _end_s(row: _Row) -> float:
    return float("inf") if row.end_s is None else row.end_s
