"""Counts, lists and lengths of time in a sentence: `3 files`, `a, b and 4 more`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_NAMES_AND_NUMBERS = re.compile(r"\S+\.[A-Za-z]\w{1,3}\b|\d[\d.,]*")


def first_five(names: Sequence[str]) -> str:
    """The first five names, and how many more there are.

    >>> first_five(["a", "b"]), first_five(list("abcdefg"))
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5:,} more" if len(names) > 5 else shown


def first_three(names: Sequence[str]) -> str:
    """The first three names, and how many more there are: for names that are long.

    >>> first_three(list("abcd"))
    'a, b, c and 1 more'
    """
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3:,} more" if len(names) > 3 else shown


def by_kind(named: Iterable[tuple[str, str]], noun: str = "recording") -> list[str]:
    """Names with a sentence each; more than three of one kind become one sentence.

    Sentences are of one kind where they differ in numbers and names of files alone.

    >>> by_kind([("a.wav", "lasts 3.0 s"), ("b.wav", "is silent")])
    ['a.wav: lasts 3.0 s', 'b.wav: is silent']
    >>> by_kind([(f"{name}.wav", f"lasts {at} s") for at, name in enumerate("abcdef")])
    ['6 recordings: lasts 0 s; the numbers differ (a.wav, b.wav, c.wav and 3 more)']
    """
    kinds: dict[str, list[tuple[str, str]]] = {}
    for name, sentence in named:
        kinds.setdefault(_NAMES_AND_NUMBERS.sub("0", sentence), []).append((name, sentence))
    found = []
    for same in kinds.values():
        if len(same) <= 3:
            found += [f"{name}: {sentence}" for name, sentence in same]
            continue
        alike = "" if len({sentence for _, sentence in same}) == 1 else "; the numbers differ"
        names = f"{', '.join(name for name, _ in same[:3])} and {len(same) - 3:,} more"
        found.append(f"{counted(len(same), noun)}: {same[0][1]}{alike} ({names})")
    return found


_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "þ": "th"})


def reading_order(name: str) -> tuple[str, str]:
    """A key that sorts names as readers look for them: without case and accents.

    >>> sorted(["Zorzal", "Árbol", "nube", "Ñandú", "agua"], key=reading_order)
    ['agua', 'Árbol', 'Ñandú', 'nube', 'Zorzal']
    """
    apart = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    return "".join(one for one in apart if not unicodedata.combining(one)), name


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number and its noun.

    >>> counted(1, "file"), counted(2500, "file"), counted(2, "class", "classes")
    ('1 file', '2,500 files', '2 classes')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spoken(seconds: float) -> str:
    """A length of time as people say it.

    >>> spoken(3.25), spoken(95), spoken(40000), spoken(0.0123)
    ('3.2 s', '1.6 min', '11.1 h', '12 ms')
    """
    if 0 < seconds < 0.05:
        return f"{1000 * seconds:.2g} ms"
    if seconds >= 7200:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.1f} min" if seconds >= 90 else f"{seconds:.1f} s"


def length_text(seconds: float) -> str:
    """A length of time to three digits, in milliseconds where it is shorter than a hundredth.

    >>> length_text(0.9), length_text(6.25e-5), length_text(0.0), length_text(1234.5)
    ('0.9 s', '0.0625 ms', '0 s', '1,234 s')
    """
    if 0 < seconds < 0.01:
        return f"{1000 * seconds:.3g} ms"
    return f"{seconds:,.0f} s" if seconds >= 1000 else f"{seconds:.3g} s"
