"""A FLAC that is damaged is heard beyond the damage, each sound at its own time, and it is said."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from tests.audio.test_flac_header import flac
from tests.audio.test_sound_streams import RATE_HZ, encoded, tone

from tonotope.audio.flac_header import Frame, find_flac_streams, find_frames
from tonotope.audio.open_sound import open_sound

BLOCK = 4096  # samples of each frame that libFLAC writes
REST = "cannot be decoded and are silence here; all the rest is heard"


def frames_of(data: bytes) -> list[Frame]:
    (stream,) = find_flac_streams(data)
    return find_frames(data, stream)


def heard(folder: Path, data: bytes) -> tuple[np.ndarray, list[str]]:
    """The first channel and the doubts; the same as a whole, in blocks and in parts."""
    path = folder / "sound"
    path.write_bytes(data)
    with open_sound(path) as file:
        samples, _, doubts = file.read()
    said: list[str] = []
    with open_sound(path) as file:
        blocks = [block for block, _ in file.blocks(0.9, doubts=said)]
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), samples)
    assert said == doubts
    for start in (0, 20_000, 50_000, 90_001):
        with open_sound(path) as file:
            part, _, _ = file.read(start / RATE_HZ, 0.8)
        np.testing.assert_array_equal(part, samples[:, start : start + round(0.8 * RATE_HZ)])
    return samples[0], doubts


def damaged(data: bytes, how: str) -> tuple[bytes, list[int]]:
    """The file with one kind of damage, and the frames that it spoils."""
    places = [one.at for one in frames_of(data)]
    begin, middle, sector = places[10], (places[10] + places[11]) // 2, bytes(512)
    random = np.random.default_rng(3).integers(0, 256, 512, dtype=np.uint8).tobytes()
    flipped = bytes([data[middle] ^ 0x10])
    header = bytes([data[begin + 1] ^ 0x40])
    seam = data[: places[11] - 200], data[places[11] + 312 :]
    return {
        "a bit of sound": (data[:middle] + flipped + data[middle + 1 :], [10]),
        "a bit of a header": (data[: begin + 1] + header + data[begin + 2 :], [10]),
        "a sector of zeros": (data[:middle] + sector + data[middle + 512 :], [10]),
        "a sector of noise": (data[:middle] + random + data[middle + 512 :], [10]),
        "zeros over a border": (seam[0] + sector + seam[1], [10, 11]),
        "bytes lost over a border": (seam[0] + seam[1], [10, 11]),
        "bytes lost in a frame": (data[:middle] + data[middle + 99 :], [10]),
        "bytes put in a frame": (data[:middle] + random + data[middle:], [10]),
        "whole frames lost": (data[:begin] + data[places[13] :], [10, 11, 12]),
        "the first frame": (data[: places[0]] + sector + data[places[0] + 512 :], [0]),
        "the last frame": (data[:-99] + flipped + data[-98:], [len(places) - 1]),
        "an earlier part again": (
            data[:begin] + data[places[2] : places[2] + places[12] - begin] + data[places[12] :],
            [10, 11],
        ),
        "a later part too early": (
            data[:begin] + data[places[20] : places[20] + places[12] - begin] + data[places[12] :],
            [10, 11],
        ),
    }[how]


KINDS = [
    *("a bit of sound", "a bit of a header", "a sector of zeros", "a sector of noise"),
    *("zeros over a border", "bytes lost over a border", "bytes lost in a frame"),
    *("bytes put in a frame", "whole frames lost", "the first frame", "the last frame"),
    *("an earlier part again", "a later part too early"),
]


@pytest.mark.parametrize("how", KINDS)
def test_damage_is_a_silent_hole_of_its_own_length(tmp_path: Path, how: str) -> None:
    data = flac(tmp_path, 10.0)
    expected, _ = heard(tmp_path, data)
    broken, spoiled = damaged(data, how)
    samples, doubts = heard(tmp_path, broken)
    begin, end = spoiled[0] * BLOCK, min((spoiled[-1] + 1) * BLOCK, len(expected))
    expected = expected.copy()
    expected[begin:end] = 0
    np.testing.assert_array_equal(samples, expected)
    at_s, lost_s = begin / RATE_HZ, (end - begin) / RATE_HZ
    assert doubts == [f"damaged at {at_s:.2f} s: {lost_s:.2f} s {REST}"]


@pytest.mark.parametrize("how", [{}, {"subtype": "PCM_24"}])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_holes_of_any_channels_and_bits_stand_in_one_sentence(
    tmp_path: Path, channels: int, how: dict[str, str]
) -> None:
    wave = np.stack([tone(10.0, 300 + 100 * number) for number in range(channels)], axis=1)
    data = bytearray(encoded(tmp_path, wave, format="FLAC", **how))
    expected, _ = heard(tmp_path, bytes(data))
    expected = expected.copy()
    frames = frames_of(bytes(data))
    for number in (3, 9, 30):
        data[frames[number].at + 300] ^= 0x55
        expected[number * BLOCK : (number + 1) * BLOCK] = 0
    samples, doubts = heard(tmp_path, bytes(data))
    np.testing.assert_array_equal(samples, expected)
    assert doubts == [f"damaged in 3 places from 0.77 to 7.94 s: 0.77 s {REST}"]


def test_bytes_between_frames_cost_no_sound(tmp_path: Path) -> None:
    data = flac(tmp_path, 10.0)
    expected, _ = heard(tmp_path, data)
    at = frames_of(data)[10].at
    samples, doubts = heard(tmp_path, data[:at] + b"junk" * 100 + data[at:])
    np.testing.assert_array_equal(samples, expected)
    assert doubts == [
        "bytes that are no sound lie between its frames; none of its sound is missing"
    ]


def test_a_header_shifted_by_foreign_bytes_hides_no_sound_from_blocks(tmp_path: Path) -> None:
    """The decoder then finds nothing in it, and says nothing."""
    data = flac(tmp_path, 10.0)
    expected, _ = heard(tmp_path, data)
    at, foreign = frames_of(data)[0].at - 15, bytes.fromhex("9ff0001968cf0f084dfdc041e73ea483")
    samples, _ = heard(tmp_path, data[:at] + foreign + data[at:])
    np.testing.assert_array_equal(samples, expected)


def test_a_damaged_file_that_was_cut_short_too_says_both(tmp_path: Path) -> None:
    data = bytearray(flac(tmp_path, 10.0))
    frames = frames_of(bytes(data))
    data[frames[5].at + 300] ^= 0x55
    samples, doubts = heard(tmp_path, bytes(data[: frames[30].at + 100]))
    assert len(samples) == 30 * BLOCK
    assert not samples[5 * BLOCK : 6 * BLOCK].any()
    assert [re.sub(r";.*", "", one) for one in doubts] == [
        "header says 10.0 s, file holds 7.7 s",
        "damaged at 1.28 s: 0.26 s cannot be decoded and are silence here",
    ]


def test_joined_streams_keep_their_times_behind_a_damaged_one(tmp_path: Path) -> None:
    first, second = bytearray(flac(tmp_path, 4.0)), bytearray(flac(tmp_path, 6.0, 880))
    expected, _ = heard(tmp_path, bytes(first + second))
    expected = expected.copy()
    for data, number, begin in ((first, 3, 0), (second, 7, 4 * RATE_HZ)):
        data[frames_of(bytes(data))[number].at + 300] ^= 0x55
        expected[begin + number * BLOCK : begin + (number + 1) * BLOCK] = 0
    samples, doubts = heard(tmp_path, bytes(first + second))
    np.testing.assert_array_equal(samples, expected)
    assert doubts == [
        "2 streams lie one behind the other, 10.0 s in all; all of them are used",
        f"damaged in 2 places from 0.77 to 6.05 s: 0.51 s {REST}",
    ]


def test_a_part_without_a_hole_has_no_doubt_and_a_part_of_a_hole_is_silent(tmp_path: Path) -> None:
    broken, _ = damaged(flac(tmp_path, 10.0), "zeros over a border")
    path = tmp_path / "sound"
    path.write_bytes(broken)
    with open_sound(path) as file:
        assert file.read(0.0, 1.0)[2] == file.read(4.0, 2.0)[2] == []
        inside, _, doubts = file.read(2.7, 0.1)
        assert not inside.any()
        assert doubts == [f"damaged at 2.56 s: 0.51 s {REST}"]
        assert file.read(4.0, 2.0)[2] == []
        assert file.read(2.0, 1.0)[2] == doubts
