"""Names and labels made safe to write: control characters, bad UTF-8, spreadsheet formulas.

A file's name may hold a newline, a tab, an escape sequence or bytes that are no UTF-8, and a label
may begin with the `=` that makes a spreadsheet run it. Inside the program a name is what it is.
Only what writes it calls this module: an error's sentence, the terminal, a page, a table.

shown       for a person to read: what cannot be seen is spelled out
escaped     for one line of a file; `unescaped` gives back the name
as_cell     for one cell of a table; `from_cell` gives back the name
"""

from __future__ import annotations

import re

# Marks that turn the reading direction around: a name with one can look like another name.
_DIRECTION = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = f"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_DIRECTION}"
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
_UNFIT = re.compile(f"[{_INVISIBLE}\\\\]")
_ESCAPE = re.compile(r"\\(\\|n|t|r|x[0-9a-f]{2}|u[0-9a-f]{4})")
_SHORT = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_LONG = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r"}
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def shown(text: object) -> str:
    r"""`text` on one line for a person: what would break the line or steer a terminal is spelled.

    Shown again, it stays as it is.

    >>> print(shown("two\nlines\x1b[2J"), shown(r"C:\sounds"))
    two\nlines\x1b[2J C:\sounds
    """
    return _UNSEEN.sub(_spelled, str(text))


def escaped(text: str) -> str:
    r"""`text` on one line: control characters and bytes that are no UTF-8 are spelled out.

    >>> print(escaped("two\nlines"), escaped("dog bark.wav"))
    two\nlines dog bark.wav
    """
    return _UNFIT.sub(_spelled, text)


def unescaped(text: str) -> str:
    r"""What `escaped` was given.

    >>> unescaped(escaped("a\\b\n\udcff")) == "a\\b\n\udcff"
    True
    """
    return _ESCAPE.sub(_meant, text)


def as_cell(text: str) -> str:
    """`text` for one cell of a table: escaped and guarded; `from_cell` gives it back."""
    return guarded(escaped(text))


def from_cell(cell: str) -> str:
    """What `as_cell` was given."""
    return unescaped(unguarded(cell))


def guarded(cell: str) -> str:
    """`cell` with an apostrophe before what a spreadsheet would run as a formula.

    >>> guarded("=1+1"), guarded("dog")
    ("'=1+1", 'dog')
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given.

    >>> unguarded(guarded("'=x")), unguarded("'tis")
    ("'=x", "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _spelled(match: re.Match[str]) -> str:
    character = match.group()
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _meant(match: re.Match[str]) -> str:
    spelled = match.group(1)
    return _LONG[spelled] if spelled in _LONG else chr(int(spelled[1:], 16))
