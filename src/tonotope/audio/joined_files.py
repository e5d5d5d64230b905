"""Whole WAV, AIFF, AU, CAF or W64 files one behind the other (`cat a.wav b.wav`) are told apart."""

from __future__ import annotations

import re
from mmap import mmap
from typing import overload

Bytes = bytes | mmap
_MAGIC = (b"RIFF", b"RIFX", b"RF64", b"FORM", b"caff", b".snd", b"dns.", b"riff", b"fLaC")
_W64 = b"riff\x2e\x91\xcf\x11"
_HEADER = re.compile(
    rb"(RIFF|RIFX|RF64)....WAVE(fmt |ds64|JUNK|bext)|FORM....AIF[FC](COMM|FVER)", re.S
)


class FilePart:
    """Bytes of a file from one place on to another, numbered from 0.

    Args:
        data: the file.
        begin: the first byte.
        end: the byte after the last.
    """

    def __init__(self, data: Bytes, begin: int, end: int) -> None:
        self.data, self.begin, self.end = data, begin, end

    def __len__(self) -> int:
        return self.end - self.begin

    @overload
    def __getitem__(self, key: int) -> int: ...

    @overload
    def __getitem__(self, key: slice) -> bytes: ...

    def __getitem__(self, key: int | slice) -> int | bytes:
        if isinstance(key, int):
            return self.data[self.begin + key]
        first, last, _ = key.indices(len(self))
        return self.data[self.begin + first : self.begin + max(first, last)]


def begins_a_file(data: Bytes | FilePart, at: int) -> bool:
    """Whether the header of a WAV, RF64, AIFF, AU, CAF, W64 or FLAC file is here.

    >>> begins_a_file(b"RIFF....WAVEfmt ", 0), begins_a_file(b"RIFF are four letters", 0)
    (True, False)
    """
    head = data[at : at + 16]
    kind, form = head[:4], head[8:12]
    if kind not in _MAGIC or len(head) < 16:
        return False
    if kind in {b"RIFF", b"RIFX", b"RF64"}:
        return form == b"WAVE"
    if kind == b"FORM":
        return form in {b"AIFF", b"AIFC"}
    if kind == b"caff":
        return head[4:6] == b"\0\1"
    if kind in {b"riff", b"fLaC"}:
        return head[:8] in {_W64, b"fLaC\0\0\0\x22", b"fLaC\x80\0\0\x22"}
    order = "big" if kind == b".snd" else "little"  # AU: a short header, a coding that exists
    begin, coding = (int.from_bytes(head[n : n + 4], order) for n in (4, 12))
    return 24 <= begin < 1 << 16 and 1 <= coding <= 27


def find_file(part: FilePart, at: int) -> int | None:
    """Where from here on the header of a WAV or AIFF file is, whatever lies before it."""
    found = _HEADER.search(part.data, part.begin + at, part.end)
    return found.start() - part.begin if found else None
