"""Cells that hold several labels: lists, and pieces between marks or words, known elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from tonotope._joined_labels import what_joins
from tonotope._wording import counted

_LIST = re.compile(r"""[\[({]\s*['"].*['"]\s*,?\s*[\])}]""")  # as Python and pandas write one
_NUMBER = re.compile(r"\d+[.,]?\d*")
_LONGEST_JOINING = 5
_SURE_MARKS = "\n;|,"  # between these one piece that comes again is enough
_WORD = re.compile(r"[^\W\d_]{3,}")  # no `on/off`, no `AC/DC`
# Between two labels these say of what kind one is: `noise of rain`.
_SAYS_KIND = frozenset(
    (
        *("of", "in", "with", "without", "on", "at", "near", "from", "by", "for", "to", "under"),
        *("de", "del", "en", "con", "sin", "por", "para", "sobre", "a", "al", "bajo", "junto a"),
        *("von", "vom", "im", "mit", "ohne", "bei", "auf", "du", "des", "dans", "avec", "sans"),
        *("sur", "di", "della", "senza", "su", "do", "da", "dos", "das", "com", "sem", "em", "no"),
    )
)
_BEFORE_THE_LAST = ("and", "&", "y", "e", "et", "und", "en", "och", "og")  # `owl, rail and jay`


class JoinedLabels(NamedTuple):
    """Cells that may hold several labels.

    Attributes:
        cells: all of them, different ones once.
        shown: an example.
        marks: what stands between labels, the commonest first; empty for lists of Python.
        others: an example for each mark but the first.
        sure: whether a piece of a cell is a label elsewhere, or may stand at either side of others.
    """

    cells: list[str]
    shown: str
    marks: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    sure: bool = True


def several_in_one(counts: Counter[str], column: str) -> list[str]:
    """A sentence where cells hold several labels: lists, or pieces that come again elsewhere."""
    found = joined_labels(counts)
    if not found:
        cell, mark, pieces = _of_known_labels(counts)
        return [
            f"{_may_be_several(cell, pieces)}, take "
            f'head.kind = "tag" with head.column = "{column}" and head.separator = "{mark}"'
        ] if cell else []  # fmt: skip
    separator = mixed = ""
    if found.marks and found.marks[0].strip(" ") not in (*_SURE_MARKS,):
        mark = found.marks[0].replace("\\", "\\\\")
        separator = f' and head.separator = "{mark}"'
    elif found.marks == (" ",):
        separator = ' and head.separator = " "'
    if found.others:
        others = " and ".join(f"`{one}`" for one in found.others)
        mixed = f", once `{found.marks[0]}` stands in {others} too"
    total = sum(counts[cell] for cell in found.cells)
    shown = found.shown.strip().replace("\n", "\\n")
    if not found.sure:
        return [
            f"{counted(total, 'cell holds', 'cells hold')} a comma (`{shown}`): if it stands "
            f'between several labels, take head.kind = "tag" with head.column = "{column}"'
        ]
    return [
        f"{counted(total, 'cell holds', 'cells hold')} several labels (`{shown}`), and "
        "each combination is a class of its own; if a sound may have several, take "
        f'head.kind = "tag" with head.column = "{column}"{separator}{mixed}'
    ]


def several_in_folders(counts: Counter[str]) -> list[str]:
    """The same about class folders, whose names hold several labels."""
    found = joined_labels(counts)
    if not found:
        cell, _, pieces = _of_known_labels(counts)
        return [
            f'{_may_be_several(cell, pieces)}, take head.kind = "tag" and a table with the '
            "columns file,label that has them between semicolons"
        ] if cell else []  # fmt: skip
    folders = counted(len(found.cells), "class folder names", "class folders name")
    return [
        f"{folders} several labels (`{found.shown}`), and each combination is a class of its own; "
        'if a sound may have several, take head.kind = "tag" and a table with the columns '
        "file,label that has them between semicolons"
    ]


def _of_known_labels(counts: Counter[str]) -> tuple[str, str, list[str]]:
    """A cell such as `owl_rail` beside `owl` and `rail`, its mark and pieces; else empty ones.

    A dash is rather inside a name: `hip-hop`.
    """
    alone = {label.strip() for label in counts}
    for cell in sorted(alone):
        pieces = cell.split("_")
        if len({*pieces}) > 1 and alone >= {*pieces} and all(map(_WORD.search, pieces)):
            return cell, "_", pieces
    return "", "", []


def _may_be_several(cell: str, pieces: Sequence[str]) -> str:
    named = " and ".join(f"`{one}`" for one in pieces)
    return (
        f"`{cell}` is a class of its own beside {named}: if it means that a sound has all of them"
    )


def joined_labels(counts: Counter[str]) -> JoinedLabels | None:
    """Which labels may be several in one cell; None where none may be.

    Args:
        counts: how many recordings have each label.
    """
    lists = [label for label in counts if _LIST.fullmatch(label.strip())]
    if lists:
        return JoinedLabels(lists, max(lists, key=len))
    parted = _with_words(counts, _between_marks(counts))
    if parted:
        marks = tuple(parted)
        cells = [*dict.fromkeys(cell for found in parted.values() for cell in found)]
        others = tuple(parted[mark][0] for mark in marks[1:])
        sure = marks != (",",) or not _in_one_order(cells, counts)
        return JoinedLabels(cells, cells[0], marks, others, sure)
    cells = _between_spaces(counts)
    return JoinedLabels(cells, cells[0], (" ",)) if cells else None


def _in_one_order(cells: Sequence[str], counts: Counter[str]) -> bool:
    """Whether cells may be things and their states: `door, open`, `door, close`.

    What stands before a comma never stands behind one, nor alone, and comes again with another.
    """
    own = [[piece.strip().casefold() for piece in cell.split(",")] for cell in cells]
    alone = {label.strip().casefold() for label in counts}
    first, second = {one[0] for one in own}, {piece for one in own for piece in one[1:]}
    again = len(first) < len({tuple(one) for one in own})
    return again and not first & second and not alone & (first | second)


def _between_marks(counts: Counter[str]) -> dict[str, list[str]]:
    """Cells that hold several labels, by the mark between them; one column may have several."""
    alone = {label.strip() for label in counts}
    known: set[str] = set()  # pieces between the marks before
    found: dict[str, list[str]] = {}
    for mark in "\n;|,+/\\&":
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
    return found or _turned_around(counts)


def _turned_around(counts: Counter[str]) -> dict[str, list[str]]:
    """Labels joined by a dash or an underscore, where both orders and each label alone are there.

    In one order alone `owl_rail` may be a name, as `hip-hop` is.
    """
    alone, found = {label.strip() for label in counts}, dict[str, list[str]]()
    for mark in "_-":
        own = {cell: tuple(cell.strip().split(mark)) for cell in counts if mark in cell}
        orders = {*own.values()}
        cells = [
            cell
            for cell, one in own.items()
            if len({*one}) > 1 and alone >= {*one} and one[::-1] in orders
        ]
        if cells:
            found[mark] = cells
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
        if between and not parted and between.strip().casefold() in _SAYS_KIND:
            continue
        if between and between.strip():  # names of two words are asked about with more care
            found.setdefault(between, []).append(cell)
    return found or _joined_in_both_orders(counts) or _joined_to_several(counts)


def _joined_to_several(counts: Iterable[str]) -> dict[str, list[str]]:
    """Cells joined by `and`, where a label is joined to several others and one stands alone.

    `owl and rail` and `crake and rail` beside `owl`; alone, `rock and roll` is a name.
    """
    alone = {label.strip().casefold() for label in counts}
    joined: dict[str, dict[str, tuple[str, str]]] = {}
    for cell in counts:
        before, word, after = _last_of_list(cell)
        if word:
            joined.setdefault(word, {})[cell] = (before.casefold(), after.casefold())
    found = dict[str, list[str]]()
    for word, own in joined.items():
        often = Counter(piece for pair in own.values() for piece in pair)
        cells = [cell for cell, pair in own.items() if max(often[piece] for piece in pair) > 1]
        if any(alone & {*own[cell]} for cell in cells):
            found[f" {word} "] = cells
    return found


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

    Any piece is enough between `;`, `|` and `,`. The other marks may stand inside a label, so
    that every piece must come again, and one by itself, or first in one cell and last in another,
    or a word must be a label by itself (`_is_joined`); then all cells that share a piece are meant.
    """
    pieces = Counter(piece.strip() for label in counts for piece in {*label.split(mark)})
    if mark not in _SURE_MARKS:
        apart = {cell: [piece.strip() for piece in cell.split(mark)] for cell in cells}
        several = {cell: own for cell, own in apart.items() if len({*own}) > 1}
        turned = {own[0] for own in several.values()} & {own[-1] for own in several.values()}
        sure = {*alone} | {one for one in turned if not _NUMBER.fullmatch(one)}  # 3/4 and 4/8
        begun = [cell for cell, own in several.items() if _is_joined(own, pieces, alone, sure)]
        known = {piece for cell in begun for piece in apart[cell]}
        return [cell for cell, own in several.items() if cell in begun or known & {*own}]
    shared = [cell for cell in cells if any(pieces[one.strip()] > 1 for one in cell.split(mark))]
    if mark == "," and _are_inverted(shared, pieces, alone):
        return []
    return shared if len(shared) > 1 or len(cells) == 1 else []


def _is_joined(
    own: Sequence[str],
    pieces: Counter[str],
    alone: Collection[str],
    sure: Collection[str],
) -> bool:
    """Whether the pieces of a cell are labels, though the mark may stand inside a name."""
    if all(pieces[one] > 1 for one in own) and {*sure} & {*own}:
        return True
    known = [one for one in dict.fromkeys(own) if one in alone]
    words = all(map(_WORD.search, own))
    # `owl + rail + crake` beside two of them, `owl/rail` and `owl/crake` beside `owl`.
    several = any(pieces[one] > 2 for one in known)
    return words and (len(known) > 1 or several)


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
