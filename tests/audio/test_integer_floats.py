"""Whole numbers in a float file are sound between -1 and 1 again, and every read says so."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope.audio import reading
from tonotope.audio.integer_floats import integer_bits
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.source import Data, open_source

RATE = 8000


def tone(seconds: float = 20.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    wave = 0.5 * np.sin(2 * np.pi * 300 * time)
    wave[: RATE // 2] = 0  # it begins with silence
    return wave


@pytest.mark.parametrize(("kind", "coding"), [
    ("WAV", "FLOAT"), ("WAV", "DOUBLE"), ("AIFF", "FLOAT"), ("CAF", "FLOAT"), ("W64", "DOUBLE"),
])  # fmt: skip
@pytest.mark.parametrize(("bits", "divisor"), [(16, "32,768"), (24, "8,388,608")])
def test_whole_numbers_are_divided_and_it_is_said(
    tmp_path: Path, kind: str, coding: str, bits: int, divisor: str
) -> None:
    path, scale = tmp_path / "x.wav", 2 ** (bits - 1)
    whole = np.rint(tone() * scale)
    soundfile.write(path, whole, RATE, format=kind, subtype=coding)
    note = (
        f"its float samples are {bits}-bit whole numbers, and float sound ends at 1: divided by "
        f"{divisor}"
    )
    clip, doubts = reading.read(path)
    assert doubts == [note]
    np.testing.assert_array_equal(clip.samples[0], (whole / scale).astype(np.float32))
    part, doubts = reading.read(path, 0.1, 0.2)  # silence alone: the file decides, not the part
    assert doubts == [note]
    assert not part.samples.any()
    told: list[str] = []
    blocks = [one.samples[0] for one in reading.stream(path, 1.5, doubts=told)]
    np.testing.assert_array_equal(np.concatenate(blocks), clip.samples[0])
    assert told == [note]


@pytest.mark.parametrize("loudest", [2, 127, 128])
def test_what_may_be_of_8_bits_or_faint_is_said_and_not_made_louder(
    tmp_path: Path, loudest: int
) -> None:
    path, whole = tmp_path / "x.wav", np.rint(2 * tone(1.0) * loudest)
    soundfile.write(path, whole, RATE, subtype="FLOAT")
    clip, (doubt,) = reading.read(path)
    np.testing.assert_array_equal(clip.samples[0], (whole / 32_768).astype(np.float32))
    assert "faint sound of 16 bits or sound of 8: divided by 32,768, as if of 16" in doubt
    soundfile.write(path, np.append(whole, 129), RATE, subtype="FLOAT")
    assert "are 16-bit whole numbers" in reading.read(path)[1][0]


@pytest.mark.parametrize(
    "wave",
    [
        tone(1.0),  # ordinary
        np.sign(tone(1.0)),  # a square wave at full scale
        3 * tone(1.0),  # louder than full scale, which floats may be
        np.append(np.rint(tone(20.0) * 32_768), 0.5),  # one sample is no whole number
        np.zeros(RATE),
    ],
)
def test_other_floats_stay_as_they_are(tmp_path: Path, wave: np.ndarray) -> None:
    path = tmp_path / "x.wav"
    soundfile.write(path, wave, RATE, subtype="FLOAT")
    clip, doubts = reading.read(path)
    assert doubts == []
    np.testing.assert_array_equal(clip.samples[0], wave.astype(np.float32))


def test_check_says_what_it_is_and_not_that_it_is_clipped(tmp_path: Path) -> None:
    for number, label in enumerate("ababab"):
        wave = tone(1.0) * 32_768 * (1 + number / 10)
        wave = np.rint(wave) if label == "a" else wave + 0.25
        (tmp_path / label).mkdir(exist_ok=True)
        soundfile.write(tmp_path / label / f"{'klmnop'[number]}.wav", wave, RATE, subtype="FLOAT")
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert found.clipped == ()
    assert [name for name, _ in found.beyond] == ["b/l.wav", "b/n.wav", "b/p.wav"]
    assert (
        "3 recordings to look at: its float samples are 16-bit whole numbers, and float sound "
        "ends at 1: divided by 32,768: a/k.wav, a/m.wav, a/o.wav"
    ) in found.advice
    assert (
        "3 recordings with float samples up to 24,576, where sound ends at 1: 16-bit numbers, it "
        "seems; divide them by 32,768 (nothing is clipped, but each player will clip it): "
        "b/l.wav, b/n.wav, b/p.wav"
    ) in found.advice


def test_a_hot_float_recording_is_not_clipped_and_one_at_full_scale_is(tmp_path: Path) -> None:
    waves = {"hot": 4 * tone(1.0), "clipped": np.clip(4 * tone(1.0), -1, 1)}
    for name, wave in waves.items():
        (tmp_path / name).mkdir()
        soundfile.write(tmp_path / name / "x.wav", wave, RATE, subtype="FLOAT")
    found = check_recordings(open_source(Data(source=str(tmp_path))))
    assert found.clipped == ("clipped/x.wav",)
    assert found.beyond == ()


def test_a_nan_that_signals_is_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert integer_bits([np.array([0x7FA00000], np.uint32).view(np.float32)]) is None
