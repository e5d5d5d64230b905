"""Sound from features: what went in comes out again, and a better estimate sounds better."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tonotope._errors import ShapeError
from tonotope.representation import MFCC, Complex, LogMel, Magnitude, Representation, Waveform
from tonotope.representation.stft_params import window_sum

RATE_HZ = 4000
KINDS = (Waveform, Magnitude, Complex, LogMel)


def of(kind: type, level: str = "recorded", **more: object) -> Representation:
    frames = {} if kind is Waveform else {"window_s": 0.032, "hop_s": 0.008}
    bands = {"bands": 24} if kind is LogMel else {}
    return kind(rate_hz=RATE_HZ, level=level, **{**frames, **bands, **more})


def sounds() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    time = torch.arange(2000) / RATE_HZ
    clean = torch.stack([0.3 * torch.sin(2 * np.pi * hertz * time) for hertz in (300.0, 700.0)])
    return clean + 0.1 * torch.randn_like(clean), clean


def heard(representation: Representation, wave: torch.Tensor) -> torch.Tensor:
    module = representation.build(representation.clip_shape(wave.shape[1]))
    return representation.normalise_level(module(wave))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", ["recorded", "clip"])
def test_features_that_nobody_changed_are_the_sound_that_went_in(kind: type, level: str) -> None:
    representation, (noisy, _) = of(kind, level), sounds()
    features = heard(representation, noisy)
    told = representation.resynthesise(noisy, features, representation.amplitudes(features))
    torch.testing.assert_close(told, noisy, rtol=0, atol=2e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", ["recorded", "clip"])
def test_what_can_be_reached_is_far_nearer_to_the_clean_sound(kind: type, level: str) -> None:
    representation, (noisy, clean) = of(kind, level), sounds()
    features = heard(representation, noisy)
    wanted = representation.ideal_amplitudes(noisy, clean, features)
    assert wanted.shape == features.shape
    told = representation.resynthesise(noisy, features, wanted)
    inside = slice(150, -150)
    before, after = ((one - clean)[:, inside].square().mean() for one in (noisy, told))
    assert float(after) < 0.2 * float(before)


def test_no_other_strength_along_the_phase_is_nearer() -> None:
    representation, (noisy, clean) = of(Magnitude, window_s=0.032, hop_s=0.016), sounds()
    features = heard(representation, noisy)
    wanted = representation.ideal_amplitudes(noisy, clean, features)
    errors = [
        float((representation.resynthesise(noisy, features, scale * wanted) - clean)
              [:, 150:-150].square().mean())
        for scale in (0.8, 1.0, 1.2)
    ]  # fmt: skip
    assert errors[1] == min(errors)


def test_bands_turn_down_the_bins_that_they_hear() -> None:
    representation, (noisy, _) = of(LogMel, bands=10, low_hz=200.0, high_hz=1500.0), sounds()
    features = heard(representation, noisy)
    gone = representation.amplitudes(features).clone()
    gone[..., :5] = 0.0
    told = representation.resynthesise(noisy, features, gone)
    inside = [one[0, 150:-150].numpy() for one in (noisy, told)]
    spectrum = [np.abs(np.fft.rfft(one * np.hanning(len(one)))) for one in inside]
    hertz = np.fft.rfftfreq(len(inside[0]), 1 / RATE_HZ)
    edge = representation.frequencies_hz()[4]
    low, high = hertz < 0.7 * edge, hertz > 1.6 * edge
    assert spectrum[1][low].mean() < 0.15 * spectrum[0][low].mean()  # below all bands too
    np.testing.assert_allclose(spectrum[1][high].mean(), spectrum[0][high].mean(), rtol=0.05)


def test_an_estimate_may_not_make_a_band_louder() -> None:
    representation, (noisy, _) = of(LogMel), sounds()
    features = heard(representation, noisy)
    told = representation.resynthesise(noisy, features, 9.0 * representation.amplitudes(features))
    torch.testing.assert_close(told, noisy, rtol=0, atol=2e-6)


def test_the_squared_windows_cover_all_but_the_ends() -> None:
    representation = of(Magnitude)
    own = representation.window_samples
    weights = window_sum(representation, 1000)  # pyright: ignore[reportArgumentType]
    assert weights[own : 1000 - 2 * own].min() > 0.9 * weights.max()
    assert representation.edge_samples == own
    assert of(Waveform).edge_samples == 0


def test_what_leads_back_to_no_sound_is_refused() -> None:
    with pytest.raises(ShapeError, match="cepstral"):
        MFCC(rate_hz=RATE_HZ).check_invertible()
    with pytest.raises(ShapeError, match=r"hop_s = 0.016 or less"):
        of(Magnitude, hop_s=0.032).check_invertible()
    of(Magnitude, hop_s=0.032, window="rectangular").check_invertible()
    of(Magnitude, hop_s=0.016).check_invertible()


def test_a_complex_mask_turns_and_never_makes_louder() -> None:
    torch.manual_seed(0)
    x, mask = torch.randn(2, 2, 5, 3), 3 * torch.randn(2, 2, 5, 3)
    told = torch.view_as_complex(Complex().apply_mask(x, mask).movedim(1, -1).contiguous())
    given, by = (torch.view_as_complex(one.movedim(1, -1).contiguous()) for one in (x, mask))
    torch.testing.assert_close(told, given * by / by.abs() * by.abs().tanh())
    assert bool((told.abs() <= given.abs() * (1 + 1e-5)).all())
