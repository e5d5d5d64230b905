"""A table (CSV, TSV) as a source: a row per recording or event; repeated, contradictory rows.

What was understood is said in the manifest's notes; a row that cannot be used is left out by its
number, and the rest goes on. Labels are text and stay as they are written: "007" is not 7.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted, first_five
from tonotope.datasets.data import Data
from tonotope.datasets.duplicates import group_duplicates
from tonotope.datasets.labels import label_warnings, why_missing
from tonotope.datasets.manifest import Manifest, Recording, Skipped
from tonotope.datasets.sources.build_manifest import SourceEntry, build_recordings
from tonotope.datasets.sources.columns import Columns, find_columns
from tonotope.datasets.sources.csv_dialect import CsvTable, read_table
from tonotope.datasets.sources.event_times import UNIT_CURES, are_always_events, seconds_of
from tonotope.datasets.sources.infer_groups import FileName, Grouping, infer_groups, why_unusable
from tonotope.datasets.sources.resolve_paths import NamedFile, resolve_paths
from tonotope.datasets.vocabulary import UNUSED, part_of, parts_of


class _Row(NamedTuple):
    """A row as it is written, and then with what was made of it."""

    number: int
    file: str
    label: str
    targets: Mapping[str, str]
    group: str
    fold: str
    part: str
    times: tuple[str, str, str, str]
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
    rows, sides = _sided(rows, chosen, path, skipped)
    rows, times = _timed(rows, chosen, path, skipped)
    located = resolve_paths(
        path.parent, [NamedFile(row.file, row.fold, row.label, row.part) for row in rows]
    )
    rows, absent = _placed(rows, located.paths, skipped)
    if data.strict and skipped:
        raise DataError(f"{path}: {min(skipped, key=lambda one: one.row or 0)}")
    rows = _without_repeats(rows, path, skipped, chosen)
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
            *sides,
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
            *_whole_files(heard, chosen, recordings),
            *_asked_times(chosen, skipped),
            *([grouping.warning] if grouping.warning else []),
        ),
        root=root,
    )


def _rows(sheet: CsvTable, chosen: Columns, skipped: list[Skipped]) -> list[_Row]:
    """The rows that name a file and a label, or any of several targets."""
    rows: list[_Row] = []
    wanted = {chosen.names[at]: at for at in chosen.targets}
    places = (chosen.group, chosen.fold, chosen.part, *chosen.times[:4])
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
        group, fold, part, *times = ("" if at is None else cells[at].strip() for at in places)
        start, end, duration, offset = times
        cells_of_time = (start, end, duration, offset)
        rows.append(_Row(number, file, label, targets, group, fold, part, cells_of_time))
    return rows


def _sided(
    rows: list[_Row], chosen: Columns, path: Path, skipped: list[Skipped]
) -> tuple[list[_Row], list[str]]:
    """The rows that have a part and a fold where the table says such; `1.0` is the fold `1`.

    Raises:
        DataError: a recognised column of parts says a word that means none; the row is named.
    """
    notes: list[str] = []
    meant = parts_of(row.part for row in rows)
    if chosen.part is not None:
        column = chosen.names[chosen.part]
        wrong = [row for row in rows if row.part and row.part not in meant]
        if wrong and chosen.guessed_part:
            raise DataError(
                f"{path}: row {wrong[0].number}: the column `{column}` says `{wrong[0].part}`; it "
                "may say train, validation, test or unused: correct the cell, or rename the column"
            )
        unused = [row for row in rows if meant.get(row.part) == UNUSED]
        if unused:
            words = first_five(sorted({row.part for row in unused}))
            left = counted(len(unused), "row is", "rows are")
            notes.append(f"{left} left out, since `{column}` says {words}")
        rows = [row for row in rows if meant.get(row.part) != UNUSED]
    rows = [row._replace(fold=re.sub(r"^(\d+)[.,]0+$", r"\1", row.fold)) for row in rows]
    kept: list[_Row] = []
    for row in rows:
        blank = [
            chosen.names[at]
            for at, text in ((chosen.part, row.part), (chosen.fold, row.fold))
            if at is not None and not text
        ]
        if blank:
            reason = f"its cell in `{blank[0]}` is blank, so it is in no part; fill it in"
            skipped.append(Skipped(row.file, row.number, reason))
        else:
            kept.append(row)
    return kept, notes


def _timed(
    rows: list[_Row], chosen: Columns, path: Path, skipped: list[Skipped]
) -> tuple[list[_Row], list[str]]:
    """The rows with their times as numbers, where the times are times inside the files.

    UrbanSound8K's `start` and `end` say where a clip was cut from another recording. Times that
    were not given by name are taken for events only where a file stands in several rows.
    """
    if chosen.start is None and chosen.end is None:
        return rows, []
    names = _time_names(chosen)
    files = len({row.file for row in rows})
    if _unused_times(rows, chosen):
        return rows, [
            f"{names} are not used: every file has one row, so they may tell where it was cut "
            'from; name them (start = "…", end = "…") to hear that part alone'
        ]
    if chosen.times.unit != "s":
        raise DataError(
            f"{path}: by their name {names} hold {UNIT_CURES[chosen.times.unit]}: times are read "
            "in seconds"
        )
    timed: list[_Row] = []
    for row in rows:
        try:
            start_s, end_s = _start_and_end(*map(seconds_of, row.times))
        except ValueError as error:
            skipped.append(Skipped(row.file, row.number, str(error)))
            continue
        timed.append(row._replace(start_s=start_s, end_s=end_s))
    comma = " (decimal comma)" if any("," in text for row in rows for text in row.times) else ""
    events = f"{counted(len(timed), 'event')} in {counted(files, 'file')}"
    notes = [f"{events}: times in seconds{comma} from {names}"]
    if chosen.times.offset is not None:
        offset = chosen.names[chosen.times.offset]
        notes.append(f"an event starts at its `{offset}`, counted within its own file")
    return timed, notes


def _time_names(chosen: Columns) -> str:
    places = (chosen.times.start, chosen.times.end, chosen.times.duration)
    return " and ".join(f"`{chosen.names[at]}`" for at in places if at is not None)


def _unused_times(rows: Sequence[_Row], chosen: Columns) -> bool:
    """Whether times were recognised that may be another recording's, so that none is used."""
    if chosen.start is None or not chosen.guessed_times:
        return False
    lone = len({row.file for row in rows}) == len(rows)
    return lone and not are_always_events(chosen.names[chosen.start])


