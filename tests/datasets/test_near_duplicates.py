"""Copies of a sound are found however they were cut, coded or made louder; others are not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from tonotope.datasets import fingerprint_correlation
from tonotope.datasets import near_duplicates as module
from tonotope.datasets.fingerprint import STEP_S, Fingerprint, compared_wave, fingerprint
from tonotope.datasets.fingerprint_correlation import agreement
from tonotope.datasets.near_duplicates import Waves, compared_s, near_duplicates

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


EXCERPTS = {
    "begin cut by 0.3 s": (0.31, 4.0),
    "begin cut by half": (2.013, 4.0),
    "end cut by half": (0.0, 1.987),
    "both ends": (0.6, 3.2),
    "one second of the middle": (1.707, 2.707),
}


@pytest.mark.parametrize("how", EXCERPTS)
@pytest.mark.parametrize("sound", [bands, rain])
def test_an_excerpt_is_found_wherever_it_was_cut(sound: Any, how: str) -> None:
    prints = [printed(sound(seed, 4.0)) for seed in range(6)]
    first, last = (round(second * RATE) for second in EXCERPTS[how])
    cut = sound(2, 4.0)[first:last]
    prints.insert(4, printed(coded(0.3 * cut, format="OGG", subtype="VORBIS")))
    prints.append(printed(soxr.resample(sound(5, 4.0)[first:last], RATE, 8000), 8000))
    assert sorted(near_duplicates(prints)) == [(2, 4), (6, 7)]


def test_an_excerpt_of_a_long_recording_among_short_ones() -> None:
    long = np.concatenate([bands(seed) for seed in range(10, 20)])
    prints = [printed(long[round(17.1 * RATE) :]), *(printed(bands(n)) for n in range(2, 5))]
    assert [*near_duplicates([*prints, printed(long)])] == [(0, 4)]


def heard(sounds: Sequence[np.ndarray]) -> Waves:
    waves = [compared_wave(one, RATE) for one in sounds]
    return lambda one, other: (waves[one], waves[other])


@pytest.mark.parametrize("first_s", [0.0, 1.3, 3.45])
@pytest.mark.parametrize("sound", [bands, rain])
def test_a_short_excerpt_is_found_by_its_phases(sound: Any, first_s: float) -> None:
    sounds = [sound(seed, 4.0) for seed in range(6)]
    first = round(first_s * RATE)
    sounds.insert(4, sounds[2][first : first + round(0.5 * RATE)])
    assert [*near_duplicates([*map(printed, sounds)], heard(sounds))] == [(2, 4)]


def machine(seed: int, seconds: float = 4.0) -> np.ndarray:
    """The same cycle again and again; phases, noise and where it begins are the seed's."""
    rng, cycle = np.random.default_rng(seed), np.random.default_rng(0).random((17, 13)) + 0.02
    time = np.arange(round(seconds * RATE)) / RATE
    place = (time + rng.uniform(0, 1.6)) % 1.6
    wave = 0.002 * rng.standard_normal(len(time))
    for frequency, loud in zip(np.geomspace(220, 3400, 17), cycle, strict=True):
        loud[-1] = loud[0]
        partial = np.sin(2 * np.pi * (frequency * time + rng.random()))
        wave += 0.05 * np.interp(place, np.linspace(0, 1.6, 13), loud) * partial
    return wave.astype(np.float32)


def test_sounds_that_repeat_themselves_are_no_copies_at_another_shift() -> None:
    prints = [printed(machine(seed)) for seed in range(6)]
    both = [(one, other) for one, other in combinations(prints, 2)]
    best = [
        np.where(found.share >= module.ALIKE, found.sure, 0).max(axis=1)
        for found in agreement(both, 1000)
    ]
    assert np.concatenate(best).max() > module.SURE
    assert not [*near_duplicates(prints)]
    sounds = [*map(machine, range(6)), machine(3)[round(0.7 * RATE) :]]
    prints.append(printed(sounds[-1]))
    assert [*near_duplicates(prints, heard(sounds))] == [(3, 6)]


def test_more_sounds_than_are_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint_correlation, "_MOST_ROWS", 3)
    prints = [printed(bands(seed % 7)) for seed in range(10)]
    assert sorted(near_duplicates(prints)) == [(0, 7), (1, 8), (2, 9)]
    assert compared_s(prints) is None
    monkeypatch.setattr(module, "_MOST_MOMENTS", 0)  # the first second alone
    assert sorted(near_duplicates(prints)) == [(0, 7), (1, 8), (2, 9)]
    assert compared_s(prints) == 40 * STEP_S


def test_what_short_sounds_leave_is_compared_of_long_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_MOMENTS", 4 * (50 + 70 + 2 * 200))
    lengths = (400, 50, 300, 70)
    prints = [Fingerprint(np.ones((length, 16), np.int8), None) for length in lengths]
    assert compared_s(prints) == 200 * STEP_S


def test_takes_of_a_word_agree_in_their_bits_and_not_in_their_phases() -> None:
    prints = [printed(word(seed)) for seed in range(8)]
    bits = np.stack([one.bits[:12].ravel().astype(float) for one in prints])
    shares = [(1 + a @ b / (np.abs(a) @ np.abs(b))) / 2 for a, b in combinations(bits, 2)]
    assert max(shares) > module.ALIKE
    assert not [*near_duplicates(prints)]


def test_the_bits_of_other_sounds_are_equal_half_of_the_time() -> None:
    prints = [printed(rain(seed)) for seed in range(12)]
    (others,) = agreement([*combinations(prints, 2)][:60], 1000)
    wide = np.abs(others.shift) < 20
    assert 0.4 < others.share[:, wide].mean() < 0.6
    assert others.sure.max() < 5
    (own,) = agreement([(one, one) for one in prints], 1000)
    assert own.share[:, own.shift == 0].min() == pytest.approx(1)
    assert (own.share[:, np.abs(own.shift) > 10] < module.ALIKE).mean() > 0.9


def test_too_short_or_too_low_for_a_fingerprint() -> None:
    assert fingerprint(np.zeros(100, np.float32), RATE) is None
    assert fingerprint(np.ones(20_000, np.float32), 4000) is None
    assert fingerprint(np.zeros(0, np.float32), 1) is None
    assert fingerprint(np.zeros(20_000, np.float32), RATE) is None
    assert not [*near_duplicates([])]
