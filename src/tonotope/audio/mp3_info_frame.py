"""The first frame of an MP3 (Xing, Info, VBRI): the length it states, and how it is put right."""

from __future__ import annotations

import re
from typing import NamedTuple

from tonotope.audio.mp3_header import Bytes, FrameKind, frame_kind, frame_length

TAG = re.compile(rb"Xing|Info|VBRI")
_FRAMES, _BYTES, _ENTRIES, _QUALITY = 1, 2, 4, 8  # what a Xing frame holds, by its flags
_PADDING_AT = 21  # bytes behind the name of the encoder: 12 bits of delay, 12 bits of padding


class InfoFrame(NamedTuple):
    """A frame without sound that states how much sound follows.

    Attributes:
        data: the frame.
        tag: where in it `Xing`, `Info` or `VBRI` stands.
    """

    data: bytes
    tag: int

    @property
    def frames(self) -> int:
        """How many frames follow by what it says; 0 where it does not say."""
        if self.data[self.tag : self.tag + 4] == b"VBRI":
            return self._number(self.tag + 14)
        place = self._place(_FRAMES)
        return self._number(place) if place else 0

    @property
    def bytes(self) -> int:
        """How many bytes of frames there are by what it says, its own too; 0: not said."""
        place = self._place(_BYTES)
        return self._number(place) if place else 0

    @property
    def trimmed(self) -> int:
        """Samples that a decoder leaves out: what the encoder put before the sound and after."""
        place = self._behind_fields() + _PADDING_AT
        if not self._flags or place + 3 > len(self.data):
            return 0
        both = int.from_bytes(self.data[place : place + 3], "big")
        return (both >> 12) + (both & 0xFFF)

    def corrected(self, frames: int, size: int, *, whole: bool) -> bytes | None:
        """This frame for so many frames and bytes; None where it has no place for them.

        What an encoder filled up at the end is kept only where the end is there (`whole`).
        """
        place = self._place(_FRAMES)
        if not place:
            return None
        data = bytearray(self.data)
        data[place : place + 4] = frames.to_bytes(4, "big")
        place = self._place(_BYTES)
        if place:
            data[place : place + 4] = (size + len(data)).to_bytes(4, "big")
        padding = self._behind_fields() + _PADDING_AT
        if not whole and padding + 3 <= len(data):
            data[padding + 1] &= 0xF0
            data[padding + 2] = 0
        return bytes(data)

    @property
    def _flags(self) -> int:
        known = self.data[self.tag : self.tag + 4] in {b"Xing", b"Info"}
        return self.data[self.tag + 7] if known and len(self.data) > self.tag + 7 else 0

    def _place(self, flag: int) -> int | None:
        """Where the number of frames or of bytes stands."""
        place = self.tag + 8 + (4 if flag == _BYTES and self._flags & _FRAMES else 0)
        return place if self._flags & flag and place + 4 <= len(self.data) else None

    def _behind_fields(self) -> int:
        lengths = {_FRAMES: 4, _BYTES: 4, _ENTRIES: 100, _QUALITY: 4}
        return self.tag + 8 + sum(lengths[flag] for flag in lengths if self._flags & flag)

    def _number(self, place: int) -> int:
        return int.from_bytes(self.data[place : place + 4], "big")


def find_info_frame(data: Bytes, begin: int, tag: int, kind: FrameKind) -> int | None:
    """Where the frame begins that holds this tag; None where the letters are sound by chance."""
    for behind in (36, *(extra + side for side in (9, 17, 32) for extra in (4, 6))):
        place = tag - behind  # with a CRC the tag is two bytes later
        if place >= begin and frame_kind(data, place) is kind:
            return place
    return None


def new_info_frame(header: bytes, kind: FrameKind, frames: int) -> bytes:
    """A frame without sound, beside frames with this header, that states how many follow."""
    mono = kind.channels == 1
    side = (17 if mono else 32) if kind.version == 3 else (9 if mono else 17)
    start = bytes([0xFF, header[1] | 1, header[2], header[3]]) + bytes(side)
    body = start + b"Info" + _FRAMES.to_bytes(4, "big") + frames.to_bytes(4, "big")
    length = frame_length(header, 0)
    if len(body) > length:  # a low bit rate has no room: the frame gets a higher one
        more = bytes([header[0], header[1], header[2] + 0x10, header[3]])
        return new_info_frame(more, kind, frames)
    return body.ljust(length, b"\0")
