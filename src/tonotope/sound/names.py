"""Names from a disk and labels from a table, made fit for one line of text and one cell.

A file's name may hold a newline, a tab or bytes that are no UTF-8, and a label may begin with the
`=` that makes a spreadsheet run it. Written here, each stays on its line, is valid UTF-8 and does
nothing; read again, it is what it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

# Marks that turn the reading direction around: a name with one can look like another name.
_DIRECTION = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNFIT = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\\\{_DIRECTION}]")
_ESCAPE = re.compile(r"\\(\\|n|t|r|x[0-9a-f]{2}|u[0-9a-f]{4})")
_SHORT = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_LONG = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r"}
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


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


def first_five(names: Sequence[str]) -> str:
    """The first five names, and how many more there are.

    >>> first_five(["a", "b"]), first_five(list("abcdefg"))
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    shown = ", ".join(escaped(name) for name in names[:5])
    return f"{shown} and {len(names) - 5:,} more" if len(names) > 5 else shown


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number and its noun.

    >>> counted(1, "file"), counted(2500, "file"), counted(2, "class", "classes")
    ('1 file', '2,500 files', '2 classes')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spoken(seconds: float) -> str:
    """A length of time as people say it.

    >>> spoken(3.25), spoken(95), spoken(40000)
    ('3.2 s', '1.6 min', '11.1 h')
    """
    if seconds >= 7200:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.1f} min" if seconds >= 90 else f"{seconds:.1f} s"


def like(text: str) -> str:
    """What stays of a label when case, spaces and joining marks are left aside.

    >>> like(" Dog_Bark") == like("dog bark")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s_\-]+", " ", folded).strip()


def look_alikes(labels: Iterable[str]) -> list[tuple[str, ...]]:
    """Labels that differ only in case, spaces or joining marks, together.

    >>> look_alikes(["dog", "Dog", "cat", "dog "])
    [('Dog', 'dog', 'dog ')]
    """
    together: dict[str, list[str]] = {}
    for label in sorted(set(labels)):
        together.setdefault(like(label), []).append(label)
    return [tuple(same) for same in together.values() if len(same) > 1]


def _spelled(match: re.Match[str]) -> str:
    character = match.group()
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _meant(match: re.Match[str]) -> str:
    spelled = match.group(1)
    return _LONG[spelled] if spelled in _LONG else chr(int(spelled[1:], 16))
