"""ADPCM headers of WAV, RF64 and W64 files checked before libsndfile reads them (CVE).

An ADPCM header says three times how long a block is (bytes, samples, channels). Where the three
contradict each other, libsndfile has computed with numbers that overflow (CVE-2022-33065 and its
successors), so such a file is refused first.
"""

from __future__ import annotations

from typing import BinaryIO

_MS, _IMA = 0x0002, 0x0011
_MOST_CHUNKS = 64
_LARGEST_FILE_BYTES = 1 << 48  # a size of 64 bits may be more than `seek` can take
_W64 = b"riff\x2e\x91\xcf\x11"


def adpcm_contradiction(file: BinaryIO) -> str | None:
    """What an ADPCM header in a WAV, RF64 or W64 file contradicts; None for any other file.

    >>> import io, struct
    >>> header = struct.pack("<4sI8sI", b"RIFF", 999, b"WAVEfmt ", 20)
    >>> sound = struct.pack("<HHIIHHHH", 0x11, 1, 8000, 4055, 1, 4, 2, 65535)
    >>> adpcm_contradiction(io.BytesIO(header + sound))
    'its ADPCM header contradicts itself: blocks of 1 bytes cannot hold 65535 samples'
    """
    body = format_chunk(file)
    if len(body) < 20:
        return None
    tag, channels, block = (int.from_bytes(body[at : at + 2], "little") for at in (0, 2, 12))
    samples = int.from_bytes(body[18:20], "little")
    if tag not in {_MS, _IMA}:
        return None
    if tag == _IMA:  # 4 bytes a channel begin a block with one sample; then two samples a byte
        possible = 1 + 2 * (block - 4 * channels) // max(channels, 1)
    else:  # 7 bytes a channel hold two samples; then two samples a byte
        possible = 2 + 2 * (block - 7 * channels) // max(channels, 1)
    if channels and 0 < samples <= possible:
        return None
    return (
        "its ADPCM header contradicts itself: "
        f"blocks of {block} bytes cannot hold {samples} samples"
    )


def format_chunk(file: BinaryIO, most: int = 20) -> bytes:
    """`most` bytes from the `fmt ` chunk on, or nothing."""
    head = file.read(12)
    wide = head.startswith(_W64)
    if not wide and not (
        head[:4] in {b"RIFF", b"RIFX", b"RF64", b"BW64"} and head[8:12] == b"WAVE"
    ):
        return b""
    file.seek(40 if wide else 12)
    for _ in range(_MOST_CHUNKS):
        name = file.read(16 if wide else 4)[:4]
        stated = int.from_bytes(file.read(8 if wide else 4), "little")
        if len(name) < 4:
            break
        if name == b"fmt ":
            return file.read(most)
        size = stated - 24 if wide else stated
        if size > _LARGEST_FILE_BYTES:
            break
        file.seek(size + (-size % 8 if wide else size % 2), 1) if size > 0 else None
    return b""
