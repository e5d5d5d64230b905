"""What the names of files share: source, take and copy, the class's own name left aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tonotope.datasets.labels import normalised
from tonotope.datasets.sources.copy_names import whole_recordings
from tonotope.datasets.sources.counting_names import (
    PIECE_WORDS,
    only_counts,
    says_nothing,
    without_total,
)
from tonotope.datasets.sources.glued_class import with_class_apart
from tonotope.datasets.sources.grouping import are_sources
from tonotope.datasets.sources.name_parts import (
    FileName,
    without_class,
    without_class_within,
    without_codes,
)

_ROMAN = r"(?=[ivx]{2})x{0,2}(?:ix|iv|v?i{1,3}|v)"
_NUMBERED = re.compile(rf"(.*[^\W_].*?)(?:[ _.\-]+(?:\d{{1,4}}|[a-zA-Z]|{_ROMAN})| ?\(\d+\))")
_PIECES = re.compile(
    rf"(.*[^\W_])[ _.\-]+(?:{'|'.join(PIECE_WORDS)})[ _.\-]*(?:\d+|[a-z])|(.+?) ?\(\d+\)",
    re.IGNORECASE,
)


class NameKeys(NamedTuple):
    """What names share, for every file; a file's own name where that is nothing.

    Attributes:
        joined: the name without its last number.
        careful: the same; a running number of recordings with copies is apart in each class.
        pieces: the name of the recording that a file is a copy or a piece of.
        copied: whether any file is a copy or a piece.
        without_class: whether nothing parts the class from the rest of the names: `m01ae`.
        before_number: what stands before a number that nothing parts from it: `milo1`.
    """

    joined: list[str]
    careful: list[str]
    pieces: list[str]
    copied: bool
    without_class: bool
    before_number: list[str]


def name_keys(files: Sequence[FileName]) -> NameKeys:
    """What the names share, class words and marks of copies left aside.

    >>> names = [f"{c}/ana_{c}_{n}.wav" for c in ("yes", "no") for n in range(2)]
    >>> {*name_keys([FileName(name, name.split("/")[0]) for name in names]).joined}
    {'ana'}
    """
    whole, copied, original = whole_recordings(files)
    whole = with_class_apart(files, [*map(without_total, whole)])
    within = without_class_within(files, whole)
    words = within or _without_class_and_codes(files, whole, copied)
    joined = [
        _last_left_aside(
            file, one or (within is not None and not only_counts(" ".join(rest))), rest
        )
        for file, one, rest in zip(files, copied, words, strict=True)
    ]
    joined = _with_originals(files, words, joined)
    alone = [
        f"{file.label}/{name}"
        if one and (only_counts(" ".join(rest)) or (there and says_nothing(" ".join(rest))))
        else None
        for file, name, rest, one, there in zip(files, whole, words, copied, original, strict=True)
    ]
    pieces = [
        key or (_recording(file, rest) if one else _piece(file, rest))
        for file, rest, one, key in zip(files, words, copied, alone, strict=True)
    ]
    pieces = _with_originals(files, words, pieces)
    joined = [
        key if key and group == file.name else group
        for file, key, group in zip(files, alone, joined, strict=True)
    ]
    careful = [
        key if key and only_counts(group) else group
        for key, group in zip(alone, joined, strict=True)
    ]
    before = [_before_number(file, " ".join(rest)) for file, rest in zip(files, words, strict=True)]
    return NameKeys(joined, careful, pieces, any(copied), within is not None, before)


def _without_class_and_codes(
    files: Sequence[FileName], whole: Sequence[str], copied: Sequence[bool]
) -> list[list[str]]:
    """The words of the names without the class, and without a word that stands for it.

    That is left aside only where the rest then tells sources that most classes share: one speaker
    for each class would look like a word for it.
    """
    plain = without_class(files, whole)
    labels = [file.label for file in files]
    for words in (plain, [normalised(name).split() for name in whole]):
        coded = without_codes(files, words)
        if coded is None:
            continue
        groups = [_last_left_aside(*one) for one in zip(files, copied, coded, strict=True)]
        if len({*groups}) > 2 and are_sources(labels, groups) and not any(map(only_counts, groups)):
            return coded
    return plain


def _last_left_aside(file: FileName, copied: bool, words: Sequence[str]) -> str:
    """The words without a last number or letter; where there is none, the recording of a copy."""
    rest = " ".join(words)
    match = _PIECES.fullmatch(rest) or _NUMBERED.fullmatch(rest)
    shared = next(filter(None, match.groups()), "") if match else ""
    if re.search(r"[^\W_]", shared):
        return shared
    return _recording(file, words) if copied else file.name


def _with_originals(
    files: Sequence[FileName], words: Sequence[Sequence[str]], keys: Sequence[str]
) -> list[str]:
    """The keys, where a file alone whose whole name is a key has it: `bella`, and `bella (1)`."""
    shared = {(file.label, key) for file, key in zip(files, keys, strict=True) if key != file.name}
    found: list[str] = []
    for file, rest, key in zip(files, words, keys, strict=True):
        name = " ".join(rest)
        own = key == file.name and (file.label, name) in shared
        found.append(name if own and not only_counts(name) and not says_nothing(name) else key)
    return found


def _recording(file: FileName, words: Sequence[str]) -> str:
    """The recording that a file is a copy of; the file itself where its name does not say one."""
    rest = " ".join(words)
    return rest if re.search(r"[^\W_]", rest) and not says_nothing(rest) else file.name


def _before_number(file: FileName, name: str) -> str:
    match = re.fullmatch(r"(.*?[^\W\d_])\d+", name)
    return match.group(1) if match else file.name


def _piece(file: FileName, words: Sequence[str]) -> str:
    match = _PIECES.fullmatch(" ".join(words))
    return next(filter(None, match.groups()), file.name) if match else file.name
