from __future__ import annotations

import librosa
import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from tonotope._errors import ShapeError
from tonotope.reference import spectrum

PROPERTY = settings(max_examples=30, deadline=None)
SEED = st.integers(0, 2**32 - 1)


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


@PROPERTY
@given(st.integers(1, 40), SEED)
def test_definition_and_matrix_are_numpys_transform(size: int, seed: int) -> None:
    frame = noise(seed, size)
    expected = np.fft.fft(frame)
    assert_allclose(spectrum.dft(frame), expected, rtol=1e-9, atol=1e-9)
    assert_allclose(spectrum.dft_matrix(size) @ frame, expected, rtol=1e-9, atol=1e-9)
    half = spectrum.dft_matrix(size, size // 2 + 1) @ frame
    assert_allclose(half, np.fft.rfft(frame), rtol=1e-9, atol=1e-9)


@PROPERTY
@given(st.integers(2, 90), st.integers(1, 50), st.integers(0, 300), SEED)
def test_stft_is_librosas(window: int, hop: int, more: int, seed: int) -> None:
    sound = noise(seed, 2, window + more)
    weights = spectrum.hann(window)
    expected = librosa.stft(
        sound, n_fft=window, hop_length=hop, window=weights, center=False, dtype=np.complex128
    )
    ours = spectrum.stft(sound, weights, hop)
    assert_allclose(ours, expected.transpose(0, 2, 1), rtol=1e-9, atol=1e-9)


@PROPERTY
@given(st.integers(1, 60), st.integers(0, 30), st.integers(1, 20), SEED)
def test_more_points_than_samples_continue_the_frame_with_zeros(
    window: int, zeros: int, hop: int, seed: int
) -> None:
    sound, weights = noise(seed, 1, window + 50), noise(seed + 1, window)
    cut = spectrum.frames(sound, window, hop)
    expected = np.fft.rfft(cut * weights, n=window + zeros)
    ours = spectrum.stft(sound, weights, hop, points=window + zeros)
    assert_allclose(ours, expected, rtol=1e-9, atol=1e-9)


@PROPERTY
@given(st.integers(1, 60), st.integers(1, 30), st.integers(0, 100), SEED)
def test_frames_are_torchs_unfold(window: int, hop: int, more: int, seed: int) -> None:
    sound = noise(seed, 2, window + more)
    expected = torch.from_numpy(sound).unfold(1, window, hop).numpy()
    assert_array_equal(spectrum.frames(sound, window, hop), expected)


@PROPERTY
@given(st.integers(0, 5), st.integers(1, 4), SEED)
def test_frames_of_a_part_are_a_part_of_the_frames(first: int, count: int, seed: int) -> None:
    sound, window, hop = noise(seed, 1, 400), spectrum.hann(64), 16
    part = sound[:, first * hop : first * hop + (count - 1) * hop + 64]
    whole = spectrum.stft(sound, window, hop)
    assert_allclose(
        spectrum.stft(part, window, hop), whole[:, first : first + count], rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("length", [2, 7, 256])
def test_the_window_is_scipys_periodic_one(length: int) -> None:
    expected = scipy.signal.get_window("hann", length, fftbins=True)
    assert_allclose(spectrum.hann(length), expected, atol=1e-12)


def test_a_tone_stands_in_its_own_bin_at_half_the_windows_sum() -> None:
    rate_hz, points = 8000, 256
    tone_hz = spectrum.bin_frequencies_hz(points, rate_hz)[40]
    sound = np.sin(2 * np.pi * tone_hz * np.arange(2000) / rate_hz)[None]
    planes = spectrum.magnitude(spectrum.stft(sound, spectrum.hann(points), 64))
    assert planes.shape == (1, 1, 28, 129)
    assert (planes[0, 0].argmax(axis=1) == 40).all()
    assert_allclose(planes[0, 0, :, 40], spectrum.hann(points).sum() / 2, rtol=1e-9)


@PROPERTY
@given(st.integers(1, 30), st.integers(1, 40), st.integers(1, 7), SEED)
def test_frames_laid_back_are_numpys_inverse_added_where_they_were(
    half: int, hop: int, count: int, seed: int
) -> None:
    planes = noise(seed, 2, count, half + 1) + 1j * noise(seed + 1, 2, count, half + 1)
    expected = np.zeros((2, hop * (count - 1) + 2 * half))
    for t in range(count):
        expected[:, t * hop : t * hop + 2 * half] += np.fft.irfft(planes[:, t], 2 * half)
    assert_allclose(spectrum.overlap_add(planes, hop), expected, rtol=1e-9, atol=1e-9)


@PROPERTY
@given(st.integers(1, 40), st.integers(0, 200), SEED)
def test_a_sound_comes_back_where_windows_add_up_to_one(half: int, more: int, seed: int) -> None:
    sound = noise(seed, 2, 4 * half + more)
    back = spectrum.overlap_add(spectrum.stft(sound, spectrum.hann(2 * half), half), half)
    inside = slice(half, back.shape[1] - half)
    assert_allclose(back[:, inside], sound[:, inside], rtol=1e-9, atol=1e-9)


def test_bins_stand_for_librosas_frequencies() -> None:
    for points, rate_hz in ((256, 8000), (511, 22050)):
        expected = librosa.fft_frequencies(sr=rate_hz, n_fft=points)
        assert_allclose(spectrum.bin_frequencies_hz(points, rate_hz), expected, rtol=1e-12)


@PROPERTY
@given(st.integers(1, 40), st.floats(1, 7999), SEED)
def test_a_filters_response_is_scipys(taps: int, hertz: float, seed: int) -> None:
    weights = noise(seed, taps)
    _, expected = scipy.signal.freqz(weights, worN=[hertz], fs=16000)
    db = 20 * np.log10(np.abs(expected[0]))
    assert spectrum.response_db(weights, hertz, 16000) == pytest.approx(db, abs=1e-6)


@PROPERTY
@given(st.integers(1, 40), SEED)
def test_no_energy_is_lost(size: int, seed: int) -> None:
    frame = noise(seed, size)
    energy = (np.abs(spectrum.dft_matrix(size) @ frame) ** 2).sum() / size
    assert energy == pytest.approx((frame**2).sum(), rel=1e-9)  # Parseval


def test_two_channels_keep_the_phase_and_one_forgets_it() -> None:
    sound, window = noise(0, 1, 300), spectrum.hann(32)
    planes = spectrum.stft(sound, window, 8)
    channels = spectrum.real_imaginary(planes)
    assert channels.shape == (1, 2, *planes.shape[1:])
    assert_array_equal(channels[:, 0] + 1j * channels[:, 1], planes)
    upside_down = spectrum.stft(-sound, window, 8)
    assert_allclose(spectrum.magnitude(upside_down), spectrum.magnitude(planes), rtol=1e-9)
    assert not np.allclose(spectrum.real_imaginary(upside_down), channels)


def test_what_does_not_fit_is_told_what_would() -> None:
    with pytest.raises(
        ShapeError,
        match=r"window of 64 samples finds no place in a sound of 63; "
        r"a window of at most 63 would fit",
    ):
        spectrum.stft(np.zeros((1, 63)), spectrum.hann(64), 16)  # fmt: skip
    with pytest.raises(
        ShapeError,
        match=r"transform of 32 points cannot take a window of 64 "
        r"samples; 64 points or more would",
    ):
        spectrum.stft(np.zeros((1, 100)), spectrum.hann(64), 16, points=32)  # fmt: skip
