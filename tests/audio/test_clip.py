from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from tonotope._errors import AudioError, DataError
from tonotope.audio.clip import Clip


def test_a_clip_is_finite_has_a_rate_and_stays_as_it_is() -> None:
    clip = Clip(np.array([0.1, -0.2]), 8000)
    assert clip.samples.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        clip.samples[0, 0] = 1
    with pytest.raises(AttributeError):
        clip.rate_hz = 16_000  # pyright: ignore
    for samples, rate, says in (
        ([0.0, np.nan, np.inf], 8000, "samples are finite; 2 of 3 are not"),
        (np.zeros((1, 2, 3)), 8000, "channel × time, not 1 × 2 × 3"),
        ([0.0], 0, "a rate of at least 1 Hz, not 0"),
    ):
        with pytest.raises(DataError, match=says):
            Clip(np.asarray(samples), rate)


def test_making_a_clip_does_not_lock_somebody_elses_samples() -> None:
    wave = np.zeros((1, 4), np.float32)
    Clip(wave, 8000)
    wave[0, 0] = 1


def test_written_and_read_it_is_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    clip = Clip(rng.standard_normal((2, 100)), 44_100)
    clip.write(tmp_path / "x.wav")
    again = Clip.read(tmp_path / "x.wav")
    np.testing.assert_array_equal(again.samples, clip.samples)
    assert again.rate_hz == 44_100
    part = Clip.read(tmp_path / "x.wav", 10 / 44_100, 5 / 44_100)
    np.testing.assert_array_equal(part.samples, clip.samples[:, 10:15])
    with pytest.raises(AudioError, match="no such file"):
        Clip.read(tmp_path / "y.wav")


def test_one_channel_is_the_mean_or_one_of_them() -> None:
    clip = Clip(np.array([[0.0, 1.0], [1.0, 0.0]]), 8000)
    assert clip.mono("mean").samples.tolist() == [[0.5, 0.5]]
    assert clip.mono(1).samples.tolist() == [[1.0, 0.0]]
    assert clip.mono(1).mono("mean").samples.tolist() == [[1.0, 0.0]]
    with pytest.raises(
        DataError, match='channel 2 was asked for, but the sound has 2: give "mean"'
    ):
        clip.mono(2)


def test_resampling_keeps_a_tone_and_removes_what_would_fold_back() -> None:
    time = np.arange(44_100) / 44_100
    low, high = (Clip(np.sin(2 * np.pi * f * time), 44_100) for f in (1000, 15_000))
    kept = low.resampled(16_000)
    expected = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    inner = slice(500, -500)
    np.testing.assert_allclose(kept.samples[0, inner], expected[inner], atol=1e-4)
    assert np.abs(high.resampled(16_000).samples[0, inner]).max() < 1e-4
    assert low.resampled(44_100) is low


def test_its_tensor_is_its_own() -> None:
    clip = Clip(np.zeros((1, 3)), 8000)
    tensor = clip.tensor
    tensor[0, 0] = 1.0
    assert tensor.dtype == torch.float32
    assert not clip.samples.any()


def test_what_is_doubtful_about_a_file_is_a_warning_and_not_what_the_decoder_writes(
    tmp_path: Path,
) -> None:
    wave = 0.2 * np.random.default_rng(0).standard_normal(4 * 22_050)
    path = tmp_path / "hole.mp3"
    soundfile.write(path, wave, 22_050)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Clip.read(path)
        Clip.read(path, 1.0, 0.5)  # its first frame lacks what comes before: no damage
    data = path.read_bytes()
    path.write_bytes(data[:5000] + bytes(3000) + data[8000:])
    with pytest.warns(
        UserWarning, match=r"hole\.mp3: .* bytes between its MP3 frames hold no"
    ) as got:
        Clip.read(path)
    assert len(got) == 1
    assert got[0].filename == __file__
    code = f"import tonotope as tt, os; tt.Clip.read({str(path)!r}); os.write(2, b'own')"
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, check=True, text=True
    )
    assert said.stderr == "own"
