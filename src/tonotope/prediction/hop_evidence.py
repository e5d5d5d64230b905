"""Evidence hop by hop: what all windows that cover a moment say of it, in constant memory.

    windows    ├───────┤
                 ├───────┤
                   ├───────┤
    hops       ├─┼─┼─┼─┼─┼─┤     the evidence of each: the mean over the windows around it

A window counts for a hop the more, the nearer the hop lies to its middle: 1 in the middle, 0 at the
edge, a straight line between. So evidence rises and falls where a sound does, and not where the
first window that holds a little of it begins. A window is as long as a clip, so what is shorter
than a clip, or nearer to another sound, is smeared over about a clip. Digital silence says nothing:
a window counts by the share of it that is none, and where no window says anything, evidence is 0.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

SILENT_BELOW = 2.0**-16
"""Half a step of 16 bits: no sample of digital silence reaches it."""


class Hop(NamedTuple):
    """A hop of a recording, and what is known of it.

    Attributes:
        begin: its first sample.
        end: the sample behind its last.
        evidence: (column,) the mean score of the windows around it.
        silent: whether it is digital silence.
        power: the mean of its squared samples; 1 is full scale.
    """

    begin: int
    end: int
    evidence: np.ndarray
    silent: bool
    power: float = 0.0


class _Loud(NamedTuple):
    """Of a block of samples, how many before each are no digital silence, and their energy.

    Both are `(time + 1,)`.
    """

    begin: int
    end: int
    counts: np.ndarray
    energy: np.ndarray

    def between(self, begin: int, end: int) -> int:
        first, last = np.clip([begin, end], self.begin, self.end) - self.begin
        return int(self.counts[last] - self.counts[first])

    def energy_between(self, begin: int, end: int) -> float:
        first, last = np.clip([begin, end], self.begin, self.end) - self.begin
        return float(self.energy[last] - self.energy[first])


class HopEvidence:
    """The evidence of a recording, from the scores of its windows and its samples.

    A recording has hops of `hop` samples; what is left at its end is a hop of its own from half
    that length on, and else belongs to the last one.

    Args:
        hop: samples from one window to the next, at most a clip.
        clip: samples of a window.

    >>> found = HopEvidence(hop=2, clip=4)
    >>> found.hear(np.ones(6, np.float32))
    >>> hops = [*found.take(0, np.array([0.2])), *found.take(2, np.array([0.8])), *found.close()]
    >>> [(one.begin, one.end, one.evidence.round(2).tolist()) for one in hops]
    [(0, 2, [0.2]), (2, 4, [0.5]), (4, 6, [0.8])]
    """

    def __init__(self, hop: int, clip: int) -> None:
        self.hop, self.clip = hop, clip
        self.samples = 0
        self._windows: deque[tuple[int, float, np.ndarray]] = deque()
        self._next = 0  # the hop whose evidence comes next
        self._loud: deque[_Loud] = deque()
        self._ever_sounding, self._last_sounding = 0, -1

    def hear(self, block: np.ndarray) -> None:
        """Take the next block of samples, `(time,)`."""
        loud = np.abs(block) >= SILENT_BELOW
        hops = np.unique((np.flatnonzero(loud) + self.samples) // self.hop)
        self._ever_sounding += int((hops > self._last_sounding).sum())
        self._last_sounding = max(self._last_sounding, *hops[-1:].tolist(), -1)
        counts = np.concatenate([[0], np.cumsum(loud)]).astype(np.int32)
        energy = np.concatenate([[0.0], np.cumsum(np.square(block, dtype=np.float64))])
        self._loud.append(_Loud(self.samples, self.samples + len(block), counts, energy))
        self.samples += len(block)

    @property
    def silent_samples(self) -> int:
        """How many of the samples heard so far lie in hops of digital silence, to within a hop."""
        return max(0, self.samples // self.hop - self._ever_sounding) * self.hop

    def take(self, start: int, scores: np.ndarray) -> Iterator[Hop]:
        """Take the next window, and give the hops that no later window reaches.

        Args:
            start: its first sample; windows come in rising order.
            scores: (column,).
        """
        share = self._sounding(start, start + self.clip) / self.clip
        # The sound of this window has been heard, so none of these hops is the recording's last.
        while self._middle(self._next) <= start and self._windows:
            yield self._finished((self._next + 1) * self.hop)
        self._windows.append((start, share, scores))

    def close(self) -> Iterator[Hop]:
        """The hops that are left, once all windows were taken and all samples heard."""
        count = max(1, (2 * self.samples + self.hop) // (2 * self.hop))
        while self._windows and self._next < count:
            last = self._next == count - 1
            yield self._finished(self.samples if last else (self._next + 1) * self.hop)

    def _sounding(self, begin: int, end: int) -> int:
        """How many of these samples are no digital silence."""
        return sum(one.between(begin, end) for one in self._loud)

    def _middle(self, number: int) -> float:
        return (number + 0.5) * self.hop

    def _finished(self, end: int) -> Hop:
        begin = self._next * self.hop
        middle = (begin + end) / 2
        while len(self._windows) > 1 and self._windows[0][0] + self.clip <= middle:
            self._windows.popleft()
        starts = np.array([start for start, *_ in self._windows])
        shares = np.array([share for _, share, _ in self._windows])
        scores = np.array([scores for *_, scores in self._windows])
        near = np.maximum(0.0, 1.0 - np.abs(starts + self.clip / 2 - middle) / (self.clip / 2))
        if not near.any():  # the samples behind the last whole frame lie in no window
            near[-1] = 1.0
        weights = near * shares
        evidence = weights @ scores / (weights.sum() or 1.0)
        silent = not self._sounding(begin, end)
        energy = sum(one.energy_between(begin, end) for one in self._loud)
        self._next += 1
        while self._loud and self._loud[0].end <= end - self.hop:
            self._loud.popleft()
        return Hop(begin, end, evidence, silent, max(energy, 0.0) / max(end - begin, 1))
