"""Labels as people write them: missing ones, and ones that differ in spelling alone."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from tonotope._wording import counted, first_five

_ABSENT_WORDS = frozenset({"none", "na", "n/a", "null", "missing", "unknown", "?", "-"})
_MOST_COMPARED = 500
_OFTEN = 5


def why_missing(label: str) -> str | None:
    """Why a cell holds no label: it is empty, or it is what is left of a number that was none.

    >>> why_missing(" "), why_missing("007"), why_missing("NaN")
    ('has no label', None, 'has no label (`NaN`)')
    """
    bare = label.strip()
    if not bare:
        return "has no label"
    return f"has no label (`{bare}`)" if bare.lower() == "nan" else None


def normalised(text: str) -> str:
    """What stays of a label when case, spaces and joining marks are left aside.

    >>> normalised(" Dog_Bark") == normalised("dog bark")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
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


def label_warnings(labels: Iterable[str]) -> list[str]:
    """Sentences on labels that may be meant to be the same, or to be none; none is changed.

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
    found += _several_in_one(counts)
    if len(counts) == 1:
        found.append(f"one class alone (`{next(iter(counts))}`): there is nothing to tell it from")
    return found


def _several_in_one(counts: Counter[str]) -> list[str]:
    """A sentence where cells hold several labels: pieces between marks come again elsewhere."""
    for mark in ";|,":
        cells = [label for label in counts if mark in label]
        pieces = Counter(piece.strip() for label in counts for piece in {*label.split(mark)})
        shared = [
            cell for cell in cells if any(pieces[one.strip()] > 1 for one in cell.split(mark))
        ]
        if len(shared) > 1 or (shared and len(cells) == 1):
            total = sum(counts[cell] for cell in cells)
            return [
                f"{counted(total, 'cell holds', 'cells hold')} several labels (`{shared[0]}`), and "
                "each combination is a class of its own; if a sound may have several, take "
                'head.kind = "tag"'
            ]
    return []


def _shown(labels: Iterable[str], counts: Counter[str]) -> str:
    return " and ".join(f"`{label}` ({counts[label]:,})" for label in labels)


def _equal_numbers(counts: Counter[str]) -> list[list[str]]:
    numbers: defaultdict[float, list[str]] = defaultdict(list)
    for label in sorted(counts):
        bare = label.strip()
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
