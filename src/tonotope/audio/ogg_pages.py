"""Ogg pages: streams one behind the other (chained), and pages that are damaged or missing."""

from __future__ import annotations

import zlib
from mmap import mmap
from typing import NamedTuple

Bytes = bytes | mmap
_FIRST = 2  # the flag of a page that begins a stream
_FLAC, _FLAC_HEADER = b"\x7fFLAC", 9  # bytes
_NO_PACKET = (1 << 64) - 1  # the position of a page on which no packet ends


class OggLink(NamedTuple):
    """An Ogg stream that is complete by itself.

    Attributes:
        start: its first byte.
        stop: the byte after its last.
        last_page: the sample with which its last page begins; 0 where it is no Vorbis.
        pages: how many there are.
        damaged: how many of them a decoder leaves out, since their checksum is wrong.
        missing: how many are not there, by the numbers that they bear.
    """

    start: int
    stop: int
    last_page: int = 0
    pages: int = 0
    damaged: int = 0
    missing: int = 0


def find_ogg_links(data: Bytes) -> list[OggLink]:
    """The stretches of a file that are complete Ogg streams by themselves, in their order.

    A link begins with one first page or several (sound beside pictures or text). A first page
    after any other page begins the next link.
    """
    links: list[_Link] = []
    at, inside = data.find(b"OggS"), True
    while at >= 0 and at + 27 <= len(data):
        lacing = data[at + 27 : at + 27 + data[at + 26]]
        stop = at + 27 + len(lacing) + sum(lacing)
        if stop > len(data):
            break  # cut off
        page = data[at:stop]
        first = bool(page[5] & _FIRST)
        if first and inside:
            links.append(_Link(at))
        inside = not first
        if links:
            links[-1].take(page)
        at = data.find(b"OggS", stop)
        if at < 0 or at > stop:  # what a wrong size jumped over is looked at again
            at = data.find(b"OggS", stop - len(page) + 4)
    stops = [*(link.start for link in links[1:]), len(data)]
    return [link.finished(stop) for link, stop in zip(links, stops, strict=False)]


def flac_in_ogg(data: Bytes, link: OggLink) -> bytes | None:
    """The FLAC file that an Ogg stream holds in its packets; None where it holds something else.

    libsndfile reads none, though all of it is there: a header of nine bytes, then `fLaC`.
    """
    parts: list[bytes] = []
    at, serial = link.start, b""
    while (at := data.find(b"OggS", at, link.stop)) >= 0 and at + 27 <= link.stop:
        lacing = data[at + 27 : at + 27 + data[at + 26]]
        begin = at + 27 + len(lacing)
        stop = begin + sum(lacing)
        if stop > link.stop:
            break  # cut off
        page = data[at:stop]
        if not serial and page[5] & _FIRST and data[begin : begin + 5] == _FLAC:
            serial, begin = page[14:18], begin + _FLAC_HEADER
        if serial and page[14:18] == serial and _is_whole(page):
            parts.append(data[begin:stop])
        at = stop if _is_whole(page) else at + 4
    return b"".join(parts) or None


class _Link:
    """A link while its pages are read."""

    def __init__(self, start: int) -> None:
        self.start, self.pages, self.damaged, self.missing = start, 0, 0, 0
        self._position = self._before = 0
        self._vorbis = False
        self._numbers: dict[bytes, int] = {}

    def take(self, page: bytes) -> None:
        self.pages += 1
        if not _is_whole(page):
            self.damaged += 1
            return
        serial, number = page[14:18], int.from_bytes(page[18:22], "little")
        expected = self._numbers.get(serial, number)
        self.missing += max(0, number - expected)
        self._numbers[serial] = number + 1
        self._vorbis = self._vorbis or page[28:35] == b"\x01vorbis"
        position = int.from_bytes(page[6:14], "little")
        if position not in {0, _NO_PACKET}:
            self._before, self._position = self._position, position

    def finished(self, stop: int) -> OggLink:
        last_page = self._before if self._vorbis else 0
        missing = max(0, self.missing - self.damaged)  # a damaged page is there
        return OggLink(self.start, stop, last_page, self.pages, self.damaged, missing)


_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _is_whole(page: bytes) -> bool:
    """Whether a page has the checksum that it states.

    Ogg's CRC-32 is that of zlib with the bits of each byte and of the result in reverse order, and
    without the inversions.
    """
    blank = page[:22] + bytes(4) + page[26:]
    crc = zlib.crc32(blank.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return crc.to_bytes(4, "big").translate(_MIRRORED) == page[22:26]
