from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from tonotope.reference import mel, spectrum
from tonotope.reference.gradients import spectrum as back
from tonotope.reference.gradients.differences import central_difference

PROPERTY = settings(max_examples=20, deadline=None)
SEED = st.integers(0, 2**32 - 1)


@PROPERTY
@given(st.integers(2, 24), st.integers(1, 30), st.integers(0, 40), SEED)
def test_the_transform_and_its_magnitude_are_torchs(
    window: int, hop: int, more: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    sound, weights = dice.normal(size=(2, window + more)), dice.normal(size=window)
    planes = spectrum.stft(sound, weights, hop)
    leaf = torch.from_numpy(sound).requires_grad_()
    theirs = torch.stft(
        leaf, window, hop, window=torch.from_numpy(weights), center=False, return_complex=True
    ).transpose(1, 2)
    up_two = dice.normal(size=(2, 2, *planes.shape[1:]))
    loss = (torch.stack([theirs.real, theirs.imag], 1) * torch.from_numpy(up_two)).sum()
    expected = torch.autograd.grad(loss, leaf, retain_graph=True)[0].numpy()
    ours = back.stft_backward(up_two, sound.shape[1], weights, hop)
    assert_allclose(ours, expected, rtol=1e-9, atol=1e-9)

    up_one = dice.normal(size=(2, 1, *planes.shape[1:]))
    expected = torch.autograd.grad((theirs.abs()[:, None] * torch.from_numpy(up_one)).sum(), leaf)
    to_planes = back.magnitude_backward(up_one, planes)
    ours = back.stft_backward(to_planes, sound.shape[1], weights, hop)
    assert_allclose(ours, expected[0].numpy(), rtol=1e-9, atol=1e-9)


@PROPERTY
@given(st.integers(1, 8), st.integers(0, 5), st.integers(1, 6), SEED)
def test_with_zeros_after_the_frame_it_is_the_central_difference(
    window: int, zeros: int, hop: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    sound, weights = dice.normal(size=(1, window + 7)), dice.normal(size=window)
    points = window + zeros

    def channels(sound: np.ndarray) -> np.ndarray:
        return spectrum.real_imaginary(spectrum.stft(sound, weights, hop, points))

    upstream = dice.normal(size=channels(sound).shape)
    ours = back.stft_backward(upstream, sound.shape[1], weights, hop, points)
    found = central_difference(lambda s: float((upstream * channels(s)).sum()), sound, 1e-3)
    assert_allclose(ours, found, rtol=1e-7, atol=1e-7)


def test_from_cepstrum_and_from_log_mel_to_the_sound() -> None:
    dice = np.random.default_rng(0)
    sound, window = dice.normal(size=(1, 60)), spectrum.hann(32)
    filters = mel.mel_filters(6, 32, 8000)

    def power(sound: np.ndarray) -> np.ndarray:
        return np.abs(spectrum.stft(sound, window, 8)) ** 2

    planes = spectrum.stft(sound, window, 8)
    upstream = dice.normal(size=(1, 4, 5))
    to_power = back.mfcc_backward(upstream, power(sound), filters)
    ours = back.stft_backward(back.power_backward(to_power, planes), 60, window, 8)
    found = central_difference(
        lambda s: float((upstream * mel.mfcc(power(s), filters, 5)).sum()), sound
    )
    assert_allclose(ours, found, rtol=1e-6, atol=1e-6)

    upstream = dice.normal(size=(1, 4, 6))
    to_bands = back.log_power_backward(upstream, mel.mel_bands(power(sound), filters), 0.1)
    to_power = back.mel_bands_backward(to_bands, filters)
    ours = back.stft_backward(back.power_backward(to_power, planes), 60, window, 8)
    found = central_difference(
        lambda s: float(
            (upstream * mel.log_power(mel.mel_bands(power(s), filters), 0.1)).sum()
        ),
        sound,
    )  # fmt: skip
    assert_allclose(ours, found, rtol=1e-6, atol=1e-6)


def test_silence_hears_nothing() -> None:
    silence = np.zeros((1, 2, 3), complex)
    assert_array_equal(back.magnitude_backward(np.ones((1, 1, 2, 3)), silence), 0)
    assert_array_equal(back.decibels_backward(np.ones(2), np.array([0.0, 1e-11])), 0)
