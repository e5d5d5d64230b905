"""Which part of the names is asked about as a source: no split, key, tempo, track or time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from tonotope._wording import first_three
from tonotope.datasets.labels import normalised
from tonotope.datasets.sources.copy_names import is_mark
from tonotope.datasets.sources.counting_names import says_nothing
from tonotope.datasets.sources.grouping import Grouping
from tonotope.datasets.sources.name_dates import day_in, time_in
from tonotope.datasets.sources.name_keys import NameKeys
from tonotope.datasets.sources.name_parts import (
    ComingAgain,
    FileName,
    parts_coming_again,
    parts_of_names,
)
from tonotope.datasets.split_words import parts_of

_TEMPO = re.compile(r"\d{2,3}(?:\.\d+)? ?bpm|bpm ?\d{2,3}", re.IGNORECASE)
_KEY = re.compile(r"[A-Ga-g](?:#|b|♯|♭|is|es)?[ ]?(?:m|min|maj|minor|major|moll|dur)?")
_SAYS_KEY = re.compile(r"[A-Ga-g](?:[#♯♭].*|.*(?:m|min|maj|minor|major|moll|dur))")
_CAMELOT = re.compile(r"(?:0?[1-9]|1[0-2])[ABabdm]")  # as DJs write keys: 8A, 11B; 5m, 5d
_MOST_PARTS = 6  # train, validation, test, and two of some


def with_question(
    files: Sequence[FileName], found: Grouping, keys: NameKeys, *, numbers: bool = True
) -> Grouping:
    """The grouping, with a question where a part of the names comes again beyond the groups.

    Args:
        files: the files.
        found: their grouping.
        keys: what their names share.
        numbers: whether a part of numbers is asked about.
    """
    own = {*found.groups} <= {file.name for file in files}
    questions = _questions(files, found, keys, own=own, numbers=numbers)
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for file, key, careful in zip(files, keys.joined, keys.careful, strict=True):
        # `dog_0` says itself that its number counts dogs
        if key != careful and (not key.isdecimal() or careful.endswith(f"/{key}")):
            parts[key].add(file.label)
    parted = [key for key, labels in parts.items() if len(labels) > 1]
    if parted and found.groups != keys.joined and not own:
        questions.append(
            f"{first_three(sorted(parted))} in several classes are taken for different recordings; "
            'if each is one, group = "name" in [data] keeps it together'
        )
    said = [*([found.warning] if found.warning else []), *questions]
    return found._replace(warning=". ".join(said)) if questions else found


def _questions(
    files: Sequence[FileName], found: Grouping, keys: NameKeys, *, own: bool, numbers: bool
) -> list[str]:
    names = parts_of_names([file.stem for file in files])
    kinds = _kinds(names)
    kept = None if own else [group.split() for group in found.groups]
    again = parts_coming_again(
        files, found.groups, kept, from_end=not keys.copied, passed_over={*kinds}
    )
    again = [one for one in again if numbers or not one.counts]
    again = [one for one in again if not _is_running_letter(files, names, one)]
    split = [_of_split(names, at) for at, kind in kinds.items() if kind == "split" and at >= 0]
    if any(file.side for file in files):
        split = []  # the folders or the table tell it
    if again:
        return [_question(again, own=own), *split]
    if own and (day := _of_day(names)):
        return [day, *split]
    if own and (glued := _before_number(files, keys)):
        return [glued, *split]
    return split


def _is_running_letter(
    files: Sequence[FileName], names: Sequence[Sequence[str]], part: ComingAgain
) -> bool:
    """Whether a part is a letter that runs anew in each class: `kick a`, `kick b`, `snare a`."""
    if any(len(value) > 1 for value in part.values):
        return False
    at = part.number - (part.number > 0)
    return len({(file.label, name[at]) for file, name in zip(files, names, strict=True)}) == len(
        names
    )


def _kinds(names: Sequence[Sequence[str]]) -> dict[int, str]:
    """What parts say that is no source, by their places; those from the end are below 0."""
    shortest = min(map(len, names), default=0)
    places = (*range(shortest), *range(-shortest, 0))
    days = [{*day_in(name), *time_in(name)} for name in names]
    kinds: dict[int, str] = {}
    for at in places:
        if sum(at % len(name) in day for name, day in zip(names, days, strict=True)) > (
            len(names) / 2
        ):
            kinds[at] = "day"
        elif kind := _kind_of({name[at] for name in names}):
            kinds[at] = kind
    return kinds


def _kind_of(values: set[str]) -> str | None:
    parts = parts_of(values) if len(values) <= _MOST_PARTS else {}
    if {"train", "test"} <= {*parts.values()} and len(parts) == len(values):
        return "split"
    if all(map(is_mark, values)):
        return "track"
    if all(map(_TEMPO.fullmatch, values)) or all(map(_CAMELOT.fullmatch, values)):
        return "key"
    if all(map(_KEY.fullmatch, values)) and any(map(_SAYS_KEY.fullmatch, values)):
        return "key"
    return None


def _question(again: Sequence[ComingAgain], *, own: bool) -> str:
    again = [one for one in again if one.number > 0] or again
    first, *others = again[:3]
    sentences = [
        f"part {first.number} ({first_three(first.values)}) of the names may say who or what was "
        f'recorded: group = "name {first.number}" in [data] takes it',
        "each file is its own group" if own else "files that share it lie in several groups",
        *(f"so may part {one.number} ({first_three(one.values)})" for one in others),
    ]
    return "; ".join(sentences)


def _of_split(names: Sequence[Sequence[str]], at: int) -> str:
    values = first_three(sorted({name[at] for name in names}))
    return (
        f"part {at + 1} of the names ({values}) may tell a published split, and is not used: "
        "a table with the columns file,label,split would say it"
    )


def _of_day(names: Sequence[Sequence[str]]) -> str | None:
    """A question on the day, where all names say one at one place and it comes again."""
    places = {day_in(name) for name in names}
    if len(places) != 1 or not (place := places.pop()):
        return None
    days = {" ".join(name[at] for at in place) for name in names}
    if not 3 <= len(days) <= len(names) / 2:
        return None
    numbers = " ".join(str(at + 1) for at in place)
    said = first_three(sorted(one.strip("[](){}") for one in days))
    return (
        f"the names say a day ({said}), and each file is its own group: if "
        "recordings of one day share more than those of two (a place, a person, the weather), "
        f'group = "name {numbers}" in [data] keeps a day together'
    )


def _before_number(files: Sequence[FileName], keys: NameKeys) -> str | None:
    """A question on what stands before a number that nothing parts from it: `milo1`, `milo2`."""
    labels = {normalised(file.label) for file in files}
    different = {*keys.before_number}
    if {file.name for file in files} & different or not 3 <= len(different) <= len(files) / 2:
        return None
    if any(says_nothing(one) or normalised(one) in labels for one in different):
        return None
    return (
        f"what stands before the last number of the names ({first_three(sorted(different))}) may "
        'say who or what was recorded: group = "name" in [data] takes it; each file is its own '
        "group"
    )
