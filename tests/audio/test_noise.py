"""Noise over sound: as strong as asked for, coloured as named, the same again where it must be."""

from __future__ import annotations

import numpy as np
import pytest

from tonotope._errors import DataError
from tonotope.audio.noise import (
    NOISE_COLOURS,
    NoiseMixer,
    mix_at_snr,
    pink_noise,
    recordings_to_mix,
    seeded_generator,
    white_noise,
)

RATE_HZ = 8000


def tone(samples: int = 4000, hertz: float = 440.0) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(samples) / RATE_HZ)).astype(np.float32)


def power(wave: np.ndarray) -> float:
    return float(np.mean(wave.astype(np.float64) ** 2))


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 17.0])
def test_the_ratio_is_the_one_asked_for(snr_db: float) -> None:
    clean, noise = tone(), white_noise(4000, RATE_HZ, np.random.default_rng(0))
    noisy = mix_at_snr(clean, noise, snr_db)
    assert noisy.dtype == np.float32
    told = 10 * np.log10(power(clean) / power(noisy - clean))
    assert told == pytest.approx(snr_db, abs=1e-3)


def test_silence_stays_silent() -> None:
    silence = np.zeros(100, np.float32)
    noise = white_noise(100, RATE_HZ, np.random.default_rng(0))
    assert not mix_at_snr(silence, noise, 0.0).any()
    np.testing.assert_array_equal(mix_at_snr(tone(100), silence, 0.0), tone(100))


def test_white_is_level_and_pink_falls_by_3_db_an_octave() -> None:
    rng = np.random.default_rng(1)
    for colour, fall_db in ((white_noise, 0.0), (pink_noise, 10 * np.log10(2))):
        spectrum = np.abs(np.fft.rfft(colour(1 << 16, RATE_HZ, rng))) ** 2
        hertz = np.fft.rfftfreq(1 << 16, 1 / RATE_HZ)
        octaves = [
            10 * np.log10(spectrum[(hertz >= low) & (hertz < 2 * low)].mean())
            for low in (125, 250, 500, 1000, 2000)
        ]
        np.testing.assert_allclose(np.diff(octaves), -fall_db, atol=0.5)


@pytest.mark.parametrize("name", NOISE_COLOURS)
@pytest.mark.parametrize("samples", [1, 2, 17, 1000])
def test_noise_of_any_length(name: str, samples: int) -> None:
    noise = NOISE_COLOURS[name](samples, RATE_HZ, np.random.default_rng(0))
    assert (noise.shape, noise.dtype) == ((samples,), np.float32)
    assert np.isfinite(noise).all()


def test_a_pair_draws_kind_and_ratio_and_is_the_same_again() -> None:
    mixer = NoiseMixer([tone(), tone()], RATE_HZ, ("white", "pink"), (3.0, 9.0), {})
    drawn = [mixer.noisy_pair(tone(), 0, np.random.default_rng(seed)) for seed in range(20)]
    assert {one.kind for one in drawn} == {"white", "pink"}
    assert all(3 <= one.snr_db <= 9 for one in drawn)
    assert len({round(one.snr_db, 6) for one in drawn}) == 20
    again = [mixer.noisy_pair(tone(), 0, seeded_generator(4, "a.wav")) for _ in range(2)]
    np.testing.assert_array_equal(again[0].noisy, again[1].noisy)
    other = mixer.noisy_pair(tone(), 0, seeded_generator(5, "a.wav"))
    assert (other.noisy != again[0].noisy).any()


def test_another_recording_is_laid_over_and_goes_round_where_it_is_short() -> None:
    sounds = [tone(1000), tone(300, 1234.0), np.zeros(10, np.float32)]
    mixer = NoiseMixer(sounds, RATE_HZ, ("recordings",), (0.0, 0.0), {0: np.array([1])})
    pair = mixer.noisy_pair(sounds[0], 0, np.random.default_rng(0))
    noise = pair.noisy - pair.clean
    np.testing.assert_allclose(noise[:300], noise[300:600], atol=1e-6)
    scaled = np.resize(sounds[1], 1000)
    np.testing.assert_allclose(noise, scaled * (noise[5] / scaled[5]), atol=1e-5)


def test_strangers_are_of_the_same_part_and_of_another_group() -> None:
    groups = ["a", "a", "b", "c", "c"]
    found = recordings_to_mix([0, 1, 2, 4], groups)
    assert {name: sorted(others.tolist()) for name, others in found.items()} == {
        0: [2, 4], 1: [2, 4], 2: [0, 1, 4], 4: [0, 1, 2],
    }  # fmt: skip
    alone = recordings_to_mix([3, 4], groups)
    assert alone[3].tolist() == [4]


def test_one_recording_alone_has_no_stranger() -> None:
    with pytest.raises(DataError, match=r"one recording alone.*leave \"recordings\" out"):
        recordings_to_mix([1], ["a", "b"])
