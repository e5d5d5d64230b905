"""Channels that cancel each other are noticed, and others are not."""

from __future__ import annotations

import numpy as np
import pytest

from tonotope.audio.channels import ChannelMix

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
        (TONE, 0 * TONE),
        (TONE, NOISE[0]),
        tuple(NOISE),
        (TONE + NOISE[0], TONE + NOISE[1]),
        (TONE,),
        (0 * TONE, 0 * TONE),
        (TONE, -0.3 * TONE),
    ],
    ids=["same", "one silent", "two sounds", "eight", "stereo", "mono", "silence", "weak"],
)
def test_usual_channels_are_not(channels: tuple[np.ndarray, ...]) -> None:
    assert noted(*channels) is None
