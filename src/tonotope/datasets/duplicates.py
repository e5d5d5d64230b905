"""Duplicates (equal bytes or sound): found, put in one group, refused if labels contradict.

Inside one part of a split this is harmless. Across parts it is a leak, see `leaks`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tonotope._errors import DataError
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
    from tonotope.audio.sound_hash import is_silence  # with NumPy, which `--help` need not wait for

    by_bytes = _together(manifest.recordings, _bytes)
    found = [Duplicates(same, "the same bytes") for same in by_bytes]
    known = {same.ids for same in found}
    if sounds:
        heard = [
            one
            for one in manifest.recordings
            if one.id in sounds and not is_silence(sounds[one.id])
        ]
        by_sound = _together(heard, lambda one: sounds[one.id])
        decoded = [Duplicates(same, "the same sound") for same in by_sound]
        found += [same for same in decoded if same.ids not in known]
    return found


def group_duplicates(
    recordings: Sequence[Recording],
    columns: Sequence[str] | None = None,
    sounds: Mapping[str, str] | None = None,
) -> tuple[list[Recording], list[str]]:
    """The recordings of equal bytes or sound in one group, so that no split by group parts them.

    Published folds and parts stay as they are: what they lay apart, `refuse_leaks` names.

    Args:
        recordings: in any order.
        columns: the targets in which equal recordings must agree; those that contradict each
            other stay apart. None joins them whatever their targets.
        sounds: by ids, hashes of the sound of those that are compared by it too.

    Returns:
        The recordings in their order, and a sentence on each way in which some were put together.
    """
    one_with: dict[str, str] = {}

    def joined(group: str) -> str:
        while group in one_with:
            group = one_with[group]
        return group

    def join(alike: Iterable[tuple[Recording, ...]]) -> list[tuple[Recording, ...]]:
        twins = []
        for same in alike:
            agree = columns is None or not _disagree(same, columns)
            if agree and len({one.fold or one.part for one in same}) == 1:
                first, *others = dict.fromkeys(joined(one.group) for one in same)
                one_with.update(dict.fromkeys(others, first))
                twins += [same] if len({one.group for one in same}) > 1 else []
        return twins

    twins = join(_together(recordings, _bytes))
    known = sounds or {}
    heard = [one for one in recordings if one.id in known]
    alike = [_once(same) for same in _together(heard, lambda one: known[one.id])]
    alike = join(same for same in alike if len(same) > 1)
    if not one_with:
        return list(recordings), []
    kept = [replace(one, group=joined(one.group)) for one in recordings]
    notes = [_joined_note(twins, recordings, by_bytes=True)] if twins else []
    return kept, [*notes, *([_joined_note(alike, recordings, by_bytes=False)] if alike else [])]


def _once(same: Sequence[Recording]) -> tuple[Recording, ...]:
    """One recording of each file's bytes."""
    return tuple({_bytes(one): one for one in reversed(same)}.values())[::-1]


def _joined_note(
    twins: Sequence[Sequence[Recording]], recordings: Sequence[Recording], *, by_bytes: bool
) -> str:
    again = sum(len(same) - 1 for same in twins)
    pairs = first_five([" and ".join(f"`{one.id}`" for one in same[:2]) for same in twins[:3]])
    more = "" if len(twins) <= 3 else ", …"
    verb, they = ("has", "it shares its") if again == 1 else ("have", "they share a")
    note = f"{counted(again, 'recording')} {verb} the bytes of another one: {they} group"
    if not by_bytes:
        note = f"{counted(again, 'recording')} {verb} the sound of another one: {they} group"
    sizes = Counter(one.group for one in recordings)
    large = [same for same in twins if any(sizes[one.group] > 1 for one in same)]
    if not large:
        return f"{note} ({pairs}{more})"
    names = " and ".join(f"`{group}`" for group in dict.fromkeys(one.group for one in large[0]))
    others = f" (and {len(large) - 1} more)" if len(large) > 1 else ""
    return f"{note} ({pairs}{more}), so that the groups {names}{others} count as one"


def refuse_contradictions(
    recordings: Sequence[Recording], columns: Sequence[str], *, published: bool = False
) -> None:
    """Refuse equal bytes with different targets.

    Args:
        recordings: those that are trained on or judged.
        columns: the targets that count; a recording may lack some.
        published: whether they are a published data set, whose labels nobody can correct; then
            contradictions in one group are left to be warned of.

    Raises:
        DataError: names the recordings and their labels.
    """
    wrong = [
        _contradiction(Duplicates(same, "the same bytes"), columns)
        for same in _together(recordings, _bytes)
        if _disagree(same, columns) and not (published and len({one.group for one in same}) == 1)
    ]
    if wrong:
        if len(wrong) > 3:
            raise DataError(
                f"{'; '.join(wrong[:3])}; {len(wrong):,} such in all: correct one label of each, "
                "or leave the recordings out"
            )
        raise DataError(f"{'; '.join(wrong)}; correct one label, or leave the recordings out")


def _disagree(same: Sequence[Recording], columns: Sequence[str]) -> bool:
    """Whether equal recordings say different things in a column; an empty cell says nothing."""
    return any(
        len({text for one in same if (text := one.targets.get(column))}) > 1 for column in columns
    )


def duplicate_warnings(found: Sequence[Duplicates]) -> list[str]:
    """Sentences on the same sound twice, and on one sound with two labels."""
    said = [
        f"{_contradiction(same, None)}; correct one or leave both out"
        for same in found
        if len({_targets(one, None) for one in same.recordings}) > 1
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


def _contradiction(same: Duplicates, columns: Sequence[str] | None) -> str:
    labels = sorted({", ".join(_targets(one, columns)) for one in same.recordings})
    named = " and ".join(f"`{label}`" for label in labels)
    return f"{first_five(same.ids)} are {same.how} with different labels ({named})"


def _targets(one: Recording, columns: Sequence[str] | None) -> tuple[str, ...]:
    """What a recording says in some columns; None takes all of them, sorted."""
    if columns is None:
        return tuple(sorted(one.targets.values()))
    return tuple(one.targets.get(column, "") for column in columns)
