"""What is drawn in the bootstrap of detection: groups, recordings, or blocks of time of one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tonotope._wording import length_text
from tonotope.evaluation.event_counts import Sides
from tonotope.evaluation.intervals import ROUGH_BELOW

_BLOCKS = 20  # about so many
_STEPS = (1, 1.5, 2, 3, 4, 6, 8, 10)


@dataclass(frozen=True)
class Units:
    """The units that are drawn.

    Attributes:
        of: the unit of each recording.
        count: how many units.
        groups: how many groups of recordings; 1 where units are blocks.
        segment_s: the length of a segment in seconds.
        block_segments: how many segments a block has; None where units are recordings.
    """

    of: Mapping[str, int]
    count: int
    groups: int
    segment_s: float
    block_segments: int | None = None

    @property
    def block_s(self) -> float | None:
        """The length of a block in seconds; None where units are recordings."""
        return None if self.block_segments is None else self.block_segments * self.segment_s

    def at(self, recording: str, time_s: float) -> int:
        """The unit of a moment of a recording."""
        if self.block_segments is None:
            return self.of[recording]
        return min(math.floor(time_s / self.segment_s) // self.block_segments, self.count - 1)

    def notes(self) -> list[str]:
        """What the intervals rest on, where that is not many recordings."""
        if self.block_s is not None and self.count > 1:
            return [
                f"There is one recording only: the intervals are over its {self.count} blocks of "
                f"{length_text(self.block_s)}, and say nothing of other recordings."
            ]
        if self.count == 1:
            return ["There is one short recording only: no interval can be given."]
        if self.groups == 1:
            return [
                "All recordings come from one group: the intervals are over its recordings and say "
                "nothing of other groups."
            ]
        if self.count < ROUGH_BELOW:
            what = "recordings" if self.count == len(self.of) else "groups"
            return [f"The intervals are rough: they rest on {self.count} {what} only."]
        return []


def units_over(
    recordings: Mapping[str, Sides], groups: Mapping[str, str], segment_s: float
) -> Units:
    """Groups where there are several, else recordings, else blocks of time of the one recording.

    A block is a whole number of segments, about a twentieth of the time, and at least twice as
    long as the longest true event.

    Args:
        recordings: the events of each.
        groups: the group of each recording; one without is a group of its own.
        segment_s: the length of a segment in seconds.
    """
    named = {name: groups.get(name, f"/{name}" if groups else name) for name in recordings}
    numbers = {one: at for at, one in enumerate(sorted({*named.values()}))}
    if len(numbers) > 1:
        return Units({name: numbers[one] for name, one in named.items()}, len(numbers),
                     len(numbers), segment_s)  # fmt: skip
    if len(recordings) > 1:
        return Units({name: at for at, name in enumerate(recordings)}, len(recordings), 1,
                     segment_s)  # fmt: skip
    [name] = recordings
    sides = recordings[name]
    span_s = max(one.end_s for events in sides for one in events)
    longest_s = max((one.duration_s for one in sides.truth), default=0.0)
    block = math.ceil(_round_up(max(span_s / _BLOCKS, 2 * longest_s, segment_s)) / segment_s)
    count = max(1, math.ceil(span_s / (block * segment_s)))
    return Units({name: 0}, count, 1, segment_s, block)


def _round_up(seconds: float) -> float:
    """The next round number.

    >>> _round_up(7.1), _round_up(31), _round_up(0.4)
    (8.0, 40.0, 0.4)
    """
    power = 10.0 ** math.floor(math.log10(seconds))
    return next(step * power for step in _STEPS if step * power >= seconds * (1 - 1e-9))
