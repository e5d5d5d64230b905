"""Blocks of time: events of one long recording in groups that share no sound (`split.blocks_s`).

Where all there is comes from one recording, no split by source is left. Whole stretches of it on
one side of the split are the next best: an event is never cut, events that overlap lie in one
block, and no two blocks share a moment of sound. What is tested was still recorded in the same
place with the same microphone, often seconds away, and that is said.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tonotope._wording import counted, first_five
from tonotope.datasets.manifest import Manifest, Recording

_BLOCKS = 20  # a length is proposed that makes about so many
_LONG_S = 60.0  # so long is a take, in which there may be events
_STEPS = (1, 1.5, 2, 3, 4, 6, 8, 10)


def in_blocks(manifest: Manifest, blocks_s: float | None) -> Manifest:
    """The manifest with the events of each file in groups by blocks of time, and a warning.

    A block ends with the first event that starts after its time is over and after all events of
    the block. Files of one recording, and recordings of other files, keep their groups.

    Args:
        manifest: the recordings.
        blocks_s: the length of a block in seconds; None leaves the groups as they are.
    """
    if blocks_s is None:
        return manifest
    group_of: dict[str, str] = {}
    longest_s = 0.0
    files = _files_of_events(manifest.recordings)
    for events in files:
        for block in _blocks(events, blocks_s):
            begin_s, end_s = block[0].start_s, max(map(_end_s, block))
            longest_s = max(longest_s, end_s - begin_s)
            name = f"{_file(block[0])}@{_time(begin_s)}-{_time(end_s)}"
            group_of |= dict.fromkeys((one.id for one in block), name)
    recordings = tuple(
        replace(one, group=group_of.get(one.id, one.group)) for one in manifest.recordings
    )
    warning = _warning(files, len({*group_of.values()}), blocks_s, longest_s)
    if recordings == manifest.recordings and warning in manifest.warnings:
        return manifest
    return replace(manifest, recordings=recordings, warnings=(*manifest.warnings, warning))


def blocks_remedy(recordings: Iterable[Recording]) -> str:
    """What blocks of time would do for these recordings, for a refusal; empty if nothing."""
    recordings = list(recordings)
    files = _files_of_events(recordings)
    if not files and any(one.duration_s > _LONG_S for one in recordings):
        return (
            "; or mark in a table where in the long recordings something is heard (file, start, "
            "end, label): split.blocks_s then lets blocks of time stand for groups"
        )
    if not files:
        return ""
    spans_s, blocks_s = _spans_s(files), _fitting_s(files)
    return (
        f"; or let blocks of time stand for groups: split.blocks_s = {blocks_s:g} parts the "
        f"{_events(files)} into about {max(1, round(sum(spans_s) / blocks_s))} stretches, and the "
        'score then tells of this recording alone (training.final = "all" lets a last network '
        "learn from all of it)"
    )


def blocks_of_one_take(recordings: Iterable[Recording]) -> float | None:
    """The length of a block in seconds where all events are in one group; None elsewhere."""
    recordings = list(recordings)
    files = _files_of_events(recordings)
    if not files or len({one.group for one in recordings}) > 1:
        return None
    return _fitting_s(files)


def _fitting_s(files: Sequence[Sequence[Recording]]) -> float:
    """A length that makes about twenty blocks, none shorter than an event."""
    longest_s = max(one.duration_s for events in files for one in events)
    return _round_s(max(sum(_spans_s(files)) / _BLOCKS, longest_s))


def _spans_s(files: Sequence[Sequence[Recording]]) -> list[float]:
    return [max(map(_end_s, events)) - events[0].start_s for events in files]


def _files_of_events(recordings: Iterable[Recording]) -> list[list[Recording]]:
    """The events of each file that holds several, in the order of time."""
    files: defaultdict[str, list[Recording]] = defaultdict(list)
    for one in recordings:
        files[one.sha256].append(one)
    several = [
        own for own in files.values() if len({(one.start_s, _end_s(one)) for one in own}) > 1
    ]
    return [sorted(own, key=lambda one: (one.start_s, _end_s(one), one.id)) for own in several]


def _blocks(events: Sequence[Recording], blocks_s: float) -> list[list[Recording]]:
    """Events in the order of time, parted where a block is over and no event sounds."""
    blocks: list[list[Recording]] = []
    over_s = sounds_until_s = -math.inf
    for one in events:
        if one.start_s >= over_s and one.start_s >= sounds_until_s:
            blocks.append([])
            over_s = (math.floor(one.start_s / blocks_s) + 1) * blocks_s
        blocks[-1].append(one)
        sounds_until_s = max(sounds_until_s, _end_s(one))
    return blocks


def _warning(
    files: Sequence[Sequence[Recording]], blocks: int, blocks_s: float, longest_s: float
) -> str:
    if not files:
        return f"split.blocks_s = {blocks_s:g} changes nothing: no file holds several events"
    longer = ""
    if longest_s > 2 * blocks_s:
        longer = (
            f", the longest of {longest_s:.1f} s, since its events overlap or follow without end"
        )
    return (
        f"the {_events(files)} are in {counted(blocks, 'block')} of {blocks_s:g} s{longer} "
        "(split.blocks_s), in place of groups: what is tested was recorded by the same microphone "
        "in the same place, often seconds from what is learnt, so the score tells how well the "
        "rest of this recording is known and nothing of another one"
    )


def _events(files: Sequence[Sequence[Recording]]) -> str:
    names = [_file(events[0]) for events in files]
    return f"{counted(sum(map(len, files)), 'event')} of {first_five(names)}"


def _file(event: Recording) -> str:
    return event.id.rpartition("@")[0] or event.id


def _end_s(event: Recording) -> float:
    return event.start_s + event.duration_s


def _time(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


def _round_s(seconds: float) -> float:
    """The next plain number: 4, 6, 8, 10, 15, 20, 30, 40, 60, ... seconds."""
    scale = 10.0 ** math.floor(math.log10(max(seconds, 1e-3)))
    return next(step * scale for step in _STEPS if step * scale >= seconds * (1 - 1e-9))
