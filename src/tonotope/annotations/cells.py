"""Numbers and labels as text: decimal commas, a score behind a label, one line for a label."""

from __future__ import annotations

import re
from decimal import Decimal

from tonotope._escape import as_cell as as_cell
from tonotope._escape import from_cell as from_cell
from tonotope._escape import guarded as guarded
from tonotope._escape import shown as shown
from tonotope._escape import unguarded as unguarded

_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
# Two decimals at least, as they are written here: `drum 1` and `take 0.5` are labels.
_SCORE = re.compile(r"(.*\S)[ ]+(0\.\d{2,6}|1\.0{2,6})", re.DOTALL | re.ASCII)
# All at which some program ends a line, and the tab that separates columns.
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")


def number(text: str) -> float:
    """A number with a decimal point or a decimal comma.

    >>> number("1.5"), number("1,5"), number("-2e-3")
    (1.5, 1.5, -0.002)

    Raises:
        ValueError: it is none.
    """
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return float(text.replace(",", "."))


def is_number(text: str) -> bool:
    """Whether `number` reads a text.

    >>> is_number("1,5"), is_number("1.234,5"), is_number("nan"), is_number("")
    (True, False, False, False)
    """
    return _NUMBER.fullmatch(text) is not None


def plain(value: float) -> str:
    """A number as it is, without an exponent, which some programs read as text.

    >>> plain(0.1), plain(3), plain(6.25e-05)
    ('0.1', '3.0', '0.0000625')
    """
    return format(Decimal(repr(float(value))), "f")


def or_empty(value: float | None) -> str:
    """A number as it is; empty where there is none."""
    return "" if value is None else plain(value)


def added(start: float, duration: float) -> float:
    """A start and a duration as decimal numbers: 0.1 and 0.2 s end at 0.3 s.

    >>> added(0.1, 0.2)
    0.3
    """
    return float(Decimal(repr(float(start))) + Decimal(repr(float(duration))))


def lasting(start: float, end: float) -> float:
    """The duration that `added` makes the end of again."""
    return float(Decimal(repr(float(end))) - Decimal(repr(float(start))))


def with_score(label: str, score: float | None) -> str:
    """A label with its score behind it.

    >>> with_score("curlew", 0.934), with_score("curlew", None)
    ('curlew 0.93', 'curlew')
    """
    return label if score is None else f"{label} {score:.2f}"


def score_apart(text: str) -> tuple[str, float | None]:
    """The label, and the score behind it, if there is one.

    >>> score_apart("curlew 0.93"), score_apart("drum 1")
    (('curlew', 0.93), ('drum 1', None))
    """
    found = _SCORE.fullmatch(text)
    return (found[1], float(found[2])) if found else (text, None)


def on_one_line(text: str) -> str:
    r"""A text for one line and one column: breaks become a space, the unseen is spelled.

    >>> on_one_line("two\nlines\tof\x07it")
    'two lines of\\x07it'
    """
    return shown(_BREAKS.sub(" ", text))
