"""A clip told relative to its own loudest point: loudness is gone, everything else stays."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tonotope.representation import MFCC, Complex, LogMel, Magnitude, Representation, Waveform
from tonotope.representation.level import RANGE_DB

FRAMED = {"rate_hz": 8000, "window_s": 0.032, "hop_s": 0.016, "level": "clip"}
EVERY = [
    LogMel(**FRAMED, bands=12),
    MFCC(**FRAMED, bands=12, coefficients=6),
    Magnitude(**FRAMED),
    Complex(**FRAMED),
    Waveform(rate_hz=8000, level="clip"),
]


def features(representation: Representation, wave: Tensor) -> Tensor:
    with torch.no_grad():
        return representation.build(representation.clip_shape(wave.shape[1]))(wave)


@pytest.fixture
def wave() -> Tensor:
    return 0.05 * torch.randn(2, 4000, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("representation", EVERY, ids=lambda one: one.kind)
def test_a_louder_wave_gives_the_same(representation: Representation, wave: Tensor) -> None:
    louder = torch.stack([wave[0] * 8, wave[1] * 0.25])
    found = representation.normalise_level(features(representation, louder))
    plain = representation.normalise_level(features(representation, wave))
    torch.testing.assert_close(found, plain, atol=2e-3, rtol=1e-3)
    assert not torch.equal(plain, features(representation, wave))


@pytest.mark.parametrize("representation", EVERY, ids=lambda one: one.kind)
def test_as_recorded_nothing_changes(representation: Representation, wave: Tensor) -> None:
    recorded = representation.model_copy(update={"level": "recorded"})
    given = features(recorded, wave)
    assert recorded.normalise_level(given) is given


@pytest.mark.parametrize("representation", EVERY, ids=lambda one: one.kind)
def test_silence_is_not_made_loud(representation: Representation) -> None:
    wave = torch.zeros(1, 4000)
    heard = torch.randn(1, 4000, generator=torch.Generator().manual_seed(0))
    silence = representation.normalise_level(features(representation, wave))
    sound = representation.normalise_level(features(representation, heard))
    assert silence.isfinite().all()
    if representation.kind == "mfcc":
        assert silence[..., 0].max() < sound[..., 0].max() - 30
    if representation.kind == "log-mel":
        assert silence.max() < -15
    elif representation.kind != "mfcc":
        assert silence.abs().max() == 0


def test_the_loudest_point_is_zero_and_the_range_ends() -> None:
    wave = torch.zeros(1, 4000)
    wave[0, 100:600] = torch.randn(500, generator=torch.Generator().manual_seed(0))
    found = EVERY[0].normalise_level(features(EVERY[0], wave))
    assert found.max() == 0
    assert found.min() == -RANGE_DB
