"""What fits on one screen: sentences whole where there is room, else one line each, or counted.

Of a hundred inputs or fewer everything is told in full. Of more, a screen is what a person reads:
24 lines of 80 columns, whatever the terminal. What is cut leaves a dot leader.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TextIO

from tonotope.cli.cut_sentences import MORE, cut, keeps_cure, with_cure
from tonotope.cli.grouped_messages import EXAMPLES, example_of, in_short
from tonotope.cli.language import number, told
from tonotope.cli.wrapping import columns, width_of, wrapped

LINES = 24
COLUMNS = 80
MANY = 100  # inputs; of fewer everything is told, however many lines that takes
_SHORT_NAME = 30  # columns that an example takes where there is no room for all of it
_ONE_OF_TWO = 40  # columns of a name where a sentence is on two
_LEAST_FILE = 8  # columns of it before its row
_LEAST_NAME = 14  # columns of a name where what is said of it needs the room
_ROW = r" \(\w+ \d+(?: \w+(?: \w+)? \w+ \d+)?\)"  # (row 3), (row 3 as row 2), in any language
_NAME = (  # of a file, not of a key such as `data.group`
    r"(?!(?:data|split|representation|network|head|training|test)\.)"
    rf"[^\s,;:()`][^,;:()`]*?\.[A-Za-z][A-Za-z0-9]{{1,4}}(?:@[\d.]+-[\d.]+)?(?:{_ROW})?"
)
_AT_ROW = re.compile(rf"{_ROW}$")
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
_CLAUSE = re.compile(r"; |: ")


class Entry(NamedTuple):
    """Something to tell: whole, in one line, and how pressing it is; the least number first.

    `longer` is what comes before the whole: more lines, where one does not say what to do.
    """

    rank: int
    whole: str
    short: str
    longer: str = ""


def screen_width(stream: TextIO | None = None) -> int:
    """How many columns a line may have; as on a plain terminal where lines stay whole."""
    return columns(stream or sys.stdout) or COLUMNS


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes."""
    return wrapped(told(text), width).count("\n") + 1


def fitted(
    entries: Sequence[Entry], lines: int, width: int, pressing: int = -1
) -> tuple[list[str], int]:
    """The entries that fit, each in one line or whole, and how many lines are left.

    The most pressing come first where there is too little room, and are whole where there is more.

    Args:
        entries: what there is to tell.
        lines: how many there are.
        width: the columns of each.
        pressing: entries up to this rank say what to do before others are shown.

    Returns:
        The text of each entry in the order of `entries`, empty where there is no room for it.
    """
    most_pressing = sorted(range(len(entries)), key=lambda at: entries[at].rank)
    found = [""] * len(entries)
    for first in (True, False):
        places = [at for at in most_pressing if (entries[at].rank <= pressing) == first]
        for at in places:
            need = lines_of(entries[at].short, width)
            if need <= lines:
                found[at], lines = entries[at].short, lines - need
        for at in places:
            if found[at] and entries[at].longer:
                more = lines_of(entries[at].longer, width) - lines_of(found[at], width)
                if more <= lines:
                    found[at], lines = entries[at].longer, lines - more
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


