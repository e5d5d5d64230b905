r"""Lines broken at the width of the terminal, the later ones with a hanging indent.

Only where a person looks, or where the environment says how wide the screen is (`COLUMNS`): what
goes to a file or another program keeps its lines whole.
"""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TextIO

_NARROWEST = 20
_COLOUR = re.compile(r"\x1b\[\d*m")
_WORDS = re.compile(r" *[^ ]+")
# What is read as one: a formula with its result, a number with its unit, a command to be typed.
_TOGETHER = re.compile(
    r" *(?:(?:\w+: )?\w+\(\([^;]*? = \d+[^ ]*"
    r"|[^ ]*\d[^ ]* (?:s|ms|min|h|Hz|kHz|dB|kB|MB|GB|%)(?!\w)[^ ]*"
    r"|[`(]*pip install [^ ]+|[`(]*--set [^ ]+|[^ ]+)"
)


def columns(stream: TextIO) -> int | None:
    """How many columns `stream` has; None where lines stay whole."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told) > 0:
        return max(int(told), _NARROWEST)
    try:
        if stream.isatty():
            found = os.get_terminal_size(stream.fileno()).columns
            return max(found, _NARROWEST) if found > 0 else None
    except (OSError, ValueError, AttributeError):
        pass
    return None


def width_of(text: str) -> int:
    """The columns that `text` takes: wide East Asian letters take two, combining marks none."""
    return sum(
        0
        if unicodedata.combining(letter)
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in _COLOUR.sub("", text)
    )


def wrapped(text: str, width: int | None) -> str:
    """`text` with each of its lines broken at spaces to `width` columns.

    A word longer than a line, such as a path, stays whole, so that it can be copied.

    >>> print(wrapped("look: a long line that is broken", 20))
    look: a long line
      that is broken
    """
    if width is None:
        return text
    return "\n".join(piece for line in text.split("\n") for piece in _pieces(line, width))


def _words(line: str, width: int) -> list[str]:
    """The words of a line with the spaces before them; what is read as one is, where it fits."""
    return [
        word
        for together in _TOGETHER.findall(line)
        for word in (
            _WORDS.findall(together) if width_of(together.lstrip(" ")) > width else [together]
        )
    ]


def _pieces(line: str, width: int) -> list[str]:
    if width_of(line) <= width:
        return [line]
    indent = " " * min(len(line) - len(line.lstrip(" ")) + 2, width // 2)
    pieces: list[str] = []
    current = ""
    for word in _words(line, width - len(indent)):
        if current.strip() and width_of(current + word) > width:
            pieces.append(current)
            current = indent + word.lstrip(" ")
        else:
            current += word
    return [*pieces, current]
