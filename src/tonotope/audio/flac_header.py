"""FLAC: the number of samples in its header against the last frame; further streams behind it."""

from __future__ import annotations

import io
import re
from mmap import mmap
from typing import NamedTuple

import soundfile

from tonotope.audio.spliced_file import Piece

Bytes = bytes | mmap
_STREAM = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22", re.DOTALL)
_SYNC = re.compile(rb"\xff[\xf8\xf9]")
_TOTAL = (1 << 36) - 1
_TAIL = 1 << 18  # bytes looked at first; longer than nearly any frame
_NEAR = 1 << 16  # bytes at the end of a file
LONGEST = 1 << 24  # bytes, as FLAC's header can say at most
_BLOCKS = {
    1: 192,
    **{n: 576 << n - 2 for n in range(2, 6)},
    **{n: 256 << n - 8 for n in range(8, 16)},
}


class FlacStream(NamedTuple):
    """A FLAC stream in a file.

    Attributes:
        start: its first byte.
        stop: the byte after its last.
        stated: samples by its header; 0: it does not say.
        held: samples to the end of its last frame; None where no frame was recognised.
    """

    start: int
    stop: int
    stated: int
    held: int | None


class Frame(NamedTuple):
    """What looks like a frame, by a header with a right checksum.

    Attributes:
        at: its first byte in the file.
        first: its first sample.
        behind: the sample after its last.
    """

    at: int
    first: int
    behind: int


class StreamInfo(NamedTuple):
    """What the header of a stream says of all frames: Hz, samples at most, channels, bits."""

    rate_hz: int
    block: int
    channels: int
    bits: int


def find_flac_streams(data: Bytes) -> list[FlacStream]:
    """Every FLAC stream in the file, in its order."""
    starts = [found.start() for found in _STREAM.finditer(data)]
    streams = [
        FlacStream(start, stop, _stated(data, start), None)
        for start, stop in zip(starts, [*starts, len(data)][1:], strict=True)
    ]
    return [one._replace(held=_held(data, one)) for one in streams]


def flac_pieces(data: Bytes, stream: FlacStream) -> tuple[Piece, ...]:
    """The stream with the number of samples that it holds in its header."""
    if not stream.held or stream.held == stream.stated:
        return ((stream.start, stream.stop),)
    place = stream.start + 18  # 20 bits of rate, 3 of channels, 5 of bits, then 36 of samples
    word = int.from_bytes(data[place : place + 8], "big") & ~_TOTAL | stream.held
    return ((stream.start, place), word.to_bytes(8, "big"), (place + 8, stream.stop))


def _stated(data: Bytes, start: int) -> int:
    return int.from_bytes(data[start + 18 : start + 26], "big") & _TOTAL


def _held(data: Bytes, stream: FlacStream) -> int | None:
    """The end of the last frame in samples; None where no frame is recognised."""
    first, tail = stream.start + 42, _TAIL
    while True:  # zeros or a picture behind the sound may be longer than the tail
        begin = max(first, stream.stop - tail)
        last = _last_frame(data, begin, stream)
        if last is not None:
            if last.behind == stream.stated:
                return last.behind
            # Where the file was cut, its last frame is no longer whole: nothing decodes it.
            part = last.at, min(stream.stop, last.at + LONGEST)
            whole = decodes(data, stream, part, last.behind - last.first)
            return last.behind if whole else last.first
        if begin == first:
            return None
        tail *= 8


def behind_tags(data: Bytes, start: int) -> int:
    """Where the frames of a stream begin by the lengths of what comes before: tags, pictures."""
    at, is_last = start + 4, 0
    while not is_last and at + 4 < len(data):
        is_last = data[at] >> 7
        at += 4 + int.from_bytes(data[at + 1 : at + 4], "big")
    return at


def last_frame_as_stated(data: Bytes, start: int) -> int | None:
    """Where near the end of the file the last frame of the stream from `start` is, if it is.

    None too where another stream begins behind it.
    """
    if _STREAM.search(data, start + 42):
        return None
    stream = FlacStream(start, len(data), _stated(data, start), None)
    frames = find_frames(data, stream, len(data) - _NEAR)
    return next((one.at for one in frames if one.behind == stream.stated), None)


