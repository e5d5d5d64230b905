"""The bytes of files kept in memory from inspection to decoding, so that each is read once.

A run looks at every file (type, header, sha256), chooses the rate and the split, and then decodes.
Inside `kept_files()` the bytes of the first look stay in memory, up to a limit, so that the file is
not opened again. What lies beyond the limit is opened twice: once to look, once to decode.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

MOST_BYTES = 1 << 28  # 256 MiB


class KeptFiles:
    """Whole files by path and sha256, in no more than `left` bytes; several threads may use it."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._contents: dict[tuple[Path, str], bytes] = {}
        self._lock = threading.Lock()

    def keep(self, path: Path, sha256: str, content: bytes) -> None:
        """Keep a file where there is room for it."""
        with self._lock:
            if len(content) <= self.left:
                self.left -= len(content)
                self._contents[path, sha256] = content

    def take(self, path: Path, sha256: str) -> bytes | None:
        """The file with these bytes, which is not kept any longer; None where it was not kept."""
        with self._lock:
            content = self._contents.pop((path, sha256), None)
            self.left += len(content or b"")
            return content

    def look(self, path: Path, sha256: str) -> bytes | None:
        """The same, and it stays kept."""
        with self._lock:
            return self._contents.get((path, sha256))

    def clear(self) -> None:
        """Let everything go."""
        for path, sha256 in [*self._contents]:
            self.take(path, sha256)


_KEPT: ContextVar[KeptFiles] = ContextVar("kept_files")


@contextlib.contextmanager
def kept_files(most_bytes: int | None = None) -> Iterator[KeptFiles]:
    """While this block lasts, files that are looked at stay in memory until they are decoded.

    A block inside another one shares what that keeps.
    """
    outer = _KEPT.get(None)
    if outer is not None:  # a command that looks at files and then calls `run`, which has its own
        yield outer
        return
    most_bytes = MOST_BYTES if most_bytes is None else most_bytes
    # Windows' libsndfile reads by name only, see `SoundFile`.
    token = _KEPT.set(KeptFiles(most_bytes if os.name == "posix" else 0))
    try:
        yield _KEPT.get()
    finally:
        _KEPT.reset(token)


def current_kept_files() -> KeptFiles:
    """Those of the block that this code runs in; outside any block, nothing is kept.

    A thread of a pool has no block of its own: ask before the work is handed to it.
    """
    return _KEPT.get(KeptFiles(0))
