from __future__ import annotations

import librosa
import numpy as np
import pytest
from pydantic import ValidationError

from tonotope.representation import LogMel
from tonotope.representation.log_mel import hz_from_mel, mel_from_hz


def test_the_scale_is_slaneys() -> None:
    hz = np.linspace(0, 20_000, 501)
    np.testing.assert_allclose(mel_from_hz(hz), librosa.hz_to_mel(hz), rtol=1e-12)
    np.testing.assert_allclose(hz_from_mel(mel_from_hz(hz)), hz, atol=1e-9)


@pytest.mark.parametrize(
    ("rate_hz", "bands", "low_hz", "high_hz"),
    [(22050, 64, 0, None), (16000, 40, 20, 7600), (8000, 20, 0, 4000), (32, 4, 0.5, 8)],
)
def test_the_bands_are_librosas(
    rate_hz: int, bands: int, low_hz: float, high_hz: float | None
) -> None:
    log_mel = LogMel(
        rate_hz=rate_hz,
        window_s=1000 / rate_hz,
        bands=bands,
        hop_s=500 / rate_hz,
        low_hz=low_hz,
        high_hz=high_hz,
    )
    theirs = librosa.filters.mel(
        sr=rate_hz, n_fft=1024, n_mels=bands, fmin=low_hz, fmax=high_hz, dtype=np.float64
    )
    np.testing.assert_allclose(log_mel.band_weights(), theirs.T, atol=1e-12)
    peaks = librosa.mel_frequencies(n_mels=bands + 2, fmin=low_hz, fmax=high_hz or rate_hz / 2)
    np.testing.assert_allclose(log_mel.frequencies_hz(), peaks[1:-1], rtol=1e-9)


def test_the_axis_steps_like_the_average_band() -> None:
    log_mel = LogMel(rate_hz=8000, bands=10)
    axis = log_mel.frequency_axis()
    assert axis.size == 10
    assert axis.unit == "Hz"
    assert axis.step == pytest.approx(4000 / 11)
    # All bands together reach about from the lowest edge to the highest.
    assert axis.reach(10) == pytest.approx(4000, rel=0.05)


@pytest.mark.parametrize(
    ("keys", "lesson"),
    [
        ({"high_hz": 12_000}, r"above half the rate: .* from 0 to 11025 Hz; leave high_hz out"),
        ({"low_hz": 500, "high_hz": 500}, r"low_hz = 500 must lie below high_hz = 500"),
        ({"low_hz": 11_025}, r"low_hz = 11025 must lie below high_hz = 11025"),
        ({"bands": 0}, "greater than or equal to 1"),
        ({"bands": 10**9}, "less than or equal to 4096"),
        ({"floor": 0}, "greater than 0"),
    ],
)
def test_impossible_bands_are_lessons(keys: dict[str, object], lesson: str) -> None:
    with pytest.raises(ValidationError, match=lesson):
        LogMel(**keys)


def dense_weights(log_mel: LogMel) -> np.ndarray:
    """The definition, band by band and bin by bin."""
    edges, bins = log_mel.band_edges_hz(), log_mel.bin_frequencies_hz()[:, None]
    lower, peak, upper = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (bins - lower) / (peak - lower), (upper - bins) / (upper - peak)
    return np.maximum(0, np.minimum(rising, falling)) * (2 / (upper - lower))


@pytest.mark.parametrize("seed", range(12))
def test_the_weights_and_the_empty_bands_are_those_of_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rate = int(rng.choice([100, 8000, 22050, 384_000]))
    high = rate / 2 * rng.choice([1.0, rng.uniform(0.1, 1)])
    log_mel = LogMel(
        rate_hz=rate,
        window_s=int(rng.integers(8, 3000)) / rate,
        hop_s=0.05,
        bands=int(rng.integers(1, 200)),
        low_hz=high * rng.choice([0.0, rng.uniform(0, 0.95)]),
        high_hz=high,
    )
    expected = dense_weights(log_mel)
    assert np.array_equal(log_mel.band_weights(), expected)
    assert np.array_equal(log_mel.band_weights(np.float32), expected.astype(np.float32))
    assert log_mel.empty_bands() == tuple(np.flatnonzero(~(expected > 0).any(axis=0)))


@pytest.mark.parametrize("keys", [{}, {"low_hz": 900.0, "high_hz": 3000.0, "bands": 12}])
def test_a_bin_outside_all_bands_follows_the_nearest(keys: dict[str, float]) -> None:
    log_mel = LogMel(**keys)
    weights = dense_weights(log_mel)
    outside = np.flatnonzero(weights.sum(axis=1) <= 0)
    away = np.abs(log_mel.bin_frequencies_hz()[outside, None] - log_mel.frequencies_hz())
    weights[outside, away.argmin(axis=1)] = 1.0
    expected = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    assert len(outside) > 1
    assert np.array_equal(log_mel._bin_shares().numpy(), expected)


def test_more_weights_than_memory_are_refused_before_they_are_made() -> None:
    keys = {"rate_hz": 44_100, "window_s": 1.4, "bands": 4096}
    with pytest.raises(ValidationError, match="bands = 4096") as refused:
        LogMel(**keys)
    said = str(refused.value)
    assert "4,096 bands of 32,769 frequencies are 134,221,824 weights, 0.54 GB of memory" in said
    assert "2047 bands fit, or shorten window_s or fft_samples" in said
    assert LogMel(**keys | {"bands": 2047}).band_entries()[0].size < 2 * 32_769 + 1
