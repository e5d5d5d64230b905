"""The two roads agree with librosa, with each other, and with themselves piece by piece."""

from __future__ import annotations

import copy

import librosa
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tonotope._errors import ShapeError
from tonotope.representation import MFCC, Complex, LogMel, Magnitude
from tonotope.representation.stft import FramedTransform
from tonotope.representation.stft_params import StftRepresentation

# rate, window and hop in samples, length of the transform, bands
SETTINGS = [
    (22050, 1024, 512, None, 64),
    (16000, 400, 160, None, 40),  # filled up with zeros to 512
    (8000, 256, 80, None, 30),
    (44100, 1025, 441, 1025, 20),  # odd, and not filled up
    (48000, 1999, 3000, 2500, 20),  # frames that leave sound out
    (32, 64, 16, None, 8),  # a pulse
]


def described(kind: type[StftRepresentation], setting: tuple) -> StftRepresentation:
    rate, window, hop, fft, bands = setting
    keys = {"rate_hz": rate, "window_s": window / rate, "hop_s": hop / rate, "fft_samples": fft}
    if kind in (LogMel, MFCC):
        keys["bands"] = bands
    if kind is MFCC:
        keys["coefficients"] = min(bands, 13)
    return kind(**keys)


def built(description: StftRepresentation, samples: int) -> FramedTransform:
    module = description.build(description.clip_shape(samples))
    assert isinstance(module, FramedTransform)
    return module


def sound(samples: int, dtype: type = np.float32, seed: int = 0) -> np.ndarray:
    """Noise that fades by 80 dB, so that small values count as well."""
    noise = np.random.default_rng(seed).standard_normal(samples)
    return (noise * np.geomspace(1, 1e-4, samples)).astype(dtype)


def by_librosa(description: StftRepresentation, wave: np.ndarray) -> np.ndarray:
    """The same by librosa: `(channel, time, frequency)`.

    librosa puts a window shorter than the transform in its middle, we at its beginning; so its
    sound is moved by as much, and for complex values the phase.
    """
    size, window = description.transform_samples, description.window_samples
    before = (size - window) // 2
    spectrum = librosa.stft(
        np.pad(wave, (before, size - window - before)),
        n_fft=size,
        win_length=window,
        hop_length=description.hop_samples,
        window=description.window,
        center=False,
        dtype=np.complex128 if wave.dtype == np.float64 else np.complex64,
    ).T
    if isinstance(description, Complex):
        turned = spectrum * np.exp(2j * np.pi * before / size * np.arange(description.bins))
        return np.stack([turned.real, turned.imag])
    if isinstance(description, Magnitude):
        return np.abs(spectrum)[None]
    assert isinstance(description, LogMel | MFCC)
    mel = librosa.feature.melspectrogram(
        S=np.abs(spectrum.T) ** 2,
        sr=description.rate_hz,
        n_fft=size,
        n_mels=description.bands,
    )
    decibels = librosa.power_to_db(mel, amin=description.floor, top_db=None)
    if isinstance(description, MFCC):
        return librosa.feature.mfcc(S=decibels, n_mfcc=description.coefficients).T[None]
    return decibels.T[None]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
@pytest.mark.parametrize("kind", [Magnitude, Complex, LogMel, MFCC])
def test_equal_to_librosa(kind: type[StftRepresentation], setting: tuple, dtype: type) -> None:
    description = described(kind, setting)
    wave = sound(description.samples(40) + 7, dtype)
    expected = by_librosa(description, wave)
    found = built(description, len(wave))(torch.from_numpy(wave)[None])[0]
    assert found.shape == description.out_shape(description.clip_shape(len(wave))).sizes
    assert found.dtype == (torch.float64 if dtype == np.float64 else torch.float32)
    # 1e-5 of the greatest value: decibels of a quiet frame are as exact as those of a loud one.
    np.testing.assert_allclose(found.numpy(), expected, rtol=0, atol=1e-5 * abs(expected).max())


@pytest.mark.parametrize("window", ["hamming", "blackman"])
def test_other_windows_are_librosas_too(window: str) -> None:
    description = Magnitude(rate_hz=8000, window_s=0.032, hop_s=0.016, window=window)
    wave = sound(4000)
    found = built(description, 4000)(torch.from_numpy(wave)[None])[0]
    np.testing.assert_allclose(found.numpy(), by_librosa(description, wave), atol=1e-5)


