from __future__ import annotations

import warnings

import librosa
import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from tonotope._errors import ShapeError
from tonotope.reference import mel

PROPERTY = settings(max_examples=30, deadline=None)


@PROPERTY
@given(st.floats(0, 1e5))
def test_the_scale_is_slaneys_and_leads_back(frequency_hz: float) -> None:
    there = mel.hz_to_mel(np.array([frequency_hz]))
    assert_allclose(there, librosa.hz_to_mel([frequency_hz]), rtol=1e-9, atol=1e-12)
    assert_allclose(mel.mel_to_hz(there), librosa.mel_to_hz(there), rtol=1e-9, atol=1e-12)
    assert_allclose(mel.mel_to_hz(there), [frequency_hz], rtol=1e-9, atol=1e-9)


@PROPERTY
@given(
    st.integers(1, 80),
    st.integers(16, 1024),
    st.sampled_from([8000, 16000, 22050, 44100]),
    st.floats(0, 0.4),
    st.floats(0.45, 1.0),
)
def test_the_filters_are_librosas(
    bands: int, points: int, rate_hz: int, low: float, high: float
) -> None:
    edges = low * rate_hz / 2, high * rate_hz / 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of bands so narrow that they hold no bin
        expected = librosa.filters.mel(
            sr=rate_hz, n_fft=points, n_mels=bands, fmin=edges[0], fmax=edges[1], dtype=np.float64
        )
    ours = mel.mel_filters(bands, points, rate_hz, *edges)
    assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)


def test_every_triangle_has_area_one() -> None:
    filters = mel.mel_filters(40, 2**16, 16000)
    assert_allclose(filters.sum(axis=1) * 16000 / 2**16, 1.0, rtol=1e-3)


def test_white_noise_is_level_over_the_bands() -> None:
    power = np.ones((1, 3, 2**12 // 2 + 1))
    bands = mel.mel_bands(power, mel.mel_filters(40, 2**12, 16000))
    assert bands.shape == (1, 3, 40)
    assert_allclose(bands, bands.mean(), rtol=0.02)


def test_decibels_are_librosas_and_silence_has_a_floor() -> None:
    power = np.random.default_rng(0).exponential(size=(5, 7)) ** 8
    power[0, 0] = 0.0
    assert_allclose(mel.decibels(power), librosa.power_to_db(power, top_db=None), rtol=1e-9)
    assert mel.decibels(power)[0, 0] == -100.0
    assert_allclose(mel.log_power(power, offset=1e-3), np.log(power + 1e-3), rtol=1e-12)


@PROPERTY
@given(st.integers(1, 64), st.integers(0, 2**32 - 1))
def test_the_cosine_transform_is_scipys_and_orthonormal(size: int, seed: int) -> None:
    levels = np.random.default_rng(seed).normal(size=(3, size))
    matrix = mel.dct_matrix(size)
    assert_allclose(levels @ matrix.T, scipy.fft.dct(levels, norm="ortho"), rtol=1e-9, atol=1e-9)
    assert_allclose(matrix @ matrix.T, np.eye(size), atol=1e-12)


@PROPERTY
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_mfcc_are_librosas(coefficients: int, seed: int) -> None:
    power = np.random.default_rng(seed).exponential(size=(2, 9, 129))
    filters = mel.mel_filters(40, 256, 8000)
    levels = librosa.power_to_db(filters @ power.transpose(0, 2, 1), top_db=None)
    expected = librosa.feature.mfcc(S=levels, n_mfcc=coefficients).transpose(0, 2, 1)
    ours = mel.mfcc(power, filters, coefficients)
    assert_allclose(ours, expected, rtol=1e-9, atol=1e-9)


def test_louder_moves_the_first_coefficient_alone() -> None:
    power = np.random.default_rng(0).exponential(size=(1, 4, 129))
    filters = mel.mel_filters(20, 256, 8000)
    quiet, loud = mel.mfcc(power, filters), mel.mfcc(100 * power, filters)
    assert_allclose(loud[..., 1:], quiet[..., 1:], atol=1e-9)
    assert_allclose(loud[..., 0] - quiet[..., 0], 20 * np.sqrt(20), rtol=1e-9)


def test_what_cannot_be_had_is_told_what_can() -> None:
    with pytest.raises(
        ShapeError,
        match=r"from 0 to 5000 Hz at a rate of 8000 Hz: they must lie "
        r"between 0 and 4000 Hz, the lower edge first",
    ):
        mel.mel_filters(40, 256, 8000, 0.0, 5000.0)  # fmt: skip
    with pytest.raises(ShapeError, match="from 300 to 200 Hz"):
        mel.mel_filters(40, 256, 8000, 300.0, 200.0)
    with pytest.raises(ShapeError, match="21 cepstral coefficients from 20 bands: at most 20"):
        mel.mfcc(np.ones((1, 129)), mel.mel_filters(20, 256, 8000), 21)
