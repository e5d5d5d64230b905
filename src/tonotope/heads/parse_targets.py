"""Cells of a table read as targets: numbers with units, yes and no, several labels in one cell."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tonotope._errors import DataError, did_you_mean
from tonotope._joined_labels import what_joins
from tonotope._wording import counted, first_five

_YES = frozenset({"1", "true", "yes", "y"})
_NO = frozenset({"0", "false", "no", "n"})
# In the order of preference: a comma may also stand inside a label.
_SEPARATORS = ("\n", "|", ";", ",")
_UNIT_AT_END = re.compile(r".*(?:[_ ](\w+)|\((\w+|%)\)|\[(\w+|%)\])")
_WITH_UNIT = re.compile(r"[-+\u2212]?\d[\d.,]*\s*([^\W\d_]+|%|°)")
_UNUSUAL_SEPARATORS = ("+", "/", "&", " ")
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
    text = text.replace("\u2212", "-")  # a minus as typesetters write it
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

    A list as Python and pandas write it is read as one, whatever the separator. A cell that holds
    nothing but a mark has no label, whichever mark that is.

    >>> split_labels("rain; wind;", ";"), split_labels("['rain', 'wind, light']", ";")
    (['rain', 'wind'], ['rain', 'wind, light'])
    >>> split_labels(";", "|")
    []
    """
    if not text.strip("".join(_SEPARATORS) + " "):
        return []
    listed = _listed(text.strip())
    if listed is not None:
        return [label.strip() for label in listed if label.strip()]
    return _pieces(text, separator)


def _pieces(text: str, separator: str) -> list[str]:
    """The pieces between marks, without those that are empty."""
    return [piece.strip() for piece in text.split(separator) if piece.strip()]


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

    Each of its pieces comes again elsewhere, and one is a label by itself; between spaces and short
    words, each is.

    >>> find_unsplit(["dog", "cat", "dog+cat"], "|"), find_unsplit(["rock/pop", "rock"], "|")
    (('dog+cat', '+'), None)
    """
    cells = [*cells]
    labels = sorted({label for cell in cells for label in split_labels(cell, separator)})
    parted = any(separator in cell for cell in cells)  # then a space stands inside a name
    for mark in _UNUSUAL_SEPARATORS[: -1 if parted else None]:
        apart = {label: {*_pieces(label, mark)} for label in labels}
        times = Counter(piece for pieces in apart.values() for piece in pieces)
        for label, pieces in apart.items():
            needed = all if mark == " " else any  # a name may have two words
            alone = needed(piece in apart for piece in pieces)
            if len(pieces) > 1 and alone and all(times[piece] > 1 for piece in pieces):
                return label, mark
    known = {label.casefold() for label in labels}
    words = ((label, what_joins(label, known)) for label in labels)
    return next(((label, found) for label, found in words if found and found.strip()), None)


def find_separator(cells: Iterable[str]) -> str:
    """What parts the labels of a column, the first that stands in any cell.

    It may be the end of a line, `|`, `;` or `,`.

    >>> find_separator(["rain;wind, light", "rain"]), find_separator(["rain"])
    (';', '|')
    >>> find_separator(["rain|wind", ";"])  # a cell of marks alone parts nothing
    '|'
    """
    marks = "".join(_SEPARATORS) + " "
    cells = [cell.strip() for cell in cells]
    text = "".join(cell for cell in cells if cell.strip(marks)) or "".join(cells)
    return next((mark for mark in _SEPARATORS if mark in text), "|")


def unit_in_name(column: str) -> str:
    """The unit that the name of a column ends with; empty where it names none.

    >>> unit_in_name("pitch_hz"), unit_in_name("tempo (bpm)"), unit_in_name("valence")
    ('Hz', 'bpm', '')
    """
    found = _UNIT_AT_END.fullmatch(column.strip())
    return _UNITS.get(next(filter(None, found.groups())).lower(), "") if found else ""


def units_of_cells(cells: Sequence[str]) -> tuple[str, ...]:
    """The units that stand behind the numbers of these cells; none where any cell has none.

    >>> units_of_cells(["100 bpm", "97.5bpm"]), units_of_cells(["800 Hz", "1.2 kHz"])
    (('bpm',), ('Hz', 'kHz'))
    >>> units_of_cells(["100 bpm", "fast"])
    ()
    """
    found = [_WITH_UNIT.fullmatch(cell.strip()) for cell in cells]
    units = dict.fromkeys(one[1] for one in found if one)
    return tuple(units) if all(found) else ()


def cure_of_units(column: str, cells: Sequence[str], units: Sequence[str], *, every: bool) -> str:
    """What to write where cells have a unit behind their number.

    Args:
        column: the name of their column.
        cells: those that have a unit.
        units: of these cells.
        every: whether all cells of the column that are filled have one.
    """
    if len(units) > 1:
        return (
            f"write all of them in one unit, and the number alone: here they are in "
            f"{first_five([f'`{unit}`' for unit in units])}"
        )
    unit = units[0]
    number = cells[0].strip().removesuffix(unit).strip()
    cure = f"write the number alone, without `{unit}` (`{number}` for `{cells[0].strip()}`)"
    known = unit_in_name(column) or column.casefold().endswith(unit.casefold())
    if known or not every:
        return cure
    named = f"{column}_{unit}" if unit.isalpha() else f"{column} ({unit})"
    return f"{cure}; the unit may stand at the end of the column's name, as in `{named}`"


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
