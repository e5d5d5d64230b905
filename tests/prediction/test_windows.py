from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
import torch

from tonotope._errors import AudioError, DataError
from tonotope.audio.window_plan import plan_windows
from tonotope.prediction.windows import frames_of, sound_of, windows_of
from tonotope.representation import LogMel, Waveform

MEL = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=16)


def pieces(whole: np.ndarray | torch.Tensor, sizes: tuple[int, ...], axis: int) -> list:
    edges, parts = [0, *np.cumsum(sizes), whole.shape[axis]], []
    for begin, end in pairwise(edges):
        parts.append(whole[begin:end] if axis == 0 else whole[:, begin:end])
    return parts


@pytest.mark.parametrize("sizes", [(), (1,), (100, 7, 5000), (255, 1, 0, 127, 129), (11_999,)])
def test_frames_do_not_depend_on_the_blocks(sizes: tuple[int, ...]) -> None:
    wave = np.random.default_rng(0).standard_normal(12_000).astype(np.float32)
    module = MEL.build(MEL.clip_shape(8000))
    found = torch.cat(list(frames_of(pieces(wave, sizes, 0), module, MEL, 8000)), dim=1)
    whole = module(torch.from_numpy(wave)[None])[0]
    np.testing.assert_allclose(found, whole, rtol=0, atol=1e-4)


