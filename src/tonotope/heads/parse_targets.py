"""Cells of a table read as targets: numbers with units, yes and no, several labels in one cell."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tonotope._errors import DataError, did_you_mean
from tonotope._wording import counted, first_five

_YES = frozenset({"1", "true", "yes", "y"})
_NO = frozenset({"0", "false", "no", "n"})
# In the order of preference: a comma may also stand inside a label.
_SEPARATORS = ("|", ";", ",")
_UNIT_AT_END = re.compile(r".*(?:[_ ](\w+)|\((\w+|%)\)|\[(\w+|%)\])")
_WITH_UNIT = re.compile(r"[-+]?\d[\d.,]*\s*([^\W\d_]+|%|°)")
_UNUSUAL_SEPARATORS = ("+", "/", "&")
_BRACKETS = {("[", "]"), ("{", "}"), ("(", ")")}
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")
_MAYBE_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
# How the name of a column ends, and what it is then counted in.
_UNITS = {
    "hz": "Hz", "khz": "kHz", "cents": "cents", "db": "dB", "s": "s", "ms": "ms", "bpm": "bpm",
    "m": "m", "cm": "cm", "mm": "mm", "km": "km", "deg": "°", "percent": "%", "%": "%",
    "min": "min", "semitones": "semitones", "cent": "cents",
}  # fmt: skip


def parse_number(text: str) -> float | None:
    """The finite number that a cell holds, with a decimal point or comma; None where none.

    `1,200` is none either, since it may be 1200; a table's column tells which it is, and its source
    has read it then.

    >>> parse_number(" 440.5"), parse_number("440,5"), parse_number("oboe"), parse_number("inf")
    (440.5, 440.5, None, None)
    >>> parse_number("1,200"), parse_number("0,200")
    (None, 0.2)
    """
    if _MAYBE_THOUSANDS.fullmatch(text.strip()):
        return None
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

    A list as Python and pandas write it is read as one, whatever the separator.

    >>> split_labels("rain; wind;", ";"), split_labels("['rain', 'wind, light']", ";")
    (['rain', 'wind'], ['rain', 'wind, light'])
    """
    listed = _listed(text.strip())
    if listed is not None:
        return [label.strip() for label in listed if label.strip()]
    return [label.strip() for label in text.split(separator) if label.strip()]


def _listed(text: str) -> list[str] | None:
    """The labels of a cell that is a list: `['dog', 'cat']`, `["dog"]`, `{'dog'}`, `[dog, cat]`."""
    if len(text) < 2 or (text[0], text[-1]) not in _BRACKETS:
        return None
    quoted = [one or other for one, other in _QUOTED.findall(text)]
    if quoted or not text[1:-1].strip():
        return quoted
    return text[1:-1].split(",") if text[0] == "[" else None


def find_unsplit(cells: Iterable[str], separator: str) -> tuple[str, str] | None:
    """A cell that seems to hold several labels between another mark than `separator`, and the mark.

    Each of its pieces comes again elsewhere, and one is a label by itself.

    >>> find_unsplit(["dog", "cat", "dog+cat"], "|"), find_unsplit(["rock/pop", "rock"], "|")
    (('dog+cat', '+'), None)
    """
    labels = sorted({label for cell in cells for label in split_labels(cell, separator)})
    for mark in _UNUSUAL_SEPARATORS:
        apart = {label: {piece.strip() for piece in label.split(mark)} for label in labels}
        times = Counter(piece for pieces in apart.values() for piece in pieces)
        for label, pieces in apart.items():
            alone = any(piece in apart for piece in pieces)
            if len(pieces) > 1 and alone and all(times[piece] > 1 for piece in pieces):
                return label, mark
    return None


def find_separator(cells: Iterable[str]) -> str:
    """What parts the labels of a column: `|`, `;` or `,`, the first that stands in any cell.

    >>> find_separator(["rain;wind, light", "rain"]), find_separator(["rain"])
    (';', '|')
    """
    text = "".join(cells)
    return next((mark for mark in _SEPARATORS if mark in text), _SEPARATORS[0])


def unit_in_name(column: str) -> str:
    """The unit that the name of a column ends with; empty where it names none.

    >>> unit_in_name("pitch_hz"), unit_in_name("tempo (bpm)"), unit_in_name("valence")
    ('Hz', 'bpm', '')
    """
    found = _UNIT_AT_END.fullmatch(column.strip())
    return _UNITS.get(next(filter(None, found.groups())).lower(), "") if found else ""


def unit_of_cells(cells: Sequence[str]) -> str:
    """The unit that stands behind the number in every one of these cells; empty where none does.

    >>> unit_of_cells(["100 bpm", "97.5bpm"]), unit_of_cells(["100 bpm", "fast"])
    ('bpm', '')
    """
    found = [_WITH_UNIT.fullmatch(cell.strip()) for cell in cells]
    units = {one[1] for one in found if one}
    return units.pop() if len(units) == 1 and all(found) else ""


def is_missing(text: str | None) -> bool:
    """Whether a cell is empty or holds `nan`."""
    return text is None or text.strip().lower() in ("", "nan")


def refuse_undeclared(
    found: Sequence[tuple[str, str]], declared: Sequence[str], where: str
) -> None:
    """Refuse labels that are none of the declared ones.

    Args:
        found: the name of each recording and its label.
        declared: the labels that may be.
        where: the key that declares them.

    Raises:
        DataError: names the recordings, and what they may have meant.
    """
    wrong = [(name, label) for name, label in found if label not in declared]
    if not wrong:
        return
    named = [f"{name} (`{label}`{did_you_mean(label, declared)})" for name, label in wrong]
    known = ", ".join(f"`{one}`" for one in declared[:20]) + (", ..." if len(declared) > 20 else "")
    have = counted(len(wrong), "recording has", "recordings have")
    raise DataError(
        f"{have} a label that is none of {where} ({known}): {first_five(named)}; correct the "
        f"table, or name the label in {where}"
    )


def filled_cells(
    rows: Sequence[Mapping[str, str]], names: Sequence[str], column: str
) -> list[tuple[str, str]]:
    """The name of each recording whose cell under `column` is not empty, and the cell.

    >>> filled_cells([{"hz": "440"}, {"hz": ""}, {}], ["a.wav", "b.wav", "c.wav"], "hz")
    [('a.wav', '440')]
    """
    named = zip(names, rows, strict=True)
    return [(name, row[column]) for name, row in named if not is_missing(row.get(column))]
