"""Two known labels in one cell with something short between them: `owl and rail`, `owl - rail`."""

from __future__ import annotations

import re
from collections.abc import Collection

_LONGEST_BETWEEN, _MOST_WORDS, _LONGEST_WORD = 12, 2, 5  # `and`, `sowie`, `junto con`


def what_joins(cell: str, known: Collection[str]) -> str | None:
    """What stands between the labels of a cell, where it is short; None where it is no such cell.

    Args:
        cell: as it is written.
        known: all labels, without capitals (`casefold`).

    >>> what_joins("Owl and rail", {"owl", "rail"}), what_joins("barn owl", {"owl", "rail"})
    (' and ', None)
    >>> what_joins("owl, rail y jay", {"owl", "rail", "jay"}), what_joins("鳥と犬", {"鳥", "犬"})
    (', ', 'と')
    """
    text = cell.strip()
    for at in range(len(text) - 2, 0, -1):
        if text[:at].casefold() not in known:
            continue
        for end in range(at + 1, min(at + _LONGEST_BETWEEN, len(text) - 1) + 1):
            between, rest = text[at:end], text[end:]
            if rest[0].isspace() or not _parts(text[at - 1], between, rest[0]):
                continue
            if rest.casefold() in known or what_joins(rest, known):
                return between
    return None


def _parts(before: str, between: str, after: str) -> bool:
    """Whether what stands between two labels is short, and inside no word."""
    words = re.findall(r"[^\W\d_]+", between)
    return (
        len(words) <= _MOST_WORDS
        and all(len(word) <= _LONGEST_WORD for word in words)
        and not any(map(str.isdigit, between))
        and (bool(words) or any(map(str.isspace, between)))
        and not (_is_spelt(before) and _is_spelt(between[0]))
        and not (_is_spelt(between[-1]) and _is_spelt(after))
    )


def _is_spelt(character: str) -> bool:
    """Whether words are told by spaces in this writing, as they are not in Japanese."""
    return character.isdigit() or character.lower() != character.upper()
