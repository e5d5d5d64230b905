"""Messages of one kind about many files: three examples and a count in place of thousands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tonotope._wording import counted, first_three

EXAMPLES = 3
MOST_KINDS = 8  # of many messages: more would fill a screen
FEW = 40  # so many messages are told whatever their kinds
_QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"")
_SAME_AS = re.compile(r"(.*) \(row ([\d,]+)\): says the same as row ([\d,]+)")
_NUMBER = re.compile(r"\d[\d.,]*")


def kind_of(message: str) -> str:
    """What a message about a file says, without the file, numbers and quotations; else empty.

    >>> kind_of("a.mp3: header says 29.2 s, file holds 4.1 s")
    'header says # s, file holds # s'
    >>> kind_of("a sentence about all of them")
    ''
    """
    name, colon, said = message.partition(": ")
    return _NUMBER.sub("#", _QUOTED.sub("`#`", said)) if colon and name else ""


def name_in(message: str) -> str:
    """The file that a message is about.

    >>> name_in("a.mp3: header says 29.2 s, file holds 4.1 s")
    'a.mp3'
    """
    return message.partition(": ")[0]


def example_of(messages: Sequence[str]) -> tuple[str, str]:
    """The first of several messages of one kind: its file, and what is said of all of them.

    Rows that repeat another one each do not all repeat the same.

    >>> two = ["a.wav (row 3): says the same as row 2", "b.wav (row 5): says the same as row 4"]
    >>> example_of(two)
    ('a.wav (row 3 as row 2)', 'says the same as an earlier row')
    """
    name, _, said = messages[0].partition(": ")
    again = _SAME_AS.fullmatch(messages[0])
    if again and len({one.partition(": ")[2] for one in messages}) > 1:
        file, row, other = again.groups()
        return f"{file} (row {row} as row {other})", "says the same as an earlier row"
    return name, said


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
    _, said = example_of(messages)
    example = "" if len({one.partition(": ")[2] for one in messages}) == 1 else ", for example"
    if said not in messages[0]:  # it holds for all of them
        example = ""
    names = first_three([name_in(one) for one in messages])
    return f"{len(messages):,} times{example}: {said} ({names})"


def of_other_kinds(kinds: Sequence[Sequence[str]]) -> str:
    """Messages of the kinds that there is no room for: how many of each, with three names.

    >>> of_other_kinds([["a.wav: empty file"], ["b.wav: text", "c.wav: text"]])
    '3 more for 2 other reasons: a.wav, b.wav, c.wav'
    """
    names = [name_in(one) for alike in kinds for one in alike]
    reasons = counted(len(kinds), "other reason")
    return f"{len(names):,} more for {reasons}: {first_three(names)}"
