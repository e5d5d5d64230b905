"""Rows of a table: which name a file and a label, and their parts and folds; others are skipped."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope._wording import counted, first_five
from tonotope.datasets.labels import is_blank, why_missing
from tonotope.datasets.manifest import Skipped
from tonotope.datasets.sources.columns import Columns
from tonotope.datasets.sources.csv_dialect import CsvTable
from tonotope.datasets.split_words import UNUSED, part_of, parts_of
from tonotope.datasets.vocabulary import bare

_FOLD = re.compile(
    r"(?P<word>(?:fold|pliegue|falte)[ _-]*)?0*(?P<number>\d+)(?:[.,]0+)?", re.IGNORECASE
)


class Row(NamedTuple):
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
        """Its fold or its part, where the table gives one."""
        return self.fold or self.part or None


def read_rows(sheet: CsvTable, chosen: Columns, skipped: list[Skipped]) -> list[Row]:
    """The rows that name a file and a label, or any of several targets."""
    rows: list[Row] = []
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
        rows.append(Row(number, file, label, targets, group, fold, part, cells_of_time))
    return rows


def with_parts(
    rows: list[Row], chosen: Columns, path: Path, skipped: list[Skipped]
) -> tuple[list[Row], list[str]]:
    """The rows that have a part and a fold where the table says such.

    Raises:
        DataError: a recognised column of parts says a word that means none; the row is named.
    """
    notes: list[str] = []
    meant = parts_of(row.part for row in rows)
    if chosen.part is not None:
        column = chosen.names[chosen.part]
        wrong = [row for row in rows if not is_blank(row.part) and row.part not in meant]
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
    kept: list[Row] = []
    # Published splits often have folds in their train part alone.
    needed = chosen.part if chosen.part is not None else chosen.fold
    for row in rows:
        said = row.fold if chosen.part is None else row.part
        if needed is not None and is_blank(said):
            reason = (
                f"its cell in `{chosen.names[needed]}` is blank, so it is in no part; fill it in"
            )
            if said:
                reason = f"its cell in `{chosen.names[needed]}` says `{said}`, so it is in no part"
            skipped.append(Skipped(row.file, row.number, reason))
        else:
            kept.append(row._replace(fold="") if is_blank(row.fold) else row)
    return kept, notes


def refuse_no_folds(rows: Sequence[Row], chosen: Columns, path: Path) -> None:
    """Refuse cells in a column of folds that are none: -1, `test`, words beside numbers.

    Raises:
        DataError: names the row, the cell and what would fit.
    """
    if chosen.fold is None:
        return
    filled = [row for row in rows if not is_blank(row.fold)]
    words = {row.fold for row in filled if not _FOLD.fullmatch(row.fold)}
    lone = words if len(words) == 1 and len({row.fold for row in filled}) > 2 else set[str]()
    wrong = [row for row in filled if row.fold in words and _is_no_fold(row.fold, lone)]
    if not wrong:
        return
    column, row = chosen.names[chosen.fold], wrong[0]
    cure = "empty the cells of rows that are in no fold"
    if all(map(parts_of, ([row.fold] for row in wrong))):
        cure = f'say train and test in a column of its own (part = "…" in [data]), or {cure}'
    raise DataError(
        f"{path}: row {row.number}: the column `{column}` says `{row.fold}`, which is no fold "
        f"({counted(len(wrong), 'row')} of {len(rows):,}): {cure}"
    )


def _is_no_fold(text: str, lone: Collection[str]) -> bool:
    """Whether a word means no fold: a part, another kind of number, one word beside numbers."""
    number = re.fullmatch(r"[-+]?\d.*", text) is not None
    return number or text in lone or bool(parts_of([text]))


def without_views(rows: Sequence[Row], sheet: CsvTable) -> tuple[list[Row], list[str]]:
    """Each of Raven's selections once, and a note: it writes one row for each of its views."""
    at = {bare(name): place for place, name in enumerate(sheet.columns)}
    if not {"selection", "view"} <= {*at}:
        return [*rows], []
    chosen = {
        number: (cells[at["selection"]], cells[at["view"]])
        for number, cells, _ in sheet.rows()
        if cells
    }
    kept: dict[tuple[object, ...], Row] = {}
    again: list[Row] = []
    for row in rows:
        selection, view = chosen[row.number]
        before = kept.setdefault(
            (selection, row.file, row.times, *row.targets.items(), row.group), row
        )
        if before is row:
            continue
        if chosen[before.number][1] == view:  # the same row twice, which is said elsewhere
            kept[selection, row.number] = row
        else:
            again.append(row)
    if not again:
        return [*rows], []
    note = (
        f"{counted(len(again), 'row shows', 'rows show')} a selection of Raven in another view and "
        f"{'is' if len(again) == 1 else 'are'} passed over"
    )
    return [*kept.values()], [note]


def with_plain_folds(rows: Sequence[Row]) -> list[Row]:
    """The rows with folds as a person counts them: `01`, `1.0` and `Fold 1` are the fold `1`.

    Words stay where any fold is called otherwise. For rows whose files are found: a folder may be
    called `01`.
    """
    plain = {row.fold: _FOLD.fullmatch(row.fold) for row in rows if row.fold}
    worded = all(plain.values())
    return [
        row._replace(fold=found["number"])
        if (found := plain.get(row.fold)) and (worded or not found["word"])
        else row
        for row in rows
    ]


def parts_of_rows(rows: Sequence[Row], chosen: Columns) -> tuple[list[str | None], list[str]]:
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