def _start_and_end(
    start_s: float | None, end_s: float | None, lasts_s: float | None, offset_s: float | None
) -> tuple[float | None, float | None]:
    """Start and end within the file, from an end or a duration, and an offset where it is said."""
    if lasts_s is None and end_s is not None:
        lasts_s = end_s - (start_s or 0.0)
    if offset_s is not None:
        start_s, end_s = offset_s, None
    if end_s is None and lasts_s is not None:
        end_s = round((start_s or 0.0) + lasts_s, 9)
    return start_s, end_s


def _whole_files(
    rows: Sequence[_Row], chosen: Columns, recordings: Sequence[Recording]
) -> list[str]:
    """A warning where times that are not used lie inside files that last longer."""
    if not _unused_times(rows, chosen) or chosen.times.unit != "s":
        return []
    lasts_s = {one.path: one.duration_s for one in recordings}
    inside: list[tuple[float, float]] = []
    for row in rows:
        try:
            start_s, end_s = _start_and_end(*map(seconds_of, row.times))
        except ValueError:
            return []
        whole_s = lasts_s.get(row.path, 0.0)
        if start_s is None or end_s is None or not start_s < end_s <= whole_s + 0.01:
            return []
        if end_s - start_s < 0.9 * whole_s:
            inside.append((end_s - start_s, whole_s))
    if not inside:
        return []
    part_s, whole_s = inside[0]
    return [
        f"whole files are heard ({whole_s:g} s where {_time_names(chosen)} say {part_s:g} s, in "
        f"{counted(len(inside), 'file')}), though these times lie inside them: "
        'name the columns (start = "…", end = "…") if they are events'
    ]


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


def _without_repeats(
    rows: Sequence[_Row], path: Path, skipped: list[Skipped], chosen: Columns
) -> list[_Row]:
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
        columns = "if the rows are events inside a file, name their columns: start, end"
        hint = _hint_of_times(chosen) if chosen.rising else columns
        raise DataError(
            f"{path}: {first_five(conflicts)}; a recording has one label: correct "
            f"the table (or, {hint})"
        )
    return [*first.values()]


def _asked_times(chosen: Columns, skipped: Sequence[Skipped]) -> list[str]:
    """A question about columns that may be times, where rows would say the same without them."""
    same = [one for one in skipped if one.reason.startswith("says the same as row")]
    if not same or not chosen.rising:
        return []
    return [
        f"{counted(len(same), 'row says', 'rows say')} the same as an earlier one and "
        f"{'is' if len(same) == 1 else 'are'} left out, but {_hint_of_times(chosen)}"
    ]


def _hint_of_times(chosen: Columns) -> str:
    start, end = chosen.rising[0]
    return (
        f"`{start}` and `{end}` rise like times: if rows are events inside a file, name them "
        f'(start = "{start}", end = "{end}")'
    )


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
    meant = parts_of(row.part for row in rows)
    known = [
        row.part
        if part_of(row.part) and part_of(row.part) == meant.get(row.part)
        # a word such as `eval` means a part beside the others alone
        else meant.get(row.part)
        for row in rows
    ]
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
