"""Files of several formats one behind the other (an MP3, then a WAV): where the next begins."""

from __future__ import annotations

import re
from mmap import mmap
from typing import NamedTuple

from tonotope.audio.chunk_sizes import joined_files
from tonotope.audio.flac_header import behind_tags as behind_flac_tags
from tonotope.audio.flac_header import last_frame_as_stated
from tonotope.audio.mp3_frames import first_run
from tonotope.audio.mp3_header import behind_tags

Bytes = bytes | mmap
# Each of 60 bits or more, so that no sound contains one by chance. FLAC in Ogg is Ogg.
_HEADERS = tuple(
    (kind, re.compile(header, re.DOTALL))
    for kind, header in (
        ("FLAC", rb"(?<!\x7fFLAC....)fLaC[\x00\x80]\x00\x00\x22"),
        ("OGG", rb"OggS\x00\x02\x00{8}"),
        ("WAV", rb"RIFF....WAVE(?:fmt |JUNK|bext|LIST)"),
        ("WAV", rb"RIFX....WAVE(?:fmt |JUNK|bext|LIST)"),
        ("RF64", rb"RF64....WAVE(?:fmt |ds64)"),
        ("AIFF", rb"FORM....AIF[FC](?:COMM|FVER)"),
        ("SVX", rb"FORM....8SVXVHDR"),
        ("CAF", rb"caff\x00\x01\x00\x00desc"),
        ("W64", rb"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb"),
        ("AU", rb"\.snd\x00\x00\x00[\x18-\xff]....\x00\x00\x00[\x01-\x1b]"),
        ("VOC", rb"Creative Voice File\x1a"),
        ("NIST", rb"NIST_1A\n"),
        # Not read here, but told apart: what cannot be heard is said.
        ("M4A", rb"\x00\x00\x00[\x14-\x40]ftyp(?:M4A |mp4|isom|3gp|qt  )"),
        ("WMA", rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9"),
        ("AMR", rb"#!AMR\n[\x04\x0c\x14\x1c\x24\x2c\x34\x3c\x44]"),
    )
)
CHUNKS = frozenset({"WAV", "WAVEX", "RF64", "AIFF", "AU", "CAF", "W64"})
_TAIL = 1 << 16  # bytes; it holds many frames of an MP3


class FormatPart(NamedTuple):
    """Bytes of a file that are of one format: its name, the first byte, the byte after the last."""

    kind: str
    begin: int
    end: int


def find_formats(data: Bytes, kind: str) -> list[FormatPart]:
    """The formats that lie one behind the other in a file that begins with `kind`.

    Several files of one format, or of formats with chunks (`CHUNKS`), are one part; nearly every
    file is one part.

    >>> find_formats(b"OggS and no other header", "OGG")
    [FormatPart(kind='OGG', begin=0, end=24)]
    """
    parts: list[FormatPart] = []
    begin = 0
    while (found := _next(data, kind, begin)) is not None:
        following, place = found
        parts.append(FormatPart(kind, begin, place))
        kind, begin = following, place
    return [*parts, FormatPart(kind, begin, len(data))]


def _next(data: Bytes, kind: str, begin: int) -> tuple[str, int] | None:
    """The next format behind the one that begins here, and where it begins."""
    if kind in CHUNKS:
        place = joined_files(data, begin)[-1].begin
        following = _kind_at(data, place) if place > begin else kind
        return None if following in CHUNKS else (following, place)
    start = _search_from(data, kind, begin)
    found = [
        (name, one.start())
        for name, header in _HEADERS
        if name != kind and (one := header.search(data, start)) is not None
    ]
    if kind != "MP3":
        stop = min((at for _, at in found), default=len(data))
        run = first_run(data, start, stop)
        found += [("MP3", run)] if run is not None else []
    return min(found, key=lambda one: one[1], default=None)


def _kind_at(data: Bytes, at: int) -> str:
    return next((kind for kind, header in _HEADERS if header.match(data, at)), "MP3")


def _search_from(data: Bytes, kind: str, begin: int) -> int:
    """Where the next format can be at the earliest.

    Tags and pictures before the sound may hold any header. A long file whose end is still of the
    format that it began with is not searched as a whole.
    """
    if kind == "MP3":
        first = behind_tags(data, begin)
        return first_run(data, max(first, len(data) - _TAIL), len(data)) or first
    if kind == "FLAC":
        return last_frame_as_stated(data, begin) or behind_flac_tags(data, begin)
    return begin + 16
