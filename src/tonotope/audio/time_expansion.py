"""Bat recordings that were slowed down, by their GUANO or wamd chunk against the header's rate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import BinaryIO

_MOST_CHUNKS = 64
_LARGEST_FILE_BYTES = 1 << 48
_MOST_BYTES = 1 << 20
_WAMD_TIME_EXPANSION = 0x000F


def time_expansion_doubt(file: BinaryIO, rate_hz: int) -> str | None:
    """A sentence where a recorder noted another rate than the header's; None where none did.

    Detectors store ultrasound slowed down so that it can be heard. Fields by the specification of
    GUANO (guano-md.org): `TE`, how many times slower, and `Samplerate`, that of the recording.

    Args:
        file: a WAV or RF64 file, at any place.
        rate_hz: samples per second by its header.
    """
    for name, body in _notes(file):
        factor, recorded_hz = _guano(body) if name == b"guan" else (_wamd(body), None)
        source = "GUANO" if name == b"guan" else "wamd"
        if factor not in (None, 1.0):
            if recorded_hz not in (None, round(factor * rate_hz)):
                return _contradiction(source, factor, recorded_hz, rate_hz)
            return _slowed(source, factor, round(factor * rate_hz), rate_hz)
        if recorded_hz is not None and recorded_hz != rate_hz:
            return _other_rate(source, recorded_hz, rate_hz)
    return None


def _slowed(source: str, factor: float, recorded_hz: int, rate_hz: int) -> str:
    """What is ten times off, and what would put it right.

    >>> _slowed("GUANO", 10.0, 384000, 38400)[:71]
    'its GUANO chunk says that it was slowed down 10 times: recorded at 384,'
    """
    return (
        f"its {source} chunk says that it was slowed down {factor:g} times: recorded at "
        f"{recorded_hz:,} Hz, stored as {rate_hz:,} Hz, so times are {factor:g} times too long "
        f"and frequencies {factor:g} times too low; ffmpeg -i IN -af asetrate={recorded_hz} OUT.wav"
        " puts it right"
    )


def _contradiction(source: str, factor: float, recorded_hz: int, rate_hz: int) -> str:
    """Two entries that cannot both be true, and what would settle it."""
    return (
        f"its {source} chunk says that it was slowed down {factor:g} times, which from the "
        f"{rate_hz:,} Hz of its header makes {round(factor * rate_hz):,} Hz, and that it was "
        f"recorded at {recorded_hz:,} Hz: one of the two is wrong, so listen to it; only if it was "
        f"slowed down, ffmpeg -i IN -af asetrate={round(factor * rate_hz)} OUT.wav puts it right"
    )


def _other_rate(source: str, recorded_hz: int, rate_hz: int) -> str:
    factor = recorded_hz / rate_hz
    return (
        f"its {source} chunk says that it was recorded at {recorded_hz:,} Hz, its header says "
        f"{rate_hz:,} Hz: if it was resampled, all is well; if it was slowed down, times are "
        f"{factor:.3g} times too long and frequencies {factor:.3g} times too low, and "
        f"ffmpeg -i IN -af asetrate={recorded_hz} OUT.wav puts it right"
    )


def _guano(body: bytes) -> tuple[float | None, int | None]:
    r"""Time expansion and rate; None for what is absent or no positive number.

    >>> _guano(b"GUANO|Version: 1.0\nTE:10\nSamplerate: 384000\n")
    (10.0, 384000)
    """
    fields = {}
    for line in body.decode("utf-8", "replace").splitlines():
        key, _, value = line.partition(":")
        fields[key.strip().casefold()] = value.strip(" \t\r\n\0")
    rate_hz = _number(fields.get("samplerate"))
    return _number(fields.get("te")), None if rate_hz is None else round(rate_hz)


def _wamd(body: bytes) -> float | None:
    """Wildlife Acoustics: entries of a number, a length and as many bytes."""
    at = 0
    while at + 6 <= len(body):
        number = int.from_bytes(body[at : at + 2], "little")
        size = int.from_bytes(body[at + 2 : at + 6], "little")
        if number == _WAMD_TIME_EXPANSION:
            return float(int.from_bytes(body[at + 6 : at + 6 + min(size, 2)], "little")) or None
        at += 6 + size
    return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 < value < math.inf else None


def _notes(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """The chunks that recorders write, wherever they lie."""
    file.seek(0)
    head = file.read(12)
    if head[:4] not in {b"RIFF", b"RIFX", b"RF64", b"BW64"} or head[8:12] != b"WAVE":
        return
    order = "big" if head.startswith(b"RIFX") else "little"
    data_bytes = None
    for _ in range(_MOST_CHUNKS):
        name, size = file.read(4), int.from_bytes(file.read(4), order)
        if len(name) < 4:
            return
        begin = file.tell()
        if name == b"ds64":  # RF64 keeps the true size of the sound here
            data_bytes = int.from_bytes(file.read(16)[8:], "little")
        if name == b"data" and size == 0xFFFFFFFF and data_bytes is not None:
            size = data_bytes
        if name in {b"guan", b"wamd"}:
            yield name, file.read(min(size, _MOST_BYTES))
        if size > _LARGEST_FILE_BYTES:  # a recorder that never finished; no chunk is behind
            return
        file.seek(begin + size + size % 2)
