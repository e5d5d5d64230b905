"""Data leaks refused: the same sound, or overlapping events of a file, in two parts of a split.

A network that was trained with a sound knows its answer by heart, so the score would be untrue.
Every split is searched before anything is trained: for equal bytes, for equal sound in different
files, and for events that share some of the sound of one file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tonotope._errors import DataError
from tonotope._wording import first_five, first_three
from tonotope.datasets.duplicates import Duplicates, duplicate_warnings, find_duplicates
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.split import PARTS, Split


class _Leak(NamedTuple):
    """What is said of a pair in two parts, and its labels, where they differ."""

    said: str
    labels: str


def refuse_leaks(
    manifest: Manifest, split: Split | Sequence[Split], sounds: Mapping[str, str] | None = None
) -> list[str]:
    """Refuse splits that have the same sound in two parts; warn of duplicates inside one part.

    Args:
        manifest: the recordings.
        split: the parts, or those of every fold: each pair is named once.
        sounds: for each id a number for its decoded sound (`Waveforms.sound_hash`).

    Returns:
        Warnings on the same sound twice inside a part, and on two labels for one sound.

    Raises:
        DataError: the same sound, or overlapping events of one file, lie in two parts.
    """
    splits = [split] if isinstance(split, Split) else split
    across: dict[tuple[str, ...], _Leak] = {}  # by names, as they lie in the first fold
    inside: dict[tuple[str, ...], Duplicates] = {}
    refused: dict[str, None] = {}
    found = find_duplicates(manifest, sounds)
    for one in splits:
        leaks = _leaks(manifest, one, found, inside)
        across = leaks | across
        if leaks and one.fold is not None:
            refused[one.fold] = None
    if across:
        folds = [*refused]
        where = f"fold {folds[0]}: " if len(folds) == 1 else ""
        where = f"folds {first_five(folds)}: " if len(folds) > 1 else where
        raise DataError(
            f"{where}the same sound lies in two parts, so the score would be untrue: "
            f"{first_three([one.said for one in across.values()])}; "
            f"{_cure(any(one.labels for one in across.values()))}"
        )
    return duplicate_warnings([*inside.values()])


def _leaks(
    manifest: Manifest,
    split: Split,
    duplicates: Iterable[Duplicates],
    inside: dict[tuple[str, ...], Duplicates],
) -> dict[tuple[str, ...], _Leak]:
    """What lies in two parts of one split, by its names; what lies in one is put into `inside`."""
    part_of = {name: part for part in PARTS for name in getattr(split, part)}
    across: dict[tuple[str, ...], _Leak] = {}
    for same in duplicates:
        present = [one for one in same.recordings if one.id in part_of]
        if len({part_of[one.id] for one in present}) > 1:
            across[same.ids] = _duplicate(present, part_of, same.how)
        elif len(present) > 1:
            inside[same.ids] = same
    for pair in _overlapping(manifest.recordings, part_of):
        said = _pair(pair, part_of, "overlap in the same file")
        across[tuple(one.id for one in pair)] = _Leak(said, "")
    return across


def _overlapping(
    recordings: Iterable[Recording], part_of: Mapping[str, str]
) -> list[tuple[Recording, Recording]]:
    """Events of one file that share some of its sound and lie in two parts: one pair an event.

    In the order of their starts, an event overlaps an earlier one exactly where it starts before
    that one ends. So for each part the event that ends last is kept: a long event reaches beyond
    the short ones that follow it. Equal events are left out, for their bytes are equal too.
    """
    events = [one for one in recordings if one.id in part_of]
    events.sort(key=lambda one: (one.sha256, one.start_s, one.duration_s, one.id))
    last: defaultdict[str, dict[str, Recording]] = defaultdict(dict)  # by file, by part
    pairs: list[tuple[Recording, Recording]] = []
    for event in events:
        earlier, part = last[event.sha256], part_of[event.id]
        pairs += [
            (other, event)
            for where, other in earlier.items()
            if where != part and event.start_s < _end_s(other) and _span(other) != _span(event)
        ][:1]
        if part not in earlier or _end_s(event) > _end_s(earlier[part]):
            earlier[part] = event
    return pairs


def _span(event: Recording) -> tuple[float, float]:
    return event.start_s, event.duration_s


def _end_s(event: Recording) -> float:
    return event.start_s + event.duration_s


def _pair(same: Sequence[Recording], part_of: Mapping[str, str], how: str) -> str:
    first = same[0]
    other = next(one for one in same if part_of[one.id] != part_of[first.id])
    return f"{first.id} ({part_of[first.id]}) and {other.id} ({part_of[other.id]}) {how}"


def _duplicate(same: Sequence[Recording], part_of: Mapping[str, str], how: str) -> _Leak:
    found = sorted({text for one in same if (text := " ".join(one.targets.values()))})
    if len(found) < 2:
        return _Leak(_pair(same, part_of, f"are {how}"), "")
    labels = " and ".join(f"`{label}`" for label in found)
    return _Leak(_pair(same, part_of, f"are {how} with different labels ({labels})"), labels)


def _cure(contradict: bool) -> str:
    if contradict:
        return "correct the label, or leave one of them out"
    return "leave one of them out, or give both the same group in a table (file,label,group)"
