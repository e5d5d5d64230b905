"""Which mark in the numbers of a column is the decimal one, and which stands between thousands.

`1,201` is 1201 in an English spreadsheet and 1.201 in a German one. The other cells of the column
tell which, then those of the table, then its separator. Where none tells, the column is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope.datasets.labels import why_missing
from tonotope.datasets.sources.columns import Columns
from tonotope.datasets.sources.csv_dialect import CsvTable
from tonotope.datasets.sources.table_rows import Row

_SAMPLE = 2000  # rows of the table that may tell what a column does not
_SPACES = " '\u2019\u00a0\u202f\u2009"  # between thousands these can mean nothing else
_NUMBER = re.compile(rf"([-+]?)([\d.,{_SPACES}]*\d[.,]?)(e[-+]?\d+)?", re.IGNORECASE)
_DECIMAL = {".": "a decimal point", ",": "a decimal comma"}
_THOUSANDS = {
    ".": "points between thousands",
    ",": "commas between thousands",
    **dict.fromkeys("'\u2019", "apostrophes between thousands"),
}


class Reading(NamedTuple):
    """One way to read a number: its decimal mark, the mark between thousands, and it without."""

    decimal: str
    thousands: str
    plain: str


class _Cell(NamedTuple):
    """A cell that holds a number: its row, its text and the ways to read it."""

    row: int
    column: str
    text: str
    readings: tuple[Reading, ...]


class _Marks(NamedTuple):
    """The marks that cells use which can be read in one way alone."""

    decimal: frozenset[str]
    thousands: frozenset[str]

    def fits(self, one: Reading) -> bool:
        """Whether a reading agrees with these cells."""
        return (
            one.decimal not in self.thousands
            and one.thousands not in self.decimal
            and (not one.decimal or one.decimal in (self.decimal or one.decimal))
            and (not one.thousands or one.thousands in (self.thousands or one.thousands))
        )


def readings(text: str) -> tuple[Reading, ...]:
    """The ways to read a number; none where it is no number.

    >>> [one.plain for one in readings("1,201")], [one.plain for one in readings("1.200,50")]
    (['1201', '1.201'], ['1200.50'])
    """
    found = _NUMBER.fullmatch(text.strip().replace("\u2212", "-"))
    if not found:
        return ()
    sign, body, exponent = found.groups()
    ways: list[Reading] = []
    for decimal in ("", ".", ","):
        if decimal and body.count(decimal) != 1:
            continue
        whole, _, fraction = body.partition(decimal) if decimal else (body, "", "")
        thousands = "".join({*re.sub(r"\d", "", whole)})
        if len(thousands) > 1 or (fraction and not fraction.isdecimal()):
            continue
        mark = re.escape(thousands)
        if thousands and (exponent or not re.fullmatch(rf"[1-9]\d{{0,2}}({mark}\d{{3}})+", whole)):
            continue
        plain = whole.replace(thousands, "") if thousands else whole
        ways.append(
            Reading(decimal, thousands, f"{sign}{plain}{decimal and '.'}{fraction}{exponent or ''}")
        )
    return tuple(ways)


def with_plain_numbers(
    rows: Sequence[Row], sheet: CsvTable, chosen: Columns, path: Path
) -> tuple[list[Row], list[str], list[str]]:
    """The rows with numbers that need no mark between thousands, and how they were read.

    A column counts as one of numbers where every cell is one. The column of labels stays as it
    is written.

    Returns:
        The rows, notes on how the numbers of a column were read, and warnings where its separator
        alone told.

    Raises:
        DataError: nothing tells whether `1,201` is 1201 or 1.201; names the row and what to write.
    """
    rows = [*rows]
    notes: list[str] = []
    warnings: list[str] = []
    for at in (at for at in chosen.targets if at != chosen.label):
        name = chosen.names[at]
        cells = _cells((row.number, name, row.targets.get(name, "")) for row in rows)
        plain, note, unsure = _settled(cells, sheet, path)
        (warnings if unsure else notes).extend(note)
        rows = [
            row._replace(targets={**row.targets, name: plain[row.targets[name]]})
            if row.targets.get(name) in plain
            else row
            for row in rows
        ]
    named = [(at, chosen.names[at]) for at in chosen.times[:4] if at is not None]
    places = [place for place, at in enumerate(chosen.times[:4]) if at is not None]
    times = [
        (row.number, name, row.times[place])
        for row in rows
        for place, (_, name) in zip(places, named, strict=True)
    ]
    plain, note, _ = _settled(_cells(times), sheet, path)
    if plain:
        notes.extend(note if any(text != told for text, told in plain.items()) else [])
        rows = [row._replace(times=tuple(plain.get(x, x) for x in row.times)) for row in rows]
    return rows, notes, warnings


def _cells(texts: Iterable[tuple[int, str, str]]) -> list[_Cell]:
    """The cells that are filled; none where any of them is no number."""
    found = [
        _Cell(row, name, text, readings(text)) for row, name, text in texts if not why_missing(text)
    ]
    return found if all(cell.readings for cell in found) else []


def _settled(
    cells: Sequence[_Cell], sheet: CsvTable, path: Path
) -> tuple[dict[str, str], list[str], bool]:
    """What to write for each text with other marks, a sentence on it, and whether it is unsure."""
    unclear = [cell for cell in cells if len(cell.readings) > 1]
    marks, unsure = _marks(cells), False
    if unclear:
        marks, unsure = _told(cells, unclear, marks, sheet, path)
    plain: dict[str, str] = {}
    for cell in cells:
        read = next(one for one in cell.readings if len(cell.readings) == 1 or marks.fits(one))
        if read.thousands or len(cell.readings) > 1 or "\u2212" in cell.text:
            plain[cell.text] = read.plain
    return plain, [_note(cells, marks, plain)] if plain else [], unsure


def _told(
    cells: Sequence[_Cell],
    unclear: Sequence[_Cell],
    marks: _Marks,
    sheet: CsvTable,
    path: Path,
) -> tuple[_Marks, bool]:
    """The marks of a column, told by its cells, those of the table or its separator.

    Raises:
        DataError: none of them tells.
    """
    for known in (marks, _marks_of_table(sheet)):
        if len(known.decimal) < 2 and all(_fitting(cell, known) == 1 for cell in unclear):
            return known, False
    mark = _usual_decimal(cells, unclear, sheet.separator)
    agrees = len(marks.decimal) < 2 and all(_fitting(cell, marks) for cell in unclear)
    if mark and agrees:
        usual = mark == "." and sheet.separator == ","
        return _Marks(frozenset(mark), marks.thousands), not usual
    cell = unclear[0]
    thousands, decimal = (one.plain for one in cell.readings)
    raise DataError(
        f"{path}: row {cell.row}: `{cell.text}` under `{cell.column}` may be {thousands} or "
        f"{decimal}, and the other cells do not tell which: write it as {thousands} or as "
        f"{decimal}0"
    )


def _fitting(cell: _Cell, marks: _Marks) -> int:
    return sum(map(marks.fits, cell.readings))


def _usual_decimal(cells: Sequence[_Cell], unclear: Sequence[_Cell], separator: str) -> str | None:
    """The decimal mark that goes with a separator; None where the numbers may be thousands.

    Beside plain numbers below 1000, marks with three digits are rather thousands.
    """
    marks = {one.decimal for cell in unclear for one in cell.readings} - {""}
    whole = [cell.readings[0] for cell in cells if cell.readings[0] == cell.readings[-1]]
    plain = [one.plain for one in whole if not one.decimal and not one.thousands]
    fixed = not plain or any(len(one.lstrip("-+")) > 3 for one in plain)
    if marks == {"."}:
        return "." if separator == "," or (separator in "\t|" and fixed) else None
    return "," if marks == {","} and separator == ";" and fixed else None


def _marks(cells: Iterable[_Cell]) -> _Marks:
    sure = [cell.readings[0] for cell in cells if len(cell.readings) == 1]
    decimal = frozenset(one.decimal for one in sure)
    return _Marks(decimal - {""}, frozenset(one.thousands for one in sure) - {""})


def _marks_of_table(sheet: CsvTable) -> _Marks:
    """The marks in all columns of numbers."""
    sample = [cells for _, cells, _ in islice(sheet.rows(), _SAMPLE) if cells]
    columns = (
        _cells((0, name, row[at]) for row in sample) for at, name in enumerate(sheet.columns)
    )
    return _marks(cell for column in columns for cell in column)


def _note(cells: Sequence[_Cell], marks: _Marks, plain: dict[str, str]) -> str:
    """How a column was read, with an example."""
    text = next(iter(plain))
    cell = next(cell for cell in cells if cell.text == text)
    read = next(one for one in cell.readings if one.plain == plain[text])
    between = {*marks.thousands, read.thousands} - {""}
    said = [_DECIMAL[mark] for mark in sorted({*marks.decimal, read.decimal} - {"", *between})]
    said += [_THOUSANDS.get(mark, "spaces between thousands") for mark in sorted(between)]
    if not said:
        said = ["a long minus"]
    shown = said[0] if len(said) == 1 else f"{said[0]} and with {said[1]}"
    return f"`{cell.column}` is read with {shown}: `{text}` is {float(read.plain):.12g}"
