"""Groups (speaker, bird, song) inferred from file names and folders where none are given.

Two clips of one recording, one on each side of a split, make a score a lie. Where no group is
given it is looked for in the names, by rules that err on the side of keeping together:

1. folders below the class (`dog/alice/1.wav`) are groups, over all classes;
2. names in the way of ESC-50 (`1-100032-A`) or UrbanSound8K (`100032-3-0-0`) tell their source;
3. names that differ in a last number or letter alone (`george_12`, `george_13`, `george_b`) are
   one group, over all classes, a class's own name before them left aside (`0_george_12`);
4. names that end in a word for a piece and its number (`walk_part2`, `take-03`) are one group.

The first usable rule is taken. A rule is not usable where there would be fewer than three
groups, where a class would lie in one group alone or more than half of it in one, where a group
would lie in two of the published folds, or where what only counts (`000`, `take 3`) would join
files of several classes: such a guess is dropped, every file is its own group, with a note. Where
most groups are heard in several classes, as people and places are, a class that lies in one of
them is no reason to drop the others: it is named.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from tonotope._errors import DataError, did_you_mean
from tonotope._wording import counted, first_five
from tonotope.datasets.labels import normalised
from tonotope.datasets.sources.counting_names import PIECE_WORDS, only_counts
from tonotope.datasets.sources.grouping import (
    Grouping,
    groups_by_class,
    untested_warning,
    why_parted,
    with_alike,
)

_PUBLISHED = (
    ("ESC-50", re.compile(r"\d-(\d+)-[A-Z](?:-\d+)?")),
    ("UrbanSound8K", re.compile(r"(\d+)-\d+-\d+-\d+")),
)
_NUMBERED = re.compile(r"(.*[^\W_].*?)(?:[ _.\-]+(?:\d{1,4}|[a-zA-Z])| ?\(\d+\))")
_PIECES = re.compile(
    rf"(.*[^\W_])[ _.\-]+(?:{'|'.join(PIECE_WORDS)})[ _.\-]*(?:\d+|[a-z])|(.+?) ?\(\d+\)",
    re.IGNORECASE,
)
_FOLDERS = "the folders below the classes"
RULES = ("file", "folder", "name")


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


def infer_groups(files: Sequence[FileName], asked: str | None = None) -> Grouping:
    """A group for every file: by the rule `asked` for, or by the first usable one.

    >>> names = [f"{word}/{word}_{who}_{take}.wav" for word in ("yes", "no")
    ...          for who in ("ann", "bob", "eve") for take in range(3)]
    >>> grouping = infer_groups([FileName(name, name.split("/")[0]) for name in names])
    >>> sorted(set(grouping.groups))
    ['ann', 'bob', 'eve']

    Raises:
        DataError: the rule asked for is none of `file`, `folder` and `name`.
    """
    if asked is not None:
        return _as_asked(files, asked)
    dropped: list[str] = []
    names = len({file.name for file in files})
    for rule, groups in _guesses(files):
        if len(set(groups)) == names:
            continue
        wrong = _crossing_number(files, groups) or _why_unusable(files, groups)
        if wrong is None:
            alone = untested_warning([file.label for file in files], groups, "group")
            folders = [file.folder for file in files if file.folder and rule == _FOLDERS]
            return with_alike(Grouping(groups, _said(groups, rule), alone), folders)
        dropped.append(f"groups from {rule} were not used: {wrong}")
    own = "no group is given or can be read from the names: each file is its own"
    note = "; ".join([own, *dropped[:1]])
    return Grouping([file.name for file in files], note, _parted_pieces(files))


def _crossing_number(files: Sequence[FileName], groups: Sequence[str]) -> str | None:
    """Why groups are no sources: what only counts (`000`) is in several classes."""
    labels: defaultdict[str, set[str]] = defaultdict(set)
    for file, group in zip(files, groups, strict=True):
        if file.folder != group and group != file.name:
            labels[group].add(file.label)
    crossing = sorted(group for group, found in labels.items() if len(found) > 1)
    published = any(all(map(one.fullmatch, (file.stem for file in files))) for _, one in _PUBLISHED)
    if published and len(crossing) <= len(labels) / 2:
        return None  # ids of sources: now and then one of them is heard in two classes
    crossing = [group for group in crossing if only_counts(group)]
    if not crossing:
        return None
    what = "a number alone" if crossing[0].isdecimal() else "a word that counts, and a number"
    return (
        f"{what} ({first_five(crossing)}) is in files of several classes and may be a "
        'running number (group = "name" takes it)'
    )


def _as_asked(files: Sequence[FileName], asked: str) -> Grouping:
    if asked == "file":
        groups = [file.name for file in files]
        return Grouping(groups, 'each file is its own group, as asked (group = "file")')
    if asked == "folder":
        groups = [file.folder or file.name for file in files]
        folders = [file.folder for file in files if file.folder]
        return with_alike(
            Grouping(groups, _said(groups, "the folders below the classes, as asked")), folders
        )
    if asked == "name":
        groups = [_numbered(file) for file in files]
        return Grouping(groups, _said(groups, "names without their last number, as asked"))
    raise DataError(
        f'group = "{asked}": a folder of class folders has no columns; known are '
        f'"file", "folder" and "name"{did_you_mean(asked, RULES)}'
    )


def _guesses(files: Sequence[FileName]) -> list[tuple[str, list[str]]]:
    guesses: list[tuple[str, list[str]]] = []
    if any(file.folder for file in files):
        groups = [file.folder or file.name for file in files]
        guesses.append((_FOLDERS, groups))
    for whose, pattern in _PUBLISHED:
        matches = [pattern.fullmatch(file.stem) for file in files]
        if matches and all(matches):
            sources = [match.group(1) for match in matches if match]
            guesses.append((f"the source in names like {whose}'s ({files[0].stem})", sources))
    rules: tuple[tuple[str, Callable[[FileName], str]], ...] = (
        ("names that differ in their last number or letter alone", _numbered),
        ("names that end in a piece and its number", _piece),
    )
    return guesses + [(rule, [of(file) for file in files]) for rule, of in rules]


def _numbered(file: FileName) -> str:
    match = _PIECES.fullmatch(file.stem) or _NUMBERED.fullmatch(file.stem)
    return _without_class(file, match)


def _piece(file: FileName) -> str:
    return _without_class(file, _PIECES.fullmatch(file.stem))


def _without_class(file: FileName, match: re.Match[str] | None) -> str:
    """What the names of a group share, the class's own name at their beginning left aside."""
    if match is None:
        return file.name
    shared = match.group(1) or match.group(2)
    label = normalised(file.label)
    rest = normalised(shared)
    if rest == label:  # a class and a number: the name says nothing about its origin
        return file.name
    rest = rest.removeprefix(f"{label} ")
    return rest if re.search(r"[^\W_]", rest) else file.name


