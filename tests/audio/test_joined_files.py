"""Whole files one behind the other, and sizes that were never known, are heard to their end."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from tests.audio.test_sound_streams import RATE_HZ, cover, encoded, heard, pcm, riff, tone

from tonotope._errors import AudioError
from tonotope.audio import reading

KINDS = ["WAV", "AIFF", "AU", "CAF", "W64", "RF64"]
LIST = b"LIST" + struct.pack("<I", 12) + b"INFOISFT\0\0\0\0"


@pytest.mark.parametrize("coding", ["PCM_16", "PCM_24", "FLOAT", "ULAW"])
@pytest.mark.parametrize("kind", KINDS)
def test_joined_files_are_all_heard(tmp_path: Path, kind: str, coding: str) -> None:
    parts = [
        encoded(tmp_path, tone(seconds, hertz), format=kind, subtype=coding)
        for seconds, hertz in ((2, 440), (3, 880), (1, 220))
    ]
    expected = np.concatenate([heard(tmp_path, part)[0] for part in parts])
    samples, doubts = heard(tmp_path, b"".join(parts))
    np.testing.assert_array_equal(samples, expected)
    assert doubts == ["3 streams lie one behind the other, 6.0 s in all; all of them are used"]


@pytest.mark.parametrize("stated", [None, 0, 0xFFFFFFFF, 40 * RATE_HZ])
def test_a_wav_joined_behind_one_with_chunks_or_without_a_size(
    tmp_path: Path, stated: int | None
) -> None:
    first, second = pcm(tone(2.0)), pcm(tone(3.0, 880))
    size = len(first) if stated is None else stated
    behind = LIST if stated is None else b""
    samples, _ = heard(
        tmp_path, riff(first, size, behind=behind) + riff(second, len(second), behind=LIST)
    )
    np.testing.assert_array_equal(pcm(samples * 32_768 / 32_767), first + second)


@pytest.mark.parametrize("kind", KINDS)
def test_another_rate_behind_is_left_out_and_that_is_said(tmp_path: Path, kind: str) -> None:
    first = encoded(tmp_path, tone(2.0), format=kind, subtype="PCM_16")
    other = encoded(tmp_path, tone(3.0), 8000, format=kind, subtype="PCM_16")
    samples, doubts = heard(tmp_path, first + other)
    assert len(samples) == 2 * RATE_HZ
    assert [one[:55] for one in doubts] == [
        "2 streams lie one behind the other; 2.0 s are used, up "
    ]


def test_letters_in_the_sound_are_no_second_file(tmp_path: Path) -> None:
    body = bytearray(pcm(tone(2.0)))
    body[5000:5016] = b"RIFF\0\0\0\0WAVEfmt "
    samples, doubts = heard(tmp_path, riff(bytes(body), len(body)))
    assert len(samples) == 2 * RATE_HZ
    assert not doubts


@pytest.mark.parametrize("coding", ["PCM_16", "PCM_24", "FLOAT", "ALAW"])
def test_a_caf_may_leave_its_size_to_the_end_of_the_file(tmp_path: Path, coding: str) -> None:
    data = bytearray(encoded(tmp_path, tone(3.0), format="CAF", subtype=coding))
    expected, _ = heard(tmp_path, bytes(data))
    place = data.find(b"data") + 4
    data[place : place + 8] = b"\xff" * 8
    samples, doubts = heard(tmp_path, bytes(data))
    np.testing.assert_array_equal(samples, expected)
    assert not doubts


def test_the_size_that_sox_writes_into_a_pipe_is_no_doubt(tmp_path: Path) -> None:
    body = pcm(tone(3.0))
    samples, doubts = heard(tmp_path, riff(body, 0x7FFFF000, whole=0x7FFFF024))
    assert len(samples) == 3 * RATE_HZ
    assert not doubts


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (0x80000000, 0x80000024),  # arecord
        (0x7FFFFFDB, 0x7FFFFFFF),  # the largest number less the header
        (0xFFFFFFDB, 0xFFFFFFFF),
        (0xFFFFFFFF, 0xFFFFFFFF),  # ffmpeg
    ],
)
def test_sizes_that_others_write_into_a_pipe_are_no_doubt(
    tmp_path: Path, data: int, whole: int
) -> None:
    samples, doubts = heard(tmp_path, riff(pcm(tone(3.0)), data, whole=whole))
    assert len(samples) == 3 * RATE_HZ
    assert not doubts


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (bytes(32_000), "zero bytes alone, no sound"),
        (bytes(3_000_000), "zero bytes alone, no sound"),
        (b"\xff" * 32_000, "bytes of the value 255 alone, no sound"),
        (bytes(4096) + pcm(tone(1.0)), "its first 4,09. are zero bytes, where a header belongs"),
        (b"<!DOCTYPE html>" + bytes(9000), "a web page"),
        (b"\n  <HTML><body>" + pcm(tone(1.0)), "a web page"),
    ],
    ids=["zeros", "many zeros", "255", "no header", "page", "page and noise"],
)
@pytest.mark.parametrize("name", ["x.wav", "x.flac", "x.mp3"])
def test_what_was_never_copied_is_named(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AudioError, match=says):
        reading.inspect(tmp_path / name)


def test_a_cover_in_a_joined_wav_is_no_sound(tmp_path: Path) -> None:
    first, second = pcm(tone(2.0)), pcm(tone(1.0))
    picture = cover(3000)
    tag = b"id3 " + struct.pack("<I", len(picture)) + picture + b"\0" * (len(picture) % 2)
    joined = riff(first, len(first), behind=tag) + riff(second, len(second))
    samples, _ = heard(tmp_path, joined)
    assert len(samples) == 3 * RATE_HZ
