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
