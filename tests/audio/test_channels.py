"""Channels that cancel each other are noticed, and others are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope.audio.channels import ChannelMix
from tonotope.datasets.data_checks import check_recordings
from tonotope.datasets.source import Data, open_source

TIME = np.arange(16_000, dtype=np.float32) / 16_000
TONE = (0.3 * np.sin(2 * np.pi * 440 * TIME)).astype(np.float32)
NOISE = np.random.default_rng(0).normal(0, 0.1, (8, 16_000)).astype(np.float32)


def noted(*channels: np.ndarray, how: int | str = "mean", blocks: int = 4) -> str | None:
    mix = ChannelMix(how)  # type: ignore[arg-type]
    for block in np.array_split(np.stack(channels), blocks, axis=1):
        mix.mix(block)
    return mix.note()


@pytest.mark.parametrize(
    ("second", "level"),
    [(-TONE, "silence"), (-TONE + 0.01 * NOISE[0], "53 dB below"), (-0.7 * TONE, "13 dB below")],
    ids=["upside down", "with noise", "and softer"],
)
def test_a_channel_upside_down_is_noticed(second: np.ndarray, level: str) -> None:
    said = noted(TONE, second)
    assert said is not None
    assert level in said
    assert said.endswith("they cancel; data.channels = 0 takes one")
    assert noted(TONE, second, how=0) is None


@pytest.mark.parametrize(
    "channels",
    [
        (TONE, TONE),
        (TONE, NOISE[0]),
        tuple(NOISE),
        (TONE + NOISE[0], TONE + NOISE[1]),
        (TONE,),
        (0 * TONE, 0 * TONE),
        (TONE, -0.3 * TONE),
    ],
    ids=["same", "two sounds", "eight", "stereo", "mono", "silence", "weak"],
)
def test_usual_channels_are_not(channels: tuple[np.ndarray, ...]) -> None:
    assert noted(*channels) is None


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        ((TONE, -0.5 * TONE, -0.5 * TONE), "silence: they cancel; data.channels = 0 takes one"),
        ((TONE, -TONE, 0.01 * NOISE[0]), "56 dB below the loudest of them: they cancel; data"),
        ((TONE, -TONE, 0 * TONE), "silence: they cancel; data.channels = 0 takes one"),
        ((0 * TONE, TONE, -TONE), "silence: they cancel; data.channels = 1 takes one"),
        ((TONE, -TONE, TONE, -TONE + 0.01 * NOISE[0]), "they cancel; data.channels = 0 takes one"),
    ],
    ids=["three", "two beside a soft one", "beside a silent one", "not the first", "four"],
)
def test_channels_that_cancel_among_others_are_noticed(
    channels: tuple[np.ndarray, ...], said: str
) -> None:
    found = noted(*channels)
    assert found is not None
    assert found.startswith("the mean of its channels is ")
    assert said in found


def test_half_of_the_files_are_counted_and_three_are_named(tmp_path: Path) -> None:
    for number in range(12):
        noise = 0.05 * np.random.default_rng(number).normal(0, 1, 16_000)
        wave = TONE + noise
        path = tmp_path / "ab"[number % 2] / f"{'klmnopqrstuv'[number]}.wav"
        path.parent.mkdir(exist_ok=True)
        stereo = np.stack([wave, -wave if number < 6 else wave], 1)
        soundfile.write(path, stereo, 16_000, subtype="FLOAT")
    advice = check_recordings(open_source(Data(source=str(tmp_path)))).advice
    assert (
        "6 recordings to look at: the mean of its channels is silence: they cancel; "
        "data.channels = 0 takes one: a/k.wav, a/m.wav, a/o.wav and 3 more"
    ) in advice


@pytest.mark.parametrize(
    ("channels", "said"),
    [
        ((TONE, 0 * TONE), "channel 1 is silent, so that the mean of all is 6 dB weaker than the "
         "sound; data.channels = 0 takes a channel that is not"),
        ((1e-5 * NOISE[0], TONE), "channel 0 is silent, so that the mean of all is 6 dB weaker "
         "than the sound; data.channels = 1 takes a channel that is not"),
        ((TONE, 0 * TONE, 0 * TONE, 0 * TONE), "3 of 4 channels are silent, so that the mean of "
         "all is 12 dB weaker than the sound; data.channels = 0 takes a channel that is not"),
    ],
    ids=["second", "first, nearly", "three of four"],
)  # fmt: skip
def test_channels_that_are_silent_beside_others_are_said(
    channels: tuple[np.ndarray, ...], said: str
) -> None:
    assert noted(*channels) == said


def test_a_silent_channel_that_was_asked_for_is_said() -> None:
    mix, wave = ChannelMix(1), np.stack([TONE, 0 * TONE]).astype(np.float32)
    np.testing.assert_array_equal(mix.mix(wave), wave[1:])
    assert mix.note() == (
        "channel 1, which is heard, is silent, and channel 0 is not; data.channels = 0 takes that"
    )
    other = ChannelMix(0)
    other.mix(wave)
    assert other.note() is None


def test_soft_channels_and_silence_are_no_silent_channels() -> None:
    assert noted(TONE, 0.01 * TONE) is None
    assert noted(0 * TONE, 0 * TONE) is None
    assert noted(TONE) is None


@pytest.mark.parametrize("block", [701, 4096, 100_000, 10**7])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ((0.5, 1.0), "for 50% of the time"),
        ((0.2, 0.4), "for 20% of the time"),
        ((0.98, 1.0), None),
        ((0.0, 0.0), None),
    ],
)
def test_channels_that_cancel_for_a_part_of_the_time_are_noticed(
    wrong: tuple[float, float], said: str | None, block: int
) -> None:
    """However long the blocks are that the recording is read in."""
    wave = np.random.default_rng(1).normal(0, 0.1, 40 * 32_768)
    wave = wave.astype(np.float32)
    other = wave.copy()
    begin, end = (round(part * len(wave)) for part in wrong)
    other[begin:end] *= -1
    mix = ChannelMix()
    both = np.stack([wave, other])
    for at in range(0, len(wave), block):
        mix.mix(both[:, at : at + block])
    note = mix.note()
    assert (note is None) == (said is None)
    if said and note:
        assert said in note


def test_silence_between_calls_counts_for_nothing() -> None:
    wave = np.zeros(40 * 32_768, np.float32)
    wave[: 4 * 32_768] = 0.1 * np.sin(np.arange(4 * 32_768, dtype=np.float32))
    other = wave.copy()
    other[: 2 * 32_768] *= -1
    note = noted(wave, other)
    assert note is not None
    assert "for 50% of the time that sounds" in note
