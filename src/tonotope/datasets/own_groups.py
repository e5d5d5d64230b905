"""Which recordings are in a group of their own because nobody named one, and who said so.

A column may well name one speaker for each recording: those groups are known, and none is missing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from tonotope.datasets.manifest import Recording

OwnGroups = Literal["none", "named", "some", "asked", "unused", "unknown"]
# What the sources say of groups, in notes and warnings.
_UNKNOWN = re.compile("each file is its own group|no group is given or can be read from the names")
_ASKED = re.compile("each file is its own group, as asked|groups are from `file`: ")
_OWN_SOURCES = re.compile(".* tell a source of its own for each file$")
_UNUSED = re.compile(".*groups from .+ were not used: ")
_EQUAL_SOUND = re.compile("[\\d,]+ recordings? ha(s|ve) the sound of another one: ")
_UNUSED_COLUMN = re.compile(".* was not used as group: ")


def own_groups(
    recordings: Sequence[Recording], notes: Iterable[str] = (), warnings: Iterable[str] = ()
) -> OwnGroups:
    """Whether every group is one recording (or copies of one), and where that comes from.

    Args:
        recordings: all of them.
        notes: what was understood of the source, as `Manifest.notes`.
        warnings: what deserves a look, as `Manifest.warnings`.

    Returns:
        `none`: some group holds several recordings. `named`: a column, a folder or a name tells
        each group. `some`: it does so of some recordings only. `asked`: the user asked for files
        as groups. `unused`: groups were found and cannot be used. `unknown`: nobody told any.
    """
    notes = [*notes]
    if not _alone(recordings, by_sound=any(map(_EQUAL_SOUND.match, notes))):
        return "none"
    without = without_group(recordings)
    if any(map(_OWN_SOURCES.match, notes)):
        return "named"  # published names
    if not without and not any(map(_UNKNOWN.match, notes)):
        return "named"
    if any(map(_ASKED.match, notes)):
        return "asked"
    if any(map(_UNUSED.match, notes)) or any(map(_UNUSED_COLUMN.match, warnings)):
        return "unused"
    return "some" if 0 < len(without) < len(recordings) else "unknown"


def without_group(recordings: Sequence[Recording]) -> list[Recording]:
    """The recordings whose group is named after their file, or after that of a copy."""
    members: defaultdict[str, set[str]] = defaultdict(set)
    for one in recordings:
        members[one.group] |= {one.id, one.id.rpartition("@")[0]}
    return [one for one in recordings if one.group in members[one.group]]


def _alone(recordings: Sequence[Recording], *, by_sound: bool) -> bool:
    """Whether each group is one recording, or copies of one, which share a group in any case.

    Where some have the sound of another one, those are copies whose group is named after one.
    """
    sounds: defaultdict[str, set[tuple[str, float, float]]] = defaultdict(set)
    named = {one.group for one in without_group(recordings)} if by_sound else set()
    for one in recordings:
        content = "" if one.group in named else one.sha256 or one.id
        sounds[one.group].add((content, one.start_s, one.duration_s))
    return all(len(own) == 1 for own in sounds.values())
