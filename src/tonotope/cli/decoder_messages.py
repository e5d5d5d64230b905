"""What libmpg123 writes to the terminal by itself is caught, counted and said in one sentence.

The library writes to file descriptor 2 past Python. A small process reads it instead, passes on
everything else, and outlives a crash, so that no other message is lost.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from typing import TextIO

_OF_THE_DECODER = (b"mpg123", b"Illegal Audio-MPEG-Header", b"part2_3_length", b"big_values too")
_MOST_BYTES = 65536


@contextlib.contextmanager
def caught() -> Iterator[None]:
    """Catch what libmpg123 writes while the block runs; nothing is caught without `fork`."""
    if not hasattr(os, "fork") or not _is_plain(sys.stderr):
        yield
        return
    real = os.dup(2)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _pass_on(reading, writing, real)
    os.close(reading)
    os.dup2(writing, 2)
    os.close(writing)
    before, sys.stderr = sys.stderr, _text(real, sys.stderr)
    try:
        yield
    finally:
        try:
            sys.stderr.flush()
        except OSError:  # full: Python would try again at its end, and fail
            os.dup2(os.open(os.devnull, os.O_WRONLY), real)
        sys.stderr = before
        os.dup2(real, 2)  # ends what the child reads
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def _is_plain(stream: object) -> bool:
    try:
        return isinstance(stream, io.TextIOWrapper) and stream.fileno() == 2
    except (OSError, ValueError):
        return False


def _text(handle: int, like: TextIO) -> io.TextIOWrapper:
    raw = io.FileIO(handle, "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw), like.encoding, errors=like.errors, line_buffering=True
    )


def _pass_on(reading: int, writing: int, real: int) -> None:
    """Write lines on until there are no more, without those of the decoder; never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.close(writing)
    count = 0
    held = b""
    with contextlib.suppress(OSError):
        while data := os.read(reading, _MOST_BYTES):
            *lines, held = (held + data).split(b"\n")
            count += sum(map(_is_of_the_decoder, lines))
            kept = [line + b"\n" for line in lines if not _is_of_the_decoder(line)]
            if held and not any(held.lstrip()[:1] == one for one in (b"[", b"N", b"W")):
                kept, held = [*kept, held], b""  # a line without an end, such as a question
            os.write(real, b"".join(kept))
        os.write(real, held)
        if count:
            os.write(real, _said(count))
    os._exit(0)


def _is_of_the_decoder(line: bytes) -> bool:
    return any(one in line for one in _OF_THE_DECODER)


def _said(count: int) -> bytes:
    times = "once" if count == 1 else f"{count:,} times"
    return (
        f"The MP3 decoder (libmpg123) met damage {times}; `tonotope check` names the recordings "
        "that may be cut short or broken\n"
    ).encode()
