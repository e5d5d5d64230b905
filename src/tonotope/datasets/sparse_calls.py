"""Long recordings with few calls: how many of their windows carry a label and hold nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tonotope._wording import counted
from tonotope.datasets.heard import Heard
from tonotope.datasets.manifest import Recording, are_events

LONG_S = 10.0  # what is no longer than this is a recording of its sound
_SPARSE = 0.5  # of the windows: in more of them something is the usual
_MOST, _SOME = 0.5, 0.25  # of the long recordings that are so, and that have calls at all


def sparse_calls_note(
    heard: Sequence[Heard], clip_s: float | None, recordings: Sequence[Recording] = ()
) -> tuple[str, ...]:
    """One sentence, with numbers, where most windows of long recordings hold background alone.

    None where the recordings are events of these files: what lies between them has no label.

    Args:
        heard: what was heard of some or all recordings.
        clip_s: of a window, in seconds; None where it is not known.
        recordings: that are learnt from, where whole files were heard.
    """
    if are_events(recordings):
        return ()
    long = [one for one in heard if clip_s and one.heard_s > max(LONG_S, 2 * clip_s)]
    if not long or not clip_s:
        return ()
    counts = [_windows(one, clip_s) for one in long]
    sparse = [(some, every) for some, every in counts if some <= _SPARSE * every]
    calling = sum(some > 0 for some, _ in sparse)
    if len(sparse) < _MOST * len(long) or calling < max(1, _SOME * len(sparse)):
        return ()
    some, every = sum(some for some, _ in sparse), sum(every for _, every in sparse)
    return (
        f"in {len(sparse):,} of {counted(len(long), 'long recording')} something stands out of the "
        f"background in {some:,} of the {counted(every, 'window')} of {clip_s:g} s that were "
        f"heard; the other {every - some:,} carry the label of their recording as well: if it "
        "names the calls, mark them in a table with the start and the end of each",
    )


def _windows(one: Heard, clip_s: float) -> tuple[int, int]:
    """How many windows hold something that stands out, and how many there are."""
    every = math.ceil(round(one.heard_s / clip_s, 3))
    if clip_s < 1:  # of a second it is not known which of its windows it was
        return min(every, math.ceil(len(one.calls_s) / clip_s)), every
    return len({min(every - 1, int(second / clip_s)) for second in one.calls_s}), every