def test_a_rectangular_window_is_the_plain_transform() -> None:
    description = Complex(rate_hz=8000, window_s=0.032, hop_s=0.01, window="rectangular")
    wave = sound(256)
    found = built(description, 256)(torch.from_numpy(wave)[None])[0, :, 0].numpy()
    np.testing.assert_allclose(found[0] + 1j * found[1], np.fft.rfft(wave), atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
@pytest.mark.parametrize("kind", [Magnitude, Complex, LogMel, MFCC])
def test_both_roads_lead_to_the_same(
    kind: type[StftRepresentation], setting: tuple, dtype: torch.dtype
) -> None:
    description = described(kind, setting)
    wave = torch.from_numpy(np.stack([sound(description.samples(33), seed=s) for s in (0, 1)]))
    wave = wave.to(dtype)
    module = built(description, wave.shape[1])
    fast, plain = module.in_blocks(wave), module.at_once(wave)
    tolerance = (1e-6 if dtype == torch.float32 else 1e-12) * float(plain.abs().max())
    torch.testing.assert_close(fast, plain, rtol=0, atol=tolerance)


@pytest.mark.parametrize("kind", [Magnitude, Complex, LogMel, MFCC])
def test_the_fast_road_walks_in_several_blocks(
    kind: type[StftRepresentation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tonotope.representation.stft.BLOCK_VALUES", 256 * 20)
    description = described(kind, SETTINGS[2])
    wave = torch.from_numpy(sound(description.samples(93)))[None]
    module = built(description, wave.shape[1])
    tolerance = 1e-6 * float(module.at_once(wave).abs().max())
    torch.testing.assert_close(module.in_blocks(wave), module.at_once(wave), rtol=0, atol=tolerance)


@settings(deadline=None, max_examples=40)
@given(
    kind=st.sampled_from([Magnitude, Complex, LogMel, MFCC]),
    setting=st.sampled_from(SETTINGS),
    frames=st.integers(2, 60),
    data=st.data(),
)
def test_pieces_give_the_same_as_the_whole(
    kind: type[StftRepresentation], setting: tuple, frames: int, data: st.DataObject
) -> None:
    """The frames of a part are the part of the frames: nothing depends on what lies around."""
    description = described(kind, setting)
    wave = torch.from_numpy(sound(description.samples(frames)))[None]
    module = built(description, wave.shape[1])
    whole = module(wave)
    cut = data.draw(st.integers(1, frames - 1))
    begin = cut * description.hop_samples
    pieces = [module(wave[:, : description.samples(cut)]), module(wave[:, begin:])]
    tolerance = 1e-6 * float(whole.abs().max())
    torch.testing.assert_close(torch.cat(pieces, 2), whole, rtol=0, atol=tolerance)


@pytest.mark.parametrize("kind", [Magnitude, Complex, LogMel, MFCC])
def test_channels_lie_last_in_memory(kind: type[StftRepresentation]) -> None:
    description = described(kind, SETTINGS[2])
    wave = torch.from_numpy(np.stack([sound(2000), sound(2000)]))
    module = built(description, 2000)
    with_grad = wave.clone().requires_grad_()
    assert module(wave).is_contiguous(memory_format=torch.channels_last)
    assert module(with_grad).shape == module(wave).shape


@pytest.mark.parametrize("kind", [Magnitude, Complex, LogMel, MFCC])
def test_gradients_reach_the_wave_and_are_finite_in_silence(kind: type[StftRepresentation]) -> None:
    description = described(kind, SETTINGS[2])
    wave = torch.from_numpy(sound(2000))[None]
    wave[:, 1000:] = 0
    wave.requires_grad_()
    built(description, 2000)(wave).sum().backward()
    assert wave.grad is not None
    assert wave.grad.isfinite().all()
    assert wave.grad[:, :1000].abs().max() > 0


def test_silence_is_the_floor() -> None:
    description = LogMel(rate_hz=8000, window_s=0.032, bands=20, floor=1e-8)
    found = built(description, 4000)(torch.zeros(1, 4000))
    torch.testing.assert_close(found, torch.full_like(found, -80.0))


def test_a_tone_sounds_in_its_band_alone() -> None:
    description = LogMel(rate_hz=16000, window_s=0.064, hop_s=0.016, bands=40)
    band = 25
    tone = np.sin(2 * np.pi * description.frequencies_hz()[band] * np.arange(16000) / 16000)
    found = built(description, 16000)(torch.from_numpy(tone)[None])[0, 0]
    assert (found.argmax(1) == band).all()
    far = torch.cat([found[:, : band - 4], found[:, band + 5 :]], 1)
    assert float(found[:, band].min() - far.max()) > 50


def test_ten_times_the_sound_is_twenty_decibels_more() -> None:
    description = LogMel(rate_hz=8000, window_s=0.032, bands=20, floor=1e-12)
    wave = torch.randn(1, 4000, dtype=torch.float64)
    module = built(description, 4000)
    difference = module(10 * wave) - module(wave)
    torch.testing.assert_close(difference, torch.full_like(difference, 20.0))


def test_autocast_leaves_decibels_alone() -> None:
    description = LogMel(rate_hz=8000, window_s=0.032, bands=20)
    wave = torch.from_numpy(sound(4000))[None]
    module = built(description, 4000)
    with torch.autocast("cpu", torch.bfloat16):
        under = module(wave), module(wave.clone().requires_grad_())
    for found in under:
        assert found.dtype == torch.float32
        torch.testing.assert_close(found, module(wave), rtol=0, atol=1e-4)


def test_half_precision_waves_are_computed_in_single() -> None:
    module = built(LogMel(rate_hz=8000, window_s=0.032, bands=20), 4000)
    assert module(torch.randn(1, 4000).bfloat16()).dtype == torch.float32


def test_a_wave_too_short_is_a_lesson_here_too() -> None:
    module = built(LogMel(rate_hz=8000, window_s=0.032, bands=20), 4000)
    with pytest.raises(ShapeError, match="255 samples are fewer than the 256 of one frame"):
        module(torch.zeros(1, 255))


def test_constants_are_no_part_of_the_state_and_survive_copies() -> None:
    module = built(MFCC(rate_hz=8000, window_s=0.032), 4000)
    assert not module.state_dict()
    wave = torch.from_numpy(sound(4000))[None]
    torch.testing.assert_close(copy.deepcopy(module)(wave), module(wave), rtol=0, atol=0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("kind", [Magnitude, Complex, LogMel, MFCC])
def test_exported_as_one_graph_for_any_batch_and_length(kind: type[StftRepresentation]) -> None:
    description = described(kind, SETTINGS[1])
    module = built(description, 4000)
    dims = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    program = torch.export.export(module, (torch.randn(2, 4000),), dynamic_shapes=(dims,))
    assert any("stft" in str(node.target) for node in program.graph.nodes)
    for batch, samples in ((2, 4000), (3, 5777)):
        wave = torch.randn(batch, samples)
        expected = module(wave)
        tolerance = 1e-5 * float(expected.abs().max())
        torch.testing.assert_close(program.module()(wave), expected, rtol=0, atol=tolerance)
