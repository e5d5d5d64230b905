"""Headers that say less than a file holds, or nothing: what is heard is what is there."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tonotope._errors import AudioError
from tonotope.audio import decoding, reading
from tonotope.audio.clip import Clip
from tonotope.audio.mp3_frames import find_mp3_streams

RATE_HZ = 16_000
JOINED = "all of it is used (joined, or never finished?)"
NO_LENGTH = (
    "header states no possible length, file holds 4.0 s; all of it is used (never finished?)"
)
UNFINISHED = "all of it is used (never finished?)"


def tone(seconds: float, hertz: float = 440.0, rate_hz: int = RATE_HZ) -> np.ndarray:
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(round(hertz)).normal(0, 0.01, len(time))
    return (0.3 * np.sin(2 * np.pi * hertz * time) + noise).astype(np.float32)


def loud_then_soft(soft_s: float, rate_hz: int = 44_100) -> np.ndarray:
    """A start that a variable bit rate spends most of its bits on."""
    hiss = np.random.default_rng(1).normal(0, 0.3, 3 * rate_hz).astype(np.float32)
    return np.concatenate([hiss, 0.1 * tone(soft_s, rate_hz=rate_hz)])


def encoded(folder: Path, samples: np.ndarray, rate_hz: int = RATE_HZ, **how: Any) -> bytes:
    path = folder / "encoded"
    soundfile.write(path, samples, rate_hz, **{"format": "WAV", **how})
    return path.read_bytes()


def mp3(folder: Path, samples: np.ndarray, rate_hz: int = 44_100, mode: str = "VARIABLE") -> bytes:
    how = {"format": "MP3", "bitrate_mode": mode, "compression_level": 0.5}
    return encoded(folder, samples, rate_hz, **how)


def without_first_frame(data: bytes) -> bytes:
    """The frame that states the length left out, as streaming servers leave it out."""
    (stream,) = find_mp3_streams(data)
    return data[stream.stretches[0][0] :]


def cover(size: int) -> bytes:
    """An ID3 tag with a picture in it."""
    digits = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    picture = np.random.default_rng(2).integers(0, 256, size, dtype=np.uint8).tobytes()
    return b"ID3\x03\x00\x00" + digits + picture


def riff(body: bytes, stated: int, *, behind: bytes = b"", whole: int | None = None) -> bytes:
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16)
    rest = b"WAVE" + form + b"data" + struct.pack("<I", stated) + body + behind
    return b"RIFF" + struct.pack("<I", len(rest) if whole is None else whole) + rest


def pcm(samples: np.ndarray) -> bytes:
    return (samples * 32_767).astype("<i2").tobytes()


def heard(folder: Path, data: bytes) -> tuple[np.ndarray, list[str]]:
    """Samples and doubts; whole and block by block they are the same, and as long as was said."""
    path = folder / "sound"
    path.write_bytes(data)
    clip, doubts = reading.read(path)
    streamed_doubts: list[str] = []
    blocks = [one.samples for one in reading.stream(path, 0.7, doubts=streamed_doubts)]
    np.testing.assert_allclose(np.concatenate(blocks, axis=1), clip.samples, rtol=0, atol=1e-6)
    assert streamed_doubts == doubts
    return clip.samples[0], doubts


@pytest.mark.parametrize("soft_s", [4.0, 11.0])
def test_an_mp3_without_a_length_is_heard_to_its_end(tmp_path: Path, soft_s: float) -> None:
    whole = mp3(tmp_path, loud_then_soft(soft_s))
    expected, _ = heard(tmp_path, whole)
    bare = without_first_frame(whole)
    (tmp_path / "bare").write_bytes(bare)
    samples, doubts = heard(tmp_path, bare)
    assert len(samples) / 44_100 == pytest.approx(3 + soft_s, abs=0.06)
    assert reading.inspect(tmp_path / "bare").frames == len(samples)
    late = len(samples) - len(expected)  # the delay of the encoder, which nothing states any more
    start = next(n for n in range(late + 1) if abs(samples[n + 5000] - expected[5000]) < 1e-4)
    np.testing.assert_allclose(samples[start : start + len(expected)], expected, rtol=0, atol=1e-4)
    assert not doubts


@pytest.mark.parametrize("size", [3_000, 200_000])
@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_a_cover_adds_nothing_to_the_length(tmp_path: Path, size: int, mode: str) -> None:
    bare = without_first_frame(mp3(tmp_path, tone(4.1, rate_hz=44_100), mode=mode))
    samples, doubts = heard(tmp_path, cover(size) + bare + b"TAG" + bytes(125))
    assert len(samples) / 44_100 == pytest.approx(4.1, abs=0.06)
    assert not doubts


def test_a_length_that_is_too_small_is_not_believed_and_that_is_said(tmp_path: Path) -> None:
    data = bytearray(mp3(tmp_path, loud_then_soft(9.0)))
    place = data.find(b"Xing")
    data[place + 8 : place + 12] = struct.pack(">I", 100)
    samples, doubts = heard(tmp_path, bytes(data))
    assert len(samples) / 44_100 == pytest.approx(12.0, abs=0.06)
    assert doubts == [f"header says 2.6 s, file holds 12.0 s; {JOINED}"]


def test_an_mp3_cut_short_is_said_to_be_cut_short(tmp_path: Path) -> None:
    data = mp3(tmp_path, tone(8.0, rate_hz=44_100), mode="CONSTANT")
    samples, doubts = heard(tmp_path, data[: len(data) // 2])
    assert len(samples) / 44_100 == pytest.approx(4.0, abs=0.1)
    assert [one[:18] for one in doubts] == ["header says 8.0 s,"]
    assert "cut short" in doubts[0]


def mp3_in_wav(body: bytes, rate_hz: int) -> bytes:
    """As ffmpeg writes it: nothing states how many samples there are."""
    form = struct.pack(
        "<4sIHHIIHHHHIHHH", b"fmt ", 30, 0x55, 1, rate_hz, 0, 576, 0, 12, 1, 2, 576, 1, 0
    )
    rest = b"WAVE" + form + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(rest)) + rest


@pytest.mark.parametrize("mode", ["VARIABLE", "CONSTANT"])
@pytest.mark.parametrize("rate_hz", [16_000, 44_100])
def test_an_mp3_in_a_wav_is_the_mp3(tmp_path: Path, mode: str, rate_hz: int) -> None:
    plain = without_first_frame(mp3(tmp_path, loud_then_soft(6.0, rate_hz), rate_hz, mode))
    wrapped = mp3_in_wav(plain, rate_hz)
    samples, doubts = heard(tmp_path, wrapped)
    alone, _ = heard(tmp_path, plain)
    assert doubts == []
    np.testing.assert_array_equal(samples, alone)
    (tmp_path / "sound.wav").write_bytes(wrapped)
    part = Clip.read(tmp_path / "sound.wav", 4.1, 0.5).samples[0]
    begin = round(4.1 * rate_hz)
    np.testing.assert_allclose(part, samples[begin : begin + len(part)], atol=1e-6)
    _, (doubt,) = heard(tmp_path, wrapped[: len(wrapped) // 2])
    assert "was it cut short?" in doubt


@pytest.mark.parametrize("between", [0, 5_000, 150_000])
def test_joined_mp3_files_are_heard_both(tmp_path: Path, between: int) -> None:
    first = mp3(tmp_path, tone(5.0, rate_hz=44_100))
    second = mp3(tmp_path, tone(3.0, 880.0, rate_hz=44_100))
    samples, doubts = heard(tmp_path, first + (cover(between) if between else b"") + second)
    assert len(samples) / 44_100 == pytest.approx(8.0, abs=0.12)
    spectrum = np.abs(np.fft.rfft(samples[-44_100:]))
    assert np.argmax(spectrum) == pytest.approx(880, abs=1)
    assert len(doubts) == 1
    assert JOINED in doubts[0]


@pytest.mark.parametrize(
    "how",
    [
        {"format": "OGG", "subtype": "VORBIS"},
        {"format": "OGG", "subtype": "OPUS"},
        {"format": "FLAC"},
    ],
    ids=["vorbis", "opus", "flac"],
)
def test_streams_one_behind_the_other_are_all_heard(tmp_path: Path, how: dict[str, Any]) -> None:
    parts = [
        encoded(tmp_path, tone(seconds, hertz), **how)
        for seconds, hertz in ((5, 440), (3, 880), (2, 220))
    ]
    each = [heard(tmp_path, part)[0] for part in parts]
    samples, doubts = heard(tmp_path, b"".join(parts))
    np.testing.assert_allclose(samples, np.concatenate(each), rtol=0, atol=1e-6)
    assert doubts == ["3 streams lie one behind the other, 10.0 s in all; all of them are used"]
    part, _ = reading.read(tmp_path / "sound", 4.5, 4.0)  # across both seams
    expected = np.concatenate(each)[int(4.5 * RATE_HZ) : int(8.5 * RATE_HZ)]
    np.testing.assert_allclose(part.samples[0], expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100])
def test_the_end_of_an_ogg_is_where_it_is_in_the_whole(tmp_path: Path, rate_hz: int) -> None:
    """libsndfile 1.2.2 enters the last page of Vorbis at 128 samples or more beside the place."""
    path = tmp_path / "x.ogg"
    path.write_bytes(encoded(tmp_path, tone(5.0, rate_hz=rate_hz), rate_hz, format="OGG"))
    whole = reading.read(path)[0].samples[0]
    for start in np.linspace(0, len(whole) - 500, 60).astype(int):
        part = reading.read(path, start / rate_hz, 200 / rate_hz)[0].samples[0]
        np.testing.assert_allclose(part, whole[start : start + 200], rtol=0, atol=1e-4)


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_a_part_of_an_mp3_is_the_part_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """A frame needs bytes of the frames before it; a decoder that lands there has none of them."""
    path = tmp_path / "x.mp3"
    path.write_bytes(mp3(tmp_path, loud_then_soft(4.0), mode=mode))
    with soundfile.SoundFile(path) as file:
        whole = file.read(dtype="float32")
    for start in np.linspace(0, len(whole) - 500, 60).astype(int):
        part = reading.read(path, start / 44_100, 400 / 44_100)[0].samples[0]
        np.testing.assert_allclose(part, whole[start : start + 400], rtol=0, atol=1e-5)
    monkeypatch.setattr(decoding, "_BLOCK", 5000)  # no click where one block ends
    np.testing.assert_allclose(reading.read(path)[0].samples[0], whole, rtol=0, atol=1e-5)


def pages_of(data: bytes) -> list[tuple[int, int]]:
    starts = [place for place in range(len(data)) if data[place : place + 4] == b"OggS"]
    return list(zip(starts, [*starts[1:], len(data)], strict=True))


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("fault", ["a bit", "a page left out", "bytes between"])
def test_damage_within_an_ogg_is_said(tmp_path: Path, subtype: str, fault: str) -> None:
    data = encoded(tmp_path, tone(12.0), format="OGG", subtype=subtype)
    pages = pages_of(data)
    begin, end = pages[len(pages) // 2]
    if fault == "a bit":
        data = data[: begin + 400] + bytes([data[begin + 400] ^ 4]) + data[begin + 401 :]
    elif fault == "a page left out":
        data = data[:begin] + data[end:]
    else:
        data = data[: begin + 300] + b"junk" * 20 + data[begin + 300 :]
    _, doubts = heard(tmp_path, data)
    assert doubts == [
        f"1 of {len(pages)} Ogg pages damaged or missing: "
        "their sound is lost, and times after it are unsure"
    ]


def flac_in_ogg(flac: bytes) -> bytes:
    """As ffmpeg writes it: a header of nine bytes, then the FLAC file, in pages."""
    first = b"\x7fFLAC\x01\x00\x00\x01" + flac[:42]
    parts = [flac[at : at + 4000] for at in range(42, len(flac), 4000)]
    pages = []
    for number, part in enumerate([first, *parts]):
        lacing = bytes([255] * (len(part) // 255) + [len(part) % 255])
        flags = 2 if not number else 4 * (number == len(parts))
        page = b"OggS\0" + bytes([flags]) + struct.pack("<qIII", 4608 * number, 7, number, 0)
        page += bytes([len(lacing)]) + lacing + part
        crc = 0
        for byte in page:
            crc ^= byte << 24
            for _ in range(8):
                crc = (crc << 1 ^ 0x04C11DB7 if crc >> 31 else crc << 1) & 0xFFFFFFFF
        pages.append(page[:22] + struct.pack("<I", crc) + page[26:])
    return b"".join(pages)


def test_flac_in_ogg_is_the_flac(tmp_path: Path) -> None:
    wave = tone(2.0) + 0.01 * np.random.default_rng(0).standard_normal(2 * RATE_HZ)
    flac = encoded(tmp_path, wave, format="FLAC")
    expected, _ = heard(tmp_path, flac)
    unknown = flac[:21] + bytes([flac[21] & 0xF0]) + bytes(4) + flac[26:]  # as it is streamed
    for data in (flac, unknown):
        samples, doubts = heard(tmp_path, flac_in_ogg(data))
        np.testing.assert_array_equal(samples, expected)
        assert doubts == []
    samples, doubts = heard(tmp_path, flac_in_ogg(unknown)[:-20])
    assert 1.0 < len(samples) / RATE_HZ < 2.0
    assert doubts == [NOT_WHOLE]


NOT_WHOLE = "its last Ogg page is not whole; what comes before it is used (was it cut short?)"


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
@pytest.mark.parametrize("lost", [1, 50])
def test_an_ogg_cut_in_its_last_page_is_said_to_be_cut(
    tmp_path: Path, subtype: str, lost: int
) -> None:
    data = encoded(tmp_path, tone(5.0), format="OGG", subtype=subtype)
    assert heard(tmp_path, data)[1] == []
    assert heard(tmp_path, data[:-lost])[1] == [NOT_WHOLE]


def test_a_stream_of_another_rate_is_not_mixed_in_and_that_is_said(tmp_path: Path) -> None:
    first = encoded(tmp_path, tone(5.0), format="FLAC")
    other = encoded(tmp_path, tone(3.0), 8000, format="FLAC")
    samples, doubts = heard(tmp_path, first + other)
    assert len(samples) == 5 * RATE_HZ
    assert len(doubts) == 1
    assert "2 streams" in doubts[0]
    assert "5.0 s are used" in doubts[0]


@pytest.mark.parametrize(
    ("stated_s", "says"), [(1.0, "1.0 s, 3.0 s"), (2.99, "2.9900 s, 3.0000 s")]
)
def test_a_flac_header_that_says_less_is_not_believed(
    tmp_path: Path, stated_s: float, says: str
) -> None:
    data = encoded(tmp_path, tone(3.0), format="FLAC")
    word = int.from_bytes(data[18:26], "big")
    fewer = (word >> 36 << 36 | int(stated_s * RATE_HZ)).to_bytes(8, "big")
    samples, doubts = heard(tmp_path, data[:18] + fewer + data[26:])
    np.testing.assert_array_equal(samples, heard(tmp_path, data)[0])
    stated, held = says.split(", ")
    assert doubts == [f"header says {stated}, file holds {held}; {JOINED}"]


@pytest.mark.parametrize(
    ("stated", "whole", "says"),
    [(0, 36, "0.0 s"), (0, 0, "0.0 s"), (32_000, None, "1.0 s"), (32_001, None, "1.0 s")],
    ids=["recorder died", "all sizes zero", "wrapped", "odd"],
)
def test_a_wav_is_read_to_its_end(
    tmp_path: Path, stated: int, whole: int | None, says: str
) -> None:
    body = pcm(tone(5.0))
    samples, doubts = heard(tmp_path, riff(body, stated, whole=whole))
    np.testing.assert_array_equal(samples, heard(tmp_path, riff(body, len(body)))[0])
    why = JOINED if stated else UNFINISHED
    assert doubts == [f"header says {says}, file holds 5.0 s; {why}"]


@pytest.mark.parametrize(
    "behind",
    [
        b"LIST" + struct.pack("<I", 12) + b"INFOISFT\0\0\0\0",
        b"LIST" + struct.pack("<I", 99_999) + b"INFOISFT\0\0\0\0",
        b"myCh" + struct.pack("<I", 4) + b"abcd",
        b"TAG" + bytes(125),
        bytes(50_000),
        b"\0\1\2",
    ],
    ids=["LIST", "LIST of a wrong size", "unknown chunk", "ID3v1", "zeros", "three bytes"],
)
def test_what_follows_the_sound_of_a_wav_and_is_no_sound_is_left_out(
    tmp_path: Path, behind: bytes
) -> None:
    body = pcm(tone(2.0))
    samples, doubts = heard(tmp_path, riff(body, len(body), behind=behind))
    assert len(samples) == 2 * RATE_HZ
    assert not doubts


def wide(form: bytes, body: bytes, sound: int) -> bytes:
    ds64 = struct.pack("<4sIQQQI", b"ds64", 28, 0, sound, sound // 2, 0)
    return b"RF64\xff\xff\xff\xffWAVE" + ds64 + form + b"data\xff\xff\xff\xff" + body


def test_an_rf64_whose_recorder_died_is_read_to_its_end(tmp_path: Path) -> None:
    body = pcm(tone(4.0))
    form = riff(body, len(body))[12:36]
    assert len(heard(tmp_path, wide(form, body, len(body)))[0]) == 4 * RATE_HZ
    samples, doubts = heard(tmp_path, wide(form, body, 0))
    assert len(samples) == 4 * RATE_HZ
    assert doubts == [f"header says 0.0 s, file holds 4.0 s; {UNFINISHED}"]


@pytest.mark.parametrize("stated", [1 << 40, (1 << 63) - 1, (1 << 63) + 5, (1 << 64) - 1])
@pytest.mark.parametrize("kind", ["RF64", "W64", "CAF"])
def test_a_size_of_64_bits_that_cannot_be_is_a_recording_never_finished(
    tmp_path: Path, kind: str, stated: int
) -> None:
    data = bytearray(encoded(tmp_path, tone(4.0), format=kind, subtype="PCM_16"))
    if kind == "RF64":
        body = pcm(tone(4.0))
        data = bytearray(wide(riff(body, len(body))[12:36], body, 0))
        data[20:44] = struct.pack("<3Q", stated, stated, stated)
    elif kind == "W64":
        place = data.find(b"data\xf3") + 16
        data[16:24] = data[place : place + 8] = struct.pack("<Q", stated)
    else:
        place = data.find(b"data") + 4
        data[place : place + 8] = struct.pack(">Q", stated)
    samples, doubts = heard(tmp_path, bytes(data))
    assert len(samples) == 4 * RATE_HZ
    np.testing.assert_allclose(samples, tone(4.0), rtol=0, atol=1e-4)
    if (kind, stated) == ("CAF", (1 << 64) - 1):  # the format's own word for "to the end"
        assert not doubts
    else:
        assert doubts == [NO_LENGTH]


def _less(kind: str) -> Callable[[bytearray], None]:
    def aiff(data: bytearray) -> None:
        place = data.find(b"SSND") + 4
        data[place : place + 4] = struct.pack(">I", 32_008)
        place = data.find(b"COMM") + 10
        data[place : place + 4] = struct.pack(">I", 16_000)

    def caf(data: bytearray) -> None:
        place = data.find(b"data") + 4
        data[place : place + 8] = struct.pack(">Q", 32_004)

    def w64(data: bytearray) -> None:
        place = data.find(b"data\xf3") + 16
        data[place : place + 8] = struct.pack("<Q", 32_024)

    return {"AIFF": aiff, "CAF": caf, "W64": w64}[kind]


@pytest.mark.parametrize("kind", ["AIFF", "CAF", "W64"])
def test_other_containers_are_read_to_their_end(tmp_path: Path, kind: str) -> None:
    data = bytearray(encoded(tmp_path, tone(5.0), format=kind, subtype="PCM_16"))
    expected, none = heard(tmp_path, bytes(data))
    assert not none
    _less(kind)(data)
    samples, doubts = heard(tmp_path, bytes(data))
    np.testing.assert_array_equal(samples, expected)
    assert doubts == [f"header says 1.0 s, file holds 5.0 s; {JOINED}"]


def test_a_wav_beyond_4_gb_is_read_to_its_end(tmp_path: Path) -> None:
    """Its 32 bits say 2 s; the bytes between are a hole in the file, which takes no room."""
    path = tmp_path / "long.wav"
    last, size = pcm(tone(1.0)), (1 << 32) + 64_000
    with path.open("wb") as file:
        file.write(riff(pcm(tone(3.0)), 64_000))
        file.seek(44 + size - len(last))
        file.write(last)
    facts = reading.inspect(path)
    assert facts.frames == size // 2
    clip, doubts = reading.read(path, facts.duration_s - 1.0)
    np.testing.assert_array_equal(pcm(clip.samples[0] * 32_768 / 32_767), last)
    assert doubts == [f"header says 2.0 s, file holds {size / 2 / RATE_HZ:.1f} s; {JOINED}"]


def test_a_strict_reader_refuses_a_wrong_header(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(riff(pcm(tone(1.0)), 0))
    with pytest.raises(AudioError, match="header says"):
        reading.read(path, strict=True)


def test_letters_that_look_like_a_tag_do_not_hide_sound(tmp_path: Path) -> None:
    data = bytearray(without_first_frame(mp3(tmp_path, tone(3.0, rate_hz=44_100), mode="CONSTANT")))
    (before,) = find_mp3_streams(bytes(data))
    data[1000:1004] = b"Xing"
    (after,) = find_mp3_streams(bytes(data))
    assert after.frames == before.frames


@pytest.mark.parametrize("seconds", [4.0, 7.3])
@pytest.mark.parametrize("kept", [0.3, 0.5, 0.8])
def test_an_alac_cut_short_says_once_how_long_it_was(
    tmp_path: Path, seconds: float, kept: float
) -> None:
    """Its packets are of several sizes, so that bytes do not tell; a table in its header does."""
    whole = tone(seconds)
    whole[: len(whole) // 2] *= 0.01
    data = encoded(tmp_path, whole, format="CAF", subtype="ALAC_16")
    assert heard(tmp_path, data)[1] == []
    samples, doubts = heard(tmp_path, data[: int(kept * len(data))])
    held_s = len(samples) / RATE_HZ
    assert 0 < held_s < seconds
    np.testing.assert_allclose(samples, whole[: len(samples)], rtol=0, atol=1e-4)
    assert doubts == [
        f"header says {seconds:.1f} s, file holds {held_s:.1f} s; "
        "what is there is used (was it cut short?)"
    ]
