"""Files of several formats one behind the other are heard to the end, or what is not is said."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.audio.test_sound_streams import RATE_HZ, cover, encoded, tone

from tonotope.audio.joined_formats import find_formats
from tonotope.audio.open_sound import open_sound

FORMATS = ["MP3", "WAV", "FLAC", "OGG", "AIFF", "VOC", "CAF", "NIST", "AU", "W64"]


def heard(folder: Path, data: bytes) -> tuple[np.ndarray, list[str]]:
    """The samples and the doubts; the same as a whole, in blocks and in a part."""
    path = folder / "sound"
    path.write_bytes(data)
    said: list[str] = []
    with open_sound(path) as file:
        samples, _, doubts = file.read()
        blocks = [block for block, _ in file.blocks(0.7, doubts=said)]
        part, _, _ = file.read(1.9, 0.6)
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), samples)
    np.testing.assert_allclose(part, samples[:, 30_400:40_000], atol=1e-6)  # an MP3 rounds
    assert said == doubts
    return samples[0], doubts


def of(folder: Path, kind: str, seconds: float, hertz: float, rate_hz: int = RATE_HZ) -> bytes:
    return encoded(folder, tone(seconds, hertz, rate_hz), rate_hz, format=kind)


def alone(folder: Path, data: bytes) -> np.ndarray:
    path = folder / "alone"
    path.write_bytes(data)
    with open_sound(path) as file:
        return file.read()[0][0]


@pytest.mark.parametrize(
    ("first", "second"),
    [*pairwise(FORMATS), *pairwise(reversed(FORMATS)), ("MP3", "OGG"), ("WAV", "OGG")],
)
def test_two_formats_are_both_heard(tmp_path: Path, first: str, second: str) -> None:
    parts = [of(tmp_path, first, 2.0, 440), of(tmp_path, second, 3.0, 880)]
    expected = np.concatenate([alone(tmp_path, part) for part in parts])
    samples, doubts = heard(tmp_path, b"".join(parts))
    np.testing.assert_array_equal(samples, expected)
    assert doubts == ["2 streams lie one behind the other, 5.0 s in all; all of them are used"]


def test_many_formats_with_a_tag_between(tmp_path: Path) -> None:
    kinds = ["FLAC", "MP3", "WAV", "AIFF", "OGG", "FLAC", "FLAC"]
    parts = [of(tmp_path, kind, 1.0, 200 * number) for number, kind in enumerate(kinds, 1)]
    parts[1] = cover(900) + parts[1]
    expected = np.concatenate([alone(tmp_path, part) for part in parts])
    samples, doubts = heard(tmp_path, b"".join(parts))
    np.testing.assert_array_equal(samples, expected)
    assert doubts == ["7 streams lie one behind the other, 7.0 s in all; all of them are used"]


@pytest.mark.parametrize("second", ["WAV", "FLAC", "OGG", "M4A"])
def test_what_cannot_be_heard_of_what_follows_is_said(tmp_path: Path, second: str) -> None:
    first = of(tmp_path, "MP3", 3.0, 440)
    m4a = b"\0\0\0\x20ftypM4A \0\0\2\0" + np.random.default_rng(1).bytes(9000)
    other = m4a if second == "M4A" else of(tmp_path, second, 3.0, 880, 8000)
    samples, doubts = heard(tmp_path, first + other)
    np.testing.assert_array_equal(samples, alone(tmp_path, first))
    assert doubts == [
        "2 streams lie one behind the other; 3.0 s are used, up to stream 2, which has another "
        "rate or other channels, or is damaged: split the file to use the rest"
    ]


@pytest.mark.parametrize("first", ["WAV", "MP3", "FLAC"])
def test_a_damaged_flac_behind_another_file_has_its_hole_at_its_time(
    tmp_path: Path, first: str
) -> None:
    before, flac = of(tmp_path, first, 2.0, 440), bytearray(of(tmp_path, "FLAC", 6.0, 880))
    expected = np.concatenate([alone(tmp_path, before), alone(tmp_path, bytes(flac))])
    flac[len(flac) // 2] ^= 0x55
    samples, doubts = heard(tmp_path, before + bytes(flac))
    hole = samples != expected
    begin, end = int(hole.argmax()), len(hole) - int(hole[::-1].argmax())
    assert not samples[begin:end].any()
    assert 0.2 < (end - begin) / RATE_HZ < 0.26
    assert [one.split(" s:")[0] for one in doubts[1:]] == ["damaged at 4.82"]


@pytest.mark.parametrize("kind", ["MP3", "FLAC"])
def test_a_header_in_a_picture_is_no_second_file(tmp_path: Path, kind: str) -> None:
    data = of(tmp_path, kind, 3.0, 440)
    inside = of(tmp_path, "WAV", 1.0, 880)
    if kind == "MP3":
        size = bytes(len(inside) >> shift & 0x7F for shift in (21, 14, 7, 0))
        tagged = b"ID3\x03\x00\x00" + size + inside + data
    else:  # a block of the kind "application" behind the first
        block = b"\x02" + len(inside).to_bytes(3, "big") + inside
        tagged = data[:42] + block + data[42:]
    samples, doubts = heard(tmp_path, tagged)
    np.testing.assert_array_equal(samples, alone(tmp_path, data))
    assert doubts == []


@pytest.mark.parametrize("kind", FORMATS)
def test_a_long_ordinary_file_is_one_part(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(5).normal(0, 0.2, 20 * RATE_HZ).astype(np.float32)
    data = encoded(tmp_path, noise, format=kind)
    assert soundfile.info(tmp_path / "encoded").format.startswith(kind)
    assert len(find_formats(data, kind)) == 1
