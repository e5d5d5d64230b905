"""Cells of a table read as targets: numbers with units, yes and no, several labels in one cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

_YES = frozenset({"1", "true", "yes", "y"})
_NO = frozenset({"0", "false", "no", "n"})
# In the order of preference: a comma may also stand inside a label.
_SEPARATORS = ("|", ";", ",")
# How the name of a column ends, and what it is then counted in.
_UNITS = {
    "hz": "Hz", "khz": "kHz", "cents": "cents", "db": "dB", "s": "s", "ms": "ms", "bpm": "bpm",
    "m": "m", "km": "km", "deg": "°", "percent": "%",
}  # fmt: skip


def parse_number(text: str) -> float | None:
    """The finite number that a cell holds, with a decimal point or comma; None where none.

    >>> parse_number(" 440.5"), parse_number("440,5"), parse_number("oboe"), parse_number("inf")
    (440.5, 440.5, None, None)
    """
    try:
        value = float(text.replace(",", ".") if "." not in text else text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def parse_yes_no(text: str) -> float | None:
    """1 for yes, 0 for no, None for anything else.

    >>> parse_yes_no("1"), parse_yes_no("False"), parse_yes_no("0.0"), parse_yes_no("perhaps")
    (1.0, 0.0, 0.0, None)
    """
    word = text.strip().lower()
    if word in _YES | _NO:
        return float(word in _YES)
    value = parse_number(word)
    return value if value in (0.0, 1.0) else None


def split_labels(text: str, separator: str) -> list[str]:
    """The labels in a cell, without those that are empty.

    >>> split_labels("rain; wind;", ";")
    ['rain', 'wind']
    """
    return [label.strip() for label in text.split(separator) if label.strip()]


def find_separator(cells: Iterable[str]) -> str:
    """What parts the labels of a column: `|`, `;` or `,`, the first that stands in any cell.

    >>> find_separator(["rain;wind, light", "rain"]), find_separator(["rain"])
    (';', '|')
    """
    text = "".join(cells)
    return next((mark for mark in _SEPARATORS if mark in text), _SEPARATORS[0])


def unit_in_name(column: str) -> str:
    """The unit that the name of a column ends with; empty where it names none.

    >>> unit_in_name("pitch_hz"), unit_in_name("valence")
    ('Hz', '')
    """
    _, mark, end = column.rpartition("_")
    return _UNITS.get(end.lower(), "") if mark else ""


def is_missing(text: str | None) -> bool:
    """Whether a cell is empty or holds `nan`."""
    return text is None or text.strip().lower() in ("", "nan")


def filled_cells(
    rows: Sequence[Mapping[str, str]], names: Sequence[str], column: str
) -> list[tuple[str, str]]:
    """The name of each recording whose cell under `column` is not empty, and the cell.

    >>> filled_cells([{"hz": "440"}, {"hz": ""}, {}], ["a.wav", "b.wav", "c.wav"], "hz")
    [('a.wav', '440')]
    """
    named = zip(names, rows, strict=True)
    return [(name, row[column]) for name, row in named if not is_missing(row.get(column))]
