"""The coding of a WAV, W64, AIFF-C, CAF or Ogg file in words, where it is not decoded here."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import BinaryIO, Literal

from tonotope.audio.wav_header import format_chunk

_EXTENSIBLE = 0xFFFE  # the first two bytes of its GUID say which coding it is
_CONVERT = "ffmpeg -i IN OUT.flac"
_SPH2PIPE = "sph2pipe -f wav IN OUT.wav"
_SPHERE_CODING = re.compile(rb"sample_coding\s+-s\d+\s+([\w.,+-]+)")
_DECODED = {0x01, 0x02, 0x03, 0x06, 0x07, 0x11, 0x31, 0x38, 0x40, _EXTENSIBLE}
# In `codings.json`: wFormatTag as registered with Microsoft (RFC 2361, mmreg.h), the letters of
# AIFF-C and CAF, and the first bytes of an Ogg stream.


@cache
def _names(kind: str) -> dict[str, str]:
    text = (resources.files("tonotope.audio") / "codings.json").read_text(encoding="utf-8")
    return json.loads(text)[kind]


def why_coding_not_decoded(file: BinaryIO) -> str | None:
    """The coding that a file names which libsndfile could not open, and what to do; or None.

    >>> import io, struct
    >>> header = struct.pack("<4sI8sI", b"RIFF", 999, b"WAVEfmt ", 20)
    >>> print(why_coding_not_decoded(io.BytesIO(header + struct.pack("<HHII", 8192, 1, 1, 1))))
    its sound is coded as Dolby AC-3 (wFormatTag 0x2000), which is not decoded here; convert it:
    ffmpeg -i IN OUT.flac
    """
    packed = _packed_in_sphere(file)
    if packed:
        return f"its sound is coded as {packed}, which is not decoded here; convert it: {_SPH2PIPE}"
    name = _named(file)
    if name is None:
        return None
    return f"its sound is coded as {name}, which is not decoded here; convert it: {_CONVERT}"


def _packed_in_sphere(file: BinaryIO) -> str | None:
    """The coding of a NIST SPHERE file that is packed, such as `pcm,embedded-shorten-v2.00`."""
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    found = _SPHERE_CODING.search(head) if head.startswith(b"NIST_1A") else None
    coding = found[1].decode("ascii", "replace") if found else ""
    return coding if "embedded" in coding else None


def _named(file: BinaryIO) -> str | None:
    file.seek(0)
    head = file.read(64)
    file.seek(0)
    if head.startswith(b"OggS"):
        start = head[27 + head[26] :] if len(head) > 26 else b""
        begins = start.decode("latin-1")
        return next(
            (name for magic, name in _names("ogg").items() if begins.startswith(magic)), None
        )
    if head[:4] == b"FORM" and head[8:12] == b"AIFC":
        return _of_aifc(file)
    if head.startswith(b"caff"):  # its first chunk describes the sound
        return _names("fourcc").get(head[28:32].decode("latin-1"))
    return _of_wav(format_chunk(file, 40), "big" if head.startswith(b"RIFX") else "little")


def _of_wav(body: bytes, order: Literal["big", "little"]) -> str | None:
    tag = int.from_bytes(body[:2], order)
    if tag == _EXTENSIBLE:
        tag = int.from_bytes(body[24:26], order)
    if not tag or tag in _DECODED:  # damaged, which the decoder says better
        return None
    number = f"0x{tag:04X}"
    name = _names("wFormatTag").get(number, "something that nobody registered")
    return f"{name} (wFormatTag {number})"


def _of_aifc(file: BinaryIO) -> str | None:
    file.seek(12)
    for _ in range(64):
        name, size = file.read(4), int.from_bytes(file.read(4), "big")
        if len(name) < 4:
            return None
        if name == b"COMM":
            body = file.read(22)
            return _names("fourcc").get(body[18:22].decode("latin-1"))
        file.seek(size + size % 2, 1)
    return None
