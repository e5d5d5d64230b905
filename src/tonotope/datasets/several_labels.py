"""Cells that hold several labels: lists, and pieces between marks or words, known elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from tonotope._joined_labels import what_joins
from tonotope._wording import counted

_LIST = re.compile(r"""[\[({]\s*['"].*['"]\s*,?\s*[\])}]""")  # as Python and pandas write one
_NUMBER = re.compile(r"\d+[.,]?\d*")
_LONGEST_JOINING = 5
_SURE_MARKS = "\n;|,"  # between these one piece that comes again is enough
_BEFORE_THE_LAST = ("and", "&", "y", "e", "et", "und", "en", "och", "og")  # `owl, rail and jay`


def several_in_one(counts: Counter[str], column: str) -> list[str]:
    """A sentence where cells hold several labels: lists, or pieces that come again elsewhere."""
    cells = [label for label in counts if _LIST.fullmatch(label.strip())]
    shown, separator, mixed = max(cells, key=len, default=""), "", ""
    parted = {} if cells else _between_marks(counts)
    if not cells:
        parted = _with_words(counts, parted)
    if parted:
        marks = [*parted]
        cells = list(dict.fromkeys(cell for found in parted.values() for cell in found))
        shown = cells[0]
        separator = (
            "" if marks[0].strip(" ") in _SURE_MARKS else f' and head.separator = "{marks[0]}"'
        )
        others = " and ".join(f"`{parted[mark][0]}`" for mark in marks[1:])
        mixed = f", once `{marks[0]}` stands in {others} too" if others else ""
    if not cells and (cells := _between_spaces(counts)):
        shown, separator = cells[0], ' and head.separator = " "'
    if not cells:
        return []
    total = sum(counts[cell] for cell in cells)
    shown = shown.strip().replace("\n", "\\n")
    return [
        f"{counted(total, 'cell holds', 'cells hold')} several labels (`{shown}`), and "
        "each combination is a class of its own; if a sound may have several, take "
        f'head.kind = "tag" with head.column = "{column}"{separator}{mixed}'
    ]


def _between_marks(counts: Counter[str]) -> dict[str, list[str]]:
    """Cells that hold several labels, by the mark between them; one column may have several."""
    alone = {label.strip() for label in counts}
    known: set[str] = set()  # pieces between the marks before
    found: dict[str, list[str]] = {}
    for mark in "\n;|,+/&":
        marked = [cell for cell in counts if mark in cell and not _is_number(cell, mark, alone)]
        if found:  # after the first each piece must be a label
            marked = [cell for cell in marked if _pieces_of(cell, mark) <= known]
            shared = [cell for cell in marked if len(_pieces_of(cell, mark)) > 1]
        else:
            shared = _shared(counts, marked, mark, alone)
        if shared:
            found[mark] = marked if mark in _SURE_MARKS else shared
            known |= alone - {*marked}
            known |= {piece for cell in found[mark] for piece in _pieces_of(cell, mark)}
            found[mark].sort(key=lambda cell: cell not in shared)
    return found


def _with_words(counts: Counter[str], parted: dict[str, list[str]]) -> dict[str, list[str]]:
    """The cells between marks, and those of two labels with a short word or a dash between them."""
    told = {cell for cells in parted.values() for cell in cells}
    known = {label.strip().casefold() for label in counts if label not in told}
    known |= {piece.casefold() for mark, cells in parted.items() for cell in cells
              for piece in _pieces_of(cell, mark)}  # fmt: skip
    found = {mark: [*cells] for mark, cells in parted.items()}
    ends = [cell.split(mark)[-1].strip() for mark, cells in parted.items() for cell in cells]
    for piece in dict.fromkeys(ends):
        before, word, after = _last_of_list(piece)
        if word and known & {before.casefold(), after.casefold()}:
            found.setdefault(f" {word} ", []).append(piece)
    for cell in counts:
        between = None if cell in told else what_joins(cell, known)
        if between and between.strip():  # names of two words are asked about with more care
            found.setdefault(between, []).append(cell)
    return found or _joined_in_both_orders(counts)


def _last_of_list(piece: str) -> tuple[str, str, str]:
    """What stands before and behind the word before the last of a list; empty where none does.

    >>> _last_of_list("rail and little owl"), _last_of_list("noise of rain")
    (('rail', 'and', 'little owl'), ('', '', ''))
    """
    words = piece.split()
    for at in range(1, len(words) - 1):
        if words[at].casefold() in _BEFORE_THE_LAST:
            return " ".join(words[:at]), words[at], " ".join(words[at + 1 :])
    return "", "", ""


def _joined_in_both_orders(counts: Iterable[str]) -> dict[str, list[str]]:
    """Cells joined by a short word with the same label before it in one and behind it in another.

    So `and` is told from `of`: `noise of rain` and `noise of wind` are names.
    """
    sides: dict[str, list[tuple[str, str, str]]] = {}
    for cell in counts:
        words = cell.split()
        for at in range(1, len(words) - 1):
            if len(words[at]) <= _LONGEST_JOINING:
                before, after = " ".join(words[:at]), " ".join(words[at + 1 :])
                sides.setdefault(words[at], []).append((cell, before.casefold(), after.casefold()))
    return {
        f" {word} ": [cell for cell, _, _ in found]
        for word, found in sides.items()
        if {before for _, before, _ in found} & {after for _, _, after in found}
    }


def _pieces_of(cell: str, mark: str) -> set[str]:
    return {piece.strip() for piece in cell.split(mark) if piece.strip()}


def _between_spaces(counts: Iterable[str]) -> list[str]:
    """Cells that hold several labels between spaces, which a name of two words may have too.

    One at least must be made of labels that stand alone elsewhere, or come in another order too.
    """
    words = {label: label.split() for label in counts}
    alone = {own[0] for own in words.values() if len(own) == 1}
    many = {label: own for label, own in words.items() if len({*own}) > 1}
    orders = Counter(tuple(sorted(own)) for own in {*map(tuple, many.values())})
    sure = [
        label for label, own in many.items() if alone >= {*own} or orders[tuple(sorted(own))] > 1
    ]
    if not sure:
        return []
    return [*sure, *(label for label in many if label not in sure and alone & {*many[label]})]


def _shared(
    counts: Counter[str], cells: Sequence[str], mark: str, alone: Collection[str]
) -> list[str]:
    """Cells whose pieces between marks are labels elsewhere too.

    Any piece is enough between `;`, `|` and `,`; the other marks may stand inside a label, so
    that every piece must come again, and one by itself, or first in one cell and last in another.
    """
    pieces = Counter(piece.strip() for label in counts for piece in {*label.split(mark)})
    if mark not in _SURE_MARKS:
        apart = {cell: [piece.strip() for piece in cell.split(mark)] for cell in cells}
        several = {cell: own for cell, own in apart.items() if len({*own}) > 1}
        turned = {own[0] for own in several.values()} & {own[-1] for own in several.values()}
        sure = {*alone} | {one for one in turned if not _NUMBER.fullmatch(one)}  # 3/4 and 4/8
        return [
            cell
            for cell, own in several.items()
            if all(pieces[one] > 1 for one in own) and sure & {*own}
        ]
    shared = [cell for cell in cells if any(pieces[one.strip()] > 1 for one in cell.split(mark))]
    if mark == "," and _are_inverted(shared, pieces, alone):
        return []
    return shared if len(shared) > 1 or len(cells) == 1 else []


def _are_inverted(cells: Sequence[str], pieces: Counter[str], alone: Collection[str]) -> bool:
    """Whether cells are names such as `Owl, barn`, each with a second piece of its own.

    They are one class each; where `Owl` is a label by itself, they may be several labels.
    """
    found = [cell.split(", ") for cell in cells]
    return all(len(own) == 2 and "," not in "".join(own) for own in found) and all(
        one.strip() not in alone and other.strip() not in alone and pieces[other.strip()] == 1
        for one, other in found
    )


def _is_number(cell: str, mark: str, alone: Collection[str]) -> bool:
    """Whether a cell is a number with this mark in it, and no list of labels such as 1,2."""
    number = _NUMBER.fullmatch(cell.strip()) is not None
    return number and not all(piece.strip() in alone for piece in cell.split(mark))
