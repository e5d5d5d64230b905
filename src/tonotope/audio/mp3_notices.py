"""Which MP3 is being decoded is told to whoever reads what libmpg123 writes to the terminal."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

Event = Literal["opened", "closed", "entering", "entered"]

_listener: Callable[[str, Event], None] | None = None
MP3_TAG = b"\x55\0"  # WAVE_FORMAT_MPEGLAYER3
DAMAGE = re.compile(
    rb"^\s*\[src/libmpg123/|^Note: (Illegal Audio-MPEG-Header|broken frame)"
    rb"|^Cannot read next header|^Encountered free format|^You fooled me too often"
    rb"|part2_3_length|big_values too|^Illegal bit allocation|Frankenstein"
)
_REMARK = re.compile(  # on tags, pictures, sizes and places: nothing is wrong with the sound
    rb"^Note: (Skipped|Trying to resync|Hit end of|Xing|Info:|Junk at|Looks like a RIFF|ID3v2"
    rb"|Encoder delay|Input data end|Could be a BMP|Cut frame|free format|RVA|doing RVA"
    rb"|frame of group|missing \d+ bytes in bit reservoir|Ignoring Xing|Want to enable"
    rb"|Disabling all|Enabling all)"
    rb"|^Warning: Xing stream size|^not attempting to resync|^Cannot seek (back|3 bytes back)!"
)
_here = threading.local()  # the file that this thread opened last

_quiet = threading.Lock()  # file descriptor 2 belongs to all threads


def is_of_the_decoder(line: bytes) -> bool:
    """Whether libmpg123 wrote this line."""
    return bool(DAMAGE.search(line) or _REMARK.search(line))


@contextlib.contextmanager
def kept_quiet(said: list[str]) -> Iterator[None]:
    """What libmpg123 would write to the terminal of MP3s that this thread reads goes to `said`.

    Where somebody listens, who reads it all, nothing is held back.
    """
    before, _here.said = getattr(_here, "said", None), said
    try:
        yield
    finally:
        _here.said = before


@contextlib.contextmanager
def _held_back(said: list[str]) -> Iterator[None]:
    """All that is written to the terminal waits; what the decoder wrote is told in `said`."""
    with _quiet, contextlib.ExitStack() as after:
        try:
            real = os.dup(2)
        except OSError:  # there is no terminal to write to
            yield
            return
        after.callback(os.close, real)
        notes = after.enter_context(tempfile.TemporaryFile())
        os.dup2(notes.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(real, 2)
            notes.seek(0)
            lines = notes.readlines()
            with contextlib.suppress(OSError):
                os.write(real, b"".join(one for one in lines if not is_of_the_decoder(one)))
            if met := sum(bool(DAMAGE.search(one)) for one in lines):
                times = "once" if met == 1 else f"{met:,} times"
                said.append(
                    f"the MP3 decoder (libmpg123) met damage {times}; copy or download it again"
                )


def listen(listener: Callable[[str, Event], None] | None) -> None:
    """From now on this is called with each MP3 and what happens to it."""
    global _listener
    _listener = listener


@contextlib.contextmanager
def announced(path: Path, handle: int) -> Iterator[None]:
    """Tell the listener of an open file while the block runs, if it may be an MP3."""
    listener = _listener
    said = getattr(_here, "said", None)
    if (listener is None and said is None) or not _may_be_mp3(handle):
        yield
        return
    if listener is None:
        with _held_back([] if said is None else said):
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
