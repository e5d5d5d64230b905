from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from tonotope._errors import AudioError
from tonotope.audio import reading, wav_header


@pytest.mark.parametrize("kind", ["WAV", "W64"])
@pytest.mark.parametrize("coding", ["IMA_ADPCM", "MS_ADPCM"])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_libsndfile_writes_contradicts_nothing(
    tmp_path: Path, sound, kind: str, coding: str, channels: int
) -> None:
    path = sound(tmp_path / "x", channels=channels, kind=kind, coding=coding)
    assert wav_header.adpcm_contradiction(io.BytesIO(path.read_bytes())) is None


@pytest.mark.parametrize("kind", ["WAV", "W64"])
@pytest.mark.parametrize("coding", ["IMA_ADPCM", "MS_ADPCM"])
def test_a_header_that_contradicts_itself_never_reaches_libsndfile(
    tmp_path: Path, sound, kind: str, coding: str
) -> None:
    path = sound(tmp_path / "x", kind=kind, coding=coding)
    data = bytearray(path.read_bytes())
    at = data.index(b"fmt ") + (24 if kind == "W64" else 8)
    for block, samples in ((1, 65535), (256, 65535), (0, 505), (256, 0)):
        struct.pack_into("<H", data, at + 12, block)
        struct.pack_into("<H", data, at + 18, samples)
        path.write_bytes(data)
        with pytest.raises(AudioError, match=f"blocks of {block} bytes cannot hold {samples} samp"):
            reading.inspect(path)


def test_headers_without_end_are_left_alone() -> None:
    chunk = b"LIST" + struct.pack("<I", 0)
    for data in (b"", b"RIFF", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVE" + chunk * 10_000):
        assert wav_header.adpcm_contradiction(io.BytesIO(data)) is None
    wide = b"riff\x2e\x91\xcf\x11" + bytes(32) + (b"junk" + bytes(20)) * 1000
    assert wav_header.adpcm_contradiction(io.BytesIO(wide)) is None