@pytest.mark.parametrize("fill", ["silence", "around", "repeat"])
@pytest.mark.parametrize("length", [1, 255, 256, 4000, 7999, 8000])
def test_a_short_sound_is_filled_up(length: int, fill: str) -> None:
    wave = np.random.default_rng(0).standard_normal(length).astype(np.float32)
    module = MEL.build(MEL.clip_shape(8000))
    blocks = pieces(wave, (length // 2,), 0)
    found = torch.cat(list(frames_of(blocks, module, MEL, 8000, fill)), dim=1)
    missing = 8000 - length
    sides = (missing // 2, missing - missing // 2) if fill == "around" else (0, missing)
    full = np.pad(wave, sides, "wrap" if fill == "repeat" else "constant")
    full = torch.from_numpy(full)[None]
    np.testing.assert_allclose(found, module(full)[0], rtol=0, atol=1e-4)


def test_a_waveforms_frames_are_its_samples() -> None:
    wave = np.arange(10, dtype=np.float32)
    description = Waveform(rate_hz=8000)
    module = description.build(description.clip_shape(4))
    blocks = list(frames_of(pieces(wave, (3, 3), 0), module, description, 4))
    assert torch.cat(blocks, dim=1).tolist() == [wave.tolist()]


@pytest.mark.parametrize("total", [10, 11, 37, 100])
@pytest.mark.parametrize(("steps", "hop"), [(10, 10), (10, 5), (10, 3), (10, 1), (7, 6)])
@pytest.mark.parametrize("size", [1, 4, 50])
def test_windows_are_those_of_the_plan(total: int, steps: int, hop: int, size: int) -> None:
    frames = torch.arange(2.0 * total * 3).view(2, total, 3)
    blocks = [frames[:, begin : begin + size] for begin in range(0, total, size)]
    found = [pair for some in windows_of(blocks, steps, hop) for pair in zip(*some, strict=True)]
    assert [start for start, _ in found] == plan_windows([total], steps, hop).start.tolist()
    for start, window in found:
        assert torch.equal(window, frames[:, start : start + steps])


def test_windows_hold_no_more_than_they_need() -> None:
    """However long the sound, what is kept between two blocks stays below two windows."""

    def blocks() -> Iterator[torch.Tensor]:
        for number in range(200):
            yield torch.full((1, 8, 2), float(number))

    found = windows_of(blocks(), steps=20, hop=10)
    kept = [some.frames.untyped_storage().nbytes() // (2 * 4) for some in found]
    assert max(kept) <= 2 * 20 + 8


def test_the_sound_of_a_file_is_that_of_the_whole_file(write: Callable[..., Path]) -> None:
    path = write("a.wav", 7.3, rate_hz=22_050)
    wave, _ = soundfile.read(path, dtype="float32")
    blocks = list(sound_of(path, 8000, block_s=0.5))
    assert len(blocks) > 10
    whole = soxr.resample(wave, 22_050, 8000)
    assert len(np.concatenate(blocks)) == len(whole)
    np.testing.assert_allclose(np.concatenate(blocks), whole, rtol=0, atol=1e-5)


def test_no_rate_to_change_changes_nothing(write: Callable[..., Path]) -> None:
    path = write("a.wav", 3.1)
    wave, _ = soundfile.read(path, dtype="float32")
    np.testing.assert_array_equal(np.concatenate(list(sound_of(path, 8000, block_s=1))), wave)


def test_channels_are_chosen_or_averaged(tmp_path: Path) -> None:
    both = np.random.default_rng(0).standard_normal((800, 2)).astype(np.float32) / 8
    soundfile.write(tmp_path / "s.wav", both, 8000, subtype="FLOAT")
    mean = np.concatenate(list(sound_of(tmp_path / "s.wav", 8000)))
    np.testing.assert_allclose(mean, both.mean(axis=1), atol=1e-7)
    second = np.concatenate(list(sound_of(tmp_path / "s.wav", 8000, channels=1)))
    np.testing.assert_array_equal(second, both[:, 1])
    with pytest.raises(DataError, match="channel 2 was asked for, but the sound has 2"):
        list(sound_of(tmp_path / "s.wav", 8000, channels=2))


def test_no_sound_is_an_audio_error(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "none.wav", np.zeros(0, np.float32), 8000)
    with pytest.raises(AudioError, match=r"none\.wav"):
        list(sound_of(tmp_path / "none.wav", 8000))


@pytest.mark.parametrize(
    ("channels", "rate_hz", "said"),
    [
        ([1, -1], 8000, ["the mean of its channels is silence: they cancel; data.channels = 0 "
                         "takes one"]),
        ([1, 0], 8000, ["channel 1 is silent, so that the mean of all is 6 dB weaker than the "
                        "sound; data.channels = 0 takes a channel that is not"]),
        ([0], 8000, ["it holds no sound, so what is said of it means nothing"]),
        ([1], 2000, ["its rate of 2,000 Hz holds nothing above 1,000 Hz, and the network listens "
                     "up to 4,000 Hz"]),
        ([1], 7000, []),
        ([1], 8000, []),
    ],
    ids=["cancel", "one silent", "silent", "low rate", "a little lower", "fine"],
)  # fmt: skip
def test_what_cannot_be_heard_properly_is_a_doubt(
    tmp_path: Path, channels: list[int], rate_hz: int, said: list[str]
) -> None:
    wave = 0.3 * np.sin(np.arange(2 * rate_hz) * 0.2)
    stereo = np.stack([gain * wave for gain in channels], axis=1)
    soundfile.write(tmp_path / "d.wav", stereo, rate_hz, subtype="FLOAT")
    doubts: list[str] = []
    list(sound_of(tmp_path / "d.wav", 8000, block_s=0.5, doubts=doubts, band_hz=(0.0, 4000.0)))
    assert doubts == said


def tone(hertz: float, rate_hz: int, gain: float = 0.3) -> np.ndarray:
    return gain * np.sin(2 * np.pi * hertz * np.arange(2 * rate_hz) / rate_hz)


@pytest.mark.parametrize(
    ("wave", "rate_hz", "said"),
    [
        (tone(15_000, 44_100), 44_100, ["most of its sound lies between 14,9"]),
        (tone(40_000, 192_000), 192_000, ["most of its sound lies between 39,"]),
        (tone(1000, 44_100) + tone(15_000, 44_100, 0.1), 44_100, []),
        (tone(60, 16_000), 16_000, ["most of its sound lies between "]),
        (np.full(16_000, 0.5), 16_000, ["all its samples have one value, as of a broken cable"]),
        (tone(1000, 16_000, 3e-6), 16_000, ["its level is -113 dB, below -60 dB: see whether"]),
        (np.clip(tone(1000, 16_000, 30), -1, 1), 16_000, ["88 % of its samples are clipped: the"]),
        (tone(1000, 16_000), 16_000, []),
    ],
    ids=["above", "ultrasound", "both", "below", "constant", "quiet", "clipped", "fine"],
)
@pytest.mark.parametrize("block_s", [0.1, 10.0])
def test_what_the_doctor_would_say_is_said_of_what_is_asked_about(
    tmp_path: Path, wave: np.ndarray, rate_hz: int, said: list[str], block_s: float
) -> None:
    soundfile.write(tmp_path / "d.wav", wave, rate_hz, subtype="FLOAT")
    doubts: list[str] = []
    heard = sound_of(tmp_path / "d.wav", 16_000, block_s=block_s, doubts=doubts, band_hz=(200, 8e3))
    assert 1.0 <= sum(map(len, heard)) / 16_000 <= 2.0
    assert len(doubts) == len(said)
    assert all(one.startswith(start) for one, start in zip(doubts, said, strict=True))


def test_a_sample_or_two_have_no_level(tmp_path: Path) -> None:
    for wave in ([0.5], [0.5, -0.5]):
        soundfile.write(tmp_path / "d.wav", np.array(wave), 16_000)
        doubts: list[str] = []
        list(sound_of(tmp_path / "d.wav", 16_000, doubts=doubts, band_hz=(200, 8e3)))
        assert [one.split(",")[1] for one in doubts] == [" too few to hear anything in"]
