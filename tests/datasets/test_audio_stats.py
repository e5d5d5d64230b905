from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tonotope.audio.open_sound import open_sound
from tonotope.audio.sound_hash import is_silence
from tonotope.datasets import audio_stats as module
from tonotope.datasets.audio_stats import AudioStats, measure_audio
from tonotope.datasets.manifest import Recording

RATE = 16_000


def take(path: Path, wave: np.ndarray, **writing) -> AudioStats:
    with path.open("wb") as file:
        soundfile.write(file, wave, RATE, **{"format": "WAV", "subtype": "FLOAT"} | writing)
    with soundfile.SoundFile(path) as file:
        seconds, channels = file.frames / RATE, file.channels
    one = Recording(path.name, path, 0.0, seconds, {}, "g", None, None, "0", RATE, channels)
    with open_sound(path) as file:
        return measure_audio(file, one)


def noise(seed: int, seconds: float = 2.0) -> np.ndarray:
    """Noise that comes and goes, in bands that come and go: unlike any other seed's."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    wave = np.zeros(len(time))
    for frequency in rng.uniform(200, 3600, 20):
        wave += np.sin(2 * np.pi * (frequency * time + rng.random())) * np.interp(
            time, np.linspace(0, seconds, 12), rng.random(12)
        )
    return (0.02 * wave).astype(np.float32)


def test_levels_are_what_they_are(tmp_path: Path) -> None:
    time = np.arange(RATE) / RATE
    found = take(tmp_path / "x", 0.5 * np.sin(2 * np.pi * 1000 * time))
    assert found.peak == pytest.approx(0.5)
    assert found.rms_db == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.01)
    assert abs(found.offset) < 1e-6
    assert (found.clipped, found.silent, found.constant, found.doubts) == (0.0, False, False, ())


def test_silence_and_a_broken_cable(tmp_path: Path) -> None:
    silent = take(tmp_path / "x", np.zeros(RATE))
    assert (silent.silent, silent.constant, silent.rms_db) == (True, False, float("-inf"))
    constant = take(tmp_path / "x", np.full(RATE, 0.25))
    assert (constant.silent, constant.constant) == (False, True)
    assert constant.offset == pytest.approx(0.25)


def test_clipping_is_a_share(tmp_path: Path) -> None:
    time = np.arange(RATE) / RATE
    found = take(tmp_path / "x", np.clip(1.2 * np.sin(2 * np.pi * 50 * time), -1, 1))
    assert found.clipped == pytest.approx(2 * np.arccos(1 / 1.2) / np.pi, abs=0.01)


def test_the_same_sound_has_the_same_number_whatever_it_lies_in(tmp_path: Path) -> None:
    wave = np.round(noise(1) * 32_768) / 32_768
    numbers = {
        take(tmp_path / "x", wave, subtype="PCM_16").sound,
        take(tmp_path / "x", wave, format="FLAC", subtype="PCM_16").sound,
        take(tmp_path / "x", wave, format="AIFF", subtype="PCM_24").sound,
        take(tmp_path / "x", wave).sound,
    }
    assert len(numbers) == 1
    assert take(tmp_path / "x", np.roll(wave, 1)).sound not in numbers


def test_blocks_do_not_change_what_is_found(tmp_path: Path, monkeypatch) -> None:
    wave = noise(2, seconds=3.0)
    whole = take(tmp_path / "x", wave)
    monkeypatch.setattr(module, "_BLOCK_S", 0.5)
    pieces = take(tmp_path / "x", wave)
    assert (pieces.sound, pieces.peak, pieces.clipped) == (whole.sound, whole.peak, whole.clipped)
    assert pieces.rms_db == pytest.approx(whole.rms_db)


@pytest.mark.parametrize("coding", [{"subtype": "PCM_24"}, {"format": "FLAC", "subtype": "PCM_24"},
                                    {"subtype": "FLOAT"}, {"subtype": "PCM_32"}])  # fmt: skip
def test_quiet_sound_is_sound_and_no_two_are_the_same(tmp_path: Path, coding: dict) -> None:
    one, other = (
        take(tmp_path / f"{seed}", 3e-5 * noise(seed) / 0.02 / 6, **coding) for seed in (1, 2)
    )
    for found in (one, other):
        assert (found.silent, found.constant) == (False, False)
        assert found.rms_db < -80
    assert one.sound != other.sound
    again = take(tmp_path / "again", 3e-5 * noise(1) / 0.02 / 6, **coding)
    assert again.sound == one.sound


def test_one_step_of_sixteen_bits_is_sound(tmp_path: Path) -> None:
    one_step = np.where(np.arange(RATE) % 50 == 0, 1 / 32_768, 0)
    found = take(tmp_path / "y", one_step, subtype="PCM_16")
    assert (found.silent, found.constant) == (False, False)


@pytest.mark.parametrize("gain", [-1.0, -0.999])
def test_channels_that_cancel_share_their_silence_with_nobody(tmp_path: Path, gain: float) -> None:
    both = [
        take(tmp_path / f"{seed}", np.stack([noise(seed), gain * noise(seed)], axis=1))
        for seed in (1, 2)
    ]
    assert [one.fingerprint for one in both] == [None, None]
    assert all("data.channels = 0" in one.doubts[0] for one in both)
    assert is_silence(both[0].sound) == (gain == -1.0)
    assert is_silence(both[0].sound) or both[0].sound != both[1].sound
