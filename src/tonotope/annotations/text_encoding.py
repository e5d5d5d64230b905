"""How the text of a table is encoded, and whether its letters look misread."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from tonotope._errors import DataError
from tonotope.audio import file_type

# A mark inside a word, or a word without one plain letter: another encoding's letters.
_MISREAD = re.compile(r"[A-Za-z][¡-¿×÷†‡‰‹›€™•˜ˆ‚„…ƒ]+[A-Za-z]|(?<![A-Za-z])[À-ÿ]{3,}(?![A-Za-z])")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # begins like UTF-16
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


def decode_table(data: bytes, name: str) -> tuple[str, str]:
    """The text and its encoding in words."""
    for mark, codec, words in _MARKS:
        if data.startswith(mark):
            return _as(data, codec, words, name)
    kind = file_type.kind_of_binary(data[: file_type.HEAD])
    if kind:
        raise DataError(f"{name}: {kind}, not a table; a table is text: save it as CSV")
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
        unsure = "Latin-1 (it is no UTF-8), or another encoding whose letters are then wrong"
        return data.rstrip(b"\0").decode("latin-1"), unsure


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


def odd_cell(cells: Iterable[str]) -> str:
    """The first cell that holds a letter beyond ASCII, shortened; the oddest where some are."""
    beyond = [cell.strip()[:40] for cell in cells if not cell.isascii()]
    return next((cell for cell in beyond if looks_misread(cell)), beyond[0] if beyond else "")


def looks_misread(cell: str) -> bool:
    """Whether the letters of a cell look like those of another encoding.

    >>> looks_misread("B£ho"), looks_misread("ñîâà"), looks_misread("cœur"), looks_misread("Bär")
    (True, True, False, False)
    """
    return bool(_MISREAD.search(cell))