def find_frames(data: Bytes, stream: FlacStream, begin: int = 0) -> list[Frame]:
    """Whatever in a stream looks like a frame, from a byte of the file on."""
    block = stream_info(data, stream).block
    first = max(begin, stream.start + 42)
    found = (one.start() for one in _SYNC.finditer(data, first, stream.stop))
    return [
        Frame(at, frame[0], sum(frame))
        for at in found
        if (frame := _frame(data[at : at + 16], block))
    ]


def stream_info(data: Bytes, stream: FlacStream) -> StreamInfo:
    """What the header of a stream says of all its frames."""
    # The largest block; where all but the last are alike, their one length.
    block = int.from_bytes(data[stream.start + 10 : stream.start + 12], "big")
    word = int.from_bytes(data[stream.start + 18 : stream.start + 26], "big")
    return StreamInfo(word >> 44, block, (word >> 41 & 7) + 1, (word >> 36 & 31) + 1)


def header_for(data: Bytes, stream: FlacStream, samples: int) -> bytes:
    """The shortest header for frames of a stream with so many samples: no tags, no places."""
    info = data[stream.start + 8 : stream.start + 18]
    word = int.from_bytes(data[stream.start + 18 : stream.start + 26], "big") & ~_TOTAL | samples
    return b"fLaC\x80\x00\x00\x22" + info + word.to_bytes(8, "big") + bytes(16)


def decodes(data: Bytes, stream: FlacStream, part: tuple[int, int], samples: int) -> bool:
    """Whether the bytes of one frame or several in a row can be decoded to so many samples."""
    begin, end = part
    content = header_for(data, stream, samples) + data[begin:end]
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            return len(file.read(dtype="float32")) == samples
    except soundfile.LibsndfileError:
        return False


def _last_frame(data: Bytes, begin: int, stream: FlacStream) -> Frame | None:
    """The last frame from a byte of the file on.

    It has a neighbour, is alone, or ends as stated. A pattern that looks like a frame may occur by
    chance; then no other frame begins with its end or ends with its begin.
    """
    frames = find_frames(data, stream, begin)
    begins, ends = {one.first for one in frames}, {one.behind for one in frames}
    believed = [
        one
        for one in frames
        if one.first == 0
        or one.first in ends
        or one.behind in begins
        or one.behind == stream.stated
        or len(frames) == 1
    ]
    return max(believed, key=lambda one: one.behind, default=None)


def _frame(head: bytes, block: int) -> tuple[int, int] | None:
    """The first sample and the number of samples of a frame; None where its CRC is wrong."""
    if len(head) < 6 or head[3] & 1:
        return None
    number, at = _utf8(head, 4)
    if number is None:
        return None
    code = head[2] >> 4
    samples = _BLOCKS.get(code, 0)
    if code in {6, 7}:
        samples = int.from_bytes(head[at : at + code - 5], "big") + 1
        at += code - 5
    at += {12: 1, 13: 2, 14: 2}.get(head[2] & 15, 0)
    if not samples or at >= len(head) or crc8(head[:at]) != head[at]:
        return None
    return (number if head[1] & 1 else number * block), samples


def _utf8(head: bytes, at: int) -> tuple[int | None, int]:
    """A number written as UTF-8 writes characters, up to 36 bits; and where it ends."""
    lead = head[at]
    if lead < 0x80:
        return lead, at + 1
    more = 8 - (lead ^ 0xFF).bit_length() - 1
    rest = head[at + 1 : at + 1 + more]
    if not 1 <= more <= 6 or len(rest) < more or any(byte >> 6 != 2 for byte in rest):
        return None, at
    number = lead & (0x3F >> more)
    for byte in rest:
        number = number << 6 | byte & 0x3F
    return number, at + 1 + more


def crc8(data: bytes) -> int:
    """CRC-8 with the polynomial x^8 + x^2 + x + 1, as FLAC's frame headers have it."""
    crc = 0
    for byte in data:
        crc = _CRC8[crc ^ byte]
    return crc


def _crc8_of_a_byte(crc: int) -> int:
    for _ in range(8):
        crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


_CRC8 = tuple(_crc8_of_a_byte(byte) for byte in range(256))
