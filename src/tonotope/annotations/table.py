"""Label files with a row of names above: separator found, columns by name, broken rows told."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TextIO

from tonotope._wording import counted, first_five
from tonotope.annotations.cells import guarded, on_one_line, unguarded
from tonotope.annotations.collector import Collector

_DECLARED = re.compile(r"\s*\"?sep=(.)\"?[;,\t]*\s*(?:\r\n|\n|\r)", re.IGNORECASE)  # Excel's
_LINE_END = re.compile(r"\r\n|\n|\r")


def names_in(text: str) -> set[str]:
    r"""The names of the first row, in small letters, whatever separates them.

    >>> sorted(names_in("Start (s);End (s);File\n1,5;2;a"))
    ['end (s)', 'file', 'start (s)']
    """
    return {_plain(name) for name in _first_row(text)[0]}


class Table:
    """A table whose first row names the columns.

    Args:
        text: all of it.
        events: where what cannot be read is told.

    Raises:
        DataError: it has no row of names, or two columns of one name.
    """

    def __init__(self, text: str, events: Collector) -> None:
        self.events = events
        header, self.separator, self.first = _first_row(text)
        self.text = text
        names = [name.strip() for name in header]
        while names and not names[-1]:  # a spreadsheet's empty columns at the end
            names.pop()
        if not names:
            raise events.error("empty; its first row should name the columns")
        names = [name or f"column {at}" for at, name in enumerate(names, start=1)]
        self.names = names
        self.places = {_plain(name): at for at, name in enumerate(names)}
        twice = [name for name, count in Counter(map(_plain, names)).items() if count > 1]
        if twice:
            raise events.error(f"several columns are called {first_five(twice)}")

    def need(self, *wanted: str) -> None:
        """Refuse a table without these columns.

        Raises:
            DataError: names those that are missing and those that are there.
        """
        missing = [name for name in wanted if _plain(name) not in self.places]
        if missing:
            raise self.events.error(
                f"there is no column {first_five(missing)}; there are: {first_five(self.names)}"
            )

    def label_column(self, known: Iterable[str]) -> str:
        """The column of labels: the one that was asked for, or the first of those known.

        Raises:
            DataError: there is none.
        """
        asked = self.events.label
        if asked is not None:
            self.need(asked)
            return _plain(asked)
        found = next((_plain(name) for name in known if _plain(name) in self.places), None)
        if found is None:
            raise self.events.error(
                "none of its columns is known to hold the labels; name the one that does "
                f"(label=…): {first_five(self.names)}"
            )
        return found

    def rows(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Each row's number in the file, and its cells by name in small letters."""
        # Between tabs a quotation mark is a letter: no program that writes them quotes.
        quoting = csv.QUOTE_NONE if self.separator == "\t" else csv.QUOTE_MINIMAL
        reader = csv.reader(
            io.StringIO(self.text, newline=""),
            delimiter=self.separator,
            quoting=quoting,
            strict=True,
        )
        names, last = [*map(_plain, self.names)], 0
        width = len(self.names)
        try:
            for row, cells in enumerate(reader, start=1):
                last = reader.line_num
                if row <= self.first or not any(cell.strip() for cell in cells):
                    continue
                if any(cell.strip() for cell in cells[width:]):
                    self.events.skip(
                        row,
                        f"has {counted(len(cells), 'cell')}, but the header has {width} "
                        "(a comma inside a cell needs quotation marks)",
                    )
                    continue
                cells += [""] * (width - len(cells))
                yield row, dict(zip(names, cells[:width], strict=True))
        except csv.Error as error:
            raise self.events.error(
                f"line {last + 1:,}: {error}; is a quotation mark not closed?"
            ) from error

    def others(self, cells: Mapping[str, str], used: Iterable[str]) -> dict[str, str]:
        """The cells of further columns that are not empty, by their names as they are written."""
        taken = {*map(_plain, used)}
        return {
            self.names[self.places[name]]: cell
            for name, cell in cells.items()
            if name not in taken and cell.strip()
        }


class TableWriter:
    """Rows of cells separated by commas, harmless for spreadsheets."""

    def __init__(self, out: TextIO, names: Sequence[str]) -> None:
        self.rows = csv.writer(out, lineterminator="\n")
        self.rows.writerow(names)

    def write(self, cells: Sequence[str]) -> None:
        """Write one row: each text on one line, none that a spreadsheet runs as a formula."""
        self.rows.writerow([guarded(on_one_line(cell)) for cell in cells])


def unquoted(cell: str) -> str:
    """A cell without the apostrophe that `TableWriter` puts before a formula."""
    return unguarded(cell)


def _plain(name: str) -> str:
    return " ".join(name.split()).lower()


def _first_row(text: str) -> tuple[list[str], str, int]:
    """The names, the separator between them, and the row in which they stand."""
    declared = _DECLARED.match(text)
    at = 1
    if declared:
        text, at = text[declared.end() :], 2
    for line in _LINE_END.split(text[:100_000]):
        if line.strip():
            separator = max(",;\t", key=line.count)
            separator = declared[1] if declared and declared[1] in ",;\t" else separator
            quoting = csv.QUOTE_NONE if separator == "\t" else csv.QUOTE_MINIMAL
            rows = csv.reader([line], delimiter=separator, quoting=quoting)
            return next(rows, []), separator, at
        at += 1
    return [], ",", at
