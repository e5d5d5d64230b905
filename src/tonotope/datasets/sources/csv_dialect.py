"""CSV and TSV tables read: encoding and separator recognised, broken rows named.

Tables come from spreadsheets of many countries: with a byte order mark or without, as UTF-8,
UTF-16 or Windows' Latin-1, separated by commas, semicolons, tabs or bars, with any line ending.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tonotope._errors import DataError
from tonotope._wording import counted, first_five
from tonotope.annotations.text_encoding import decode_table, looks_misread, odd_cell
from tonotope.audio import file_type
from tonotope.datasets.vocabulary import role_of

_LARGEST = 1 << 30  # bytes
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LOOKED_AT = 100  # rows that decide the separator
_MOST_TITLES = 20  # rows that may stand above the header
_DECLARED = re.compile(r'"?sep=(.)"?[;,\t|]*\s*(?:[\r\n]|$)', re.IGNORECASE)  # Excel's first line
_SPACED_QUOTE = re.compile(r'^[^"\r\n]*, "[^"\r\n]*"\s*$', re.MULTILINE)
_BLANK = string.whitespace + "\x1c\x1d\x1e\x1f\x85\xa0\u200b\u2060\u3000\ufeff"


@dataclass(frozen=True)
class CsvTable:
    """A table in memory: its text, and what was found out about it.

    Attributes:
        path: the file.
        text: all of it.
        encoding: in words.
        separator: the character between two cells.
        columns: the header, spaces at the ends of each name left out.
        header_row: the row of the header, 1 unless titles stand above it.
    """

    path: Path
    text: str
    encoding: str
    separator: str
    columns: tuple[str, ...]
    header_row: int = 1

    @property
    def note(self) -> str:
        """The sentence that says how it was read."""
        above = counted(self.header_row - 1, "row")
        titles = f"; {above} above the header passed over" if self.header_row > 1 else ""
        example = self._example
        read = f", so a cell reads `{example}`" if example else ""
        return (
            f"{self.path.name} is {self.encoding}{read}, separated by "
            f"{_SEPARATORS[self.separator]}{titles}; its columns: {', '.join(self.columns)}"
        )

    @property
    def _example(self) -> str:
        """A cell whose letters show how the text was decoded, where that was a guess."""
        if "no UTF-8" not in self.encoding:
            return ""
        return odd_cell(cell for row in _first_rows(self.text, self.separator) for cell in row)

    @property
    def doubt(self) -> str:
        """A question where letters look as if the encoding was another one; else empty."""
        if not looks_misread(self._example):
            return ""
        return (
            f"{self.path.name} is no UTF-8 and was read as Windows Latin-1: is `{self._example}` "
            "what was written? If not, save the table as UTF-8"
        )

    def rows(self) -> Iterator[tuple[int, list[str] | None, str]]:
        """Each row's number in the file (from 1), its cells, and else why it cannot be read.

        Cells that lack at the end of a row are empty, as spreadsheets write them.

        Raises:
            DataError: a cell is too large or a quotation mark is not closed; the line is named.
        """
        width = len(self.columns)
        reader = _reader(self.text, self.separator)
        for number, cells in enumerate(_checked(reader, self.path), start=1):
            if number <= self.header_row or not any(cells):
                continue
            if 2 <= len(cells) < width:
                cells += [""] * (width - len(cells))
            extra = [cell for cell in cells[width:] if cell.strip()]
            if len(cells) < width or extra:
                hint = " (a comma inside a cell needs quotation marks)" if extra else ""
                many = counted(len(cells), "cell")
                yield number, None, f"has {many}, but the header has {width}{hint}"
            elif any("\0" in cell for cell in cells):
                yield number, None, "holds a NUL byte; the table is damaged there"
            else:
                yield number, cells, ""


def read_table(path: Path) -> CsvTable:
    """Read a table and find out how it is written.

    Raises:
        DataError: it cannot be read, is no text, or has no header.
    """
    name = str(path)
    text, encoding = decode_table(_bytes(path), name)
    other = _why_no_table(text.lstrip(_BLANK))
    if other:
        raise DataError(f"{name}: {other}")
    if not text.strip(_BLANK):
        raise DataError(f"{name}: empty; the first row should name the columns: file,label")
    separator = _declared(text) or _separator(text, path)
    header_row, header = _header(_checked(_reader(text, separator), path))
    columns = tuple(cell.strip() for cell in header)
    if columns[:1] and len(columns) > 1:
        columns = (columns[0].lstrip("# ") or columns[0], *columns[1:])  # rekordbox has a `#`
    if _has_row_names(_first_rows(text, separator)[header_row:], len(columns)):
        columns = ("", *columns)
    if not any(columns):
        raise DataError(f"{name}: the first row is empty; it should name the columns: file,label")
    while columns and not columns[-1]:  # a spreadsheet's empty columns at the end
        columns = columns[:-1]
    twice = [column for column, count in Counter(columns).items() if count > 1 and column]
    if twice:
        message = f"{name}: several columns are called {first_five(twice)}; give each its own name"
        raise DataError(message)
    return CsvTable(path, text, encoding, separator, columns, header_row)


def _bytes(path: Path) -> bytes:
    name = str(path)
    try:
        handle, status = file_type.open_regular_file(path)
        with os.fdopen(handle, "rb") as file:
            if status.st_size > _LARGEST:
                message = f"{name}: a table of {status.st_size:,} bytes; 1 GB is the most read here"
                raise DataError(message)
            data = file.read()
    except file_type.Refused as refused:
        raise DataError(f"{name}: {refused}") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{name}: {file_type.explain_error(error)}") from error
    if not data.strip(b"\0 \t\r\n"):
        raise DataError(f"{name}: empty; the first row should name the columns: file,label")
    return data


def _why_no_table(text: str) -> str | None:
    """What a text is that is surely no table, and what to do."""
    if text.startswith("version https://git-lfs"):
        return "a Git LFS pointer, not the table itself; run `git lfs pull` in its folder"
    if text.startswith(("/annex/objects/", "../.git/annex/", ".git/annex/")):
        return "a git-annex pointer, not the table itself; run `git annex get` on it"
    if text.startswith(("{", "[{", "[[")):
        return "JSON, not a table; save it as CSV (pandas.read_json(...).to_csv)"
    if text.startswith("<"):
        return "a web page or XML, not a table; download the table itself, or save it as CSV"
    return None


def _declared(text: str) -> str | None:
    """The separator that Excel's first line `sep=;` names."""
    found = _DECLARED.match(text)
    return found.group(1) if found and found.group(1) in _SEPARATORS else None


