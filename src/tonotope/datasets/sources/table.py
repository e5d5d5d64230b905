"""A table (CSV, TSV) as a source: a row per recording or event; repeated, contradictory rows.

What was understood is said in the manifest's notes; a row that cannot be used is left out by its
number, and the rest goes on. Labels are text and stay as they are written: "007" is not 7.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import by_kind, first_five, first_three
from tonotope.datasets.background_class import refuse_background
from tonotope.datasets.data import Data
from tonotope.datasets.labels import is_blank, label_warnings
from tonotope.datasets.manifest import Manifest, Skipped
from tonotope.datasets.sources.build_manifest import RefuseTimes, SourceEntry, build_recordings
from tonotope.datasets.sources.channel_column import (
    ChannelColumn,
    channel_warning,
    cure_of_channels,
    find_channels,
)
from tonotope.datasets.sources.columns import Columns, find_columns
from tonotope.datasets.sources.csv_dialect import CsvTable, read_table
from tonotope.datasets.sources.cumulative_times import refuse_cumulative
from tonotope.datasets.sources.doubtful_times import refuse_file_lengths
from tonotope.datasets.sources.event_warnings import event_warnings
from tonotope.datasets.sources.group_column import with_columns
from tonotope.datasets.sources.grouping import GroupColumn, Grouping, rejected, with_alike
from tonotope.datasets.sources.infer_groups import FileName, infer_groups
from tonotope.datasets.sources.nearby_files import missing_files
from tonotope.datasets.sources.number_marks import with_plain_numbers
from tonotope.datasets.sources.resolve_paths import NamedFile, resolve_paths
from tonotope.datasets.sources.row_times import (
    hint_of_times,
    possible_times_warning,
    times_on_sounds,
    unused_times_warning,
    with_times,
)
from tonotope.datasets.sources.sibling_tables import parts_beside
from tonotope.datasets.sources.table_rows import (
    Row,
    parts_of_rows,
    read_rows,
    refuse_no_folds,
    with_parts,
    with_plain_folds,
    without_views,
)
from tonotope.datasets.sources.time_cells import number_in
from tonotope.datasets.sources.unlabelled import Unlabelled


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
    rows = read_rows(sheet, chosen, skipped)
    rows, views = without_views(rows, sheet)
    refuse_no_folds(rows, chosen, path)
    rows, sides = with_parts(rows, chosen, path, skipped)
    rows, number_notes, number_warnings = with_plain_numbers(rows, sheet, chosen, path)
    rows, times = with_times(rows, chosen, path, skipped)
    asked = data.background == "unlabelled"
    are_timed = any(row.start_s is not None or row.end_s is not None for row in rows)
    if asked and not are_timed:
        raise refuse_background(f"{path}")
    located = resolve_paths(
        path.parent,
        [NamedFile(row.file, row.fold, row.label, row.part) for row in rows],
        _left_out(sheet, chosen, {row.number for row in rows}),
    )
    rows, absent = _placed(with_plain_folds(rows), located.paths, skipped)
    if data.strict and skipped:
        raise DataError(f"{path}: {min(skipped, key=lambda one: one.row or 0)}")
    channels = find_channels(sheet, (chosen.file, *chosen.targets, *chosen.times[:4]))
    rows = _without_repeats(rows, path, skipped, chosen, channels)
    if not rows and not skipped:
        raise DataError(f"{path}: no row below the header; each recording needs one")
    if not rows:
        raise DataError(f"{path}: no row can be used: {first_five(_reasons(skipped))}")
    root = _root(path.parent, rows)
    entries, grouping, part_notes = _entries(rows, root, chosen, data)
    lasts_s: dict[Path, float] = {}
    bare = Unlabelled({}, {}, columns=targets, channels=data.channels, asked=asked)
    if are_timed:
        bare.covers_s, bare.unplaced = times_on_sounds(sheet, chosen, rows)
    recordings, unusable = build_recordings(
        entries,
        strict=data.strict,
        max_duration_s=data.max_duration_s,
        refuse_times=_check_of_times(chosen, lasts_s, path),
        add_entries=bare,
        table=path,
        progress=progress,
    )
    events = recordings[: len(recordings) - bare.added]
    left_out = {one.row for one in unusable}
    heard = [row for row in rows if row.number not in left_out]
    return Manifest(
        recordings=tuple(recordings),
        skipped=tuple(sorted([*skipped, *unusable], key=lambda one: one.row or 0)),
        notes=(
            sheet.note,
            *chosen.notes,
            *views,
            *sides,
            *number_notes,
            *times,
            *bare.notes,
            *located.notes,
            grouping.note,
            *part_notes,
        ),
        warnings=(
            *([sheet.doubt] if sheet.doubt else []),
            *([] if chosen.part is not None or chosen.fold is not None else parts_beside(path)),
            *missing_files(absent, located.unnamed),
            *chosen.warnings,
            *_label_warnings(heard, chosen),
            *number_warnings,
            *channel_warning(
                channels,
                {row.number: one for row, one in zip(heard, events, strict=True)},
                data.channels,
            ),
            *event_warnings(heard, chosen, events, lasts_s),
            *(
                possible_times_warning(chosen, skipped)
                or unused_times_warning(heard, chosen, events, sheet)
            ),
            *bare.warnings,
            *([grouping.warning] if grouping.warning else []),
        ),
        root=root,
        parts_from=None if chosen.part is None else f"the column `{chosen.names[chosen.part]}`",
        folds_from=None if chosen.fold is None else f"the column `{chosen.names[chosen.fold]}`",
    )


def _left_out(sheet: CsvTable, chosen: Columns, kept: set[int]) -> list[NamedFile]:
    """The files of rows that are left out, by whatever their cells lack."""
    places = (chosen.file, chosen.fold, chosen.label, chosen.part)
    return [
        NamedFile(*("" if at is None else cells[at].strip() for at in places))
        for number, cells, _ in sheet.rows()
        if cells and number not in kept and cells[chosen.file].strip()
    ]


def _placed(
    rows: Sequence[Row], paths: Sequence[Path | str], skipped: list[Skipped]
) -> tuple[list[Row], list[str]]:
    """The rows with their paths, and the names of files that are nowhere."""
    placed: list[Row] = []
    absent: dict[str, None] = {}
    for row, found in zip(rows, paths, strict=True):
        if isinstance(found, Path):
            placed.append(row._replace(path=found))
        else:
            absent[row.file] = None
            skipped.append(Skipped(row.file, row.number, found))
    return placed, [*absent]


def _without_repeats(
    rows: Sequence[Row],
    path: Path,
    skipped: list[Skipped],
    chosen: Columns,
    channels: ChannelColumn | None,
) -> list[Row]:
    """Each recording once; two rows that contradict each other are an error."""
    first: dict[tuple[Path, float | None, float | None], Row] = {}
    conflicts: list[str] = []
    pairs: list[tuple[int, int]] = []
    for row in rows:
        before = first.setdefault((row.path, row.start_s, row.end_s), row)
        if before is row:
            continue
        if before.targets != row.targets:
            one, other = (" ".join(each.targets.values()) for each in (before, row))
            where = f"rows {before.number} and {row.number}"
            pairs.append((before.number, row.number))
            conflicts.append(f"{where} call {row.file} `{one}` and `{other}`")
        else:
            again = f"says the same as row {before.number}"
            skipped.append(Skipped(row.file, row.number, again))
    if conflicts:
        cure = cure_of_channels(channels, pairs) or _cure_of_conflicts(rows, chosen)
        raise DataError(f"{path}: {first_three(conflicts)}; {cure}")
    return [*first.values()]


def _cure_of_conflicts(rows: Sequence[Row], chosen: Columns) -> str:
    """What fits where one sound has two labels: a head for several, or times of events."""
    column = chosen.names[chosen.targets[0]]
    tags = (
        "if both are right, put both in one row (`rain;wind`) and take "
        f'head.kind = "tag" with head.column = "{column}"'
    )
    if all(number_in(text) is not None for row in rows for text in row.targets.values()):
        tags = "if the rows are of two recordings, name two files"
    if any(row.start_s is not None or row.end_s is not None for row in rows):
        return f"an event has one label: correct the table; {tags}"
    columns = "if the rows are events inside a file, name their columns: start, end"
    hint = hint_of_times(chosen) or columns
    return f"a recording has one label: correct the table (or, {hint}; {tags})"


def _label_warnings(rows: Sequence[Row], chosen: Columns) -> list[str]:
    if chosen.label is None:
        return []
    return label_warnings([row.label for row in rows], chosen.names[chosen.label])


def _paths(rows: Sequence[Row]) -> set[Path]:
    return {row.path for row in rows}


def _root(folder: Path, rows: Sequence[Row]) -> Path:
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
    rows: Sequence[Row], root: Path, chosen: Columns, data: Data
) -> tuple[list[SourceEntry], Grouping, list[str]]:
    """The rows with their names below the root, their groups and their parts."""
    parts, part_notes = parts_of_rows(rows, chosen)
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


def _grouped(rows: Sequence[Row], names: Sequence[str], chosen: Columns, data: Data) -> Grouping:
    """The group of each row: by its column where there is one that can be used, else by names."""
    files = [
        FileName(name, row.label, side=row.side) for row, name in zip(rows, names, strict=True)
    ]
    if chosen.group is None:
        grouping = infer_groups(files, data.group)
        own = len({*grouping.groups}) == len({*names})
        return with_columns(grouping, chosen.coming_again) if own else grouping
    known = ["" if is_blank(row.group) else row.group for row in rows]
    groups = [group or name for group, name in zip(known, names, strict=True)]
    labels, sides = [row.label for row in rows], [row.side for row in rows]
    column = GroupColumn(chosen.names[chosen.group], labels, groups, sides)
    wrong = column.why_unused() if chosen.guessed_group else None
    if wrong is None:
        words = [
            row.group for row, group in zip(rows, known, strict=True) if row.group and not group
        ]
        return with_alike(
            column.grouping(sum(not row.group for row in rows), words),
            [group for group in known if group],
        )
    return rejected(infer_groups(files), column.name, wrong)


def _check_of_times(chosen: Columns, kept: dict[Path, float], table: Path) -> RefuseTimes:
    """Keeps the length of each file; refuses lengths of files and times that count on over them.

    With an offset within the file, or without times, there is nothing to refuse.
    """

    def check(entries: Sequence[SourceEntry], lasts_s: Mapping[Path, float]) -> None:
        kept.update(lasts_s)
        refuse_file_lengths(entries, lasts_s, chosen, table)
        if chosen.start is None or chosen.times.offset is not None:
            return
        raven = chosen.names[chosen.start].casefold().startswith("begin time")
        refuse_cumulative(entries, lasts_s, raven=raven, given=not chosen.guessed_times)

    return check


def _reasons(skipped: Sequence[Skipped]) -> list[str]:
    """Why rows are left out: those of one kind in one sentence, with three of them."""
    named = (f"{one.file} (row {one.row})" if one.row else one.file for one in skipped)
    return by_kind(zip(named, (one.reason for one in skipped), strict=True), "row")
