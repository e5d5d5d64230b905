from __future__ import annotations

import errno
import os
import re
import struct
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope._errors import AudioError
from tonotope.audio import decoding, file_header, file_type, reading

CODINGS = [
    *(("WAV", coding) for coding in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")),
    *(("WAV", coding) for coding in ("ALAW", "ULAW", "IMA_ADPCM", "MS_ADPCM", "GSM610")),
    *(("WAVEX", "PCM_16"), ("RF64", "PCM_24"), ("W64", "PCM_16"), ("AU", "PCM_16")),
    *(("AIFF", "PCM_16"), ("CAF", "PCM_16"), ("CAF", "ALAC_16"), ("NIST", "PCM_16")),
    *(("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS")),
    ("MP3", "MPEG_LAYER_III"),
]
WITH_HEADER_ONLY = [("WAV", "PCM_16"), ("WAV", "IMA_ADPCM"), ("WAV", "ULAW"), ("WAVEX", "FLOAT")]
WITH_HEADER_ONLY += [("RF64", "PCM_24"), ("W64", "PCM_16"), ("AIFF", "PCM_16"), ("AU", "PCM_16")]


@pytest.mark.parametrize(("kind", "coding"), CODINGS)
def test_every_coding_is_what_libsndfile_reads(
    tmp_path: Path, sound, monkeypatch, kind: str, coding: str
) -> None:
    rate = 48_000 if coding == "OPUS" else 8000
    channels = 1 if coding == "GSM610" else 2
    path = sound(
        tmp_path / "x", seconds=2.0, rate=rate, channels=channels, kind=kind, coding=coding
    )
    with soundfile.SoundFile(path) as file:
        expected = file.read(file.frames, dtype="float32", always_2d=True)
    assert reading.inspect(path).frames == len(expected)
    clip, doubts = reading.read(path)
    assert not doubts
    slack = 1e-6 if kind == "MP3" else 0.0  # its decoder rounds by where the memory lies
    np.testing.assert_allclose(clip.samples, expected.T, rtol=0, atol=slack)
    monkeypatch.setattr(decoding, "_BLOCK", 3000)  # and in blocks nothing is lost at the seams
    np.testing.assert_allclose(reading.read(path)[0].samples, expected.T, rtol=0, atol=slack)
    streamed = np.concatenate([clip.samples for clip in reading.stream(path, 0.3)], axis=1)
    np.testing.assert_allclose(streamed, expected.T, rtol=0, atol=slack)


@pytest.mark.parametrize(
    ("kind", "coding"), [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("WAV", "GSM610")]
)
def test_a_part_is_the_part_of_the_whole(tmp_path: Path, sound, kind: str, coding: str) -> None:
    path = sound(tmp_path / "x", seconds=2.0, kind=kind, coding=coding)
    whole = reading.read(path)[0].samples
    part = reading.read(path, 0.5, 0.25)[0].samples
    np.testing.assert_array_equal(part, whole[:, 4000:6000])
    rest = reading.read(path, 1.9)[0].samples
    np.testing.assert_array_equal(rest, whole[:, 15_200:])
    with pytest.raises(AudioError, match=r"nothing is there at 9 s: the sound lasts 2\.0 s"):
        reading.read(path, 9.0)
    with pytest.raises(AudioError, match="nothing is there at -1 s"):
        reading.read(path, -1.0)
    with pytest.raises(AudioError, match="a part of 0 s was asked for; give more than 0 s"):
        reading.read(path, 0.0, 0.0)


def test_one_sample_is_a_sound(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "one.wav", np.array([0.5], np.float32), 8000, subtype="FLOAT")
    clip, doubts = reading.read(tmp_path / "one.wav")
    assert clip.samples.tolist() == [[0.5]]
    assert not doubts


@pytest.mark.parametrize(("kind", "coding"), WITH_HEADER_ONLY)
def test_a_file_cut_short_gives_what_is_there(
    tmp_path: Path, sound, kind: str, coding: str
) -> None:
    path = sound(tmp_path / "x", seconds=4.0, kind=kind, coding=coding)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    clip, doubts = reading.read(path)
    assert clip.duration_s == pytest.approx(2.0, abs=0.1)
    assert len(doubts) == 1
    held = rf"{clip.duration_s:.1f} s; what is there is used \(was it cut short\?\)"
    assert re.fullmatch(rf"header says 4\.[01] s, file holds {held}", doubts[0])
    _, again = reading.read(path, 0.0, clip.duration_s)  # as a manifest asks, from what it saw
    assert again == doubts
    with pytest.raises(AudioError, match=r"header says 4\.[01] s, file holds"):
        reading.read(path, strict=True)


@pytest.mark.parametrize(
    ("kind", "coding", "says"),
    [
        ("FLAC", "PCM_16", r"header says 4\.0 s, file holds [12]\.\d s; .*cut short\?\)$"),
        ("MP3", "MPEG_LAYER_III", r"header says 4\.0 s, file holds [12]\.\d s"),
        ("OGG", "VORBIS", "its last Ogg page is missing; what is there is used"),
        ("OGG", "OPUS", "its last Ogg page is missing"),
    ],
)
def test_a_stream_cut_short_gives_what_is_there(
    tmp_path: Path, sound, kind: str, coding: str, says: str
) -> None:
    rate = 48_000 if coding == "OPUS" else 22_050
    path = sound(tmp_path / "x", seconds=4.0, rate=rate, kind=kind, coding=coding)
    whole = reading.read(path)[0].samples
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    began = time.monotonic()
    clip, doubts = reading.read(path)
    assert time.monotonic() - began < 10  # it does not hang
    assert 0.5 < clip.duration_s < 3.5
    held = clip.samples.shape[1]
    assert clip.samples[0, : held // 2] == pytest.approx(whole[0, : held // 2], abs=1e-3)
    assert len(doubts) == 1
    assert re.search(says, doubts[0])
    with pytest.raises(AudioError, match=says):
        reading.read(path, strict=True)


def test_a_recorder_that_streams_cannot_know_the_length(tmp_path: Path, sound) -> None:
    path = sound(tmp_path / "x.wav", seconds=1.0)
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    for unknown in (0xFFFFFFFF, 0x7FFFFFFF):
        data[at : at + 4] = struct.pack("<I", unknown)
        path.write_bytes(data)
        clip, doubts = reading.read(path)
        assert clip.duration_s == 1.0
        assert not doubts


def test_a_flac_stream_whose_length_was_never_written(tmp_path: Path, sound) -> None:
    path = sound(tmp_path / "x.flac", seconds=3.0, kind="FLAC")
    whole = reading.read(path)[0].samples
    path.write_bytes(_with_frames(path.read_bytes(), 0))
    assert reading.inspect(path).duration_s == 3.0
    np.testing.assert_array_equal(reading.read(path)[0].samples, whole)
    with pytest.raises(AudioError, match=r"lasts 3\.0 s, more than the 2\.0 s allowed"):
        reading.read(path, max_duration_s=2.0)


@pytest.mark.parametrize(
    ("frames", "says"),
    [
        ((1 << 36) - 1, "header states no possible length, file holds 1.0 s; all of it is used"),
        (8000 * 36_000, "header says 10.0 h, file holds 1.0 s; what is there is used"),
        (8000 * 50, "header says 50.0 s, file holds 1.0 s; what is there is used"),
    ],
)
def test_a_flac_whose_header_claims_too_much_is_heard(
    tmp_path: Path, sound, frames: int, says: str
) -> None:
    path = sound(tmp_path / "x.flac", seconds=1.0, kind="FLAC")
    whole = reading.read(path)[0].samples
    path.write_bytes(_with_frames(path.read_bytes(), frames))
    assert reading.inspect(path).frames == 8000
    clip, doubts = reading.read(path)
    np.testing.assert_array_equal(clip.samples, whole)
    assert [one.startswith(says) for one in doubts] == [True]


def test_an_impossible_length_is_refused_before_memory_is_asked_for(tmp_path: Path, sound) -> None:
    path = sound(tmp_path / "x.flac", seconds=1.0, kind="FLAC")
    header = _with_frames(path.read_bytes(), (1 << 36) - 1)[:42]
    path.write_bytes(header + bytes(5000))  # no frame tells how long it is
    size = path.stat().st_size
    with pytest.raises(AudioError) as caught:
        reading.inspect(path)
    assert caught.value.reason == (
        f"header claims 68,719,476,735 samples, impossible for a file of {size:,} bytes; "
        "it is damaged"
    )


def _with_frames(flac: bytes, frames: int) -> bytes:
    facts = int.from_bytes(flac[18:26], "big") >> 36 << 36 | frames
    return flac[:18] + facts.to_bytes(8, "big") + flac[26:]


def test_nan_and_infinity_are_counted_and_refused(tmp_path: Path) -> None:
    wave = np.zeros(2000, np.float32)
    wave[100:200], wave[300:373] = np.nan, -np.inf
    path = tmp_path / "x.wav"
    soundfile.write(path, wave, 8000, subtype="FLOAT")
    for door in (reading.read, lambda path: list(reading.stream(path))):
        with pytest.raises(AudioError) as caught:
            door(path)
        assert caught.value.reason == (
            '173 non-finite samples (NaN or infinite); repair = "zero" makes them silence'
        )
    clip, doubts = reading.read(path, repair="zero")
    assert not clip.samples.any()
    assert doubts == ["173 non-finite samples (NaN or infinite) made zero"]
    wave[100:] = 3e38
    soundfile.write(path, wave, 8000, subtype="FLOAT")
    with pytest.raises(AudioError, match=r"samples as large as 3e\+38, where sound lies between"):
        reading.read(path, repair="zero")


@pytest.mark.parametrize(
    ("at", "code", "value", "says"),
    [
        (22, "<H", 0, "damaged or cut short|0 channels"),
        (24, "<I", 0, "damaged or cut short|a sample rate of 0 Hz"),
        (24, "<I", 0xFFFFFFF0, "damaged or cut short|sample rate of"),
        (4, "<I", 0, "damaged|holds no samples|cut short"),
    ],
)
def test_impossible_headers_are_refused(
    tmp_path: Path, sound, at: int, code: str, value: int, says: str
) -> None:
    path = sound(tmp_path / "x.wav")
    data = bytearray(path.read_bytes())
    struct.pack_into(code, data, at, value)
    if at == 4:
        data = data[:44]
    path.write_bytes(data)
    with pytest.raises(AudioError, match=says):
        reading.inspect(path)


@pytest.mark.parametrize(
    ("kind", "article", "how"),
    [
        ("MAT5", "a", "sndfile-convert"),
        ("HTK", "an", "sndfile-convert"),
        ("SDS", "an", "ffmpeg -i"),
    ],
)
def test_formats_that_hold_other_things_too_are_refused(
    tmp_path: Path, sound, kind: str, article: str, how: str
) -> None:
    path = sound(tmp_path / "x.wav", kind=kind, coding="PCM_16")
    with pytest.raises(
        AudioError, match=f": {article} {kind} file, which is not read here.*: {how} IN"
    ):
        reading.inspect(path)


def test_channels_have_a_limit(tmp_path: Path, sound) -> None:
    assert reading.read(sound(tmp_path / "x.wav", channels=32))[0].channels == 32
    with pytest.raises(AudioError, match="its header says 65 channels; from 1 to 64 are read here"):
        reading.read(sound(tmp_path / "x.wav", channels=65))


def test_length_has_a_limit_and_silence_cannot_blow_up(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "silence.flac"
    soundfile.write(path, np.zeros(1_000_000, np.int16), 8000)
    assert path.stat().st_size < 10_000
    with pytest.raises(AudioError) as caught:
        reading.read(path, max_duration_s=60.0)
    assert caught.value.reason == (
        "lasts 2.1 min, more than the 60.0 s allowed; cut it, or raise max_duration_s"
    )
    monkeypatch.setattr(file_header, "MOST_SAMPLES", 500_000)
    with pytest.raises(AudioError, match=r"1,000,000 samples at once are more than the 500,000"):
        reading.read(path)
    assert reading.read(path, 100.0, 1.0)[0].duration_s == 1.0
    lengths = [clip.duration_s for clip in reading.stream(path, 50.0)]
    assert lengths == [50.0, 50.0, 25.0]


@pytest.mark.parametrize("kind", ["MP3", "WAV", "FLAC"])
def test_a_large_tag_before_the_sound_is_skipped(tmp_path: Path, sound, kind: str) -> None:
    path = sound(tmp_path / "x", seconds=1.0, rate=22_050, kind=kind)
    plain = reading.read(path)[0].samples
    size = 20_000_000
    digits = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
    data = path.read_bytes()
    with path.open("wb") as file:
        file.write(b"ID3\x04\0\0" + digits)
        file.seek(size, os.SEEK_CUR)
        file.write(data)
    np.testing.assert_array_equal(reading.read(path)[0].samples, plain)


def test_a_tag_inside_a_wav_is_skipped(tmp_path: Path, sound) -> None:
    path = sound(tmp_path / "x.wav", seconds=0.5)
    plain = reading.read(path)[0].samples
    data = bytearray(path.read_bytes())
    tag = b"id3 " + struct.pack("<I", 20) + b"ID3\x03\0\0\0\0\0\x0a" + bytes(10)
    data[36:36] = tag
    data[4:8] = struct.pack("<I", len(data) - 8)
    path.write_bytes(data)
    np.testing.assert_array_equal(reading.read(path)[0].samples, plain)


def test_a_disk_that_fails_in_passing_is_asked_again(tmp_path: Path, sound, monkeypatch) -> None:
    path = sound(tmp_path / "x.wav")
    opened, failures = file_type.open_regular_file, [OSError(errno.EIO, "Input/output error")]

    def unsteady(path: Path):
        if failures:
            raise failures.pop()
        return opened(path)

    monkeypatch.setattr(file_type, "open_regular_file", unsteady)
    assert reading.inspect(path).frames == 2000
    failures[:] = [OSError(errno.EIO, "Input/output error") for _ in range(2)]
    with pytest.raises(AudioError, match=r"cannot be read \(Input/output error\)"):
        reading.read(path)
    assert not failures


def test_whatever_a_decoder_raises_becomes_an_audio_error(
    tmp_path: Path, sound, monkeypatch
) -> None:
    path = sound(tmp_path / "x.wav")
    for raised, says in (
        (MemoryError(), "not enough memory to decode it; read it in parts"),
        (RuntimeError("boom"), "cannot be decoded: something in it is not as its format says"),
        (OverflowError("boom"), "cannot be decoded: something in it is not as its format says"),
        (ValueError("boom"), "cannot be decoded: something in it is not as its format says"),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "boom"), "cannot be opened under this name"),
        (ValueError("embedded null byte"), "cannot be opened under this name"),
    ):
        monkeypatch.setattr(decoding, "span", _raiser(raised))
        with pytest.raises(AudioError, match=says) as caught:
            reading.read(path)
        assert "boom" not in str(caught.value)  # that is for whoever mends tonotope
        assert caught.value.__cause__ is raised


def _raiser(error: Exception):
    def raise_it(*_: object) -> None:
        raise error

    return raise_it


def test_mutated_files_raise_nothing_but_audio_errors(tmp_path: Path, sound) -> None:
    """Flip bytes, cut, repeat: a decoder's worst days in a few seconds, the same ones each time."""
    rng = np.random.default_rng(20261120)
    seeds = []
    for number, (kind, coding) in enumerate(CODINGS):
        rate = 48_000 if coding == "OPUS" else 16_000
        path = sound(tmp_path / f"{number}", seconds=0.1, rate=rate, kind=kind, coding=coding)
        seeds.append(path.read_bytes())
    path = tmp_path / "mutant"
    reasons: set[str] = set()
    refused = read = 0
    for _ in range(600):
        data = bytearray(seeds[rng.integers(len(seeds))])
        head = min(len(data), 200)
        for _ in range(rng.integers(1, 6)):
            where = head if rng.random() < 0.7 else len(data)
            data[rng.integers(where)] = rng.integers(256)
        if rng.random() < 0.3:
            data = data[: rng.integers(1, len(data))]
        if rng.random() < 0.1:
            data += data[rng.integers(len(data)) :]
        path.write_bytes(data)
        try:
            clip, _ = reading.read(path, repair="zero")
            assert clip.samples.size <= 100 * len(data) * 64
            read += 1
        except AudioError as error:
            reasons.add(error.reason)
            refused += 1
    assert all(reason.isprintable() for reason in reasons)
    assert refused > 100
    assert read > 100
