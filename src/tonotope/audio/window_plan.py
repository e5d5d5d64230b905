"""Where the windows of a long recording begin and end: length, hop, the last one.

    length 10, window 4, hop 3     |----|           0
                                      |----|        3
                                         |----|     6: ends with the recording

A recording shorter than a window gives one window, filled up with silence at its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tonotope._errors import DataError


@dataclass(frozen=True, eq=False)
class Windows:
    """A plan of windows; it remembers of each where it came from.

    Attributes:
        recording: int64, (window,): the number of the recording, in the order given.
        start: int64, (window,): the first sample of the window in that recording.
        samples: the length of every window.
        lengths: int64, (recording,): the samples each recording has.
    """

    recording: np.ndarray
    start: np.ndarray
    samples: int
    lengths: np.ndarray

    def __len__(self) -> int:
        return len(self.start)

    @property
    def heard(self) -> np.ndarray:
        """Samples of each window that are sound, (window,); from there to `samples` is silence."""
        return np.minimum(self.samples, self.lengths[self.recording] - self.start)

    @property
    def counts(self) -> np.ndarray:
        """How many windows each recording gives, (recording,)."""
        return np.bincount(self.recording, minlength=len(self.lengths))

    def start_s(self, rate_hz: int) -> np.ndarray:
        """When each window begins in its recording, in seconds, (window,)."""
        return self.start / rate_hz

    def stop_s(self, rate_hz: int) -> np.ndarray:
        """When the sound of each window ends in its recording, in seconds, (window,)."""
        return (self.start + self.heard) / rate_hz

    def of(self, recordings: Sequence[int] | np.ndarray) -> Windows:
        """The windows of some recordings, (recording,), which keep their numbers."""
        chosen = np.isin(self.recording, recordings)
        return Windows(self.recording[chosen], self.start[chosen], self.samples, self.lengths)


def plan_windows(
    lengths: Sequence[int] | np.ndarray, clip_samples: int, hop_samples: int
) -> Windows:
    """Plan windows over recordings so that every sample is in one.

    Windows begin every `hop_samples`; the last one ends with its recording.

    Args:
        lengths: the samples of each recording, (recording,).
        clip_samples: the length of a window.
        hop_samples: from the start of one window to the start of the next.

    Raises:
        DataError: a hop longer than the window would leave sound unheard, or nothing to hear.

    >>> windows = plan_windows([10, 3], clip_samples=4, hop_samples=3)
    >>> windows.recording.tolist(), windows.start.tolist(), windows.heard.tolist()
    ([0, 0, 0, 1], [0, 3, 6, 0], [4, 4, 4, 3])
    """
    if clip_samples < 1 or hop_samples < 1:
        message = f"a window of {clip_samples} samples every {hop_samples}: both must be above 0"
        raise DataError(message)
    if hop_samples > clip_samples:
        raise DataError(
            f"windows of {clip_samples} samples every {hop_samples} would leave sound unheard "
            "between them: the hop may be as long as the clip at most"
        )
    sizes = np.asarray(lengths, dtype=np.int64)
    if (sizes < 1).any():
        first = int(np.argmax(sizes < 1))
        raise DataError(f"recording number {first} has {sizes[first]} samples: nothing to hear")
    beyond = np.maximum(sizes - clip_samples, 0)
    counts = -(-beyond // hop_samples) + 1  # rounded up: the last may overlap more
    recording = np.repeat(np.arange(len(sizes)), counts)
    first_of_each = np.cumsum(counts) - counts
    position = np.arange(len(recording)) - first_of_each[recording]
    start = np.minimum(position * hop_samples, beyond[recording])
    return Windows(recording, start, clip_samples, sizes)
