"""What libmpg123 writes to the terminal by itself is caught, counted and said in one sentence.

The library writes to file descriptor 2 past Python. A small process reads it instead, passes on
everything else, and outlives a crash, so that no other message is lost.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import sys
from collections.abc import Iterator
from typing import TextIO

from tonotope.cli.terminal import say

_DAMAGE = re.compile(
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
_MOST_BYTES = 65536


@contextlib.contextmanager
def caught(command: str = "") -> Iterator[None]:
    """Catch what libmpg123 writes while the block runs; nothing is caught without `fork`.

    Args:
        command: the command that runs: `check` names damaged recordings itself.
    """
    if not hasattr(os, "fork") or not _is_plain(sys.stderr):
        yield
        return
    real = os.dup(2)
    reading, writing = os.pipe()
    counted, counting = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.close(counted)
        _pass_on(reading, real, counting)
    os.close(reading)
    os.close(counting)
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
        with os.fdopen(counted, "rb") as told:
            number = int(told.read() or 0)
        if number:
            with contextlib.suppress(OSError):
                say(_said(number, command))


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


def _pass_on(reading: int, real: int, counting: int) -> None:
    """Write lines on until there are no more, without those of the decoder; never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    count = 0
    held = b""
    with contextlib.suppress(OSError):
        while data := os.read(reading, _MOST_BYTES):
            *lines, held = (held + data).split(b"\n")
            count += sum(bool(_DAMAGE.search(line)) for line in lines)
            kept = [line + b"\n" for line in lines if not _is_of_the_decoder(line)]
            if held and not any(held.lstrip()[:1] == one for one in (b"[", b"N", b"W")):
                kept, held = [*kept, held], b""  # a line without an end, such as a question
            os.write(real, b"".join(kept))
        os.write(real, held)
    if count:
        try:
            os.write(counting, str(count).encode())
        except OSError:  # the command crashed: nobody else can say it
            with contextlib.suppress(OSError):
                os.write(real, f"{_said(count)}\n".encode())
    os._exit(0)


def _is_of_the_decoder(line: bytes) -> bool:
    return bool(_DAMAGE.search(line) or _REMARK.search(line))


def _said(count: int, command: str = "") -> str:
    times = "once" if count == 1 else f"{count:,} times"
    if command == "check":
        return (
            f"The MP3 decoder (libmpg123) met damage {times}; the recordings named above may be "
            "cut short or broken"
        )
    return (
        f"The MP3 decoder (libmpg123) met damage {times}; `tonotope check` names the recordings "
        "that may be cut short or broken"
    )
