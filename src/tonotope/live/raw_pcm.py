"""Raw PCM, samples without a header, from standard input or another stream; and written to one.

    parec --format=s16le --rate=44100 --channels=1 | tonotope listen RUN - --rate 44100

Nothing in the bytes says what they are, so rate, format and channels are told. A stream that begins
with the header of a sound file is refused: it would be heard as noise, perhaps at a wrong rate.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import numpy as np

from tonotope._errors import DataError, ExperimentError
from tonotope._wording import counted
from tonotope.live.sound_source import checked_rate

FORMATS: Mapping[str, str] = {"s16": "<i2", "f32": "<f4"}
"""Little-endian, as nearly everything is: whole numbers of 16 bits, floats of 32 bits."""

MOST_CHANNELS = 64
_ALSO = {"s16le": "s16", "s16_le": "s16", "f32le": "f32", "float32le": "f32", "float_le": "f32"}
_BYTES = 1 << 16
_HEADERS = {b"RIFF": "WAV", b"RF64": "WAV", b"fLaC": "FLAC", b"OggS": "Ogg", b"FORM": "AIFF",
            b"ID3\x03": "MP3", b"ID3\x04": "MP3", b"caff": "CAF", b".snd": "AU"}  # fmt: skip


def known_format(name: str) -> str:
    """The format of a name, `s16` or `f32`; what other programs call them is understood.

    >>> known_format("s16le"), known_format("F32")
    ('s16', 'f32')

    Raises:
        ExperimentError: there is none of that name.
    """
    found = _ALSO.get(name.lower(), name.lower())
    if found not in FORMATS:
        raise ExperimentError(
            f"a format `{name:.40}`: s16 (whole numbers of 16 bits) or f32 (floats of 32 bits, full"
            " scale at 1) would fit, both little-endian"
        )
    return found


class RawPCM:
    """A stream of raw samples, channels interleaved.

    Args:
        file: opened to read bytes.
        rate_hz: samples per second.
        form: one of `FORMATS`.
        channels: how many lie side by side.
        name: what the stream is called.

    Raises:
        ExperimentError: no such format, or a rate or number of channels that fits no sound.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        rate_hz: int,
        form: str = "s16",
        channels: int = 1,
        name: str = "standard input",
    ) -> None:
        if not 1 <= channels <= MOST_CHANNELS:
            raise ExperimentError(f"{channels:,} channels: from 1 to {MOST_CHANNELS} would fit")
        self.form, self.channels, self.name = known_format(form), channels, name
        self.rate_hz, self.notes = checked_rate(rate_hz), list[str]()
        self._file = file

    def blocks(self) -> Iterator[np.ndarray]:
        """Float32 samples (channel, time), as many as have come.

        Raises:
            DataError: the stream is a sound file with a header.
        """
        kind = np.dtype(FORMATS[self.form])
        frame = kind.itemsize * self.channels
        held, begun = b"", False
        while True:
            given = self._read()
            if not given:
                break
            held += given
            if not begun and len(held) >= 4:
                self._refuse_header(held[:4])
                begun = True
            whole = len(held) // frame * frame
            if whole and begun:
                samples = np.frombuffer(held[:whole], kind).reshape(-1, self.channels).T
                held = held[whole:]
                yield _as_floats(samples)
        if len(held) >= frame:  # fewer bytes than a header has
            whole = len(held) // frame * frame
            yield _as_floats(np.frombuffer(held[:whole], kind).reshape(-1, self.channels).T)
            held = held[whole:]
        if held:
            self.notes.append(
                f"{self.name} ended within a sample: {counted(len(held), 'byte')} left over, of"
                f" {frame} (are --format and --channels right?)"
            )

    def close(self) -> None:
        """The stream belongs to somebody else."""

    def _read(self) -> bytes:
        """What is there, or the next that comes; nothing at the end."""
        try:
            number = self._file.fileno()
        except (OSError, AttributeError, io.UnsupportedOperation):
            return self._file.read(_BYTES)
        return os.read(number, _BYTES)  # past Python's buffer, which would wait until it is full

    def _refuse_header(self, head: bytes) -> None:
        if head in _HEADERS:
            raise DataError(
                f"{self.name} begins like a {_HEADERS[head]} file, and raw samples without a header"
                " are read here: ffmpeg -i FILE -f s16le -ac 1 -ar RATE - makes them; for a file:"
                " tonotope predict RUN FILE --windows"
            )


def as_bytes(sound: np.ndarray, form: str) -> bytes:
    """Samples (time,) as raw bytes; louder ones than whole numbers hold are held at full scale."""
    if form == "s16":
        return (np.clip(sound * 32768.0, -32768, 32767)).round().astype(FORMATS[form]).tobytes()
    return sound.astype(FORMATS[form]).tobytes()


def _as_floats(samples: np.ndarray[Any, Any]) -> np.ndarray:
    if samples.dtype.kind == "i":
        return samples.astype(np.float32) / np.float32(32768.0)
    return samples.astype(np.float32)