def in_lines(shortened: Callable[[int], str], lines: int, width: int, prefix: str = "") -> str:
    """What fits into so many lines, behind `prefix`, of a text that is cut to so many columns.

    >>> in_lines(partial(in_one_line, "some words that are to be cut, and more of them"), 2, 20)
    'some words that are to be cut…'
    """
    most = lines * width - width_of(prefix)
    texts = map(shortened, range(most, most // 2, -4))
    return next((one for one in texts if lines_of(prefix + one, width) <= lines), shortened(most))


def with_longer(
    short: str, text: str, shortened: Callable[[int], str], width: int, prefix: str = ""
) -> str:
    """The same in two lines where one does not say what to do; else empty."""
    said = _SEVERAL.sub("", told(text))
    return "" if keeps_cure(short, said) else in_lines(shortened, 2, width, prefix)


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
    name, _, said = told(": ".join(example_of(messages))).partition(": ")
    count = f"{number(f'{len(messages):,}')} × "
    return count + _with_example(said, name, room - width_of(count))


def kind_whole(messages: Sequence[str]) -> list[str]:
    """Messages of one kind: up to three of them, or one sentence with a count and three names."""
    return [*messages] if len(messages) <= EXAMPLES else [in_short(messages)]


def in_one_line(text: str, room: int) -> str:
    """A sentence cut to one line: of several names the first, and of its clauses those that fit.

    >>> in_one_line("3 recordings clipped: a/long folder/x.wav, y.wav and 1 more; do it again", 39)
    '3 recordings clipped…: a/long fo…/x.wav'
    """
    count = _SOME.match(text)
    if count:
        many = "" if count[1] == "1" else f"{number(count[1])} × "
        return many + in_one_line(text[count.end() :], room - width_of(many))
    text = told(text)
    if width_of(text) <= room:
        return text
    *_, last = [*_SEVERAL.finditer(text)] or [None]
    if last is None:
        return cut(text, room)
    if last["before"]:
        todo = text[last.end() :]  # behind the names
        said = text[: last.start()].rstrip() + (todo if todo.startswith("; ") else "")
        return _with_example(said, last["name"], room)
    if text[last.end("name") :].startswith(": "):
        said = text[last.end("name") :]
        name = path_in(last["name"], max(room - width_of(said), min(_SHORT_NAME, room // 2)))
        return f"{name}: {cut(said[2:], room - width_of(name) - 2)}"
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
    for columns_of_each in (_ONE_OF_TWO, _SHORT_NAME, _LEAST_NAME):
        shorter = _EACH.sub(partial(_short, columns_of_each), text)
        if fits := with_cure(shorter, room):
            return fits
    if room > COLUMNS:
        return cut(shorter, room)
    first = _LEADING.match(text)
    if not first:
        return cut(shorter, room)
    # What is said of them must be read: of several names the first stands for all.
    others = f", {MORE}" if first["others"] else ""
    said = text[first.end() :]
    name = path_in(first["name"], max(_LEAST_NAME, room - len(others) - width_of(said)))
    return f"{name}{others}{cut(said, room - width_of(name) - len(others))}"


def _short(most: int, found: re.Match[str]) -> str:
    return path_in(found[0], most)


def path_in(name: str, room: int) -> str:
    """A path in so many columns: first its folders are cut, then the middle of the file's name.

    >>> path_in("Corvus corax/XC1-Corvus_corax.mp3", 26), path_in("a/0123456789.wav", 9)
    ('Corv…/XC1-Corvus_corax.mp3', '012…9.wav')
    """
    if width_of(name) <= room:
        return name
    row = _AT_ROW.search(name)
    if row:  # whole, or not at all
        left = room - width_of(row[0])
        shorter = path_in(name[: row.start()], left if left >= _LEAST_FILE else room)
        return shorter + row[0] * (left >= _LEAST_FILE)
    folder, _, file = name.rpartition("/")
    left = room - width_of(file) - len(f"{MORE}/")
    if folder and left >= 0:
        return f"{folder[:left].rstrip()}{MORE}/{file}"
    from tonotope.reporting.short_names import shorten

    return shorten(file, room)


def _with_example(said: str, name: str, room: int) -> str:
    """What is said of files with one of them, whose name is cut before what is to be done is."""
    file = name.rpartition("/")[2]
    least = min(width_of(name), width_of(file) + len(f"{MORE}/"), _SHORT_NAME)
    for columns_of_name in (least, min(least, _LEAST_NAME)):
        short = with_cure(said, room - columns_of_name - 2)
        if short:
            return f"{short}: {path_in(name, room - width_of(short) - 2)}"
    end = _CLAUSE.search(said)
    clause = width_of(said[: end.start()]) + len(MORE) if end else width_of(said)
    if clause > room - least - 2:  # what is said must be read; the name may be cut
        least = min(least, max(_LEAST_NAME, room - clause - 2))
    said = cut(said, room - least - 2)
    return f"{said}: {path_in(name, room - width_of(said) - 2)}"
