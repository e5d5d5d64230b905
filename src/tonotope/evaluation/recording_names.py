"""Recordings of two lists found again under other names: with a folder or an ending, or without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from tonotope.annotations.beside import recording_name

_SOUNDS = (
    ".wav",
    ".wave",
    ".flac",
    ".ogg",
    ".oga",
    ".opus",
    ".mp3",
    ".aif",
    ".aiff",
    ".w64",
    ".caf",
)


def paired_names(ours: Iterable[str], theirs: Iterable[str]) -> dict[str, str]:
    """For names of one list the names of the other that mean the same recording.

    Equal names first; then names that are equal without their ending; then without their folders.
    A name pairs only where no other on its side would pair as well.

    >>> paired_names(["a/night.wav", "b/day.wav", "x.wav"], ["night", "b/day.txt", "y.wav"])
    {'b/day.wav': 'b/day.txt', 'a/night.wav': 'night'}
    """
    left, right = set(ours), set(theirs)
    found = {name: name for name in sorted(left & right)}
    for key in (_without_ending, _without_folder):
        one, other = (_unique(side, key) for side in (left - {*found}, right - {*found.values()}))
        found |= {one[name]: other[name] for name in sorted(one.keys() & other.keys())}
    return found


def _unique(names: Iterable[str], key: Callable[[str], str]) -> dict[str, str]:
    """The names by key, where a key has one name only."""
    by_key: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        by_key[key(name)].append(name)
    return {one: same[0] for one, same in by_key.items() if len(same) == 1}


def _without_ending(name: str) -> str:
    """The path in one spelling, without what tells the format.

    Endings of label files that stand behind the recording's name go too:
    `night.Table.1.selections.txt`, `night.BirdNET.results.csv`.
    """
    name = name.replace("\\", "/").casefold().removeprefix("./")
    folder, slash, last = name.rpartition("/")
    last = recording_name(last)
    while last.endswith(_SOUNDS):
        last = last[: last.rindex(".")]
    return folder + slash + last


def _without_folder(name: str) -> str:
    return _without_ending(name).rpartition("/")[2]
