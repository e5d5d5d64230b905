"""How long names are shortened: in the middle, and so that no two of them look alike."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

_MORE = 8


def shorten(name: str, most: int) -> str:
    """A name of at most `most` characters: its beginning, a dot leader, and more of its end.

    Names of files and classes tell themselves apart by their ends more often than by their
    beginnings.

    >>> shorten("recordings of 2024/organ, left manual, 07.wav", 24)
    'recording…manual, 07.wav'
    >>> shorten("bell/07.wav", 24)
    'bell/07.wav'
    """
    if len(name) <= most:
        return name
    kept = max(most - 1, 2)
    tail = name[-(kept - kept * 2 // 5) :]
    while tail and (unicodedata.combining(tail[0]) or tail[0] in "\u200d\ufe0f"):
        tail = tail[1:]  # an accent or a joiner without its letter
    return f"{name[: kept * 2 // 5].rstrip()}…{tail.lstrip()}"


def shortened(names: Iterable[str], most: int) -> dict[str, str]:
    """Short forms of names, all different: those that would look alike are cut less.

    >>> list(shortened(["the first of many notes", "the third of many notes"], 12).values())
    ['the fir…f many notes', 'the thi…f many notes']
    """
    short: dict[str, str] = {}
    left, room = list(dict.fromkeys(names)), most
    while left:
        alike: dict[str, list[str]] = defaultdict(list)
        for name in left:
            alike[shorten(name, room)].append(name)
        taken = set(short.values())
        left = []
        for form, same in alike.items():
            unlike = len(same) == 1 and form not in taken
            for name in same:
                if unlike or form == name:
                    short[name] = form
                else:
                    left.append(name)
        room += _MORE
    return short
