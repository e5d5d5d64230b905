"""Which MP3 is being decoded is told to whoever reads what libmpg123 writes to the terminal."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

_listener: Callable[[str, bool], None] | None = None


def listen(listener: Callable[[str, bool], None] | None) -> None:
    """From now on this is called with each MP3 as it is opened (true) and closed (false)."""
    global _listener
    _listener = listener


@contextlib.contextmanager
def announced(path: Path, handle: int) -> Iterator[None]:
    """Tell the listener of an open file while the block runs, if it may be an MP3."""
    listener = _listener
    if listener is None or not _may_be_mp3(handle):
        yield
        return
    listener(str(path), True)
    try:
        yield
    finally:
        listener(str(path), False)


def _may_be_mp3(handle: int) -> bool:
    """Whether the file begins with a frame, a tag, or zeros."""
    os.lseek(handle, 0, os.SEEK_SET)
    head = os.read(handle, 3)
    os.lseek(handle, 0, os.SEEK_SET)
    return head[:1] in {b"\xff", b"\0"} or head in {b"ID3", b"TAG", b"APE", b"LYR"}
