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
_LONGEST = 1 << 24  # bytes, as FLAC's header can say at most
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


def find_flac_streams(data: Bytes) -> list[FlacStream]:
    """Every FLAC stream in the file, in its order."""
    starts = [found.start() for found in _STREAM.finditer(data)]
    return [
        FlacStream(start, stop, stated, _held(data, start, stop, stated))
        for start, stop in zip(starts, [*starts[1:], len(data)], strict=True)
        for stated in (_stated(data, start),)
    ]


def flac_pieces(data: Bytes, stream: FlacStream) -> tuple[Piece, ...]:
    """The stream with the number of samples that it holds in its header."""
    if not stream.held or stream.held == stream.stated:
        return ((stream.start, stream.stop),)
    place = stream.start + 18  # 20 bits of rate, 3 of channels, 5 of bits, then 36 of samples
    word = int.from_bytes(data[place : place + 8], "big") & ~_TOTAL | stream.held
    return ((stream.start, place), word.to_bytes(8, "big"), (place + 8, stream.stop))


def _stated(data: Bytes, start: int) -> int:
    return int.from_bytes(data[start + 18 : start + 26], "big") & _TOTAL


def _held(data: Bytes, start: int, stop: int, stated: int) -> int | None:
    """The end of the last frame in samples; None where no frame is recognised."""
    # The largest block; where all but the last are alike, their one length.
    block = int.from_bytes(data[start + 10 : start + 12], "big")
    first, tail = start + 42, _TAIL
    while True:  # zeros or a picture behind the sound may be longer than the tail
        begin = max(first, stop - tail)
        last = _last_frame(data, begin, stop, block, stated)
        if last is not None:
            at, sample, end = last
            # Where the file was cut, its last frame is no longer whole: nothing decodes it.
            whole = end == stated or _is_whole(data, start, at, end - sample, stop)
            return end if whole else sample
        if begin == first:
            return None
        tail *= 8


def _last_frame(
    data: Bytes, begin: int, stop: int, block: int, stated: int
) -> tuple[int, int, int] | None:
    """The last frame: its place in the file, its first sample, and the sample after its last.

    It has a neighbour, is alone, or ends as stated. A pattern that looks like a frame may occur by
    chance; then no other frame begins with its end or ends with its begin.
    """
    found = (one.start() for one in _SYNC.finditer(data, begin, stop))
    frames = [
        (frame[0], sum(frame), at) for at in found if (frame := _frame(data[at : at + 16], block))
    ]
    begins, ends = {first for first, _, _ in frames}, {end for _, end, _ in frames}
    believed = [
        (at, first, end)
        for first, end, at in frames
        if first == 0 or first in ends or end in begins or end == stated or len(frames) == 1
    ]
    return max(believed, key=lambda one: one[2], default=None)


def _is_whole(data: Bytes, start: int, at: int, samples: int, stop: int) -> bool:
    """Whether the last frame of a stream, which begins `at`, can be decoded."""
    info = data[start + 8 : start + 18]  # as large as a frame may be, it is in memory once
    word = int.from_bytes(data[start + 18 : start + 26], "big") & ~_TOTAL | samples
    header = b"fLaC\x80\x00\x00\x22" + info + word.to_bytes(8, "big") + bytes(16)
    frame = data[at : min(stop, at + _LONGEST)]
    try:
        with soundfile.SoundFile(io.BytesIO(header + frame)) as file:
            return len(file.read(dtype="float32")) == samples
    except soundfile.LibsndfileError:
        return False


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
    if not samples or at >= len(head) or _crc8(head[:at]) != head[at]:
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


def _crc8(data: bytes) -> int:
    """CRC-8 with the polynomial x^8 + x^2 + x + 1, as FLAC's frame headers have it."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc
