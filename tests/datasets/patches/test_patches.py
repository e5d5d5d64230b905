"""Patches: every sound is one a recording could be, depends on its numbers alone, and differs."""

from __future__ import annotations

import numpy as np
import pytest

from tonotope.datasets.patches.onsets import Onsets
from tonotope.datasets.patches.patches import FAMILIES, name_of, patch, patch_sound
from tonotope.datasets.patches.sounds import PatchSounds
from tonotope.datasets.patches.waves import (
    RATE_HZ,
    add_at,
    between,
    coloured,
    harmonics,
    seconds,
    slow_curve,
)

SEVERAL = 12  # patches of each family


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_every_sound_of_a_family_could_be_recorded(family: type) -> None:
    first = FAMILIES.index(family)
    for number in range(first, first + SEVERAL * len(FAMILIES), len(FAMILIES)):
        wave = patch_sound(number, take=number)
        assert (wave.shape, wave.dtype) == ((55_125,), np.float32)
        assert np.isfinite(wave).all()
        peak_db = 20 * np.log10(np.abs(wave).max())
        assert -20.01 < peak_db < -0.99
        assert wave.std() > 1e-4 * np.abs(wave).max()


def test_a_sound_depends_on_its_numbers_alone() -> None:
    one = patch_sound(3, 5)
    patch_sound(4, 1)
    np.testing.assert_array_equal(patch_sound(3, 5), one)
    for other in (patch_sound(3, 6), patch_sound(14, 5), patch_sound(3, 5, seed=1)):
        assert np.abs(np.corrcoef(other, one)[0, 1]) < 0.5


def test_takes_of_a_patch_have_its_traits() -> None:
    assert patch(18) is patch(18)  # drawn once, so that all takes share it
    np.testing.assert_array_equal(patch(18).colour_db, patch(18, 0).colour_db)
    assert not np.array_equal(patch(18).colour_db, patch(29).colour_db)


def test_sounds_for_a_training_are_takes_of_patches() -> None:
    sounds = PatchSounds(sources=13, takes=3, first=2)
    assert len(sounds.lengths) == len(sounds.rows) == 39
    np.testing.assert_array_equal(sounds[7], patch_sound(4, 1))
    assert sounds.rows[7] == {"source": "4", "label": name_of(FAMILIES[4])}
    hashes = {PatchSounds(2, 3, first, seed).sound_hash(at)
              for first in (0, 2) for seed in (0, 1) for at in range(6)}  # fmt: skip
    assert len(hashes) == 24
    assert PatchSounds(4, 3).sound_hash(8) == PatchSounds(1, 3, first=2).sound_hash(2)


def test_onsets_are_regular_or_by_chance_and_never_none() -> None:
    rng = np.random.default_rng(0)
    clock = Onsets(rate_hz=4, regular=True, jitter=0.0, grouped=False).times(rng, 5 * RATE_HZ)
    assert np.ptp(np.diff(clock)) <= 1
    assert 10 < len(clock) < 40
    chance = Onsets(rate_hz=4, regular=False, jitter=0.0, grouped=False).times(rng, 5 * RATE_HZ)
    assert np.ptp(np.diff(chance)) > 0.1 * RATE_HZ
    rare = Onsets(rate_hz=0.001, regular=False, jitter=0.0, grouped=True)
    assert len(rare.times(rng, RATE_HZ)) == 1
    assert len(Onsets(14, True, 0, False).times(rng, 60 * RATE_HZ, most=7)) == 7


def test_a_colour_is_a_gain_over_the_octaves() -> None:
    tone = np.sin(2 * np.pi * 1000 * seconds(RATE_HZ))
    louder = coloured(tone, np.full(4, 6.0))
    np.testing.assert_allclose(louder, 10 ** (6 / 20) * tone, atol=1e-9)
    falling = np.linspace(0, -85.2, 2)  # 10 dB an octave, from 30 Hz to half the rate
    noise = np.random.default_rng(0).standard_normal(4 * RATE_HZ)
    power = np.abs(np.fft.rfft(coloured(noise, falling))) ** 2
    octave_db = 10 * np.log10(power[4 * 500 : 4 * 1000].mean() / power[4 * 1000 : 4 * 2000].mean())
    assert octave_db == pytest.approx(10, abs=0.5)


def test_partials_stop_below_half_the_rate() -> None:
    wave = harmonics(4000.0, RATE_HZ, (1.0, 0.5, 0.25))
    spectrum = np.abs(np.fft.rfft(wave)) / (RATE_HZ / 2)
    assert spectrum[[4000, 8000]] == pytest.approx([1.0, 0.5], abs=1e-3)
    assert spectrum.max() == pytest.approx(1.0, abs=1e-3)
    assert spectrum[8100:].max() < 0.01  # the third would be 12 kHz, and fold back


def test_small_parts() -> None:
    rng = np.random.default_rng(0)
    drawn = [between(rng, 1, 100) for _ in range(2000)]
    assert min(drawn) >= 1
    assert max(drawn) <= 100
    assert np.median(drawn) == pytest.approx(10, rel=0.2)
    assert len(slow_curve(rng, 1000, 5, 1.0)) == 1000
    whole = np.zeros(5)
    add_at(whole, np.ones(4), 3, 2.0)
    add_at(whole, np.ones(4), 9)
    assert whole.tolist() == [0, 0, 0, 2, 2]
