"""Labels as people write them: missing ones, and ones that differ in spelling alone."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from tonotope._wording import counted, first_five

_ABSENT_WORDS = frozenset(
    {
        *("none", "na", "n/a", "n.a.", "<na>", "null", "nil", "nat", "missing", "unknown"),
        *("undefined", "n/d", "s/d", "ninguno", "ninguna", "desconocido", "desconocida"),
        *("keine", "unbekannt", "k.a.", "?", "-", "--", "---", "."),
    }
)
# What a spreadsheet shows for a formula that failed: #N/A, #VALUE!, #NV, #¡REF!, and #### for a
# column too narrow.
_SPREADSHEET_ERROR = re.compile(
    r"#(?:[¡¿]?[A-ZÁÉÍÓÚÜ_]+(?:/[A-Z0-9]+)?[!?]|N/[ADV]|NV|[A-Z]+/0!|#+)"
)
_LIST = re.compile(r"""[\[({]\s*['"].*['"]\s*,?\s*[\])}]""")  # as Python and pandas write one
_NUMBER = re.compile(r"\d+[.,]?\d*")
_MOST_COMPARED = 500
_OFTEN = 5


def why_missing(label: str) -> str | None:
    """Why a cell holds no label: it is empty, or it is what is left of a number that was none.

    The errors of spreadsheets are such too.

    >>> why_missing(" "), why_missing("007"), why_missing("NaN"), why_missing("#N/A")
    ('has no label', None, 'has no label (`NaN`)', 'has no label (`#N/A`)')
    """
    bare = label.strip()
    if not bare:
        return "has no label"
    lost = bare.lower() == "nan" or _SPREADSHEET_ERROR.fullmatch(bare)
    return f"has no label (`{bare}`)" if lost else None


def is_blank(text: str) -> bool:
    """Whether a cell is empty, or says in a word that nothing is known: NA, none, `-`.

    >>> is_blank(" "), is_blank("NA"), is_blank("#N/A"), is_blank("0")
    (True, True, True, False)
    """
    return why_missing(text) is not None or text.strip().lower() in _ABSENT_WORDS


def normalised(text: str) -> str:
    """What stays of a label when case, spaces and joining marks are left aside.

    >>> normalised(" Dog_Bark") == normalised("dog bark")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("i\u0307", "i")
    folded = "".join(one for one in folded if unicodedata.category(one) != "Cf")  # not seen
    folded = folded.replace("\u0131", "i")  # Turkish
    return re.sub(r"[\s_\-]+", " ", folded).strip()


def similar_labels(labels: Iterable[str]) -> list[tuple[str, ...]]:
    """Labels that differ only in case, spaces or joining marks, together.

    >>> similar_labels(["dog", "Dog", "cat", "dog "])
    [('Dog', 'dog', 'dog ')]
    """
    together: dict[str, list[str]] = {}
    for label in sorted(set(labels)):
        together.setdefault(normalised(label), []).append(label)
    return [tuple(same) for same in together.values() if len(same) > 1]


def label_warnings(labels: Iterable[str], column: str = "label") -> list[str]:
    """Sentences on labels that may be meant to be the same, or to be none; none is changed.

    Args:
        labels: of all recordings.
        column: where they stand.

    >>> label_warnings(["dog", "dog", "Dog ", "cat"])[0]
    '`Dog ` (1) and `dog` (2) differ in case, spaces or marks alone: did you mean one class? ...'
    """
    counts = Counter(labels)
    found = [
        f"{_shown(same, counts)} differ in case, spaces or marks alone: did you mean one class? "
        "They stay different until the table is changed"
        for same in similar_labels(counts)
    ]
    found += [
        f"{_shown(same, counts)} are the same number written differently: did you mean one class? "
        "They stay different until the table is changed"
        for same in _equal_numbers(counts)
    ]
    found += _slips(counts)
    absent = [label for label in counts if label.strip().lower() in _ABSENT_WORDS]
    found += [
        f"{counted(counts[label], 'recording is', 'recordings are')} labelled `{label}`, "
        "read as a class like any other; if it means that the label is missing, empty the cell"
        for label in absent
    ]
    found += _several_in_one(counts, column)
    if len(counts) == 1:
        found.append(f"one class alone (`{next(iter(counts))}`): there is nothing to tell it from")
    return found


def _several_in_one(counts: Counter[str], column: str) -> list[str]:
    """A sentence where cells hold several labels: lists, or pieces that come again elsewhere."""
    alone = {label.strip() for label in counts}
    cells = [label for label in counts if _LIST.fullmatch(label.strip())]
    shown, separator = max(cells, key=len, default=""), ""
    for mark in () if cells else ";|,+/&":
        marked = [cell for cell in counts if mark in cell and not _is_number(cell, mark, alone)]
        shared = _shared(counts, marked, mark, alone)
        if shared:
            cells, shown = marked if mark in ";|," else shared, shared[0]
            separator = "" if mark in ";|," else f' and head.separator = "{mark}"'
            break
    if not cells:
        return []
    total = sum(counts[cell] for cell in cells)
    return [
        f"{counted(total, 'cell holds', 'cells hold')} several labels (`{shown}`), and "
        "each combination is a class of its own; if a sound may have several, take "
        f'head.kind = "tag" with head.column = "{column}"{separator}'
    ]


def _shared(
    counts: Counter[str], cells: Sequence[str], mark: str, alone: Collection[str]
) -> list[str]:
    """Cells whose pieces between marks are labels elsewhere too.

    Any piece is enough between `;`, `|` and `,`; the other marks may stand inside a label, so
    that every piece must come again, and one by itself.
    """
    pieces = Counter(piece.strip() for label in counts for piece in {*label.split(mark)})
    if mark not in ";|,":
        apart = {cell: {piece.strip() for piece in cell.split(mark)} for cell in cells}
        return [
            cell
            for cell, own in apart.items()
            if len(own) > 1 and all(pieces[one] > 1 for one in own) and own & {*alone}
        ]
    shared = [cell for cell in cells if any(pieces[one.strip()] > 1 for one in cell.split(mark))]
    return shared if len(shared) > 1 or len(cells) == 1 else []


def _is_number(cell: str, mark: str, alone: Collection[str]) -> bool:
    """Whether a cell is a number with this mark in it, and no list of labels such as 1,2."""
    number = _NUMBER.fullmatch(cell.strip()) is not None
    return number and not all(piece.strip() in alone for piece in cell.split(mark))


def _shown(labels: Iterable[str], counts: Counter[str]) -> str:
    return " and ".join(f"`{label}` ({counts[label]:,})" for label in labels)


def _equal_numbers(counts: Counter[str]) -> list[list[str]]:
    numbers: defaultdict[float, list[str]] = defaultdict(list)
    for label in sorted(counts):
        bare = label.strip().replace(",", ".")
        if bare.replace(".", "", 1).isdecimal() and bare.isascii():
            numbers[float(bare)].append(label)
    return [same for same in numbers.values() if len({label.strip() for label in same}) > 1]


def _slips(counts: Counter[str]) -> list[str]:
    """Labels that occur once and are spelt nearly like one that occurs often."""
    if len(counts) > _MOST_COMPARED:
        return []
    often = [label for label, count in counts.items() if count >= _OFTEN and len(label) > 3]
    known_twins = {label for same in similar_labels(counts) for label in same}
    found: list[str] = []
    for label, count in counts.items():
        if count > 1 or len(label) <= 3 or label in known_twins or label[-1:].isdecimal():
            continue
        near = difflib.get_close_matches(label, often, n=1, cutoff=0.8)
        if near:
            found.append(f"`{label}` occurs once; did you mean `{near[0]}`?")
    return [first_five(found)] if found else []
