"""Several streams in one file, decoded as if they were one; a sample entered exactly."""

from __future__ import annotations

import bisect
import contextlib
from collections.abc import Callable, Sequence
from io import SEEK_CUR, SEEK_SET
from itertools import accumulate
from typing import Literal

import numpy as np
import soundfile

from tonotope.audio.mp3_notices import entering

_PAGE_ENTRY = 4096  # samples before the last page of Ogg Vorbis
_MP3_ENTRY = 16 * 1152  # samples; the frames that 511 bytes can be spread over, and some more


class StreamFile(soundfile.SoundFile):
    """A decoder of one stream, which never seeks to where it is.

    `soundfile` seeks after every read, to the very place the read ended at. Of an MP3 that throws
    away what the next frame needs of those before it: a click at the begin of every block.

    Attributes:
        last_page: of Ogg Vorbis, the sample with which the last page begins. libsndfile 1.2.2 lands
            128 samples or more beside the place where it enters a last page.
    """

    last_page: int = 0

    def seek(self, frames: int, whence: int = SEEK_SET) -> int:
        """Go to a sample, unless it is the next one anyway."""
        if whence == SEEK_SET and frames == super().seek(0, SEEK_CUR):
            return frames
        return super().seek(frames, whence)


def enter(file: Decoder, sample: int) -> None:
    """Go to a sample, so that what follows is what follows there when all is decoded.

    An MP3 frame may need up to 511 bytes of the frames before it, an Opus frame converges over
    some, and a last page of Vorbis is entered through the page before it: they begin earlier, and
    what comes until `sample` is thrown away.
    """
    begin = sample
    if file.format == "MP3":
        begin = sample - _MP3_ENTRY
    elif file.subtype == "OPUS":
        begin = sample - file.samplerate // 2
    elif isinstance(file, StreamFile) and sample > file.last_page - _PAGE_ENTRY > 0:
        begin = file.last_page - _PAGE_ENTRY
    with entering():
        file.seek(max(0, begin))
        if sample > max(0, begin):
            between = np.empty((sample - max(0, begin), file.channels), np.float32)
            file.buffer_read_into(between.data.cast("B"), "float32")


class ChainedDecoder:
    """Streams of one rate and number of channels; it answers what a `soundfile.SoundFile` does.

    Args:
        openers: each opens a decoder at the beginning of its stream.
        frames: samples per channel of each.
    """

    extra_info = ""

    def __init__(self, openers: Sequence[Callable[[], StreamFile]], frames: Sequence[int]) -> None:
        self._openers, self._ends = openers, list(accumulate(frames))
        self._starts = [0, *self._ends[:-1]]
        self._number, self._file = 0, openers[0]()
        self.format, self.subtype = self._file.format, self._file.subtype
        self.samplerate, self.channels = self._file.samplerate, self._file.channels
        self.frames = self._ends[-1]

    def seekable(self) -> bool:
        """Whether every stream can be entered anywhere; so it is where lengths are known."""
        return True

    def tell(self) -> int:
        """The next sample, counted from the beginning of the first stream."""
        return self._starts[self._number] + self._file.tell()

    def seek(self, sample: int) -> int:
        """Go to a sample, counted from the beginning of the first stream."""
        number = min(bisect.bisect_right(self._ends, sample), len(self._openers) - 1)
        self._enter(number)
        enter(self._file, sample - self._starts[number])
        return sample

    def buffer_read_into(self, buffer: memoryview, dtype: Literal["float32"]) -> int:
        """Fill `buffer` (time, channel) from as many streams as it takes; how many samples came."""
        room = np.frombuffer(buffer, np.dtype(dtype)).reshape(-1, self.channels)
        filled = 0
        while filled < len(room):
            # What lies behind a stream, such as a tag, would be taken for its damaged end.
            left = self._ends[self._number] - self.tell()
            if left > 0:
                some = room[filled : filled + left]
                got = self._file.buffer_read_into(some.data.cast("B"), dtype)
                filled += got
                left -= got
            if filled < len(room):
                if self._number == len(self._openers) - 1:
                    break
                self._enter(self._number + 1)
        return filled

    def close(self) -> None:
        """Close the decoder in use."""
        self._file.close()

    def __enter__(self) -> ChainedDecoder:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _enter(self, number: int) -> None:
        with contextlib.suppress(soundfile.LibsndfileError):
            self._file.close()
        self._number, self._file = number, self._openers[number]()


Decoder = StreamFile | ChainedDecoder
"""What decodes a file: one stream of libsndfile, or several."""
