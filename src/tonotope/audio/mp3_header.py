"""The four bytes before each MP3 frame: its kind and length; the tags between frames."""

from __future__ import annotations

from mmap import mmap
from typing import NamedTuple

Bytes = bytes | mmap
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


class FrameKind(NamedTuple):
    """What all frames of a stream share.

    Attributes:
        version: 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5.
        layer: 1, 2 or 3.
        rate_hz: the sample rate.
        samples: samples per channel of each frame.
        channels: 1, or 2 of whatever kind of stereo.
    """

    version: int
    layer: int
    rate_hz: int
    samples: int
    channels: int


def _headers() -> dict[int, tuple[FrameKind, FrameKind, int]]:
    """By the second and third byte of a header: the kinds in stereo and mono, and the bytes."""
    found: dict[int, tuple[FrameKind, FrameKind, int]] = {}
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
            stereo, mono = (FrameKind(version, layer, rate_hz, samples, n) for n in (2, 1))
            both = kinds.setdefault(stereo, stereo), kinds.setdefault(mono, mono)
            found[second << 8 | third] = (*both, length)
    return found


_HEADERS = _headers()


def frame_kind(data: Bytes, at: int) -> FrameKind | None:
    """The kind of frame whose header is here, if one is."""
    if at + 4 > len(data) or data[at] != 0xFF:
        return None
    found = _HEADERS.get(data[at + 1] << 8 | data[at + 2])
    if found is None:
        return None
    return found[1] if data[at + 3] >> 6 == 3 else found[0]


def frame_length(data: Bytes, at: int) -> int:
    """How many bytes the frame has whose header is here."""
    return _HEADERS[data[at + 1] << 8 | data[at + 2]][2]


def follow(data: Bytes, at: int, kind: FrameKind) -> tuple[int, int]:
    """Where frames of one kind in a row end, and how many there are; whole frames alone."""
    frames, last, get = 0, len(data) - 4, _HEADERS.get
    while at <= last and data[at] == 0xFF:
        found = get(data[at + 1] << 8 | data[at + 2])
        if found is None or found[data[at + 3] >> 6 == 3] is not kind or at + found[2] > last + 4:
            break
        at += found[2]
        frames += 1
    return at, frames


def behind_tags(data: Bytes, at: int) -> int:
    """Where what is no tag begins: ID3, APE and lyrics, with pictures and text, are left behind.

    >>> behind_tags(b"TAG" + bytes(125) + b"ID3" + bytes(7) + b"sound", 0)
    138
    """
    while behind := _tag_length(data, at):
        at = min(at + behind, len(data))
    return at


def _tag_length(data: Bytes, at: int) -> int:
    """How many bytes the tag takes that begins here; 0 where none does, or it is cut short."""
    head = data[at : at + 32]
    size = 0
    if head[:3] == b"ID3" and len(head) >= 10:
        for part in head[6:10]:
            size = size << 7 | part & 0x7F
        size += 10 + (10 if head[5] & 0x10 else 0)
    elif head[:3] == b"TAG":
        size = 128
    elif head[:8] == b"APETAGEX" and len(head) == 32:
        is_header = head[23] & 0x20
        size = 32 + (int.from_bytes(head[12:16], "little") if is_header else 0)
    elif head[:11] == b"LYRICSBEGIN":
        end = max(data.find(b"LYRICS200", at), data.find(b"LYRICSEND", at))
        size = end + 9 - at if end >= 0 else 0
    return size if at + size <= len(data) else 0
