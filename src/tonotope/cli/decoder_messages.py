"""What libmpg123 writes to the terminal by itself is caught, and said with the damaged files.

The library writes to file descriptor 2 past Python. A small process reads it instead, passes on
everything else, and outlives a crash, so that no other message is lost. The files that are decoded
are written into the same pipe, so that each complaint is about one of those that were open then;
which of them, or none, decoding each alone from its beginning tells. What the decoder writes where
a sound file is entered in its middle is no damage.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import BinaryIO, NamedTuple, TextIO

from tonotope._errors import DataError
from tonotope._wording import first_three
from tonotope.audio import mp3_notices
from tonotope.cli.grouped_messages import EXAMPLES
from tonotope.cli.terminal import say

_MOST_BYTES = 65536
_MARK = b"\x1e"  # begins the line on a file that is opened or closed
_MOST_SUSPECTS = 400  # each is decoded once more
_MOST_BESIDE = 20  # of those that were open while another file was entered
_ASKED = b"asked"  # the mark that asks what was found so far


_asking: Callable[[], _Found] | None = None


class _Found(NamedTuple):
    """What the reading process tells.

    Attributes:
        unknown: complaints while no MP3 was open.
        suspects: files that may be damaged, the most probable first.
    """

    unknown: int
    suspects: list[str]


@contextlib.contextmanager
def caught(command: str = "") -> Iterator[None]:
    """Catch what libmpg123 writes while the block runs; nothing is caught without `fork`.

    Args:
        command: the command that runs: `check` has looked at the recordings itself.
    """
    global _asking
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
    finished = False
    with os.fdopen(counted, "rb") as told:
        mp3_notices.listen(_mark)
        _asking = partial(_ask, told)
        try:
            yield
            finished = True
        finally:
            mp3_notices.listen(None)
            _asking = None
            try:
                sys.stderr.flush()
            except OSError:  # full: Python would try again at its end, and fail
                os.dup2(os.open(os.devnull, os.O_WRONLY), real)
            sys.stderr = before
            os.dup2(real, 2)  # ends what the child reads
            found = _read(told)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)
            named = _damaged(found.suspects) if finished else {}
            if number := found.unknown + sum(named.values()):
                with contextlib.suppress(OSError):
                    say(_said(number, command, [*named]))


def damaged_files() -> list[str]:
    """The files that the decoder really met damage in, so far; what is told here is not told again.

    Each is known for sure: it was decoded alone, from its beginning. Empty where nothing is caught.
    """
    if _asking is None:
        return []
    suspects = _asking().suspects
    mp3_notices.listen(None)
    try:
        return [*_damaged(suspects)]
    finally:
        mp3_notices.listen(_mark)


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


def _mark(path: str, event: mp3_notices.Event) -> None:
    """Write into the pipe which file is opened, entered or closed."""
    with contextlib.suppress(OSError):
        os.write(2, _MARK + json.dumps([path, event]).encode() + b"\n")


def _ask(told: BinaryIO) -> _Found:
    """What was found so far, by the process that reads."""
    with contextlib.suppress(OSError):
        os.write(2, _MARK + _ASKED + b"\n")
        return _read(told)
    return _Found(0, [])


def _read(told: BinaryIO) -> _Found:
    return _Found(*json.loads(told.readline() or b"[0, []]"))


def _damaged(paths: Sequence[str]) -> dict[str, int]:
    """How often the decoder complains of each of these files; without those it does not."""
    return {path: times for path in paths if (times := _complaints_about(path))}


def _complaints_about(path: str) -> int:
    """How often the decoder complains of this file while it decodes it alone."""
    from tonotope.audio.open_sound import open_sound

    with tempfile.TemporaryFile() as notes:
        real = os.dup(2)
        os.dup2(notes.fileno(), 2)
        try:
            with contextlib.suppress(DataError), open_sound(path) as file:
                for _ in file.blocks(repair="zero"):
                    pass
        finally:
            os.dup2(real, 2)
            os.close(real)
        notes.seek(0)
        return sum(bool(mp3_notices.DAMAGE.search(line)) for line in notes)


class _Complaints:
    """Lines of the decoder on damage, and the files open at that time."""

    def __init__(self) -> None:
        self._unknown = 0
        self._suspects: Counter[str] = Counter()
        self._beside: Counter[str] = Counter()  # open while another file was entered
        self._open: Counter[str] = Counter()
        self._entered: Counter[str] = Counter()

    def take(self, line: bytes) -> None:
        """A line that the decoder wrote, or none."""
        if not mp3_notices.DAMAGE.search(line):
            return
        entered = +self._entered
        if entered:
            self._beside.update([*(+self._open - entered)])
        elif +self._open:
            self._suspects.update([*+self._open])
        else:
            self._unknown += 1

    def mark(self, line: bytes) -> None:
        """A line on what happens to a file."""
        path, event = json.loads(line)
        if event in {"opened", "closed"}:
            self._open[path] += 1 if event == "opened" else -1
        else:
            self._entered[path] += 1 if event == "entering" else -1

    @property
    def count(self) -> int:
        """Complaints that no entry explains."""
        return self._unknown + sum(self._suspects.values())

    def report(self) -> bytes:
        """The count and the files, as a line for the process that began; forgotten from then on."""
        first = [path for path, _ in self._suspects.most_common(_MOST_SUSPECTS)]
        others = [path for path, _ in self._beside.most_common() if path not in self._suspects]
        line = json.dumps([self._unknown, first + others[:_MOST_BESIDE]]).encode() + b"\n"
        self._unknown = 0
        self._suspects.clear()
        self._beside.clear()
        return line


def _pass_on(reading: int, real: int, counting: int) -> None:
    """Write lines on until there are no more, without those of the decoder; never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    found = _Complaints()
    held = b""
    with contextlib.suppress(OSError):
        while data := os.read(reading, _MOST_BYTES):
            kept: list[bytes] = []
            held = _without_marks(held + data, found, kept, counting)
            if held and not any(held.lstrip()[:1] == one for one in (b"[", b"N", b"W", _MARK)):
                kept, held = [*kept, held], b""  # a line without an end, such as a question
            os.write(real, b"".join(kept))
        os.write(real, held)
    count = found.count
    try:
        _write_all(counting, found.report())
    except OSError:  # the command crashed: nobody else can say it
        if count:
            with contextlib.suppress(OSError):
                os.write(real, f"{_said(count)}\n".encode())
    os._exit(0)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _without_marks(held: bytes, found: _Complaints, kept: list[bytes], counting: int) -> bytes:
    """Take whole lines, in their order; what is left is the begin of a line."""
    while True:
        end, mark = held.find(b"\n"), held.find(_MARK)
        if 0 <= mark <= end or (mark >= 0 > end):  # it may stand inside a line of the decoder
            end = held.find(b"\n", mark)
            if end < 0:
                return held
            if held[mark + 1 : end] == _ASKED:
                _write_all(counting, found.report())
            else:
                found.mark(held[mark + 1 : end])
            held = held[:mark] + held[end + 1 :]
            continue
        if end < 0:
            return held
        line, held = held[:end], held[end + 1 :]
        found.take(line)
        if not mp3_notices.is_of_the_decoder(line):
            kept.append(line + b"\n")


def _said(count: int, command: str = "", named: Sequence[str] = ()) -> str:
    times = "once" if count == 1 else f"{count:,} times"
    if named:
        all_of_them = "" if len(named) <= EXAMPLES else "; `tonotope check --json` names each"
        return (
            f"The MP3 decoder (libmpg123) met damage {times}; cut short or broken: "
            f"{first_three([*map(_as_short, named)])}; copy or download again{all_of_them}"
        )
    if command == "check":
        return f"The MP3 decoder (libmpg123) met damage {times}; MP3 files may be broken"
    return (
        f"The MP3 decoder (libmpg123) met damage {times}; `tonotope check` names the recordings "
        "that may be cut short or broken"
    )


def _as_short(path: str) -> str:
    """The path from the folder the command was given in, where the file lies below it."""
    try:
        below = os.path.relpath(path)
    except (OSError, ValueError):
        return path
    return path if below.startswith(os.pardir) else below
