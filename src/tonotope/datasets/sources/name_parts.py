"""What a file's name is made of: class, number, and parts that come again.

A part is what stands between `_`, `-`, `.` and spaces. Part 1 of `ana_angry_3` is `ana`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope._wording import counted
from tonotope.datasets.labels import normalised
from tonotope.datasets.sources.counting_names import only_counts, says_nothing
from tonotope.datasets.sources.name_dates import day_in
from tonotope.datasets.vocabulary import GROUP_COLUMNS
from tonotope.datasets.who_words import says_who

_APART = re.compile(r"[\s_.\-]+")
_DASH = " - "
_BEGINS_WITH_NUMBER = re.compile(r"(\d{1,4})(?:[ _.]+|(?: - ))([^\W\d_].* - .*)")
_CHOSEN = re.compile(r"name((?: +-?\d+)+)")


class FileName(NamedTuple):
    """A file by its name: path below the root, class, folder below the class, fold or part."""

    name: str
    label: str
    folder: str = ""
    side: str | None = None

    @property
    def stem(self) -> str:
        """The file's name without folders and ending."""
        return PurePosixPath(self.name).stem


def parts_of_name(stem: str) -> list[str]:
    """The parts of a name.

    >>> parts_of_name("1001_DFA-ANG.XX")
    ['1001', 'DFA', 'ANG', 'XX']
    """
    return [part for part in _APART.split(stem) if part]


def numbers_of_parts(asked: str) -> list[int] | None:
    """The numbers in `name 2` or `name 1 -1`, as `data.group` asks for; None where it does not.

    >>> numbers_of_parts("name 1 -1"), numbers_of_parts("name") is None
    ([1, -1], True)
    """
    found = _CHOSEN.fullmatch(asked)
    return [int(number) for number in found.group(1).split()] if found else None


def is_asked_of_names(asked: str | None) -> bool:
    """Whether `data.group` asks for names of files, not for a column.

    >>> is_asked_of_names("name 2"), is_asked_of_names("speaker")
    (True, False)
    """
    return asked is not None and (asked in {"file", "name"} or numbers_of_parts(asked) is not None)


def parts_of_names(stems: Sequence[str]) -> list[list[str]]:
    """The parts of names: between ` - ` alone where all have it, as those of songs do.

    A number that all begin with is a part of its own.

    >>> parts_of_names(["01 Jeff Mills - The Bells", "02 Kerri - Shake"])
    [['01', 'Jeff Mills', 'The Bells'], ['02', 'Kerri', 'Shake']]
    """
    if not stems or not all(_DASH in stem for stem in stems):
        return [parts_of_name(stem) for stem in stems]
    numbered = [_BEGINS_WITH_NUMBER.fullmatch(stem) for stem in stems]
    begins = [[match.group(1)] for match in numbered if match]
    rests = [match.group(2) for match in numbered if match]
    if len(begins) < len(stems):
        begins, rests = [[] for _ in stems], [*stems]
    fields = [[part.strip() for part in rest.split(_DASH)] for rest in rests]
    return [
        [*begin, *(part for part in parts if part)]
        for begin, parts in zip(begins, fields, strict=True)
    ]


