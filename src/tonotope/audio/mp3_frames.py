"""MP3: its frames counted, not estimated; tags and pictures between them left out.

An MP3 file has no header of its own. Its length is in an optional first frame (Xing, Info or
VBRI), which encoders leave out or which is wrong after files were joined; without it a decoder
estimates the length from the first bit rate and the size of the file, pictures included. Here
every frame header is read: the frames alone are the sound, whatever lies between them.
"""

from __future__ import annotations

import re
from mmap import mmap
from typing import NamedTuple

from tonotope.audio.spliced_file import Piece

_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBPS_1 = {
    1: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_KBPS_2 = {
    1: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SYNC = re.compile(rb"\xff[\xe2-\xff]")
_TAG = re.compile(rb"Xing|Info|VBRI")
_FEWEST = 3  # frames in a row: fewer may be chance

Bytes = bytes | mmap


class FrameKind(NamedTuple):
    """What all frames of a stream share."""

    version: int
    layer: int
    rate_hz: int
    samples: int


class Mp3Stream(NamedTuple):
    """Frames of one kind, one after the other.

    Attributes:
        kind: what they share.
        frames: how many carry sound.
        stretches: where they are, as pieces of the file.
        first: the header of the first frame that carries sound, 4 bytes.
        stated: the frames that a Xing, Info or VBRI frame states; None without one.
    """

    kind: FrameKind
    frames: int
    stretches: tuple[tuple[int, int], ...]
    first: bytes
    stated: int | None

    @property
    def samples(self) -> int:
        """Samples per channel, the decoder's delay included."""
        return self.frames * self.kind.samples

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The frames behind an Info frame that states their true number."""
        return (info_frame(self.first, self.kind, self.frames), *self.stretches)


def find_mp3_streams(data: Bytes) -> list[Mp3Stream]:
    """Every stream of frames in an MP3 file; several where other kinds of frames follow.

    >>> find_mp3_streams(b"no frames")
    []
    """
    streams: list[_Collected] = []
    at, size = 0, len(data)
    while at + 4 <= size:
        kind = _kind(data, at)
        known = bool(streams) and streams[-1].kind is kind
        if kind is None or not (known or _run(data, at)):
            at = _next(data, at)
            continue
        if not known:
            streams.append(_Collected(kind))
        begin, (at, frames) = at, _follow(data, at, kind)
        if not frames:
            break  # cut off: no decoder makes sound of it
        streams[-1].take(data, begin, at, frames)
    return [one.finished() for one in streams if one.frames]


def info_frame(header: bytes, kind: FrameKind, frames: int) -> bytes:
    """A frame without sound, beside frames with this header, that states how many follow."""
    mono = header[3] >> 6 == 3
    side = (17 if mono else 32) if kind.version == 3 else (9 if mono else 17)
    start = bytes([0xFF, header[1] | 1, header[2], header[3]]) + bytes(side)
    body = start + b"Info" + (1).to_bytes(4, "big") + frames.to_bytes(4, "big")
    length = _HEADERS[header[1] << 8 | header[2]][1]
    if len(body) > length:  # a low bit rate has no room: the frame gets a higher one
        return info_frame(_with_more_room(header), kind, frames)
    return body.ljust(length, b"\0")


class _Collected:
    """A stream while its frames are found."""

    def __init__(self, kind: FrameKind) -> None:
        self.kind, self.frames, self.stated = kind, 0, None
        self.stretches: list[tuple[int, int]] = []
        self.first = b""

    def take(self, data: Bytes, begin: int, end: int, frames: int) -> None:
        """Frames in a row, without those that only state how many there are."""
        self.frames += frames
        for found in _TAG.finditer(data, begin, end):
            place = _tag_frame(data, begin, found.start(), self.kind)
            if place is not None:
                length = _HEADERS[data[place + 1] << 8 | data[place + 2]][1]
                stated = _stated(data[place : place + length], found.start() - place)
                self.stated = stated if self.stated is None else self.stated
                self.frames -= 1
                self._add(begin, place)
                begin = min(end, place + length)
        self._add(begin, end)
        if self.stretches:
            at = self.stretches[0][0]
            self.first = data[at : at + 4]

    def _add(self, begin: int, end: int) -> None:
        if begin < end:
            self.stretches.append((begin, end))

    def finished(self) -> Mp3Stream:
        return Mp3Stream(self.kind, self.frames, tuple(self.stretches), self.first, self.stated)


def _headers() -> dict[int, tuple[FrameKind, int]]:
    """By the second and third byte of a header: the kind of frame, and its length in bytes."""
    found: dict[int, tuple[FrameKind, int]] = {}
    kinds: dict[FrameKind, FrameKind] = {}  # one object for each kind, so that `is` compares them
    for second in range(0xE2, 0x100):
        version, layer = second >> 3 & 3, 4 - (second >> 1 & 3)
        if version == 1 or layer == 4:
            continue
        table = (_KBPS_1 if version == 3 else _KBPS_2)[layer]
        samples = 384 if layer == 1 else 1152 if layer == 2 or version == 3 else 576
        for third in range(0x10, 0xF0):
            if third >> 2 & 3 == 3:
                continue
            rate_hz, padding = _RATES_HZ[version][third >> 2 & 3], third >> 1 & 1
            bits = samples * 1000 * table[(third >> 4) - 1]
            slot = 4 if layer == 1 else 1
            length = (bits // (8 * slot * rate_hz) + padding) * slot
            kind = FrameKind(version, layer, rate_hz, samples)
            found[second << 8 | third] = (kinds.setdefault(kind, kind), length)
    return found


_HEADERS = _headers()


def _kind(data: Bytes, at: int) -> FrameKind | None:
    """The kind of frame whose header is here, if one is."""
    found = _HEADERS.get(data[at + 1] << 8 | data[at + 2]) if data[at] == 0xFF else None
    return found[0] if found else None


def _follow(data: Bytes, at: int, kind: FrameKind) -> tuple[int, int]:
    """Where frames of one kind in a row end, and how many there are; whole frames alone."""
    frames, last, get = 0, len(data) - 4, _HEADERS.get
    while at <= last and data[at] == 0xFF:
        found = get(data[at + 1] << 8 | data[at + 2])
        if found is None or found[0] is not kind or at + found[1] > last + 4:
            break
        at += found[1]
        frames += 1
    return at, frames


def _run(data: Bytes, at: int) -> bool:
    """Whether frames of one kind follow one another from here, to the end or for a few."""
    kind = _kind(data, at)
    for _ in range(_FEWEST):
        if at + 4 > len(data):
            return True
        if _kind(data, at) is not kind:
            return False
        at += _HEADERS[data[at + 1] << 8 | data[at + 2]][1]
    return True


def _next(data: Bytes, at: int) -> int:
    """Where the next frame may begin: behind a tag, or at the next pattern that looks like one."""
    if data[at : at + 3] == b"ID3" and at + 10 <= len(data):
        size = 0
        for part in data[at + 6 : at + 10]:
            size = size << 7 | part & 0x7F
        behind = at + 10 + size + (10 if data[at + 5] & 0x10 else 0)
        if behind <= len(data):
            return behind
    following = _SYNC.search(data, at + 1)
    return following.start() if following else len(data)


def _tag_frame(data: Bytes, begin: int, tag: int, kind: FrameKind) -> int | None:
    """Where the frame begins that holds this tag; None where the letters are sound by chance."""
    for behind in (36, *(extra + side for side in (9, 17, 32) for extra in (4, 6))):
        place = tag - behind  # with a CRC the tag is two bytes later
        if place >= begin and data[place] == 0xFF and _kind(data, place) is kind:
            return place
    return None


def _stated(frame: bytes, tag: int) -> int:
    """How many frames a Xing, Info or VBRI frame states; 0 where it does not."""
    if frame[tag : tag + 4] == b"VBRI":
        return int.from_bytes(frame[tag + 14 : tag + 18], "big")
    has_frames = len(frame) > tag + 11 and frame[tag + 7] & 1
    return int.from_bytes(frame[tag + 8 : tag + 12], "big") if has_frames else 0


def _with_more_room(header: bytes) -> bytes:
    return bytes([header[0], header[1], header[2] + 0x10, header[3]])
