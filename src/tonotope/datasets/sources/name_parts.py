"""What a file's name is made of: class, copy or piece, number, and parts that come again.

A part is what stands between `_`, `-`, `.` and spaces. Part 1 of `ana_angry_3` is `ana`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope.datasets.labels import normalised
from tonotope.datasets.sources.counting_names import COPY_WORDS, PARTING_WORDS, only_counts

_APART = re.compile(r"[\s_.\-]+")
_LENGTH = r"\d+(?:\.\d+)?"
# `_aug3`, `_pitch+1`, `_mic1`, `_chunk007`, and a start and an end in seconds: `_0.0s_3.0s`.
_COPY_NUMBER = re.compile(
    rf"(.*[^\W_])[ _.\-]+(?:{'|'.join((*PARTING_WORDS, *COPY_WORDS))})"
    rf"[ _.=]*[+\-]?{_LENGTH}(?:x|st|dB|db|Hz|ms|s)?",
    re.IGNORECASE,
)
_SECONDS = re.compile(rf"(.*[^\W_])[ _\-]+{_LENGTH}(?:s|ms|sec)[ _\-]+{_LENGTH}(?:s|ms|sec)")
_COPY = re.compile(rf"(.*[^\W_])[ _.\-]+(?:{'|'.join(COPY_WORDS)})", re.IGNORECASE)
_START_AND_END = re.compile(r"(.*[^\W_])[ _\-]+(\d+)[ _\-]+(\d+)")
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


def chosen_parts(stem: str, numbers: Sequence[int]) -> str:
    """The parts with these numbers, from 1; negative ones count from the end.

    Raises:
        DataError: the name has no such part.
    """
    parts = parts_of_name(stem)
    for number in numbers:
        if not 0 < abs(number) <= len(parts):
            raise DataError(
                f'group = "name {" ".join(map(str, numbers))}": the name {stem} has '
                f"{len(parts)} parts between `_`, `-`, `.` and spaces, and no part {number}"
            )
    return " ".join(parts[number - 1 if number > 0 else number] for number in numbers)


def whole_recordings(files: Sequence[FileName]) -> list[str]:
    """The name of each file without what marks a copy or a piece of one recording at its end.

    Words for copies without a number are left aside only where another file of the class shares
    what is left; two numbers only where they are starts and ends, equally far apart everywhere.

    >>> names = ["rec0_aug1", "rec0_noise", "rec0_orig", "room_noise", "a_3.0s_6.0s"]
    >>> whole_recordings([FileName(f"{name}.wav", "dog") for name in names])
    ['rec0', 'rec0', 'rec0', 'room_noise', 'a']
    """
    labels = {normalised(file.label) for file in files}
    stems = [file.stem for file in files]
    stems = _without_starts(stems) or stems
    numbered = [_stripped(stem, (_COPY_NUMBER, _SECONDS), labels) for stem in stems]
    plain = [_stripped(stem, (_COPY_NUMBER, _SECONDS, _COPY), labels) for stem in numbered]
    shared: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for file, stem, core in zip(files, numbered, plain, strict=True):
        shared[file.label, core].add(stem)
    return [
        core if len(shared[file.label, core]) > 1 else stem
        for file, stem, core in zip(files, numbered, plain, strict=True)
    ]


def _stripped(stem: str, patterns: Sequence[re.Pattern[str]], labels: set[str]) -> str:
    """The name without its ends of these patterns; a class's own name is no mark of a copy."""
    while match := next((found for one in patterns if (found := one.fullmatch(stem))), None):
        end = normalised(stem[match.end(1) :])
        words = re.findall(r"[^\W\d_]+", end)
        if end in labels or any(word in labels for word in words):
            return stem
        stem = match.group(1)
    return stem


def _without_starts(stems: Sequence[str]) -> list[str] | None:
    """Names without the start and the end that each of them ends in; None where they do not."""
    matches = [match for stem in stems if (match := _START_AND_END.fullmatch(stem))]
    if len(matches) < max(2, len(stems)):
        return None
    spans = {(int(match.group(2)), int(match.group(3))) for match in matches}
    lengths = {end - start for start, end in spans}
    if len(lengths) > 1 or min(lengths) < 1 or len(spans) < 2 or not _abut(spans):
        return None
    return [match.group(1) for match in matches]


def _abut(spans: set[tuple[int, int]]) -> bool:
    """Whether some piece ends where another begins, as those of one recording do."""
    return bool({start for start, _ in spans} & {end for _, end in spans})


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
    if shortest < 2 or len({file.label for file in files}) < 2:
        return None
    for at in (*range(shortest), *range(-1, -shortest - 1, -1)):
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
    files: Sequence[FileName], groups: Sequence[str], kept: Sequence[Sequence[str]] | None = None
) -> list[ComingAgain]:
    """Parts of the names that may tell a source which lies in several groups.

    Numbers must come again within a class. Parts that are one in each class are none, and neither
    are those of fewer than three values. Where there are words, numbers are none.

    Args:
        files: the files.
        groups: the group of each.
        kept: the words of each group in plain writing, one of which the part must be; None where
            files are their own groups.
    """
    names = [parts_of_name(file.stem) for file in files]
    shortest = min(map(len, names), default=0)
    if max(map(len, names), default=0) < 2:
        return []  # the name itself: `yes/aaa.wav` and `no/aaa.wav`
    places = [*range(shortest)]
    if len({*map(len, names)}) > 1:
        places += range(-shortest, 0)
    found: list[ComingAgain] = []
    for at in places:
        values = [name[at] for name in names]
        if kept and not all(
            normalised(value) in words for value, words in zip(values, kept, strict=True)
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
    lie_in: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    by_class: defaultdict[str, set[str]] = defaultdict(set)
    for file, group, value in zip(files, groups, values, strict=True):
        lie_in[file.label if counts else "", value].add(group)
        by_class[file.label].add(value)
    again = {value for (_, value), found in lie_in.items() if len(found) > 1}
    if len(by_class) > 1 and all(len(found) == 1 for found in by_class.values()):
        return False
    return len(again) > len(different) / 2
