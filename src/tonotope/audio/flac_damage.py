"""FLAC: frames that cannot be decoded become as much silence, so that all times stay true.

A frame bears its number, so what is whole behind the damage has its place. The decoder of
libsndfile gives up at the damage; it is shown silent frames in place of those that are broken.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tonotope.audio.flac_header import (
    LONGEST,
    Bytes,
    FlacStream,
    Frame,
    crc8,
    decodes,
    find_frames,
    header_for,
    stream_info,
)
from tonotope.audio.spliced_file import Piece

BETWEEN = "bytes that are no sound lie between its frames; none of its sound is missing"
_AT_ONCE = 256  # frames that are decoded together, to see whether all of them are whole


class Hole(NamedTuple):
    """Samples that cannot be decoded: the first, and how many."""

    begin: int
    samples: int


class MendedFlac(NamedTuple):
    """A stream without the frames that cannot be decoded.

    Attributes:
        pieces: what the decoder is shown.
        holes: what is silence in it, in the samples of the stream.
    """

    pieces: tuple[Piece, ...]
    holes: tuple[Hole, ...]


class _Run(NamedTuple):
    """Frames one behind the other: their bytes and their samples."""

    begin: int
    end: int
    first: int
    behind: int


def mend_flac(data: Bytes, stream: FlacStream) -> MendedFlac | None:
    """The stream with silence for the frames that cannot be decoded; None where all can be."""
    if not stream.held:
        return None
    frames = _in_order(find_frames(data, stream))
    runs = [run for part in _parts(frames, stream) for run in _whole(data, stream, part)]
    if not runs:
        return None
    pieces: list[Piece] = [header_for(data, stream, stream.held)]
    by_sample = data[runs[0].begin + 1] & 1
    holes: list[Hole] = []
    at = 0
    for run in (*runs, _Run(stream.stop, stream.stop, stream.held, stream.held)):
        if run.first > at:
            holes.append(Hole(at, run.first - at))
            pieces.append(_silence(data, stream, at, run.first, by_sample))
        if run.first >= at:
            pieces.append((run.begin, run.end))
            at = run.behind
    return MendedFlac(tuple(pieces), tuple(holes))


def has_gaps(data: Bytes, stream: FlacStream) -> bool:
    """Whether a frame is missing before one that is there, by their headers alone.

    Frames that were taken out whole leave a stream without any error, in which all that follows is
    too early.
    """
    frames = _in_order(find_frames(data, stream))
    at = 0
    for frame in frames:
        if frame.first > at:
            return True
        at = frame.behind
    return False


def hole_note(rate_hz: int, holes: Sequence[Hole]) -> str:
    """What is said of silence in place of sound, in one hole at least.

    >>> hole_note(16_000, [Hole(94_208, 4096)])
    'damaged at 5.89 s: 0.26 s cannot be decoded and are silence here; all the rest is heard'
    """
    begin_s, last = holes[0].begin / rate_hz, holes[-1]
    lost_s = sum(one.samples for one in holes) / rate_hz
    end_s = (last.begin + last.samples) / rate_hz
    if len(holes) == 1:
        return (
            f"damaged at {begin_s:.2f} s: {lost_s:.2f} s cannot be decoded and are silence here; "
            "all the rest is heard"
        )
    return (
        f"damaged in {len(holes):,} places from {begin_s:.2f} to {end_s:.2f} s: {lost_s:.2f} s "
        "cannot be decoded and are silence here; all the rest is heard"
    )


def _in_order(frames: list[Frame]) -> list[Frame]:
    """The most frames whose samples follow one another; others are there by chance or astray."""
    ends: list[int] = []  # the least first sample with which so many frames in order can end
    lengths: list[int] = []
    for frame in frames:
        length = bisect.bisect_left(ends, frame.first)
        ends[length : length + 1] = [frame.first]
        lengths.append(length)
    kept: list[Frame] = []
    wanted = len(ends) - 1
    for frame, length in zip(reversed(frames), reversed(lengths), strict=True):
        if length == wanted and (not kept or frame.first < kept[-1].first):
            kept.append(frame)
            wanted -= 1
    return kept[::-1]


def _parts(frames: list[Frame], stream: FlacStream) -> Iterator[tuple[list[Frame], int]]:
    """Frames that follow one another without a gap, and where their bytes end at the latest."""
    part: list[Frame] = []
    for frame in frames:
        if part and (frame.first != part[-1].behind or len(part) == _AT_ONCE):
            yield part, frame.at
            part = []
        part.append(frame)
    if part:
        yield part, stream.stop


def _whole(data: Bytes, stream: FlacStream, part: tuple[list[Frame], int]) -> Iterator[_Run]:
    """The frames of a part that can be decoded, in as few runs as there are."""
    frames, stop = part
    stop = min(stop, frames[-1].at + LONGEST)
    first, behind = frames[0].first, frames[-1].behind
    if decodes(data, stream, (frames[0].at, stop), behind - first):
        end = _end(data, stream, frames[-1], stop)
        yield _Run(frames[0].at, end, first, behind)
    elif len(frames) > 1:
        half = len(frames) // 2
        yield from _whole(data, stream, (frames[:half], frames[half].at))
        yield from _whole(data, stream, (frames[half:], stop))


def _end(data: Bytes, stream: FlacStream, frame: Frame, stop: int) -> int:
    """Where a frame ends that can be decoded: what follows may be no frame."""
    samples = frame.behind - frame.first
    low, high = frame.at, stop  # cut at `low` it cannot be decoded, cut at `high` it can
    if not decodes(data, stream, (frame.at, stop - 1), samples):
        return stop
    while high - low > 1:
        middle = (low + high) // 2
        if decodes(data, stream, (frame.at, middle), samples):
            high = middle
        else:
            low = middle
    return high


def _silence(data: Bytes, stream: FlacStream, begin: int, end: int, by_sample: int) -> bytes:
    """Frames of zeros for these samples, numbered as the others are: by frame or by sample."""
    info = stream_info(data, stream)
    frames = bytearray()
    while begin < end:
        samples = min(info.block, end - begin)
        number = begin if by_sample else begin // info.block
        head = bytes([0xFF, 0xF8 | by_sample, 0x70, info.channels - 1 << 4]) + _utf8(number)
        head += (samples - 1).to_bytes(2, "big")
        head += bytes([crc8(head)])
        # Each channel: one byte says that all samples are one value, then that value.
        frame = head + bytes((info.channels * (8 + info.bits) + 7) // 8)
        frames += frame + _crc16(frame).to_bytes(2, "big")
        begin += samples
    return bytes(frames)


def _utf8(number: int) -> bytes:
    """A number of up to 36 bits as FLAC writes it, which is how UTF-8 writes characters.

    >>> _utf8(0x20AC) == "€".encode(), list(_utf8(5))
    (True, [5])
    """
    if number < 0x80:
        return bytes([number])
    rest: list[int] = []
    while number >= 1 << 6 - len(rest):
        rest.append(0x80 | number & 0x3F)
        number >>= 6
    lead = 0xFF & ~((1 << 7 - len(rest)) - 1) | number
    return bytes([lead, *reversed(rest)])


def _crc16(data: bytes) -> int:
    """CRC-16 with the polynomial x^16 + x^15 + x^2 + 1, as FLAC's frames end with it."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x8005) & 0xFFFF if crc & 0x8000 else crc << 1
    return crc
