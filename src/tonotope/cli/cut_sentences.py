"""A sentence cut to so many columns: what is wrong and what to do about it are what stays.

A sentence says first what is wrong, and later, behind a colon or a semicolon, what to do: a key
with its value, a question, or its last words. What stands between is left out first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tonotope.cli.wrapping import width_of

MORE = "…"
_TABLES = r"(?:data|split|representation|network|head|training|test|resources)"
# What is set: `head.kind = "tag"`, `group = "observer"`, `data.group` alone, `--set data.label=x`.
_KEY = re.compile(
    r"(?<![\w.])(?:"
    r"[a-z_]+(?:\.[a-z_]+)* = (?:\"[^\"]*\"|\[[^\]]*\]|-?[\w.]*\w)"
    rf"|{_TABLES}\.[a-z_]+(?:=[^\s,;:)]+)?"
    r"|--[a-z]+(?:-[a-z]+)*)"
)
_LISTED = re.compile(r" \([^()]*, [^()]*\)")  # examples between brackets
_CLAUSE = re.compile(r"; |, | \(|: ")
_OPENING, _CLOSING, _QUOTES = "([", ")]", '`"'
_LEAST_CLAUSES = 0.58  # of the room: with less of it filled, words say more than whole clauses
_LEAST_HEAD, _LEAST_CURE = 24, 20  # columns where what is said is cut between words


class _Clause(NamedTuple):
    """A piece of a sentence, and the mark before it."""

    mark: str
    text: str


def cut(text: str, room: int) -> str:
    """What is said in so many columns.

    >>> said = 'cells hold several labels (`a/b`), each a class; if so, take head.kind = "tag" now'
    >>> cut(said, 70)
    'cells hold several labels (`a/b`), each a class; head.kind = "tag"'
    >>> cut(said, 54)
    'cells hold several labels (`a/b`)…; head.kind = "tag"'
    >>> cut(said, 40)
    'cells hold several labels (`a/b`)…'
    """
    return with_cure(text, room) or first_words(text, room)


def with_cure(text: str, room: int) -> str:
    """The same where there is room for what to do too; else empty.

    >>> with_cure("a (b, c) is low: look at x and y, not at z alone", 30)
    'a is low: look at x and y…'
    >>> with_cure("a (b, c) is low: look at x and y, not at z alone", 14)
    ''
    """
    if width_of(text) <= room:
        return text
    short = _LISTED.sub("", text)
    if width_of(short) < room and short != text:
        return f"{short}{MORE}"
    fitting = [one for one in _shorter(short, room) if width_of(one.text) <= room]
    return max(fitting, key=lambda one: one.worth).text if fitting else ""


def keeps_cure(short: str, text: str) -> bool:
    """Whether what a sentence says to do, or all that it says where it says no such thing, is left.

    >>> keeps_cure("a is low: look at…", "a is low: look at b"), keeps_cure("a is…", "a is low")
    (True, False)
    """
    majors = [*_parted(_LISTED.sub("", text), ("; ", ": ", ". ", "? "))]
    cure = majors[_cure_at(majors)].text if len(majors) > 1 else majors[0].text
    key = _KEY.search(cure)
    if key:
        return key[0] in short
    return " ".join(cure.split()[:2]) in short if len(majors) > 1 else cure in short


class _Shorter(NamedTuple):
    """A sentence cut, and how much of it is kept: what is wrong is worth twice what to do is."""

    worth: int
    text: str


def _shorter(text: str, room: int) -> Iterator[_Shorter]:
    """The sentence with less and less of what is wrong, and of what to do."""
    majors = [*_parted(text, ("; ", ": ", ". ", "? "))]
    at = _cure_at(majors)
    if not at:
        return
    sure = bool(_KEY.search(majors[at].text) or majors[at].text.endswith("?"))
    if not sure and at > 1:  # of several things that are wrong as many as fit
        for kept in range(1, at):
            if majors[kept].mark != "; ":
                break
            begun = "".join(mark + clause for mark, clause in majors[:kept])
            last = "".join(mark + clause for mark, clause in majors[at:])
            said = f"{begun}{MORE}; {last.removeprefix(majors[at].mark)}"
            yield _Shorter(2 * width_of(said), said)
    heads = ["".join(mark + clause for mark, clause in majors[:kept]) for kept in range(at, 0, -1)]
    head, cure = heads[0], majors[at]
    mark = ": " if cure.mark == ": " else "; "
    first = next(_parted(heads[-1], (", ",))).text
    for said in (*heads[:-1], *_beginnings(heads[-1])) if sure else heads[:1]:
        leader = MORE if said != head else ""
        left = room - width_of(f"{said}{leader}{mark}")
        for todo in _cures(cure.text, left):
            worth = 2 * width_of(said) + width_of(todo)
            yield _Shorter(worth, f"{said}{leader}{mark}{todo}")
            words = _words(first, room - width_of(f"{mark}{todo}"))
            if sure and words != first and width_of(words) >= _LEAST_HEAD:
                worth = 2 * width_of(words) + width_of(todo)
                yield _Shorter(worth, f"{words}{MORE}{mark}{todo}")


def _cure_at(majors: list[_Clause]) -> int:
    """Which of the pieces says what to do: the last with a key, the last question, or the last."""
    places = range(1, len(majors))
    keys = [at for at in places if _KEY.search(majors[at].text)]
    questions = [at for at in places if majors[at].text.endswith("?")]
    return (keys or questions or [len(majors) - 1])[-1]  # 0 where it says nothing of the kind


def _beginnings(head: str) -> Iterator[str]:
    """The piece, then fewer of its clauses, where they say enough."""
    minors = [*_parted(head, (", ", " ("))]
    for kept in range(len(minors), 0, -1):
        begun = "".join(mark + clause for mark, clause in minors[:kept])
        if begun == head or width_of(begun) >= _LEAST_HEAD:
            yield begun


def _cures(cure: str, room: int) -> Iterator[str]:
    """What to do, its clause with a key, the key alone, or its first words."""
    yield cure
    minors = [*_parted(cure, (", ",))]
    key = _KEY.search(cure)
    if key:
        yield from (minor.text for minor in minors if key[0] in minor.text)
        yield key[0]  # what is to be set is all that must be read
        return
    for kept in range(len(minors) - 1, 0, -1):
        yield "".join(mark + clause for mark, clause in minors[:kept]) + MORE
    words = _words(cure, room)
    if words != cure and width_of(words) >= _LEAST_CURE:
        yield words + MORE


def _parted(text: str, marks: tuple[str, ...]) -> Iterator[_Clause]:
    """A text between marks that stand in no brackets and no quotation."""
    depth, quote, begins, before = 0, "", 0, ""
    for at, letter in enumerate(text):
        mark = next((one for one in marks if not depth and not quote and text.startswith(one, at)),
                    None)  # fmt: skip
        if mark and at >= begins:
            asked = mark == "? "  # the question keeps its mark
            yield _Clause(before, text[begins : at + asked])
            begins, before = at + len(mark), " " if asked else mark
            if mark == " (":
                begins = at + len(mark)
        if quote:
            quote = "" if letter == quote else quote
        elif letter in _QUOTES:
            quote = letter
        else:
            depth = max(0, depth + (letter in _OPENING) - (letter in _CLOSING))
    yield _Clause(before, text[begins:])


def first_words(text: str, room: int) -> str:
    """The clauses of a text that fit, or the words of its first."""
    text = _LISTED.sub("", text)
    if width_of(text) < room:
        return f"{text}{MORE}"
    for end in reversed([found.start() for found in _CLAUSE.finditer(text)]):
        begun = text[:end]
        whole = begun.count("(") == begun.count(")") and begun.count("`") % 2 == 0
        if whole and _LEAST_CLAUSES * room <= width_of(begun) + 1 <= room:
            return f"{begun}{MORE}"
    return f"{_words(text, room)}{MORE}"


def _words(text: str, room: int) -> str:
    """The first words in less than so many columns, or letters where a word is too long."""
    while text and width_of(text) >= room:
        shorter = text.rpartition(" ")[0]
        text = shorter if width_of(shorter) >= room // 2 else text[: max(0, room - 1)]
    if text.count("(") > text.count(")"):
        text = text.rpartition("(")[0]
    if text.count("`") % 2:
        text = text.rpartition("`")[0]
    return text.rstrip(" ,;:")
