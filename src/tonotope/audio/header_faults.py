"""What is wrong with a header that cannot be opened: no format, no sound, 0 Hz, 0 channels."""

from __future__ import annotations

import math
import struct

from tonotope._wording import counted
from tonotope.audio.chunk_list import Chunk, layout_of, list_chunks
from tonotope.audio.joined_files import FilePart

HIGHEST_RATE_HZ = 4_000_000
MOST_CHANNELS = 64
_MEND = "copy or download it again, or try ffmpeg -i IN OUT.wav"


def why_unusable(data: FilePart) -> str | None:
    """What a header lacks or says that cannot be, and what to do; None where it is in order.

    >>> head = b"RIFF" + bytes(4) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 0, 0, 2, 16)
    >>> why_unusable(FilePart(head + b"data" + bytes(44), 0, 88))
    'its header says a sample rate of 0 Hz; it is damaged'
    """
    layout = layout_of(data[:16])
    if layout is None:
        return why_impossible(*_of_au_or_flac(data))
    chunks = {one.name: one for one in reversed(list_chunks(data, layout))}
    form, sound = _names(data[:16])
    if form not in chunks or sound not in chunks:
        lacks, what = (form, "rate and channels") if form not in chunks else (sound, "the sound")
        name = lacks.decode().strip()
        return f"damaged or cut short: it has no `{name}` chunk, which holds {what}; {_MEND}"
    return why_impossible(*_of_chunk(data, chunks[form], layout.order))


def why_impossible(rate_hz: float | None, channels: int | None) -> str | None:
    """A sentence on a rate or a number of channels that cannot be; None where they can."""
    if rate_hz is not None and not math.isfinite(rate_hz):
        return "its header says no possible sample rate; it is damaged"
    if rate_hz is not None and not 1 <= rate_hz <= HIGHEST_RATE_HZ:
        return f"its header says a sample rate of {round(rate_hz):,} Hz; it is damaged"
    if channels is not None and not 1 <= channels <= MOST_CHANNELS:
        says = counted(channels, "channel")
        return f"its header says {says}; from 1 to {MOST_CHANNELS} are read here"
    return None


def _names(head: bytes) -> tuple[bytes, bytes]:
    """The chunks that hold the format and the sound."""
    if head[:4] == b"caff":
        return b"desc", b"data"
    if head[:4] == b"FORM":
        return (b"COMM", b"SSND") if head[8:11] == b"AIF" else (b"VHDR", b"BODY")
    return b"fmt ", b"data"


def _of_chunk(data: FilePart, form: Chunk, order: str) -> tuple[float | None, int | None]:
    body = data[form.begin : form.begin + 28]
    mark = ">" if order == "big" else "<"
    if form.name == b"fmt " and len(body) >= 8:
        channels, rate_hz = struct.unpack_from(mark + "HI", body, 2)
        return rate_hz, channels
    if form.name == b"desc" and len(body) >= 28:
        return struct.unpack_from(">d", body)[0], struct.unpack_from(">I", body, 24)[0]
    if form.name == b"COMM" and len(body) >= 18:
        exponent, mantissa = struct.unpack_from(">HQ", body, 8)
        rate_hz = math.ldexp(mantissa, (exponent & 0x7FFF) - 16_446) if exponent < 0x7FFF else 0.0
        return rate_hz, struct.unpack_from(">H", body)[0]
    if form.name == b"VHDR" and len(body) >= 14:
        return struct.unpack_from(">H", body, 12)[0], None
    return None, None


def _of_au_or_flac(data: FilePart) -> tuple[float | None, int | None]:
    head = data[:26]
    if head[:4] in {b".snd", b"dns."} and len(head) >= 24:
        return struct.unpack_from(">II" if head[:4] == b".snd" else "<II", head, 16)
    if head[:4] == b"fLaC" and len(head) == 26:
        word = int.from_bytes(head[18:26], "big")
        return word >> 44, (word >> 41 & 7) + 1
    return None, None
