"""A coding that is not decoded is named, with the command that converts it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import soundfile

from tonotope._errors import AudioError
from tonotope.audio import reading

_SOUND = b"\x5a\xa5" * 2000
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


def riff(tag: int, more: bytes = b"", name: bytes = b"RIFF") -> bytes:
    order = ">" if name == b"RIFX" else "<"
    body = struct.pack(order + "HHIIHH", tag, 1, 16_000, 4000, 400, 0) + more
    chunks = b"fmt " + struct.pack(order + "I", len(body)) + body
    chunks += b"data" + struct.pack(order + "I", len(_SOUND)) + _SOUND
    return name + struct.pack(order + "I", 4 + len(chunks)) + b"WAVE" + chunks


def aifc(coding: bytes) -> bytes:
    rate = struct.pack(">HQ", 16397, 0xFA00000000000000)  # 16,000 as an 80-bit float
    body = struct.pack(">HIH", 1, 400, 16) + rate + coding + b"\x00\x00"
    chunks = b"FVER" + struct.pack(">II", 4, 0xA2805140) + b"COMM" + struct.pack(">I", len(body))
    chunks += body + b"SSND" + struct.pack(">III", 8 + len(_SOUND), 0, 0) + _SOUND
    return b"FORM" + struct.pack(">I", 4 + len(chunks)) + b"AIFC" + chunks


def caf(coding: bytes) -> bytes:
    desc = struct.pack(">d4sIIIII", 16_000.0, coding, 0, 0, 1024, 1, 0)
    return b"caff\x00\x01\x00\x00desc" + struct.pack(">Q", len(desc)) + desc + _SOUND


def ogg(first: bytes) -> bytes:
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, 6, 0, 1, 0, 0, 1)
    return head + bytes([len(first)]) + first + _SOUND


def w64(tag: int) -> bytes:
    guid = bytes.fromhex("f3acd3118cd100c04f8edb8a")
    body = struct.pack("<HHIIHH", tag, 1, 16_000, 4000, 400, 0) + b"\x00" * 8
    chunks = b"wave" + guid + b"fmt " + guid + struct.pack("<Q", 24 + len(body)) + body
    chunks += b"data" + guid + struct.pack("<Q", 24 + len(_SOUND)) + _SOUND
    head = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
    return head + struct.pack("<Q", 24 + len(chunks)) + chunks


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (riff(0x0055, b"\x00\x00"), "MPEG layer 3 (MP3) (wFormatTag 0x0055)"),
        (riff(0x0050, b"\x00\x00"), "MPEG layer 1 or 2 (wFormatTag 0x0050)"),
        (riff(0x2000, b"\x00\x00"), "Dolby AC-3 (wFormatTag 0x2000)"),
        (riff(0x0161, b"\x00\x00"), "Windows Media Audio 2 (wFormatTag 0x0161)"),
        (riff(0x0014, b"\x00\x00"), "G.723 ADPCM (wFormatTag 0x0014)"),
        (riff(0x0270, b"\x00\x00"), "Sony SCX (ATRAC3) (wFormatTag 0x0270)"),
        (riff(0x00FF), "raw AAC (wFormatTag 0x00FF)"),
        (riff(0x0022, b"\x00\x00", b"RIFX"), "DSP Group TrueSpeech (wFormatTag 0x0022)"),
        (riff(0x4A4A), "something that nobody registered (wFormatTag 0x4A4A)"),
        (
            riff(0xFFFE, struct.pack("<HHIH", 22, 0, 4, 0x0092) + _GUID_TAIL),
            "Dolby AC-3 over S/PDIF (wFormatTag 0x0092)",
        ),
        (w64(0x2001), "DTS (wFormatTag 0x2001)"),
        (aifc(b"QDM2"), "QDesign Music 2"),
        (caf(b"aac "), "AAC"),
        (ogg(b"Speex   1.2.0"), "Speex"),
    ],
)
def test_the_coding_is_named_with_the_command_that_converts(
    tmp_path: Path, content: bytes, named: str
) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with pytest.raises(AudioError) as told:
        reading.inspect(path)
    assert told.value.reason == (
        f"its sound is coded as {named}, which is not decoded here; convert it: "
        "ffmpeg -i IN OUT.flac"
    )


def test_damage_is_not_taken_for_a_coding(tmp_path: Path, sound) -> None:
    path = sound(tmp_path / "x.wav")
    path.write_bytes(path.read_bytes()[:30] + b"\xff" * 14)
    with pytest.raises(AudioError, match="damaged or cut short"):
        reading.inspect(path)
    for kind, coding in (("WAV", "GSM610"), ("WAV", "G721_32"), ("WAV", "ULAW"), ("W64", "ALAW")):
        path = sound(tmp_path / "y.wav", kind=kind, coding=coding)
        assert reading.inspect(path).frames >= soundfile.info(path).frames > 0


@pytest.mark.parametrize("packed", ["shorten-v2.00", "shortpack-v0", "wavpack"])
def test_a_packed_sphere_file_is_named_with_what_unpacks_it(tmp_path: Path, packed: str) -> None:
    coding = f"pcm,embedded-{packed}"
    head = "NIST_1A\n   1024\nchannel_count -i 1\nsample_rate -i 16000\nsample_n_bytes -i 2\n"
    head += f"sample_coding -s{len(coding)} {coding}\nsample_count -i 2000\nend_head\n"
    (tmp_path / "x.wav").write_bytes(head.encode().ljust(1024) + b"ajkg\x02" + _SOUND)
    with pytest.raises(AudioError) as told:
        reading.inspect(tmp_path / "x.wav")
    assert told.value.reason == (
        f"its sound is coded as {coding}, which is not decoded here; convert it: sph2pipe -f wav "
        "IN OUT.wav"
    )


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"CAT \x00\x00\x10\x00REX2", "a REX loop, which is not decoded here; export it as WAV"),
        (b"RIFF\x00\x10\x00\x00sfbk", "a SoundFont, which holds many sounds; export those"),
    ],
)
def test_sounds_of_one_program_alone_are_to_be_exported(
    tmp_path: Path, head: bytes, told: str
) -> None:
    (tmp_path / "x.rx2").write_bytes(head + _SOUND)
    with pytest.raises(AudioError, match=told):
        reading.inspect(tmp_path / "x.rx2")