def _header(rows: Iterator[list[str]]) -> tuple[int, list[str]]:
    """The header and its row, below `sep=;` and titles such as `My recordings 2024`.

    It is the first row of several cells, or a later one that names files where that does not.
    """
    first = next(rows, [])
    above = [first, *islice(rows, _MOST_TITLES - 1)] if _filled(first) else [first]
    comments = next((at for at, cells in enumerate(above) if not _is_comment(cells)), 0)
    if comments and _is_named_by_comment(above[comments - 1], above[comments]):
        comments -= 1
    several = [
        (row, cells)
        for row, cells in enumerate(above, start=1)
        if row > comments and _filled(cells) > 1
    ]
    if not several:
        return 1, first
    for row, cells in several:
        roles = [role_of(cell) for cell in cells]
        if "file" in roles and len({*roles} - {None}) > 1:
            return row, cells
    return several[0]


def _has_row_names(rows: list[list[str]], width: int) -> bool:
    """Whether each row begins with its number and the header has no cell for it, as R writes."""
    rows = [cells for cells in rows if any(cells)]
    if not rows or any(len(cells) != width + 1 or not cells[-1].strip() for cells in rows):
        return False
    numbers = [int(cells[0]) for cells in rows if re.fullmatch(r"\d{1,9}", cells[0])]
    return len(numbers) == len(rows) and numbers == sorted({*numbers})


def _is_comment(cells: list[str]) -> bool:
    return bool(cells) and cells[0].lstrip().startswith("#")


def _is_named_by_comment(comment: list[str], cells: list[str]) -> bool:
    """Whether a comment is the header, as in AudioSet: names above a row that holds numbers."""
    numbers = any(re.fullmatch(r"\s*[-+]?\d+([.,]\d+)?\s*", cell) for cell in cells)
    return numbers and 1 < len(comment) <= len(cells)


def _filled(cells: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _width(rows: list[list[str]]) -> int:
    """How many cells the header has, titles above it left aside."""
    return len(_header(iter(rows))[1])


def _separator(text: str, path: Path) -> str:
    """The separator that gives most rows as many cells as the header, and more than one."""
    best, best_score = ",", (-1.0, 0)
    for separator in _SEPARATORS:
        rows = _first_rows(text, separator)
        width = _width(rows) if rows else 0
        if width < 2:
            continue
        score = (sum(len(row) == width for row in rows) / len(rows), width)
        if score > best_score:
            best, best_score = separator, score
    if best_score[1] < 2:
        first = text.strip(_BLANK).splitlines()[0][:60]
        spaces = "; spaces do not separate columns" if len(first.split()) > 1 else ""
        raise DataError(
            f"{path}: one column alone (“{first}”); a table has a column of files "
            f"and a column of labels, separated by commas, semicolons, tabs or bars{spaces}"
        )
    return best


def _first_rows(text: str, separator: str) -> list[list[str]]:
    """The rows that decide the separator, up to one that cannot be read."""
    rows: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        for row in _reader(text, separator):
            if any(row):
                rows.append(row)
            if len(rows) == _LOOKED_AT:
                break
    return rows


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    # newline="" leaves lone CR, CRLF and LF alone; the reader takes each as a line's end.
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        strict=True,
        # a quotation mark after a comma and a space opens a cell too, as in AudioSet
        skipinitialspace=separator == "," and _SPACED_QUOTE.search(text) is not None,
    )


def _checked(reader: Iterator[list[str]], path: Path) -> Iterator[list[str]]:
    last = 0  # the last line of the rows that were whole
    try:
        for row in reader:
            last = getattr(reader, "line_num", 0)
            yield row
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        if str(error).endswith("end of data"):
            raise DataError(
                f"{path}: line {last + 1:,}: a quotation mark is opened in this row and not closed"
            ) from error
        said = str(error)
        if "field limit" in said:
            said = f"a cell of more than {csv.field_size_limit():,} characters"
        message = f"{path}: line {line:,}: {said}; is a quotation mark not closed?"
        raise DataError(message) from error
