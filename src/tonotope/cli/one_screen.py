"""What fits on one screen: sentences whole where there is room, else one line each, or counted.

Of a hundred inputs or fewer everything is told in full. Of more, a screen is what a person reads:
24 lines of 80 columns, whatever the terminal. What is cut ends with a dot leader.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, TextIO

from tonotope.cli.grouped_messages import EXAMPLES, in_short, name_in
from tonotope.cli.language import told
from tonotope.cli.wrapping import columns, width_of, wrapped

LINES = 24
COLUMNS = 80
MANY = 100  # inputs; of fewer everything is told, however many lines that takes
_SHORT_NAME = 30  # columns that an example takes where there is no room for all of it
_ONE_OF_TWO = 40  # columns of a name where a sentence is on two
_LEAST_NAME = 14  # columns of a name where what is said of it needs the room
_MORE = "…"
_NAME = (  # of a file, not of a key such as `data.group`
    r"(?!(?:data|split|representation|network|head|training|test)\.)"
    r"[^\s,;:()`][^,;:()`]*?\.[A-Za-z][A-Za-z0-9]{1,4}(?:@[\d.]+-[\d.]+)?(?: \(row \d+\))?"
)
_SEVERAL = re.compile(
    rf"(?P<before>^|: |\()(?P<name>{_NAME})(?:, {_NAME})*(?:,? (?:and|y) [\d,.]+ \w+)?"
    r"(?=$|[;:,)]| (?:and|y) )"
)
_EACH = re.compile(rf"(?:(?<=^)|(?<=[:,;] )|(?<=\()|(?<= and )|(?<= y )){_NAME}(?=[;:,)]| |$)")
_LEADING = re.compile(
    rf"^(?P<name>{_NAME})(?P<others>(?:, {_NAME})*(?:,? (?:and|y) (?:{_NAME}|[\d,.]+ \w+))?)(?= )"
)
_LISTED = re.compile(r" \([^()]*, [^()]*\)")  # examples between brackets
_QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"")
_NUMBER = re.compile(r"\d[\d.,]*")
_SOME = re.compile(r"^([\d,]+) (?:recordings? to look at|recordings?|rows?): ")
_CLAUSE = re.compile(r"; |, | \(|: ")


class Entry(NamedTuple):
    """Something to tell: whole, in one line, and how pressing it is; the least number first."""

    rank: int
    whole: str
    short: str


def screen_width(stream: TextIO | None = None) -> int:
    """How many columns a line may have; as on a plain terminal where lines stay whole."""
    return columns(stream or sys.stdout) or COLUMNS


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes."""
    return wrapped(told(text), width).count("\n") + 1


def fitted(entries: Sequence[Entry], lines: int, width: int) -> tuple[list[str], int]:
    """The entries that fit, each in one line or whole, and how many lines are left.

    The most pressing come first where there is too little room, and are whole where there is more.

    Returns:
        The text of each entry in the order of `entries`, empty where there is no room for it.
    """
    most_pressing = sorted(range(len(entries)), key=lambda at: entries[at].rank)
    found = [""] * len(entries)
    for at in most_pressing:
        need = lines_of(entries[at].short, width)
        if need <= lines:
            found[at], lines = entries[at].short, lines - need
    return found, lines


def made_whole(
    entries: Sequence[Entry], shown: Sequence[str], lines: int, width: int
) -> tuple[list[str], int]:
    """The entries that are shown, those whole that there are still lines for."""
    found = [*shown]
    for at in sorted(range(len(entries)), key=lambda at: entries[at].rank):
        more = lines_of(entries[at].whole, width) - lines_of(found[at], width)
        if found[at] and more <= lines:
            found[at], lines = entries[at].whole, lines - more
    return found, lines


def alike(sentences: Sequence[str]) -> list[list[str]]:
    """Sentences together that differ in numbers, names of files and what is said of those alone.

    >>> alike(["a.wav: says `x`", "2 rows of `x`", "b.wav: says `y`", "3 rows of `y`"])
    [['a.wav: says `x`', 'b.wav: says `y`'], ['2 rows of `x`'], ['3 rows of `y`']]
    """
    kinds: dict[str, list[str]] = {}
    for one in sentences:
        kind = _EACH.sub("a file", one)
        if kind != one:  # what is quoted is about the file, as its label is
            kind = _QUOTED.sub("`#`", kind)
        kinds.setdefault(_NUMBER.sub("#", kind), []).append(one)
    return [*kinds.values()]


def kind_in_one_line(messages: Sequence[str], room: int) -> str:
    """Messages of one kind about files: how many, what they say, and one of the files.

    >>> kind_in_one_line([f"{one}.wav: empty file (0 bytes); copy it again" for one in "ab"], 50)
    '2 × empty file (0 bytes); copy it again: a.wav'
    >>> kind_in_one_line([f"{one}.wav: empty file (0 bytes); copy it again" for one in "ab"], 40)
    '2 × empty file (0 bytes)…: a.wav'
    """
    if len(messages) == 1:
        return in_one_line(messages[0], room)
    said = messages[0].partition(": ")[2]
    count = f"{len(messages):,} × "
    return count + _with_example(told(said), name_in(messages[0]), room - width_of(count))


