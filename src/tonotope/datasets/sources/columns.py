"""Which column of a table holds file, label, group, start, end: given or recognised.

ESC-50 writes `filename,fold,target,category,src_file`, UrbanSound8K `slice_file_name,fsID,...,
class`, Hugging Face `file_name`: people agree on what a table holds and not on what to call it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from tonotope._errors import DataError, did_you_mean
from tonotope._wording import first_five
from tonotope.datasets.data import Data
from tonotope.datasets.labels import is_blank
from tonotope.datasets.sources.csv_dialect import CsvTable
from tonotope.datasets.sources.event_times import (
    TimeColumns,
    differing_columns,
    find_time_columns,
    rising_pairs,
    with_partner,
)
from tonotope.datasets.sources.group_column import columns_coming_again, find_group_column
from tonotope.datasets.sources.missing_header import cure_of_one_sound, refuse_headless
from tonotope.datasets.sources.name_parts import is_asked_of_names
from tonotope.datasets.sources.scan_folder import SOUND_ENDINGS
from tonotope.datasets.sources.unused_columns import is_side, unused_columns
from tonotope.datasets.split_words import UNUSED, parts_of
from tonotope.datasets.vocabulary import (
    FILE_COLUMNS,
    FILE_IDS,
    FOLD_COLUMNS,
    GROUP_COLUMNS,
    LABEL_COLUMNS,
    PART_COLUMNS,
    bare,
)

_SAMPLE = 1000  # rows looked at, and as many at the end: a table may be sorted by its parts
_MOST_CLASSES = 500


@dataclass(frozen=True)
class Columns:
    """Which column holds what, and notes on how it was found.

    Attributes:
        file: the column of files.
        label: the column of labels; None where the head has other targets.
        targets: the columns that are kept as targets.
        group: the column of groups.
        fold: the column of folds.
        part: the column that says train, validation or test.
        start: the column of event starts.
        end: the column of event ends.
        guessed_group: whether the group was recognised, not given.
        guessed_part: whether the part was recognised, not given.
        guessed_times: whether start and end were both recognised, not given.
        times: start and end as above, with duration, offset within the file, and unit.
        rising: pairs of columns that may be times, where none were recognised.
        differing: columns of numbers that differ within a file, where no times were recognised.
        coming_again: columns whose values come again, where none of groups was recognised.
        names: the names of all columns.
        notes: one sentence for each column that was recognised.
        warnings: one for each that is not used and would change the split.
    """

    file: int
    label: int | None
    targets: tuple[int, ...]
    group: int | None
    fold: int | None
    part: int | None
    start: int | None
    end: int | None
    guessed_group: bool
    guessed_part: bool
    guessed_times: bool
    times: TimeColumns
    rising: tuple[tuple[str, str], ...]
    differing: tuple[str, ...]
    coming_again: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def find_columns(table: CsvTable, data: Data, targets: Sequence[str] | None = None) -> Columns:
    """Find the columns that `data` asks for, and recognise the others.

    Args:
        table: the table.
        data: the columns that were given.
        targets: the columns to be kept as targets; None takes the one of labels.

    Raises:
        DataError: a given column is absent, or no column of files or labels is found.
    """
    filled = (cells for _, cells, _ in table.rows() if cells)
    sample = [*islice(filled, _SAMPLE), *deque(filled, maxlen=_SAMPLE)]
    refuse_headless(table)
    asked = _asked(table, data, ("label",) if targets is None else ())
    notes: list[str] = []
    file = asked.get("file")
    if file is None:
        file = _file(table, sample, notes)
    group, fold, part = asked.get("group"), asked.get("fold"), asked.get("part")
    start, end = asked.get("start"), asked.get("end")
    kept = () if targets is None else _kept(table, targets, data.label)
    free = _free(table, [file, asked.get("label"), *kept, group, fold, part, start, end])
    fold = _first(free, FOLD_COLUMNS) if fold is None else fold
    guessed_part = part is None
    part = _part(free, sample) if part is None else part
    free = _free(table, [*set(range(len(table.columns))) - set(free.values()), fold, part])
    label = asked.get("label")
    if label is None and targets is None:
        label = _label(table, data, free, sample, notes)
    kept = kept if label is None else (label,)
    free = {name: at for name, at in free.items() if at != label}
    guessed_group = group is None and data.group is None
    if guessed_group:
        group, passed_over = find_group_column(table, free, file, label)
        notes += passed_over
    guessed_times = start is None and end is None
    left = {table.columns[at]: at for at in free.values() if not _holds_words(sample, at)}
    if guessed_times:
        times = find_time_columns(left)
    else:
        given = [None if at is None else table.columns[at] for at in (start, end)]
        named = {table.columns[at]: at for at in (start, end) if at is not None}
        times = with_partner({**left, **named}, *given)
    start, end = times.start, times.end
    understood: dict[str, int | None] = {"file": file, "label": label}
    if targets is not None:
        understood |= {f"target {number}": at for number, at in enumerate(kept, start=1)}
    understood |= {"group": group, "fold": fold, "part": part}
    said = [
        f"{role} from `{table.columns[at]}`" for role, at in understood.items() if at is not None
    ]
    notes.append(f"understood: {', '.join(said)}")
    used = {file, *kept, group, fold, part, *times[:4]}
    found = {"group": group, "fold": fold, "part": part, "time": times.start}
    roles = {role for role, at in found.items() if at is not None}
    roles |= set() if data.group is None else {"group"}  # as asked, if only `file`
    unused, warnings = unused_columns(table, sample, used, roles)
    notes += unused
    unknown = {name: at for name, at in left.items() if at not in used and name}
    untimed = start is None and end is None
    rising = rising_pairs(unknown, sample, file) if untimed else ()
    differing = differing_columns(unknown, sample, file) if untimed else ()
    maybe_times = {*differing, *(name for pair in rising for name in pair)}
    again = {name: at for name, at in unknown.items() if name not in maybe_times}
    return Columns(
        *(file, label, kept, group, fold, part, start, end),
        guessed_group=guessed_group,
        guessed_part=guessed_part and part is not None,
        guessed_times=guessed_times and start is not None,
        times=times,
        rising=rising,
        differing=differing,
        coming_again=() if "group" in roles else columns_coming_again(table, again, file, label),
        names=table.columns,
        notes=tuple(notes),
        warnings=tuple(warnings),
    )


def _asked(table: CsvTable, data: Data, more: Sequence[str]) -> dict[str, int]:
    """The columns that the experiment names, the one of labels where that is among `more`."""
    found: dict[str, int] = {}
    for role in ("file", *more, "group", "fold", "part", "start", "end"):
        name = getattr(data, role)
        if name is None:
            continue
        if name in table.columns:
            found[role] = table.columns.index(name)
        elif not (role == "label" and "label" not in data.model_fields_set) and not (
            role == "group" and is_asked_of_names(name)
        ):
            raise DataError(
                f'{table.path}: data.{role} = "{name}", but no column is '
                "called so; the columns are: "
                f"{', '.join(column for column in table.columns if column)}"
                f"{did_you_mean(name, table.columns)}"
            )
    return found


def _kept(table: CsvTable, targets: Sequence[str], label: str) -> tuple[int, ...]:
    """The columns of the targets.

    Raises:
        DataError: names all that are absent, and those that there are.
    """
    absent = [name for name in targets if name not in table.columns]
    if absent:
        few = "column is" if len(absent) == 1 else "columns are"
        cure = "head.column, or head.targets, names those that are meant"
        if len(targets) == 1 and label in table.columns:  # as data.label would for classes
            cure = f'head.column = "{label}" takes the one that data.label names'
        raise DataError(
            f"{table.path}: the head asks for "
            f"{', '.join(f'`{name}`' for name in absent)}, but no such {few} there: "
            f"{cure}; the columns are: "
            f"{', '.join(column for column in table.columns if column)}"
            f"{did_you_mean(absent[0], table.columns)}"
        )
    return tuple(table.columns.index(name) for name in dict.fromkeys(targets))


def _file(table: CsvTable, sample: Sequence[Sequence[str]], notes: list[str]) -> int:
    """The column of files: by its name, or by what is in it."""
    by_name = _first(_free(table, []), FILE_COLUMNS)
    if by_name is not None:
        return by_name
    endings = tuple(SOUND_ENDINGS)
    for at, name in enumerate(table.columns):
        cells = [row[at].strip().lower() for row in sample]
        if cells and sum(cell.endswith(endings) for cell in cells) > len(cells) / 2:
            notes.append(f"files are taken from `{name}`, whose cells end like sounds")
            return at
    if (fallback := _first(_free(table, []), FILE_IDS)) is not None:
        notes.append(f"files are taken from `{table.columns[fallback]}`")
        return fallback
    if find_time_columns({name: at for at, name in enumerate(table.columns)}).start is not None:
        raise DataError(
            f"{table.path}: its rows are events, but no column says in which file: "
            f"{cure_of_one_sound(table.path)}"
        )
    raise DataError(
        f"{table.path}: no column of files was recognised; name it "
        f'(file = "…" in [data]); the columns are: {", ".join(table.columns)}'
    )


def _label(
    table: CsvTable,
    data: Data,
    free: dict[str, int],
    sample: Sequence[Sequence[str]],
    notes: list[str],
) -> int:
    """The column of labels, where none was given: by its name, or the only likely one."""
    label = _first(free, LABEL_COLUMNS)
    if label is None:
        likely = [
            at
            for name, at in free.items()
            if _holds_classes([row[at] for row in sample]) and not is_side(name, sample, at)
        ]
        times = find_time_columns({table.columns[at]: at for at in free.values()})
        likely = [at for at in likely if at not in {_first(free, GROUP_COLUMNS), *times[:4]}]
        if len(likely) != 1:
            raise DataError(
                f"{table.path}: no column is called `{data.label}`; name "
                f'the column of labels (label = "…" in [data]); the columns are: '
                f"{', '.join(table.columns)}{_perhaps(table, likely)}"
            )
        label = likely[0]
    notes.append(
        f"labels are taken from `{table.columns[label]}`, since no column is called `{data.label}`"
    )
    return label


def _perhaps(table: CsvTable, likely: Sequence[int]) -> str:
    names = first_five([table.columns[at] for at in sorted(likely)])
    return f"; those that look like classes: {names}" if likely else ""


def _holds_classes(cells: Sequence[str]) -> bool:
    """Whether a column looks like classes: few different texts, each more than once."""
    different = len(set(cells))
    if not 2 <= different <= min(_MOST_CLASSES, len(cells) / 2):
        return False
    return not all("." in cell and cell.replace(".", "").isdigit() for cell in cells)


def _holds_words(sample: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column has no digit in any cell that is filled, and so no times."""
    filled = [row[at] for row in sample if not is_blank(row[at])]
    return bool(filled) and not any(character.isdigit() for character in "".join(filled))


def _part(free: dict[str, int], sample: Sequence[Sequence[str]]) -> int | None:
    """A column called so whose words name a train and a test part, or that names nothing else."""
    for name in PART_COLUMNS:
        if name in free:
            words = {row[free[name]] for row in sample if not is_blank(row[free[name]])}
            meant = parts_of(words)
            parts = {*meant.values()}
            nothing_else = bool(words) and words == {*meant} and UNUSED not in parts
            if nothing_else or {"train", "test"} <= parts:
                return free[name]
    return None


def _free(table: CsvTable, taken: Sequence[int | None]) -> dict[str, int]:
    """The columns that are not taken, by their bare names."""
    return {bare(name): at for at, name in reversed([*enumerate(table.columns)]) if at not in taken}


def _first(free: dict[str, int], names: Sequence[str]) -> int | None:
    return next((free[name] for name in names if name in free), None)
