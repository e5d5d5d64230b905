from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tonotope._errors import ShapeError
from tonotope.representation import LogMel, Magnitude
from tonotope.representation.stft_params import LONGEST_WINDOW, window_weights


def at(rate_hz: int, window: int, hop: int, **more: object) -> Magnitude:
    return Magnitude(rate_hz=rate_hz, window_s=window / rate_hz, hop_s=hop / rate_hz, **more)


@given(
    rate_hz=st.integers(20, 500_000),
    window=st.integers(2, LONGEST_WINDOW),
    hop=st.integers(1, 100_000),
    samples=st.integers(0, 10**7),
)
def test_seconds_find_back_to_samples(rate_hz: int, window: int, hop: int, samples: int) -> None:
    if hop / rate_hz > 60:
        return
    frames_of = at(rate_hz, window, hop)
    assert (frames_of.window_samples, frames_of.hop_samples) == (window, hop)
    frames = frames_of.frames(samples)
    # As many frames as have a place, counted by their last sample; one more would not fit.
    assert frames == len(range(window, samples + 1, hop))
    assert frames_of.samples(frames) <= samples or frames == 0
    assert frames_of.samples(frames + 1) > samples
    assert frames_of.frames(frames_of.samples(frames + 1)) == frames + 1


def test_the_frames_of_a_part_are_the_part_of_the_frames() -> None:
    frames_of = at(16000, 512, 128)
    assert frames_of.frames(frames_of.samples(40) + frames_of.hop_samples * 60) == 100


@pytest.mark.parametrize(
    ("window", "transform"), [(512, 512), (513, 1024), (400, 512), (2, 2), (3, 4)]
)
def test_the_transform_is_the_next_power_of_two(window: int, transform: int) -> None:
    frames_of = at(16000, window, 100)
    assert frames_of.transform_samples == transform
    assert frames_of.bins == transform // 2 + 1


def test_the_axes_carry_seconds_and_hertz() -> None:
    frames_of = at(16000, 400, 160)
    channel, time, frequency = frames_of.out_shape(frames_of.clip_shape(16000))
    assert channel.size == 1
    assert (time.size, time.step, time.span, time.unit) == (98, 0.01, 0.025, "s")
    # 512 values give a bin every 31.25 Hz; 25 ms of sound tell apart what lies 40 Hz apart.
    assert (frequency.size, frequency.step, frequency.span) == (257, 31.25, 40.0)
    assert frequency.unit == "Hz"
    np.testing.assert_allclose(frames_of.frequencies_hz()[[0, 1, 256]], [0, 31.25, 8000])


def test_a_clip_shorter_than_a_frame_is_a_lesson() -> None:
    frames_of = at(8000, 512, 128)
    assert frames_of.out_shape(frames_of.clip_shape(512)).size("time") == 1
    with pytest.raises(ShapeError, match=r"511 samples .* at least 0\.064 s, or shorten window_s"):
        frames_of.out_shape(frames_of.clip_shape(511))


@pytest.mark.parametrize(
    ("keys", "lesson"),
    [
        ({"window_s": 1e-5}, r"0 samples at 22050 Hz, and a frame needs at least 2: from 9.1e-05"),
        ({"window_s": 25}, r"551,250 samples at 22050 Hz; .* 25 ms is 0\.025"),
        ({"window_s": 1024}, r"1024 samples is 0\.0464399"),
        ({"hop_s": 1e-6}, r"less than one sample at 22050 Hz: use at least 4\.5e-05 s"),
        ({"hop_s": 512}, r"at most 60 s are allowed; the unit is the second: 512 samples"),
        ({"hop_s": 1e308}, r"hop_s = 1e\+308: at most 60 s are allowed"),
        ({"window_s": 1e308}, r"window_s = 1e\+308 is countless samples at \d+ Hz; from .* s fit"),
        ({"fft_samples": 512}, r"shorter than the window of 1024 samples: use 1024 or more"),
        ({"window_s": 0}, "greater than 0"),
        ({"window": "han"}, "'hann', 'hamming'"),
        ({"windows": 0.1}, "Extra inputs are not permitted"),
        ({"hop_s": float("inf")}, "finite number"),
    ],
)
def test_slips_of_the_pen_are_lessons(keys: dict[str, object], lesson: str) -> None:
    with pytest.raises(ValidationError, match=lesson):
        LogMel(**keys)


def test_a_hop_longer_than_the_window_is_allowed() -> None:
    assert at(22050, 256, 5558).frames(30 * 22050) == 119


def test_windows_overlap_to_a_constant() -> None:
    """Periodic Hann windows that overlap by half add up to one everywhere."""
    hann = window_weights("hann", 64)
    np.testing.assert_allclose(hann[:32] + hann[32:], 1)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [("hann", "hann"), ("hamming", "hamming"), ("blackman", "blackman"), ("rectangular", "boxcar")],
)
@pytest.mark.parametrize("samples", [2, 25, 400])
def test_windows_are_those_of_scipy(name: str, theirs: str, samples: int) -> None:
    from scipy.signal import get_window

    ours = window_weights(name, samples)  # type: ignore[arg-type]
    np.testing.assert_allclose(ours, get_window(theirs, samples), atol=1e-12)
