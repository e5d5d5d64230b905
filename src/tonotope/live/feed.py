"""`Feed`: a thread takes the blocks of a source as they come, and notes when each arrived."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tonotope.live.sound_source import SoundSource

_MOST_WAITING = 256  # blocks; a pipe waits then, and a microphone keeps its own
_LOOK_S = 0.2  # so often Ctrl-C is looked for, where waiting hides it


class Block(NamedTuple):
    """Some sound of a source.

    Attributes:
        samples: float32 (channel, time).
        arrived_s: when it came, by `time.monotonic`.
        awaited: nothing else waited, so that whoever listens is not behind.
    """

    samples: np.ndarray
    arrived_s: float
    awaited: bool


class Feed:
    """The blocks of a source, taken while the network answers.

    Attributes:
        received_s: how much sound has come, in seconds; more than was taken, if the work is slow.
    """

    def __init__(self, source: SoundSource) -> None:
        self.received_s = 0.0
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
        awaited = True
        while True:
            try:
                found = self._waiting.get_nowait()
            except queue.Empty:
                awaited = True
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
            yield Block(*found, awaited)
            awaited = False

    def close(self) -> None:
        """Nothing more is taken."""
        self._closed.set()
        self._source.close()

    def _take_all(self) -> None:
        try:
            for samples in self._source.blocks():
                arrived = time.monotonic()
                self.received_s += samples.shape[1] / self._source.rate_hz
                if not self._put((samples, arrived)):
                    return
            self._put(None)
        except BaseException as error:  # raised where the blocks are taken
            self._put(error)

    def _put(self, what: tuple[np.ndarray, float] | BaseException | None) -> bool:
        while not self._closed.is_set():
            try:
                self._waiting.put(what, timeout=_LOOK_S)
            except queue.Full:
                continue
            return True
        return False