def _why_unusable(files: Sequence[FileName], groups: Sequence[str]) -> str | None:
    """Why guessed groups cannot be used, or None."""
    if len(set(groups)) < 3:
        return f"there would be {counted(len(set(groups)), 'group')} in all"
    classes = groups_by_class([file.label for file in files], groups)
    tested = sum(len(found) > 1 for found in classes.values())
    sources = _are_sources(files, groups) and tested > 1
    for label, counts in classes.items():
        recordings = counts.total()
        if recordings > 1 and len(counts) < 2 and not sources:
            return f"`{label}` would be one group alone"
        largest, size = counts.most_common(1)[0]
        if recordings > 3 and size > recordings / 2 and not sources:
            return f"{size} of {recordings} files of `{label}` would be one, `{largest}`"
    return why_parted(groups, [file.side for file in files])


def _are_sources(files: Sequence[FileName], groups: Sequence[str]) -> bool:
    """Whether most groups of several files are heard in several classes: people, birds, sites."""
    labels: defaultdict[str, list[str]] = defaultdict(list)
    for file, group in zip(files, groups, strict=True):
        labels[group].append(file.label)
    several = [found for found in labels.values() if len(found) > 1]
    return sum(len(set(found)) > 1 for found in several) > len(several) / 2


def _said(groups: Sequence[str], rule: str) -> str:
    examples = ", ".join(group for group, _ in Counter(groups).most_common(3))
    return (
        f"groups are inferred from {rule}: {counted(len(set(groups)), 'group')} ({examples}, …); "
        'group = "file" would make each file its own'
    )


def _parted_pieces(files: Sequence[FileName]) -> str | None:
    """A warning where files that look like parts of one recording stand in groups of their own."""
    families: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for file in files:
        families[_piece(file)][file.name] = None
    several = [[*names] for names in families.values() if len(names) > 1]
    if not several:
        return None
    return (
        f"{several[0][0]} and {several[0][1]} look like parts of one recording "
        f"({counted(len(several), 'such family', 'such families')}), but each file is its own "
        'group; group = "name" keeps them together'
    )
