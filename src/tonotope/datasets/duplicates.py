"""The same sound twice: harmless inside a part, a lie across parts.

A network that was taught with a sound knows its answer by heart. So the split is looked through
before anything is trained, for equal bytes and for equal sound in different files (a WAV file and
the FLAC made of it).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tonotope._escape import escaped
from tonotope._wording import counted, first_five
from tonotope.datasets.manifest import Manifest, Recording


class Duplicates(NamedTuple):
    """Recordings that are the same sound, in the order of their names."""

    recordings: tuple[Recording, ...]
    how: str  # "the same bytes" or "the same sound"

    @property
    def ids(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(one.id for one in self.recordings)


def find_duplicates(
    manifest: Manifest, sounds: Mapping[str, str] | None = None
) -> list[Duplicates]:
    """Recordings that are the same by their bytes, or by what is decoded from them.

    Args:
        manifest: the recordings.
        sounds: for each id a number for its decoded sound (`Waveforms.sound_hash`).
    """
    by_bytes = _together(manifest.recordings, _bytes)
    found = [Duplicates(same, "the same bytes") for same in by_bytes]
    known = {same.ids for same in found}
    if sounds:
        heard = [one for one in manifest.recordings if one.id in sounds]
        by_sound = _together(heard, lambda one: sounds[one.id])
        decoded = [Duplicates(same, "the same sound") for same in by_sound]
        found += [same for same in decoded if same.ids not in known]
    return found


def group_duplicates(recordings: Sequence[Recording]) -> tuple[list[Recording], list[str]]:
    """The recordings with equal bytes in one group, so that no split made by group parts them.

    For groups that were only guessed: whoever says which recordings belong together is told of
    equal ones by `leaks` instead. What published folds or parts lay apart stays apart.

    Returns:
        The recordings in their order, and a sentence where some were put together.
    """
    one_with: dict[str, str] = {}

    def joined(group: str) -> str:
        while group in one_with:
            group = one_with[group]
        return group

    again = 0
    for same in _together(recordings, _bytes):
        if len({one.fold or one.part for one in same}) == 1:
            again += len(same) - 1
            first, *others = dict.fromkeys(joined(one.group) for one in same)
            one_with |= dict.fromkeys(others, first)
    if not one_with:
        return list(recordings), []
    verb = "has" if again == 1 else "have"
    note = f"{counted(again, 'recording')} {verb} the bytes of another one: twins are one group"
    return [replace(one, group=joined(one.group)) for one in recordings], [note]


def duplicate_warnings(found: Sequence[Duplicates]) -> list[str]:
    """Sentences on the same sound twice, and on one sound with two labels."""
    said = [
        f"{first_five(same.ids)} are {same.how}, but are labelled "
        f"{' and '.join(f'`{escaped(label)}`' for label in labels)}; correct one or leave both out"
        for same in found
        if len(labels := _labels(same.recordings)) > 1
    ]
    again = sum(len(same.recordings) - 1 for same in found)
    if again:
        example = " and ".join(found[0].ids[:2])
        verb = "is there" if again == 1 else "are there"
        said.append(f"{counted(again, 'recording')} {verb} twice ({example} are {found[0].how})")
    return said


def _together(
    recordings: Iterable[Recording], key: Callable[[Recording], object]
) -> list[tuple[Recording, ...]]:
    same: defaultdict[object, list[Recording]] = defaultdict(list)
    for one in recordings:
        same[key(one)].append(one)
    groups = [sorted(group, key=lambda one: one.id) for group in same.values() if len(group) > 1]
    return [tuple(group) for group in groups]


def _bytes(recording: Recording) -> tuple[str, float, float]:
    return recording.sha256, recording.start_s, recording.duration_s


def _labels(recordings: Iterable[Recording]) -> list[str]:
    return sorted({", ".join(sorted(one.targets.values())) for one in recordings})
