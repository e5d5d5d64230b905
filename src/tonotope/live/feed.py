"""`Feed`: a thread takes the blocks of a source as they come, and notes when each arrived."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tonotope.live.sound_source import SoundSource

_MOST_WAITING = 256  # blocks; a pipe waits then, and a microphone keeps its own
_LOOK_S = 0.2  # so often Ctrl-C is looked for, where waiting hides it
# Whether sound comes as fast as it is heard is told by the blocks of so long, and at least so many.
_PACE_S, _FEWEST, _SHORTEST_S = 1.0, 4, 0.5
_FASTER = 1.25


class Block(NamedTuple):
    """Some sound of a source.

    Attributes:
        samples: float32 (channel, time).
        arrived_s: when it came, by `time.monotonic`.
    """

    samples: np.ndarray
    arrived_s: float


class Feed:
    """The blocks of a source, taken while the network answers.

    Attributes:
        received_s: how much sound has come, in seconds; more than was taken, if the work is slow.
        live: whether it comes as fast as it is heard, lately. A file that is piped in comes faster,
            or waits until there is room for it; of it nothing is ever late.
    """

    def __init__(self, source: SoundSource) -> None:
        self.received_s, self.live = 0.0, False
        self._came: deque[tuple[float, float]] = deque()  # when, and how much until then
        self._waits_for_room = False
        self._source = source
        self._waiting: queue.Queue[tuple[np.ndarray, float] | BaseException | None]
        self._waiting = queue.Queue(_MOST_WAITING)
        self._closed = threading.Event()

    def blocks(self, patience_s: float) -> Iterator[Block | None]:
        """Each block; None once, where none came for so long.

        Raises:
            TonotopeError: what the source raises.
        """
        threading.Thread(target=self._take_all, daemon=True).start()
        since, told = time.monotonic(), False
        while True:
            try:
                found = self._waiting.get(timeout=_LOOK_S)
            except queue.Empty:
                if not told and time.monotonic() - since > patience_s:
                    told = True
                    yield None
                continue
            if found is None:
                return
            if isinstance(found, BaseException):
                raise found
            since, told = time.monotonic(), False
            yield Block(*found)

    def close(self) -> None:
        """Nothing more is taken."""
        self._closed.set()
        self._source.close()

    def _take_all(self) -> None:
        try:
            for samples in self._source.blocks():
                arrived = time.monotonic()
                self._count(samples.shape[1] / self._source.rate_hz, arrived)
                if not self._put((samples, arrived)):
                    return
            self._put(None)
        except BaseException as error:  # raised where the blocks are taken
            self._put(error)

    def _count(self, length_s: float, arrived_s: float) -> None:
        self.received_s += length_s
        self._came.append((arrived_s, self.received_s))
        while len(self._came) > _FEWEST and self._came[0][0] < arrived_s - _PACE_S:
            self._came.popleft()
        took_s = arrived_s - self._came[0][0]
        came_s = self.received_s - self._came[0][1]
        paced = took_s >= _SHORTEST_S and came_s <= _FASTER * took_s
        self.live = paced and not self._waits_for_room

    def _put(self, what: tuple[np.ndarray, float] | BaseException | None) -> bool:
        while not self._closed.is_set():
            try:
                self._waiting.put(what, timeout=_LOOK_S)
            except queue.Full:
                self._waits_for_room, self.live = True, False
                continue
            return True
        return False
