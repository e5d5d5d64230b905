"""A denoiser live: the sound of the same samples in a file, a window later."""

from __future__ import annotations

import numpy as np
import pytest
from tests.live.conftest import odd_blocks
from tests.prediction.test_denoiser import FRAMES, RATE_HZ, model, noise

import tonotope as tt
from tonotope.experiment.listen import listen_or_clean
from tonotope.live.clean_sound import CleanSound
from tonotope.live.sound_source import ArraySource
from tonotope.representation import Magnitude


def test_clean_sound_is_that_of_a_file() -> None:
    made = model(Magnitude(**FRAMES))
    wave = noise(5000)
    found = listen_or_clean(made, ArraySource(odd_blocks(wave), RATE_HZ))
    assert isinstance(found, CleanSound)
    assert found.window_s == 0.4
    live = np.concatenate([*found])
    np.testing.assert_allclose(live, tt.Denoiser(made)(wave), atol=1e-6)
    assert np.abs(live - wave).max() > 0.01


def test_sound_is_no_reading_and_has_no_hop() -> None:
    made = model(Magnitude(**FRAMES))
    with pytest.raises(tt.ExperimentError, match=r"tt\.Denoiser"):
        tt.listen(made, ArraySource([noise(100)], RATE_HZ))
    with pytest.raises(tt.ExperimentError, match="a hop: a denoiser"):
        listen_or_clean(made, ArraySource([noise(100)], RATE_HZ), hop_s=0.1)
