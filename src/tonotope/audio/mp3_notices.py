"""Which MP3 is being decoded is told to whoever reads what libmpg123 writes to the terminal."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

Event = Literal["opened", "closed", "entering", "entered"]

_listener: Callable[[str, Event], None] | None = None
MP3_TAG = b"\x55\0"  # WAVE_FORMAT_MPEGLAYER3
_here = threading.local()  # the file that this thread opened last


def listen(listener: Callable[[str, Event], None] | None) -> None:
    """From now on this is called with each MP3 and what happens to it."""
    global _listener
    _listener = listener


@contextlib.contextmanager
def announced(path: Path, handle: int) -> Iterator[None]:
    """Tell the listener of an open file while the block runs, if it may be an MP3."""
    listener = _listener
    if listener is None or not _may_be_mp3(handle):
        yield
        return
    before, _here.path = getattr(_here, "path", None), str(path)
    listener(str(path), "opened")
    try:
        yield
    finally:
        _here.path = before
        listener(str(path), "closed")


@contextlib.contextmanager
def entering() -> Iterator[None]:
    """Tell the listener that this thread's file is entered in its middle while the block runs.

    The first frames there need bytes of those before them, of which the decoder complains, though
    nothing is wrong with the file.
    """
    listener, path = _listener, getattr(_here, "path", None)
    if listener is None or path is None:
        yield
        return
    listener(path, "entering")
    try:
        yield
    finally:
        listener(path, "entered")


def _may_be_mp3(handle: int) -> bool:
    """Whether the file begins with a frame, a tag, or zeros, or is a WAV that holds an MP3."""
    os.lseek(handle, 0, os.SEEK_SET)
    head = os.read(handle, 22)
    os.lseek(handle, 0, os.SEEK_SET)
    if head[:4] == b"RIFF":
        return head[12:16] == b"fmt " and head[20:] == MP3_TAG
    return head[:1] in {b"\xff", b"\0"} or head[:3] in {b"ID3", b"TAG", b"APE", b"LYR"}
