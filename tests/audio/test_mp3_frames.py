"""MP3: the frames that are there decide how long it is, and the decoder has nothing to say."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from tests.audio.test_sound_streams import cover, heard, mp3, tone, without_first_frame

from tonotope._errors import AudioError
from tonotope.audio import reading
from tonotope.audio.mp3_frames import find_mp3_streams

CUT = "what is there is used (was it cut short?)"
JOINED = "all of it is used (joined, or never finished?)"
APE = b"APETAGEX" + struct.pack("<IIII", 2000, 132, 1, 0x80000000) + bytes(8)
APE += b"\xff\xfb\x90\x00" * 25 + b"APETAGEX" + struct.pack("<IIII", 2000, 132, 1, 0) + bytes(8)
LYRICS = b"LYRICSBEGIN" + b"IND00002" + b"10" + b"000021LYRICS200"


def music(folder: Path, seconds: float = 4.0, mode: str = "CONSTANT", hertz: float = 440) -> bytes:
    return mp3(folder, tone(seconds, hertz, 44_100), mode=mode)


def with_frames(data: bytes, more: float) -> bytes:
    """The number of frames that the first frame states, `more` times as many."""
    place = max(data.find(b"Xing"), data.find(b"Info"))
    (stated,) = struct.unpack(">I", data[place + 8 : place + 12])
    changed = bytearray(data)
    changed[place + 8 : place + 12] = struct.pack(">I", round(stated * more))
    return bytes(changed)


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
@pytest.mark.parametrize("more", [1.5, 10, 1000])
def test_frames_that_are_not_there_are_not_counted(tmp_path: Path, more: float, mode: str) -> None:
    data = music(tmp_path, 4.0, mode)
    samples, doubts = heard(tmp_path, with_frames(data, more))
    assert reading.inspect(tmp_path / "sound").duration_s == pytest.approx(4.0, abs=0.03)
    assert len(samples) / 44_100 == reading.inspect(tmp_path / "sound").duration_s
    np.testing.assert_array_equal(samples[: 4 * 44_100], heard(tmp_path, data)[0])
    assert doubts[0].endswith(f" s, file holds 4.0 s; {CUT}")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_cut_mp3_lasts_as_long_as_it_is_heard(tmp_path: Path, share: float) -> None:
    data = music(tmp_path, 10.0)
    samples, doubts = heard(tmp_path, data[: int(len(data) * share)])
    facts = reading.inspect(tmp_path / "sound")
    assert facts.frames == len(samples)
    assert facts.duration_s == pytest.approx(10 * share, abs=0.06)
    assert doubts == [f"header says 10.0 s, file holds {facts.duration_s:.1f} s; {CUT}"]


@pytest.mark.parametrize("fewer", [1, 2, 3])
def test_a_few_frames_more_than_stated_are_no_doubt(tmp_path: Path, fewer: int) -> None:
    data = music(tmp_path, 1.1)
    count = find_mp3_streams(data)[0].frames
    _, doubts = heard(tmp_path, with_frames(data, (count - fewer) / count))
    assert not doubts


def without_delay(data: bytes) -> bytes:
    """The first frame as encoders write it that state no delay: it may count itself."""
    place = max(data.find(b"Xing"), data.find(b"Info")) + 120 + 21
    return data[:place] + bytes(3) + data[place + 3 :]


@pytest.mark.parametrize("delay", [True, False])
def test_where_the_first_frame_may_count_itself_one_frame_is_open(
    tmp_path: Path, delay: bool
) -> None:
    data = music(tmp_path, 1.1)
    data = data if delay else without_delay(data)
    count = find_mp3_streams(data)[0].frames
    assert bool(heard(tmp_path, with_frames(data, (count + 1) / count))[1]) is delay
    assert heard(tmp_path, with_frames(data, (count + 2) / count))[1]


RATES_HZ = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
@pytest.mark.parametrize("seconds", [0.5, 1.37])
def test_a_short_mp3_is_whole_or_said_to_be_cut(
    tmp_path: Path, rate_hz: int, mode: str, seconds: float
) -> None:
    whole = mp3(tmp_path, tone(seconds, 440, rate_hz), rate_hz, mode)
    for tags in (b"", cover(500)):
        samples, doubts = heard(tmp_path, tags + whole)
        assert not doubts
        assert len(samples) == pytest.approx(seconds * rate_hz, abs=2)
        assert not heard(tmp_path, tags + whole + b"TAG" + bytes(125))[1]
    for share in (0.5, 0.67, 0.87):
        samples, doubts = heard(tmp_path, whole[: int(len(whole) * share)])
        lost_s = seconds - len(samples) / rate_hz
        assert doubts == [] if lost_s <= 0 else doubts[0].endswith(CUT)


def test_an_mp3_of_no_stated_length_that_ends_inside_a_frame_is_doubted(tmp_path: Path) -> None:
    bare = without_first_frame(music(tmp_path, 4.0))
    assert not heard(tmp_path, bare)[1]
    _, doubts = heard(tmp_path, bare[:-50])
    assert doubts == [
        "its last MP3 frame is not whole; what comes before it is used (was it cut short?)"
    ]


@pytest.mark.parametrize(
    "head", [bytes(5000), bytes(range(1, 200)) * 9, cover(500) + bytes(700)], ids=len
)
def test_what_is_before_the_first_frame_is_no_sound(tmp_path: Path, head: bytes) -> None:
    data = music(tmp_path)
    expected, _ = heard(tmp_path, data)
    samples, doubts = heard(tmp_path, head + data)
    np.testing.assert_array_equal(samples, expected)
    assert not doubts


@pytest.mark.parametrize(
    "tail",
    [APE, LYRICS, APE + b"TAG" + bytes(125), cover(40_000), bytes(90_000), b"junk" * 5000],
    ids=["APE", "lyrics", "APE and ID3v1", "ID3v2", "zeros", "junk"],
)
def test_what_follows_the_last_frame_is_no_sound_and_makes_no_noise(
    tmp_path: Path, tail: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    data = music(tmp_path, mode="VARIABLE")
    expected, _ = heard(tmp_path, data)
    samples, doubts = heard(tmp_path, data + tail)
    np.testing.assert_array_equal(samples, expected)
    assert not doubts
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("between", [b"", APE, cover(3000), b"TAG" + bytes(125) + cover(9)])
def test_joined_files_make_no_noise(
    tmp_path: Path, between: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    joined = music(tmp_path, 3.0) + between + music(tmp_path, 2.0, hertz=880)
    samples, doubts = heard(tmp_path, joined)
    assert len(samples) / 44_100 == pytest.approx(5.0, abs=0.08)
    assert doubts == [f"header says 3.0 s, file holds {len(samples) / 44_100:.1f} s; {JOINED}"]
    assert capfd.readouterr().err == ""


def test_mono_joined_to_stereo_is_one_sentence(tmp_path: Path) -> None:
    stereo = np.stack([tone(4.0, rate_hz=44_100)] * 2, 1)
    samples, doubts = heard(tmp_path, music(tmp_path, 3.0) + mp3(tmp_path, stereo))
    assert len(samples) == 3 * 44_100
    assert len(doubts) == 1
    assert doubts[0].startswith("2 streams lie one behind the other; 3.0 s are used, up to stream")


@pytest.mark.parametrize("filling", ["zeros", "noise", "nothing that is whole"])
def test_a_hole_loses_what_was_in_it_and_no_more(
    tmp_path: Path, filling: str, capfd: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(music(tmp_path, 6.0))
    begin, end = len(data) // 3, len(data) // 2
    noise = np.random.default_rng(3).integers(0, 250, end - begin, dtype=np.uint8).tobytes()
    data[begin:end] = {"zeros": bytes(end - begin), "noise": noise}.get(filling, b"")
    samples, doubts = heard(tmp_path, bytes(data))
    assert len(samples) / 44_100 == pytest.approx(5.0, abs=0.1)
    assert reading.inspect(tmp_path / "sound").frames == len(samples)
    assert len(doubts) == 1
    said = "between its MP3 frames hold no frame; what was there is lost, and times after it are"
    assert said in doubts[0] or filling == "nothing that is whole"
    assert "Note:" not in capfd.readouterr().err  # of a frame cut in two, it may complain
    spectrum = np.abs(np.fft.rfft(samples[-44_100:]))
    assert np.argmax(spectrum) == pytest.approx(440, abs=1)


@pytest.mark.parametrize(
    "data",
    [
        cover(20) + b"\xff\xfb\x90\x00" + bytes(range(256)),
        b"\xff\xfb\x90\x00" + bytes(range(90)),
        b"\xff\xfd\x84\x04" + np.random.default_rng(1).bytes(9000),
    ],
    ids=["after a tag", "cut at once", "a header and noise"],
)
def test_an_mp3_without_a_whole_frame_says_so(
    tmp_path: Path, data: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(data)
    with pytest.raises(AudioError, match="no whole MP3 frame is in it"):
        reading.inspect(path)
    assert capfd.readouterr().err == ""
