from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from tonotope.representation import Complex, LogMel, Magnitude, Waveform
from tonotope.representation.coverage import measure_coverage


def test_the_homework_sees_under_a_twentieth() -> None:
    """The course's GTZAN exercise: 120 frames of 256 samples in 30 s."""
    sparse = Magnitude(rate_hz=22050, window_s=256 / 22050, hop_s=5558 / 22050)
    findings = measure_coverage(sparse, 30 * 22050)
    assert findings.covered == pytest.approx(119 * 256 / 661_500)
    assert "see 4.6 % of the sound" in findings.warnings[0]
    assert "begins only every 252 ms" in findings.warnings[0]


@pytest.mark.parametrize(("window", "hop", "samples"), [(256, 100, 3000), (64, 200, 3000)])
def test_coverage_is_what_gradients_say(window: int, hop: int, samples: int) -> None:
    """A sample is covered where some frame depends on it."""
    kind = Complex(rate_hz=1000, window_s=window / 1000, hop_s=hop / 1000, window="rectangular")
    wave = torch.randn(1, samples, requires_grad=True)
    kind.build(kind.clip_shape(samples))(wave).square().sum().backward()
    assert wave.grad is not None
    seen = float((wave.grad != 0).double().mean())
    assert measure_coverage(kind, samples).covered == pytest.approx(seen)


def test_resolution_in_time_and_frequency() -> None:
    findings = measure_coverage(Magnitude(rate_hz=16000, window_s=0.025, hop_s=0.01), 16000)
    assert findings.frames == 98
    assert findings.time_resolution_s == 0.025
    assert findings.hop_s == 0.01
    assert findings.frequency_resolution_hz == pytest.approx(40)
    assert (findings.low_hz, findings.high_hz) == (0, 8000)
    assert not findings.warnings


def test_empty_bands_are_found_and_named() -> None:
    crowded = LogMel(rate_hz=16000, window_s=0.016, hop_s=0.008, bands=128)
    silent = np.array(crowded.empty_bands())
    assert (crowded.band_weights()[:, silent] == 0).all()
    wave = torch.randn(1, 16000)
    power = crowded.build(crowded.clip_shape(16000))(wave)[0, 0]
    always_floor = (power == power.min()).all(0).nonzero().flatten().tolist()
    assert always_floor == silent.tolist()
    warning = measure_coverage(crowded, 16000).warnings[0]
    assert "13 of 128 mel bands hold no frequency" in warning
    assert f"use at most {crowded.max_bands()} bands" in warning


def test_the_advised_number_of_bands_has_none_empty() -> None:
    crowded = LogMel(rate_hz=8000, window_s=0.032, bands=200)
    fewer = crowded.model_copy(update={"bands": crowded.max_bands()})
    assert not fewer.empty_bands()
    assert crowded.model_copy(update={"bands": fewer.bands + 1}).empty_bands()


def test_rates_that_differ_are_said() -> None:
    log_mel = LogMel(rate_hz=22050)
    low = measure_coverage(log_mel, 22050, source_rate_hz=8000).warnings
    assert "hold nothing above 4000 Hz" in low[0]
    assert "set rate_hz = 8000" in low[0]
    high = measure_coverage(log_mel, 22050, source_rate_hz=44100).warnings
    assert high == (
        "recordings at 44100 Hz reach up to 22050 Hz: what lies above 11025 Hz is not heard",
    )
    assert not measure_coverage(log_mel, 22050, source_rate_hz=22050).warnings


def test_kilohertz_that_were_let_through_are_asked_about() -> None:
    assert "did you mean 48000 (48 kHz)?" in measure_coverage(Waveform(rate_hz=48), 480).warnings[0]


def test_few_frames_and_none_are_said() -> None:
    log_mel = LogMel(rate_hz=8000, window_s=0.1, hop_s=0.1, bands=20)
    assert "has 2 frames only" in measure_coverage(log_mel, 1600).warnings[0]
    findings = measure_coverage(log_mel, 700)
    assert findings.covered == 0
    assert "shorter than one frame of 0.1 s: nothing is seen" in findings.warnings[0]


def test_a_waveform_sees_everything() -> None:
    findings = measure_coverage(Waveform(rate_hz=32), 800)
    assert (findings.covered, findings.frames, findings.clip_s) == (1.0, 800, 25.0)
    assert findings.frequency_resolution_hz is None


def test_findings_are_plain_data() -> None:
    findings = measure_coverage(LogMel(rate_hz=16000, bands=128), 16000)
    told = json.loads(json.dumps(findings.to_json()))
    assert told["frames"] == findings.frames
    assert told["empty_bands"] == list(findings.empty_bands)
