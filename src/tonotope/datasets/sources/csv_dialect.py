"""Encoding, separator and quoting of a CSV or TSV table: found, and named in a note.

Tables come from spreadsheets of many countries: with a byte order mark or without, as UTF-8,
UTF-16 or Windows' Latin-1, separated by commas, semicolons, tabs or bars, with any line ending.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tonotope._errors import DataError
from tonotope._wording import first_five
from tonotope.audio import file_type

_LARGEST = 1 << 30  # bytes
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LOOKED_AT = 100  # rows that decide the separator
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@dataclass(frozen=True)
class CsvTable:
    """A table in memory: its text, and what was found out about it.

    Attributes:
        path: the file.
        text: all of it.
        encoding: in words.
        separator: the character between two cells.
        columns: the header, spaces at the ends of each name left out.
    """

    path: Path
    text: str
    encoding: str
    separator: str
    columns: tuple[str, ...]

    @property
    def note(self) -> str:
        """The sentence that says how it was read."""
        return (
            f"{self.path.name} is {self.encoding}, separated by "
            f"{_SEPARATORS[self.separator]}; its columns: {', '.join(self.columns)}"
        )

    def rows(self) -> Iterator[tuple[int, list[str] | None, str]]:
        """Each row's number (the header is row 1), its cells, and else why it cannot be read.

        Raises:
            DataError: a cell is too large or a quotation mark is not closed; the line is named.
        """
        width = len(self.columns)
        reader = _reader(self.text, self.separator)
        for number, cells in enumerate(_checked(reader, self.path), start=1):
            if number == 1 or not any(cells):
                continue
            extra = [cell for cell in cells[width:] if cell.strip()]
            if len(cells) < width or extra:
                hint = " (a comma inside a cell needs quotation marks)" if extra else ""
                yield number, None, f"has {len(cells)} cells, but the header has {width}{hint}"
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
    text, encoding = _decoded(_bytes(path), name)
    separator = _separator(text, path)
    header = next(_checked(_reader(text, separator), path), [])
    columns = tuple(cell.strip() for cell in header)
    if not any(columns):
        raise DataError(f"{name}: the first row is empty; it should name the columns: file,label")
    while columns and not columns[-1]:  # a spreadsheet's empty columns at the end
        columns = columns[:-1]
    twice = [column for column, count in Counter(columns).items() if count > 1 and column]
    if twice:
        message = f"{name}: several columns are called {first_five(twice)}; give each its own name"
        raise DataError(message)
    return CsvTable(path, text, encoding, separator, columns)


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


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    """The text and its encoding in words."""
    for mark, codec, words in _MARKS:
        if data.startswith(mark):
            return _as(data, codec, words, name)
    binary = file_type.why_binary(data[: file_type.HEAD])
    if binary:
        kind = binary.split(";")[0].replace("not sound", "not a table")
        raise DataError(f"{name}: {kind}; a table is text: save it as CSV")
    codec = _codec_of_wide_text(data[:4096].rstrip(b"\0"))
    if codec:
        return _as(data, codec, "UTF-16 without a byte order mark", name)
    try:
        return data.rstrip(b"\0").decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.rstrip(b"\0").decode("cp1252"), "Windows Latin-1 (it is no UTF-8)"
    except UnicodeDecodeError:
        return data.rstrip(b"\0").decode("latin-1"), "Latin-1 (it is no UTF-8)"


def _codec_of_wide_text(start: bytes) -> str | None:
    """UTF-16 without a mark: in Latin text every second byte is 0."""
    even, odd = start[0::2], start[1::2]
    if odd.count(0) > 0.4 * len(odd) and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.4 * len(even) and not odd.count(0) else None


def _as(data: bytes, codec: str, words: str, name: str) -> tuple[str, str]:
    try:
        return data.decode(codec).rstrip("\0"), words
    except UnicodeDecodeError as error:
        message = f"{name}: begins as {words}, but byte {error.start:,} is not; save it as UTF-8"
        raise DataError(message) from error


def _separator(text: str, path: Path) -> str:
    """The separator that gives most rows as many cells as the header, and more than one."""
    best, best_score = ",", (-1.0, 0)
    for separator in _SEPARATORS:
        widths: list[int] = []
        try:
            for row in _reader(text, separator):
                if any(row):
                    widths.append(len(row))
                if len(widths) == _LOOKED_AT:
                    break
        except csv.Error:
            if not widths:
                continue
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if score > best_score:
            best, best_score = separator, score
    if best_score[1] < 2:
        first = text.lstrip().splitlines()[0][:60]
        raise DataError(
            f"{path}: one column alone (“{first}”); a table has a column of files "
            "and a column of labels, separated by commas, semicolons, tabs or bars"
        )
    return best


def _reader(text: str, separator: str) -> Iterator[list[str]]:
    # newline="" leaves lone CR, CRLF and LF alone; the reader takes each as a line's end.
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)


def _checked(reader: Iterator[list[str]], path: Path) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        said = str(error)
        if "field limit" in said:
            said = f"a cell of more than {csv.field_size_limit():,} characters"
        message = f"{path}: line {line:,}: {said}; is a quotation mark not closed?"
        raise DataError(message) from error