def chosen_parts(stems: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """The parts with these numbers of each name, from 1; negative ones count from the end.

    Raises:
        DataError: a name has no such part.
    """
    return [
        _chosen(stem, parts, numbers)
        for stem, parts in zip(stems, parts_of_names(stems), strict=True)
    ]


def _chosen(stem: str, parts: Sequence[str], numbers: Sequence[int]) -> str:
    for number in numbers:
        if not 0 < abs(number) <= len(parts):
            raise DataError(
                f'group = "name {" ".join(map(str, numbers))}": the name {stem} has '
                f"{counted(len(parts), 'part')} between `_`, `-`, `.` and spaces, and no part "
                f"{number}"
            )
    return " ".join(parts[number - 1 if number > 0 else number] for number in numbers)


def without_class(files: Sequence[FileName], stems: Sequence[str]) -> list[list[str]]:
    """The words of each name in plain writing, without the class's own name, wherever it stands.

    A class that is a number or a letter may also be a take's: it is left aside where all names
    have it at one place, or at their beginning.

    >>> files = [FileName(f"{c}/ana_{c}_{n}.wav", c) for c in ("yes", "no") for n in range(2)]
    >>> without_class(files, [file.stem for file in files])[0]
    ['ana', '0']
    """
    labels = [normalised(file.label).split() for file in files]
    words = [normalised(stem).split() for stem in stems]
    place = _place_of_class(words, labels)
    return [_left(one, label, place) for one, label in zip(words, labels, strict=True)]


def without_class_within(files: Sequence[FileName], stems: Sequence[str]) -> list[list[str]] | None:
    """The words of each name without its class, where that touches numbers alone: `m01ae`.

    None where not every name has its class so, or some name has it as a word.

    >>> files = [FileName(f"{c}/spk1{c}{n}.wav", c) for c in ("pa", "ba") for n in range(2)]
    >>> without_class_within(files, [file.stem for file in files])[0]
    ['spk1', '0']
    """
    found: list[list[str]] = []
    for file, stem in zip(files, stems, strict=True):
        label, name = normalised(file.label), normalised(stem)
        if not re.search(r"[^\W\d_]", label) or label in name.split():
            return None
        match = re.search(rf"(?:^|(?<=[\d\W])){re.escape(label)}(?=[\d\W]|$)", name)
        if match is None:
            return None
        found.append([*name[: match.start()].split(), *name[match.end() :].split()])
    letters = [re.search(r"[^\W\d_]", " ".join(one)) for one in found]  # `dog0` counts dogs
    return found if all(letters) else None


def _place_of_class(words: Sequence[list[str]], labels: Sequence[list[str]]) -> int | None:
    """At which word all names have their class: from the beginning, or below 0 from the end."""
    common: set[int] | None = None
    for name, label in zip(words, labels, strict=True):
        found = _places(name, label)
        here = {*found, *(at - len(name) for at in found)}
        common = here if common is None else common & here
        if not common:
            return None
    return min(common, key=lambda at: (at < 0, at)) if common else None


def _places(name: Sequence[str], label: Sequence[str]) -> list[int]:
    last = len(name) - len(label)
    return [at for at in range(last + 1) if [*name[at : at + len(label)]] == [*label]]


def _left(name: list[str], label: list[str], place: int | None) -> list[str]:
    if not label:
        return name
    found = _places(name, label)
    if place is None and not re.search(r"[^\W\d_]{2}", " ".join(label)):
        found = [at for at in found if at == 0]
    if place is not None:
        found = [place % len(name)]
    if found:
        return name[: found[0]] + name[found[0] + len(label) :]
    dotted = [part for word in name for part in word.split(".") if part]
    inside = _places(dotted, label) if len(dotted) > len(name) else []
    rest = dotted[: inside[0]] + dotted[inside[0] + len(label) :] if inside else name
    # `blues.00000.3`: a number alone would join the songs of all classes
    return rest if any(not word.isdecimal() for word in rest) else name


def without_codes(files: Sequence[FileName], words: Sequence[list[str]]) -> list[list[str]] | None:
    """The words without one that stands for the class (`ANG`, `03`), if all names have one.

    None where no place has one word for each class, and another for each.

    >>> names = ["ana_ANG_0", "bob_ANG_1", "ana_SAD_0", "bob_SAD_1"]
    >>> files = [FileName(f"{'angry' if 'ANG' in name else 'sad'}/{name}.wav",
    ...          "angry" if "ANG" in name else "sad") for name in names]
    >>> without_codes(files, [name.split("_") for name in names])
    [['ana', '0'], ['bob', '1'], ['ana', '0'], ['bob', '1']]
    """
    shortest = min(map(len, words), default=0)
    days = {at for one in words for at in day_in(one)}  # one class for each day
    if shortest < 2 or len({file.label for file in files}) < 2:
        return None
    for at in (*range(shortest), *range(-1, -shortest - 1, -1)):
        if at % shortest in days or at in {day - len(one) for one in words for day in days}:
            continue
        if _is_code(files, [one[at] for one in words]):
            return [[*one[: at % len(one)], *one[at % len(one) + 1 :]] for one in words]
    return None


def _is_code(files: Sequence[FileName], values: Sequence[str]) -> bool:
    """Whether each class has one value of its own."""
    by_class: defaultdict[str, set[str]] = defaultdict(set)
    for file, value in zip(files, values, strict=True):
        by_class[file.label].add(value)
    said = [next(iter(found)) for found in by_class.values() if len(found) == 1]
    return len(said) == len(by_class) == len({*said})


class ComingAgain(NamedTuple):
    """A part of the names whose values come again in several groups.

    Attributes:
        number: which part it is, from 1; negative ones count from the end.
        values: what it says, in order.
        counts: whether all are numbers.
    """

    number: int
    values: list[str]
    counts: bool


def parts_coming_again(
    files: Sequence[FileName],
    groups: Sequence[str],
    kept: Sequence[Sequence[str]] | None = None,
    *,
    from_end: bool = True,
    passed_over: Collection[int] = (),
) -> list[ComingAgain]:
    """Parts of the names that may tell a source which lies in several groups.

    Numbers must come again within a folder of a class: a recorder begins anew in each folder.
    Beside a word for a source (`speaker 3`) they need not. Parts that are one in each class are
    none, and neither are those of fewer than three values. Where there are words, numbers are none.

    Args:
        files: the files.
        groups: the group of each.
        kept: the words of each group in plain writing, one of which the part must be; None where
            files are their own groups.
        from_end: whether parts are also counted from the end, as those of copies cannot be.
        passed_over: places that are no source, from 0, and below 0 from the end.
    """
    names = parts_of_names([file.stem for file in files])
    shortest = min(map(len, names), default=0)
    if max(map(len, names), default=0) < 2:
        return []  # the name itself: `yes/aaa.wav` and `no/aaa.wav`
    places = [*range(shortest)]
    if from_end and len({*map(len, names)}) > 1:
        places += range(-shortest, 0)
    found: list[ComingAgain] = []
    for at in (at for at in places if at not in passed_over):
        values = [name[at] for name in names]
        if kept and not all(
            f" {normalised(value)} " in f" {' '.join(words)} "
            for value, words in zip(values, kept, strict=True)
        ):
            continue
        if _comes_again(files, groups, values):
            number = at + 1 if at >= 0 else at
            different = sorted({*values}, key=lambda one: (len(one), one))
            found.append(ComingAgain(number, different, all(map(only_counts, different))))
    return [one for one in found if not one.counts] or found


def _comes_again(files: Sequence[FileName], groups: Sequence[str], values: Sequence[str]) -> bool:
    different = {*values}
    if not 3 <= len(different) <= len({file.name for file in files}) / 2:
        return False
    counts = all(map(only_counts, different))  # `001` is in each class, and says nothing
    lie_in: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    by_class: defaultdict[str, set[str]] = defaultdict(set)
    for file, group, value in zip(files, groups, values, strict=True):
        folder = "" if _names_source(file.stem) else str(PurePosixPath(file.name).parent)
        label, folder = (file.label, folder) if counts else ("", "")
        lie_in[label, folder, value].add(group)
        by_class[file.label].add(value)
    again = {value for (*_, value), found in lie_in.items() if len(found) > 1}
    if len(by_class) > 1 and all(len(found) == 1 for found in by_class.values()):
        return False
    return len(again) > len(different) / 2


def _names_source(stem: str) -> bool:
    """Whether a word of a name says what its number counts: speakers, sites, birds with rings."""
    words = (normalised(part) for part in parts_of_name(stem))
    return any(
        (word in GROUP_COLUMNS or says_who(word)) and not says_nothing(word) for word in words
    )
