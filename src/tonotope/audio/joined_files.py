"""Whole WAV, AIFF, AU, CAF or W64 files one behind the other (`cat a.wav b.wav`) are told apart."""

from __future__ import annotations

import re
from mmap import mmap
from typing import overload

from tonotope.audio.mp3_frames import begins_run
from tonotope.audio.mp3_header import behind_tags

Bytes = bytes | mmap
_WAVE = (b"RIFF", b"RIFX", b"RF64", b"BW64")
_MAGIC = (*_WAVE, b"FORM", b"caff", b".snd", b"dns.", b"riff")
_ONE_HEADER = re.compile(
    rb"fLaC[\x00\x80]\x00\x00\x22|OggS\x00\x02\x00{8}|Creative Voice F|NIST_1A\n"
)
_W64 = b"riff\x2e\x91\xcf\x11"
_HEADER = re.compile(
    rb"(RIFF|RIFX|RF64|BW64)....WAVE(fmt |ds64|JUNK|bext)|FORM....AIF[FC](COMM|FVER)"
    rb"|fLaC[\x00\x80]\x00\x00\x22|OggS\x00\x02\x00{8}",
    re.S,
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
    """Whether the header of a WAV, RF64, AIFF, AU, CAF, W64, FLAC, Ogg, VOC or NIST file is here.

    >>> begins_a_file(b"RIFF....WAVEfmt ", 0), begins_a_file(b"RIFF are four letters", 0)
    (True, False)
    """
    head = data[at : at + 16]
    kind, form = head[:4], head[8:12]
    if _ONE_HEADER.match(head):
        return True
    if kind not in _MAGIC or len(head) < 16:
        return False
    if kind in _WAVE:
        return form == b"WAVE"
    if kind == b"FORM":
        return form in {b"AIFF", b"AIFC"}
    if kind == b"caff":
        return head[4:6] == b"\0\1"
    if kind == b"riff":
        return head[:8] == _W64
    order = "big" if kind == b".snd" else "little"  # AU: a short header, a coding that exists
    begin, coding = (int.from_bytes(head[n : n + 4], order) for n in (4, 12))
    return 24 <= begin < 1 << 16 and 1 <= coding <= 27


def begins_an_mp3(part: FilePart, at: int) -> bool:
    """Whether the frames of an MP3 are here, behind tags or not."""
    place = behind_tags(part.data, part.begin + at)
    return place < part.end and begins_run(part.data, place)


def find_file(part: FilePart, at: int) -> int | None:
    """Where from here on the header of a WAV, AIFF, FLAC or Ogg file is, whatever is before."""
    found = _HEADER.search(part.data, part.begin + at, part.end)
    return found.start() - part.begin if found else None
