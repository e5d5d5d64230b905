"""Messages of one kind about many files: three examples and a count in place of thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

EXAMPLES = 3
_NUMBER = re.compile(r"\d[\d.,]*")


def kind_of(message: str) -> str:
    """What a message about a file says, without the file and the numbers; empty where it is none.

    >>> kind_of("a.mp3: header says 29.2 s, file holds 4.1 s")
    'header says # s, file holds # s'
    >>> kind_of("a sentence about all of them")
    ''
    """
    name, colon, said = message.partition(": ")
    return _NUMBER.sub("#", said) if colon and name else ""


def gathered(messages: Iterable[str]) -> list[list[str]]:
    """Messages of one kind together, in the order in which the kinds came first."""
    kinds: dict[str, list[str]] = {}
    for message in messages:
        kinds.setdefault(kind_of(message) or message, []).append(message)
    return [*kinds.values()]


def in_short(messages: Sequence[str]) -> str:
    """Messages of one kind in one sentence, with a count and three names.

    >>> in_short([f"{name}.wav: empty file" for name in "abcde"])
    '5 times: empty file (a.wav, b.wav, c.wav and 2 more)'
    """
    if len(messages) == 1:
        return messages[0]
    said = messages[0].partition(": ")[2]
    example = "" if len({one.partition(": ")[2] for one in messages}) == 1 else ", for example"
    names = ", ".join(one.partition(": ")[0] for one in messages[:EXAMPLES])
    rest = len(messages) - EXAMPLES
    more = f" and {rest:,} more" if rest > 0 else ""
    return f"{len(messages):,} times{example}: {said} ({names}{more})"