def kind_whole(messages: Sequence[str]) -> list[str]:
    """Messages of one kind: up to three of them, or one sentence with a count and three names."""
    return [*messages] if len(messages) <= EXAMPLES else [in_short(messages)]


def in_one_line(text: str, room: int) -> str:
    """A sentence cut to one line: of several names the first, and of its clauses those that fit.

    >>> in_one_line("3 recordings clipped: a/long folder/x.wav, y.wav and 1 more; do it again", 39)
    '3 recordings clipped: a/long fol…/x.wav'
    """
    count = _SOME.match(text)
    if count:
        many = "" if count[1] == "1" else f"{count[1]} × "
        return many + in_one_line(text[count.end() :], room - width_of(many))
    text = told(text)
    if width_of(text) <= room:
        return text
    *_, last = [*_SEVERAL.finditer(text)] or [None]
    if last is None:
        return _cut(text, room)
    if last["before"]:
        return _with_example(text[: last.start()].rstrip(), last["name"], room)
    if text[last.end("name") :].startswith(": "):
        said = text[last.end("name") :]
        name = path_in(last["name"], max(room - width_of(said), min(_SHORT_NAME, room // 2)))
        return f"{name}: {_cut(said[2:], room - width_of(name) - 2)}"
    return with_short_names(text, room)


def with_short_names(text: str, room: int) -> str:
    """A sentence on files whose names are cut first, and then itself.

    >>> with_short_names("a long folder/of some.wav, a long folder/of more.wav are the same", 60)
    'a…/of some.wav, a…/of more.wav are the same'
    >>> with_short_names("a long folder/of some.wav, a long folder/of more.wav are the same", 40)
    'a long fold…/of some.wav, … are the same'
    """
    text = told(text)
    if width_of(text) <= room:
        return text
    for columns_of_each in (_ONE_OF_TWO, _LEAST_NAME):
        shorter = _EACH.sub(partial(_short, columns_of_each), text)
        if width_of(shorter) <= room or room > COLUMNS:
            return _without_middle(shorter, room)
    first = _LEADING.match(text)
    if not first:
        return _cut(shorter, room)
    # What is said of them must be read: of several names the first stands for all.
    others = f", {_MORE}" if first["others"] else ""
    said = text[first.end() :]
    name = path_in(first["name"], max(_LEAST_NAME, room - len(others) - width_of(said)))
    return f"{name}{others}{_cut(said, room - width_of(name) - len(others))}"


def _without_middle(text: str, room: int) -> str:
    """The clauses between semicolons that fit, the last of them always: what to do stands there.

    >>> _without_middle("a, b are the same; c, d are the same; e, f are; leave out one", 55)
    'a, b are the same; c, d are the same…; leave out one'
    >>> _without_middle("a, b are the same; c, d are the same; e, f are; leave out one", 40)
    'a, b are the same…; leave out one'
    """
    *clauses, last = text.split("; ")
    for kept in range(len(clauses), 0, -1):
        more = _MORE if kept < len(clauses) else ""
        shorter = f"{'; '.join(clauses[:kept])}{more}; {last}"
        if width_of(shorter) <= room:
            return shorter
    return _cut(text, room)


def _short(most: int, found: re.Match[str]) -> str:
    return path_in(found[0], most)


def path_in(name: str, room: int) -> str:
    """A path in so many columns: first its folders are cut, then the middle of the file's name.

    >>> path_in("Corvus corax/XC1-Corvus_corax.mp3", 26), path_in("a/0123456789.wav", 9)
    ('Corv…/XC1-Corvus_corax.mp3', '012…9.wav')
    """
    if width_of(name) <= room:
        return name
    folder, _, file = name.rpartition("/")
    left = room - width_of(file) - len(f"{_MORE}/")
    if folder and left >= 0:
        return f"{folder[:left].rstrip()}{_MORE}/{file}"
    from tonotope.reporting.short_names import shorten

    return shorten(file, room)


def _with_example(said: str, name: str, room: int) -> str:
    file = name.rpartition("/")[2]
    least = min(width_of(name), width_of(file) + len(f"{_MORE}/"), _SHORT_NAME)
    end = _CLAUSE.search(said)
    clause = width_of(said[: end.start()]) + len(_MORE) if end else width_of(said)
    if clause > room - least - 2:  # what is said must be read; the name may be cut
        least = min(least, max(_LEAST_NAME, room - clause - 2))
    said = _cut(said, room - least - 2)
    return f"{said}: {path_in(name, room - width_of(said) - 2)}"


def _cut(text: str, room: int) -> str:
    """The clauses of a text that fit, or the words of its first."""
    if width_of(text) <= room:
        return text
    text = _LISTED.sub("", text)
    if width_of(text) < room:
        return f"{text}{_MORE}"
    ends = [cut.start() for cut in _CLAUSE.finditer(text)]
    for end in reversed(ends):
        begun = text[:end]
        whole = begun.count("(") == begun.count(")") and begun.count("`") % 2 == 0
        if whole and room // 2 <= width_of(begun) + 1 <= room:
            return f"{begun}{_MORE}"
    while width_of(text) >= room:
        shorter = text.rpartition(" ")[0]
        text = shorter if width_of(shorter) >= room // 2 else text[: room - 1]
    return f"{text}{_MORE}"
