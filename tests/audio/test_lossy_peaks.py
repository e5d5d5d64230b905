"""An MP3 or Ogg that decodes to far beyond full scale is damaged, and is told with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.audio.test_sound_streams import RATE_HZ, encoded, tone

from tonotope.audio.mp3_frames import find_mp3_streams
from tonotope.audio.mp3_header import frame_length
from tonotope.audio.open_sound import open_sound
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.source import Data, open_source

FRAME_S = 576 / RATE_HZ


def frame_places(data: bytes) -> list[int]:
    (stream,) = find_mp3_streams(data)
    at, end = stream.stretches[0]
    places = []
    while at < end:
        places.append(at)
        at += frame_length(data, at)
    return places


def too_loud(data: bytes, number: int, channels: int = 1) -> bytes:
    """One frame with the greatest gain: 8 bits, from bit 30 or 31 of the side information on."""
    at = frame_places(data)[number] + 4
    word = int.from_bytes(data[at : at + 8], "big") | 0xFF << 64 - 37 - channels
    return data[:at] + word.to_bytes(8, "big") + data[at + 8 :]


def said(folder: Path, data: bytes, start_s: float, lasts_s: float) -> tuple[list[str], list[str]]:
    """The doubts of a whole file, which are the same in blocks, and those of a part."""
    path = folder / "sound"
    path.write_bytes(data)
    doubts: list[str] = []
    with open_sound(path) as file:
        whole = file.read()[2]
        assert all(len(block) for block, _ in file.blocks(0.5, doubts=doubts))
        part = file.read(start_s, lasts_s)[2]
    assert doubts == whole
    return whole, part


@pytest.mark.parametrize("number", [20, 60])
def test_a_burst_in_an_mp3_is_told_with_its_time(tmp_path: Path, number: int) -> None:
    data = too_loud(encoded(tmp_path, tone(4.0), format="MP3"), number)
    (doubt,), part = said(tmp_path, data, 3.0, 0.5)
    assert part == []
    words = doubt.split()
    assert float(words[2]) == pytest.approx(number * FRAME_S, abs=0.06)
    assert float(words[8].replace(",", "")) > 100
    assert doubt.endswith(" times full scale; copy or download it again")


@pytest.mark.parametrize(("gain", "doubts"), [(3.0, 0), (5000.0, 1)])
def test_an_ogg_may_be_louder_than_full_scale_but_not_by_far(
    tmp_path: Path, gain: float, doubts: int
) -> None:
    wave = tone(4.0)
    wave[RATE_HZ : 2 * RATE_HZ] *= gain
    whole, part = said(tmp_path, encoded(tmp_path, wave, format="OGG"), 2.5, 1.0)
    assert len(whole) == doubts
    assert part == []


def test_the_doctor_names_damaged_mp3s_and_floats_in_another_unit_apart(tmp_path: Path) -> None:
    stereo = np.stack([tone(4.0), tone(4.0, 500)], axis=1)
    mp3 = encoded(tmp_path, tone(4.0), format="MP3")
    both = encoded(tmp_path, stereo, format="MP3")
    files = {
        "one/a.mp3": too_loud(mp3, 20),
        "one/b.mp3": too_loud(both, 30, 2),
        "two/c.mp3": mp3,
        "two/d.wav": encoded(tmp_path, 9000.5 * tone(4.0), subtype="FLOAT"),
    }
    for name, data in files.items():
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / name).write_bytes(data)
    found = check_recordings(open_source(Data(source=str(tmp_path / "set"))))
    assert [name for name, _ in found.beyond] == ["two/d.wav"]
    assert [name for name, doubt in found.doubtful if "times full scale" in doubt] == [
        "one/a.mp3",
        "one/b.mp3",
    ]
    assert not any("cancel" in doubt for _, doubt in found.doubtful)
