"""Copies of a sound are found however they were cut, coded or made louder; others are not."""

from __future__ import annotations

import io
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from tonotope.datasets import near_duplicates as module
from tonotope.datasets.fingerprint import Fingerprint, fingerprint
from tonotope.datasets.near_duplicates import near_duplicates

RATE = 16_000


def bands(seed: int, seconds: float = 2.0) -> np.ndarray:
    """Partials that come and go: unlike any other seed's."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    wave = np.zeros(len(time))
    for frequency in rng.uniform(200, 3600, 20):
        wave += np.sin(2 * np.pi * (frequency * time + rng.random())) * np.interp(
            time, np.linspace(0, seconds, 12), rng.random(12)
        )
    return (0.04 * wave).astype(np.float32)


def rain(seed: int, seconds: float = 2.0) -> np.ndarray:
    """Steady noise: nothing but chance tells one from another."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    return (0.1 * noise).astype(np.float32)


def word(seed: int) -> np.ndarray:
    """A take of one word: the same partials at nearly the same times, other phases and pitch."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(0.35 * RATE)) / RATE
    pitch = 120 * (1 + 0.01 * rng.standard_normal()) * (1 + 0.1 * time / 0.35)
    wave = np.zeros(len(time))
    for number in range(2, 28):
        centre = 700 + 900 * np.sin(3 * time)
        loud = np.exp(-(((number * pitch - centre) / 500) ** 2)) + 0.02
        phase = 2 * np.pi * (np.cumsum(number * pitch) / RATE + rng.random())
        wave += loud * np.sin(phase)
    wave *= np.hanning(len(time)) * 0.1
    return (wave + 1e-4 * rng.standard_normal(len(time))).astype(np.float32)


def coded(wave: np.ndarray, rate: int = RATE, **how: Any) -> np.ndarray:
    file = io.BytesIO()
    soundfile.write(file, wave, rate, **how)
    file.seek(0)
    return soundfile.read(file, dtype="float32")[0]


def printed(wave: np.ndarray, rate: int = RATE) -> Fingerprint:
    found = fingerprint(wave, rate)
    assert found is not None
    return found


COPIES = {
    "gain": lambda wave: printed(0.1 * wave),
    "clipped": lambda wave: printed(np.clip(2 * wave / np.abs(wave).max(), -1, 1)),
    "begin cut": lambda wave: printed(wave[round(0.0473 * RATE) :]),
    "end cut": lambda wave: printed(wave[: -round(0.0473 * RATE)]),
    "silence before": lambda wave: printed(np.concatenate([np.zeros(RATE, np.float32), wave])),
    "other rate": lambda wave: printed(soxr.resample(wave, RATE, 44_100), 44_100),
    "lowest rate": lambda wave: printed(soxr.resample(wave, RATE, 8000), 8000),
    "vorbis": lambda wave: printed(coded(wave, format="OGG", subtype="VORBIS")),
    "mp3": lambda wave: printed(
        coded(wave, format="MP3", bitrate_mode="CONSTANT", compression_level=0.9)
    ),
    "opposite": lambda wave: printed(-wave),
}


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("sound", [bands, rain, word])
def test_a_copy_is_found_among_others(sound: Any, how: str) -> None:
    prints = [printed(sound(seed)) for seed in range(6)]
    prints.insert(4, COPIES[how](sound(2)))
    assert [*near_duplicates(prints)] == [(2, 4)]


def test_more_sounds_than_are_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ROWS", 3)
    prints = [printed(bands(seed % 7)) for seed in range(10)]
    assert [*near_duplicates(prints)] == [(0, 7), (1, 8), (2, 9)]
    monkeypatch.setattr(module, "_MOST_OPERATIONS", 0)  # the first second alone
    assert [*near_duplicates(prints)] == [(0, 7), (1, 8), (2, 9)]


def test_takes_of_a_word_agree_in_their_bits_and_not_in_their_phases() -> None:
    prints = [printed(word(seed)) for seed in range(8)]
    bits = np.stack([one.bits[:12].ravel().astype(float) for one in prints])
    shares = [(1 + a @ b / (np.abs(a) @ np.abs(b))) / 2 for a, b in combinations(bits, 2)]
    assert max(shares) > module.ALIKE
    assert not [*near_duplicates(prints)]


def test_the_bits_of_other_sounds_are_equal_half_of_the_time() -> None:
    prints = [printed(rain(seed)) for seed in range(12)]
    share, sure = module._agreement(*[module._side_by_side(prints)] * 2)
    others = ~np.eye(12, dtype=bool)
    assert 0.4 < share[others].mean() < 0.6
    assert sure[others].max() < 5
    assert share[~others].min() == 1


def test_too_short_or_too_low_for_a_fingerprint() -> None:
    assert fingerprint(np.zeros(100, np.float32), RATE) is None
    assert fingerprint(np.ones(20_000, np.float32), 4000) is None
    assert fingerprint(np.zeros(0, np.float32), 1) is None
    assert fingerprint(np.zeros(20_000, np.float32), RATE) is None
    assert not [*near_duplicates([])]
