from __future__ import annotations

import pytest
import torch

from tonotope._errors import ShapeError
from tonotope.representation import Waveform


def test_the_wave_goes_through_as_it_is() -> None:
    wave = Waveform(rate_hz=32)
    shape = wave.out_shape(wave.clip_shape(800))
    sound = torch.randn(3, 800)
    heard = wave.build(wave.clip_shape(800))(sound)
    assert heard.shape[1:] == torch.Size(shape.sizes)
    torch.testing.assert_close(heard[:, 0], sound, rtol=0, atol=0)
    assert shape.axis("time").reach(32) == 1.0


def test_time_counts_samples() -> None:
    wave = Waveform()
    assert wave.frames(100) == wave.samples(100) == 100
    assert wave.frequencies_hz().size == 0


def test_no_sample_is_no_sound() -> None:
    with pytest.raises(ShapeError, match="at least 1 sample"):
        Waveform().out_shape(Waveform().clip_shape(0))
