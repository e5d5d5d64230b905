"""Clips said faster or slower, by larger or smaller throats."""

from __future__ import annotations

import numpy as np
import torch
from tests.training.test_augmentation import BANDS, BATCH, CENTRES_HZ, EVERY, TIME, clips, drawn

from tonotope.training import TrainingPlan
from tonotope.training.augmentation import draw_augmentation, stretched, warped


def test_a_stretched_clip_says_the_same_slower_or_faster_and_then_is_quiet() -> None:
    features = clips(2)
    speed = np.full(BATCH, 1.0)
    speed[:2] = 0.5, 2.0
    quiet = torch.full((BATCH, 2, 1, BANDS), -9.0)
    found = stretched(features, speed, quiet)
    half = TIME // 2
    assert torch.equal(found[0, :, ::2], features[0, :, :half])
    assert torch.equal(found[0, :, 1::2], features[0, :, :half])
    assert torch.equal(found[1, :, :half], features[1, :, ::2])
    assert (found[1, :, half:] == -9.0).all()
    assert torch.equal(found[2:], features[2:])
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_paces_lie_within_the_factor_and_spare_what_is_cut_from_longer_recordings() -> None:
    plan = TrainingPlan(time_stretch=1.5)
    shiftable = EVERY.copy()
    shiftable[3:] = False
    speed = draw_augmentation(np.random.default_rng(0), plan, TIME, CENTRES_HZ, shiftable).speed
    assert speed is not None
    assert (speed[3:] == 1).all()
    assert speed.max() <= 1.5
    assert speed.min() >= 1 / 1.5
    assert (speed[:3] != 1).all()
    assert drawn(time_stretch=1.0).speed is None


def test_a_warped_clip_sounds_at_other_frequencies() -> None:
    octave = np.array([[0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4], np.arange(BANDS)])
    found = warped(clips(2)[:2], octave)
    assert torch.equal(found[0], clips(2)[0][..., octave[0]])
    assert torch.equal(found[1], clips(2)[1])
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_warps_take_the_band_nearest_to_another_frequency_within_the_factor() -> None:
    warp = drawn(frequency_warp=1.5).warp
    assert warp is not None
    factor = CENTRES_HZ[warp] / CENTRES_HZ
    inside = (warp > 0) & (warp < BANDS - 1)
    assert (np.abs(np.log(factor[inside])) <= np.log(1.5) + 0.41).all()  # half a band at 200 Hz
    assert (np.diff(warp, axis=1) >= 0).all()
    assert len(np.unique(warp[:, 5])) > 2
    assert drawn(frequency_warp=1.0).warp is None
    waves = draw_augmentation(
        np.random.default_rng(0), TrainingPlan(frequency_warp=1.5), TIME, CENTRES_HZ[:0], EVERY
    )
    assert waves.warp is None
