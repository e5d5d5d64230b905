"""MP3: its frames counted, not estimated; tags and pictures between them left out.

An MP3 file has no header of its own. Its length is in an optional first frame (Xing, Info or
VBRI), which encoders leave out or which is wrong after files were joined or cut; without it a
decoder estimates the length from the first bit rate and the size of the file, pictures included.
Here every frame header is read: the frames alone are the sound, whatever lies between them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tonotope.audio.mp3_header import (
    Bytes,
    FrameKind,
    behind_tags,
    follow,
    frame_kind,
    frame_length,
)
from tonotope.audio.mp3_info_frame import TAG, InfoFrame, find_info_frame, new_info_frame
from tonotope.audio.spliced_file import Piece

_SYNC = re.compile(rb"\xff[\xe2-\xff]")
_FEWEST = 3  # frames in a row: fewer may be chance
_SIZE_SLACK = 0.01  # of the size in the first frame: libmpg123 complains beyond it


class Mp3Stream(NamedTuple):
    """Frames of one kind, one after the other.

    Attributes:
        kind: what they share.
        frames: how many carry sound.
        stretches: where they are, as pieces of the file.
        first: the header of the first frame that carries sound, 4 bytes.
        info: the first frame that states how many there are; None without one.
        info_at: where in the file it begins.
        lost: bytes between frames that are neither frames nor tags.
    """

    kind: FrameKind
    frames: int
    stretches: tuple[tuple[int, int], ...]
    first: bytes
    info: InfoFrame | None
    info_at: int
    lost: int

    @property
    def stated(self) -> int:
        """The frames that its first frame states; 0 where it states none."""
        return self.info.frames if self.info else 0

    @property
    def stated_samples(self) -> int:
        """Samples per channel of sound by its first frame; 0 where it states none."""
        trimmed = self.info.trimmed if self.info else 0
        return max(0, self.stated * self.kind.samples - trimmed)

    @property
    def lacking(self) -> int:
        """How many of the frames that its first frame states are not there; none if below 0.

        Without a delay in it, it is left open whether it counts itself.
        """
        counts_itself = self.info is not None and not self.info.trimmed
        return self.stated - self.frames - counts_itself

    def ends_inside_a_frame(self, data: Bytes) -> bool:
        """Whether the file ends within a frame of the same kind."""
        end = self.stretches[-1][1]
        return frame_kind(data, end) is self.kind and end + frame_length(data, end) > len(data)

    @property
    def samples(self) -> int:
        """Samples per channel, the decoder's delay included."""
        return self.frames * self.kind.samples

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The frames behind one that states their true number."""
        size = sum(end - begin for begin, end in self.stretches)
        whole = self.stated == self.frames
        info = self.info.corrected(self.frames, size, whole=whole) if self.info else None
        return (info or new_info_frame(self.first, self.kind, self.frames), *self.stretches)

    def is_plain(self, data: Bytes) -> bool:
        """Whether a decoder reads the file as it is right, and in silence."""
        (begin, end), size = self.stretches[0], self.info.bytes if self.info else 0
        if self.info is None or self.stated != self.frames or len(self.stretches) > 1:
            return False
        span = len(data) - self.info_at
        return (
            begin == self.info_at + len(self.info.data)
            and data[self.info_at + self.info.tag :][:4] != b"VBRI"
            and abs(size - span) <= (_SIZE_SLACK * span if size else span)
            and behind_tags(data, 0) == self.info_at
            and (end == len(data) or (data[end : end + 3] == b"TAG" and end + 128 == len(data)))
        )


def begins_as_mp3(data: Bytes) -> bool:
    """Whether an MP3 frame comes first, behind tags and zeros."""
    at = behind_tags(data, 0)
    while at < len(data) and not data[at]:
        at += 1
    return frame_kind(data, at) is not None


def find_mp3_streams(data: Bytes) -> list[Mp3Stream]:
    """Every stream of frames in an MP3 file; several where other kinds of frames follow.

    >>> find_mp3_streams(b"no frames")
    []
    """
    streams: list[_Collected] = []
    at, size = 0, len(data)
    while at + 4 <= size:
        kind = frame_kind(data, at)
        if kind is None or not _run(data, at):
            at = _next(data, at)
            continue
        if not streams or streams[-1].kind is not kind:
            streams.append(_Collected(kind))
        begin, (at, frames) = at, follow(data, at, kind)
        if not frames:
            break  # cut off: no decoder makes sound of it
        streams[-1].take(data, begin, at, frames)
    return [one.finished() for one in streams if one.frames]


def first_run(data: Bytes, begin: int, end: int) -> int | None:
    """Where a few whole frames of one kind in a row first begin in a stretch of a file."""
    for found in _SYNC.finditer(data, begin, end):
        if begins_run(data, found.start()):
            return found.start()
    return None


def begins_run(data: Bytes, at: int) -> bool:
    """Whether a few whole frames of one kind in a row begin here: letters by chance do not."""
    kind = frame_kind(data, at)
    return kind is not None and _run(data, at) and follow(data, at, kind)[1] >= _FEWEST


class _Collected:
    """A stream while its frames are found."""

    def __init__(self, kind: FrameKind) -> None:
        self.kind, self.frames, self.lost = kind, 0, 0
        self.info: InfoFrame | None = None
        self.info_at = self.end = 0
        self.stretches: list[tuple[int, int]] = []
        self.first = b""

    def take(self, data: Bytes, begin: int, end: int, frames: int) -> None:
        """Frames in a row, without those that only state how many there are."""
        first = begin
        self.frames += frames
        joined = False
        for found in TAG.finditer(data, begin, end):
            place = find_info_frame(data, begin, found.start(), self.kind)
            if place is not None:
                length = frame_length(data, place)
                if not self.stretches and begin == place and self.info is None:
                    self.info_at = place
                    self.info = InfoFrame(data[place : place + length], found.start() - place)
                joined = joined or place == first  # the begin of another file
                self.frames -= 1
                self._add(begin, place)
                begin = min(end, place + length)
        if self.end and not joined and behind_tags(data, self.end) < first:
            self.lost += first - self.end
        self.end = end
        self._add(begin, end)
        if self.stretches:
            at = self.stretches[0][0]
            self.first = data[at : at + 4]

    def _add(self, begin: int, end: int) -> None:
        if begin < end:
            self.stretches.append((begin, end))

    def finished(self) -> Mp3Stream:
        return Mp3Stream(
            self.kind,
            self.frames,
            tuple(self.stretches),
            self.first,
            self.info,
            self.info_at,
            self.lost,
        )


def _run(data: Bytes, at: int) -> bool:
    """Whether frames of one kind follow one another from here, to the end or for a few."""
    kind = frame_kind(data, at)
    for _ in range(_FEWEST):
        if at + 4 > len(data):
            return True
        if frame_kind(data, at) is not kind:
            return False
        at += frame_length(data, at)
    return True


def _next(data: Bytes, at: int) -> int:
    """Where the next frame may begin: behind a tag, or at the next pattern that looks like one."""
    behind = behind_tags(data, at)
    if behind > at:
        return behind
    following = _SYNC.search(data, at + 1)
    return following.start() if following else len(data)
