"""Labels as people write them: missing ones, and ones that differ in spelling alone."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from tonotope._wording import counted, first_five, first_three
from tonotope.datasets.several_labels import several_in_one

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
_FEW = 2  # doubts of one kind that have a sentence each
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
    found = _alike(similar_labels(counts), counts)
    found += _same_numbers(_equal_numbers(counts), counts)
    found += _slips(counts)
    absent = [label for label in counts if label.strip().lower() in _ABSENT_WORDS]
    found += _named_none(absent, counts)
    found += several_in_one(counts, column)
    if len(counts) == 1:
        found.append(f"one class alone (`{next(iter(counts))}`): there is nothing to tell it from")
    return found


def tag_warnings(tags: Iterable[str]) -> list[str]:
    """Sentences on tags that may be meant to be the same; none is changed.

    Args:
        tags: of all recordings, once for each that has it.

    >>> tag_warnings(["Dog", "dog", "cat"])[0]
    '`Dog` (1) and `dog` (1) differ in case, spaces or marks alone: did you mean one tag? ...'
    """
    counts = Counter(tags)
    together = similar_labels(counts)
    alike = [same for same in together if _looks_same(same)]
    coded = _coded_otherwise(alike, counts)
    same = [one for one in together if one not in alike]
    if not same:
        return [*coded, *_slips(counts)]
    shown, more = _examples(same, counts)
    return [
        f"{shown}{more} differ in case, spaces or marks alone: did you mean one tag? They stay "
        "different until the table is changed",
        *coded,
        *_slips(counts),
    ]


def _alike(together: Sequence[Sequence[str]], counts: Counter[str]) -> list[str]:
    """Labels that differ in case alone: a sentence each, or one for more than two."""
    alike = [same for same in together if _looks_same(same)]
    if alike:
        rest = [same for same in together if same not in alike]
        return [*_coded_otherwise(alike, counts), *_alike(rest, counts)]
    if len(together) > _FEW:
        shown, more = _examples(together, counts)
        return [
            f"{len(together):,} sets of labels differ in case, spaces or marks alone "
            f"({shown}{more}): did you mean one class for each? They stay different until the "
            "table is changed"
        ]
    return [
        f"{_shown(same, counts)} differ in case, spaces or marks alone: did you mean one class? "
        "They stay different until the table is changed"
        for same in together
    ]


def _looks_same(labels: Sequence[str]) -> bool:
    """Whether nobody sees how labels differ: in composed letters, or signs that are not seen."""
    shown = {unicodedata.normalize("NFC", label) for label in labels}
    shown = {"".join(" " if one.isspace() else one for one in label) for label in shown}
    return len({"".join(filter(_is_seen, label)).rstrip() for label in shown}) == 1 and not any(
        label != label.rstrip(" ") for label in labels
    )


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in ("Cf", "Cc")


def _coded_otherwise(together: Sequence[Sequence[str]], counts: Counter[str]) -> list[str]:
    """Labels that look the same: which characters some of them have and others not."""
    return [
        f"{_shown(same, counts)} look the same, but are coded in {len(same)} ways "
        f"({first_three(_codes(same))}): did you mean one label? They stay different until the "
        "table is changed"
        for same in together
    ]


def _codes(labels: Sequence[str]) -> list[str]:
    """The characters beyond ASCII that not all labels have, as Unicode counts them."""
    shared = set.intersection(*map(set, labels))
    differing = sorted({*"".join(labels)} - shared)
    return [f"U+{ord(one):04X}" for one in differing if not one.isascii() or not one.isprintable()]


def _same_numbers(together: Sequence[Sequence[str]], counts: Counter[str]) -> list[str]:
    """Labels that are the same number: a sentence each, or one for more than two."""
    if len(together) > _FEW:
        shown, more = _examples(together, counts)
        return [
            f"{len(together):,} sets of labels are the same number written differently "
            f"({shown}{more}): did you mean one class for each? They stay different until the "
            "table is changed"
        ]
    return [
        f"{_shown(same, counts)} are the same number written differently: did you mean one class? "
        "They stay different until the table is changed"
        for same in together
    ]


def _named_none(absent: Sequence[str], counts: Counter[str]) -> list[str]:
    """Labels that say that there is none: a sentence each, or one for more than two."""
    if len(absent) > _FEW:
        total = counted(sum(counts[label] for label in absent), "recording is", "recordings are")
        shown = first_three([f"`{label}` ({counts[label]:,})" for label in absent])
        return [
            f"{total} labelled {shown}, read as classes like any other; if they mean that the "
            "label is missing, empty the cells"
        ]
    return [
        f"{counted(counts[label], 'recording is', 'recordings are')} labelled `{label}`, "
        "read as a class like any other; if it means that the label is missing, empty the cell"
        for label in absent
    ]


def _examples(together: Sequence[Sequence[str]], counts: Counter[str]) -> tuple[str, str]:
    """Three sets of labels, and how many more there are."""
    shown = "; ".join(_shown(same, counts) for same in together[:3])
    return shown, f" and {len(together) - 3:,} more" if len(together) > 3 else ""


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
