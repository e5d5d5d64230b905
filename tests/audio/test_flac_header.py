"""FLAC: the last whole frame decides how long it is; what lies between streams is no sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.audio.test_sound_streams import RATE_HZ, cover, encoded, heard, tone

from tonotope.audio import reading

CUT = "what is there is used (was it cut short?)"


def flac(folder: Path, seconds: float, hertz: float = 440) -> bytes:
    return encoded(folder, tone(seconds, hertz), format="FLAC")


def stating(data: bytes, samples: int) -> bytes:
    word = int.from_bytes(data[18:26], "big")
    return data[:18] + (word >> 36 << 36 | samples).to_bytes(8, "big") + data[26:]


@pytest.mark.parametrize("stated_s", [5, 40, 4000])
@pytest.mark.parametrize("tail", [0, 3, 400_000])
def test_a_header_that_says_more_is_not_believed(tmp_path: Path, stated_s: int, tail: int) -> None:
    data = flac(tmp_path, 4.0)
    samples, doubts = heard(tmp_path, stating(data, stated_s * RATE_HZ) + bytes(tail))
    assert reading.inspect(tmp_path / "sound").frames == len(samples) == 4 * RATE_HZ
    np.testing.assert_array_equal(samples, heard(tmp_path, data)[0])
    assert doubts == [f"header says {stated_s}.0 s, file holds 4.0 s; {CUT}"]


@pytest.mark.parametrize("stated", [0, None])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.77])
@pytest.mark.parametrize("tail", [0, 70_000])
def test_a_cut_file_lasts_to_its_last_whole_frame(
    tmp_path: Path, share: float, stated: int | None, tail: int
) -> None:
    whole = flac(tmp_path, 10.0)
    expected, _ = heard(tmp_path, whole)
    data = whole if stated is None else stating(whole, stated)
    samples, doubts = heard(tmp_path, data[: int(len(data) * share)] + bytes(tail))
    assert reading.inspect(tmp_path / "sound").frames == len(samples)
    assert len(samples) / RATE_HZ == pytest.approx(10 * share, abs=0.4)
    np.testing.assert_array_equal(samples, expected[: len(samples)])
    said = f"header says 10.0 s, file holds {len(samples) / RATE_HZ:.1f} s; {CUT}"
    assert doubts == ([said] if stated is None else [])


@pytest.mark.parametrize(
    "between",
    [cover(90), cover(300_000), b"TAG" + bytes(125) + cover(9), bytes(5000), b"junk" * 30],
    ids=["a tag", "a picture", "two tags", "zeros", "junk"],
)
@pytest.mark.parametrize("stated", [0, None])
def test_what_lies_between_joined_streams_is_no_sound(
    tmp_path: Path, between: bytes, stated: int | None
) -> None:
    parts = [flac(tmp_path, 3.0), flac(tmp_path, 4.0, 880), flac(tmp_path, 1.0, 220)]
    expected = np.concatenate([heard(tmp_path, part)[0] for part in parts])
    if stated is not None:
        parts = [stating(part, stated) for part in parts]
    samples, doubts = heard(tmp_path, cover(50) + between.join(parts) + between)
    np.testing.assert_array_equal(samples, expected)
    assert doubts == ["3 streams lie one behind the other, 8.0 s in all; all of them are used"]
