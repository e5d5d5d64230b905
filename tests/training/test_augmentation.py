"""Chance drawn into a value, applied to all clips at once: physical claims about each part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from tonotope.representation import MFCC, Complex, LogMel, Magnitude, Representation, Waveform
from tonotope.training import TrainingPlan
from tonotope.training.augmentation import Augmentation, augment, draw_augmentation, shifted
from tonotope.training.gain import FeatureGain, feature_gain

BATCH, TIME, BANDS = 16, 40, 12
CENTRES_HZ = np.arange(1, BANDS + 1) * 100.0
EVERY = np.ones(BATCH, bool)
STILL = FeatureGain(torch.zeros(1), torch.ones(1), None)


def clips(channels: int = 1, bands: int = BANDS) -> Tensor:
    made = torch.randn(BATCH, channels, TIME, bands, generator=torch.Generator().manual_seed(0))
    return made.contiguous(memory_format=torch.channels_last)


def drawn(seed: int = 0, **changes: float) -> Augmentation:
    plan = TrainingPlan.model_validate(changes)
    return draw_augmentation(np.random.default_rng(seed), plan, TIME, CENTRES_HZ, EVERY)


def one_hot() -> dict[str, Tensor]:
    return {"label": torch.eye(4)[torch.arange(BATCH) % 4]}


@pytest.mark.parametrize("channels", [1, 2])
def test_turning_is_numpys_roll_of_each_clip(channels: int) -> None:
    rng = np.random.default_rng(0)
    shift, roll = rng.integers(-TIME, TIME + 1, BATCH), rng.integers(-3, 4, BATCH)
    found = shifted(clips(channels), shift, roll)
    for index, clip in enumerate(clips(channels).numpy()):
        expected = np.roll(clip, (shift[index], roll[index]), axis=(1, 2))
        np.testing.assert_array_equal(found[index], expected)
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_turning_one_axis_leaves_the_other() -> None:
    rng = np.random.default_rng(0)
    shift, roll = rng.integers(0, TIME, BATCH), rng.integers(-3, 4, BATCH)
    both = shifted(shifted(clips(), shift, None), None, roll)
    assert torch.equal(both, shifted(clips(), shift, roll))
    assert shifted(clips(), None, None).data_ptr() != 0


def test_waves_turn_in_time_alone() -> None:
    waves = torch.randn(BATCH, 1, 500)
    shift = np.arange(-8, 8) * 37
    found = shifted(waves, shift, None)
    for index, wave in enumerate(waves.numpy()):
        np.testing.assert_array_equal(found[index], np.roll(wave, shift[index], axis=1))


def test_turning_loses_no_sound() -> None:
    found = shifted(clips(), drawn().shift, drawn().roll)
    torch.testing.assert_close(found.flatten(1).sort().values, clips().flatten(1).sort().values)


def test_only_shiftable_clips_are_shifted() -> None:
    shiftable = np.arange(BATCH) % 2 == 0
    shift = draw_augmentation(
        np.random.default_rng(0), TrainingPlan(), TIME, CENTRES_HZ, shiftable
    ).shift
    assert shift is not None
    assert (shift[~shiftable] == 0).all()
    assert (shift[shiftable] != 0).any()


def test_half_a_clip_of_shift_reaches_everywhere() -> None:
    found = {int(s) % TIME for seed in range(200) for s in drawn(seed).shift}  # pyright: ignore
    assert found == set(range(TIME))


def test_masks_hide_with_the_mean_and_touch_nothing_else() -> None:
    only = Augmentation(hidden_time=drawn().hidden_time, hidden_bands=drawn().hidden_bands)
    found, _ = augment(clips(), {}, only, STILL)
    hidden = only.hidden_time[:, None, :, None] | only.hidden_bands[:, None, None, :]  # pyright: ignore
    assert hidden.any(axis=(1, 2, 3)).mean() > 0.5
    np.testing.assert_array_equal(found.numpy(), np.where(hidden, 0.0, clips().numpy()))


def test_masks_are_stretches_no_wider_than_asked() -> None:
    for seed in range(50):
        one = drawn(seed, time_masks=1, time_mask_width=0.2)
        for row in one.hidden_time:  # pyright: ignore[reportOptionalIterable]
            inside = np.flatnonzero(row)
            assert len(inside) <= 8
            assert len(inside) == 0 or inside[-1] - inside[0] + 1 == len(inside)
    widths = [drawn(s, time_masks=1, time_mask_width=0.2).hidden_time.sum(1) for s in range(50)]  # pyright: ignore
    assert set(np.concatenate(widths)) == set(range(9))


def test_masks_reach_the_first_and_the_last_step() -> None:
    rows = np.concatenate([drawn(s).hidden_time for s in range(50)])  # pyright: ignore
    assert rows[:, 0].any()
    assert rows[:, -1].any()


def test_mixup_mixes_clips_and_targets_by_the_same_share() -> None:
    only = Augmentation(partner=drawn().partner, own=drawn().own)
    found, targets = augment(clips(), one_hot(), only, STILL)
    assert only.partner is not None
    assert only.own is not None
    for index in range(BATCH):
        own, other = only.own[index], int(only.partner[index])
        torch.testing.assert_close(found[index], own * clips()[index] + (1 - own) * clips()[other])
        wanted = own * one_hot()["label"][index] + (1 - own) * one_hot()["label"][other]
        torch.testing.assert_close(targets["label"][index], wanted, check_dtype=False)
    torch.testing.assert_close(targets["label"].sum(1), torch.ones(BATCH))


def test_mixing_with_a_missing_target_leaves_it_missing() -> None:
    targets = one_hot()
    targets["label"][3] = torch.nan
    only = Augmentation(partner=np.roll(np.arange(BATCH), 1), own=np.full(BATCH, 0.5))
    mixed = augment(clips(), targets, only, STILL)[1]["label"]
    assert mixed.isnan().any(1).nonzero().flatten().tolist() == [3, 4]


def test_mixup_shares_follow_the_beta_distribution() -> None:
    shares = np.concatenate([drawn(s, mixup=0.4).own for s in range(500)])  # pyright: ignore
    assert shares.mean() == pytest.approx(0.5, abs=0.02)
    assert shares.var() == pytest.approx(0.25 / 1.8, abs=0.01)  # ab / ((a+b)^2 (a+b+1))


def test_what_was_given_stays_as_it_was() -> None:
    features, targets = clips(), one_hot()
    augment(features, targets, drawn(), STILL)
    assert torch.equal(features, clips())
    assert torch.equal(targets["label"], one_hot()["label"])


def test_a_draw_is_a_function_of_its_generator() -> None:
    def told(seed: int) -> str:
        return str(drawn(seed))

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_a_single_clip_is_not_mixed_and_waves_have_no_bands() -> None:
    alone = draw_augmentation(
        np.random.default_rng(0), TrainingPlan(), TIME, CENTRES_HZ, np.ones(1, bool)
    )
    assert alone.partner is None
    waves = draw_augmentation(np.random.default_rng(0), TrainingPlan(), TIME, CENTRES_HZ[:0], EVERY)
    assert waves.roll is None
    assert waves.hidden_bands is None
    found, _ = augment(torch.randn(BATCH, 1, TIME), one_hot(), waves, STILL)
    assert found.shape == (BATCH, 1, TIME)


FRAMED = {"rate_hz": 8000, "window_s": 0.032, "hop_s": 0.016}


@pytest.mark.parametrize(
    "representation",
    [
        LogMel(**FRAMED, bands=BANDS),
        MFCC(**FRAMED, bands=BANDS, coefficients=6),
        Magnitude(**FRAMED),
        Complex(**FRAMED),
        Waveform(rate_hz=8000),
    ],
    ids=lambda representation: representation.kind,
)
def test_a_change_of_level_is_what_a_louder_wave_would_give(representation: Representation) -> None:
    """Ten decibels on the features equal the features of a wave that is ten decibels louder."""
    wave = 0.1 * torch.randn(2, 4000, generator=torch.Generator().manual_seed(0))
    module = representation.build(representation.clip_shape(4000))
    with torch.no_grad():
        quiet, loud = module(wave), module(wave * 10 ** (10 / 20))
    dims = (0, 2)
    mean, std = quiet.mean(dims, keepdim=True)[0], quiet.std(dims, keepdim=True)[0]
    std[std == 0] = 1.0  # the imaginary part at 0 Hz
    gain = feature_gain(representation, mean, std)
    found = gain.apply((quiet - mean) / std, torch.tensor([10.0, 0.0]))
    expected = torch.stack([((loud - mean) / std)[0], ((quiet - mean) / std)[1]])
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_levels_differ_from_clip_to_clip_within_bounds() -> None:
    levels = drawn(level_db=3.0).level_db
    assert levels is not None
    assert np.ptp(levels) > 2
    assert np.abs(levels).max() <= 3
    still = replace(drawn(), shift=None, roll=None, partner=None, own=None)
    assert still.level_db is not None


def test_an_equaliser_is_a_broad_curve_within_its_bounds() -> None:
    curves = drawn(equaliser_db=6.0).equaliser_db
    assert curves is not None
    assert curves.shape == (BATCH, BANDS)
    assert np.abs(curves).max() <= 6
    assert np.ptp(curves, axis=1).min() > 1  # every curve bends
    corners = np.abs(np.diff(curves, 2, axis=1)) > 1e-9
    assert corners.sum(axis=1).max() <= 4  # straight but at the two inner points
    assert drawn(equaliser_db=0.0).equaliser_db is None


@pytest.mark.parametrize("representation", [LogMel(**FRAMED, bands=BANDS), Magnitude(**FRAMED)])
def test_an_equaliser_changes_each_band_by_its_own_decibels(
    representation: Representation,
) -> None:
    shape = representation.out_shape(representation.clip_shape(4000))
    features = torch.rand(2, *shape.sizes) + 0.5
    mean, std = features.mean((0, 2), keepdim=True)[0], features.std((0, 2), keepdim=True)[0]
    curve = np.linspace(-9, 9, shape.size("frequency"))[None].repeat(2, 0)
    only = Augmentation(equaliser_db=curve)
    gain = feature_gain(representation, mean, std)
    found = augment((features - mean) / std, {}, only, gain)[0] * std + mean
    decibels = torch.from_numpy(curve).float()[:, None, None, :]
    louder = features + decibels if gain.direction is not None else features * 10 ** (decibels / 20)
    torch.testing.assert_close(found, louder, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("representation", [LogMel(**FRAMED, bands=BANDS), Complex(**FRAMED)])
def test_quiet_is_what_silence_looks_like(representation: Representation) -> None:
    wave = torch.zeros(1, 4000)
    wave[0, :2000] = torch.randn(2000, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        features = representation.build(representation.clip_shape(4000))(wave)
    mean, std = features.mean((0, 2), keepdim=True)[0] + 1.0, torch.full((1,), 2.0)
    gain = feature_gain(representation, mean, std)
    found = gain.silence((features - mean) / std) * std + mean
    torch.testing.assert_close(found, features[:, :, -1:], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("representation", [LogMel(**FRAMED, bands=BANDS), Magnitude(**FRAMED)])
def test_noise_adds_its_power_and_what_is_louder_hides_it(representation: Representation) -> None:
    shape = representation.out_shape(representation.clip_shape(4000))
    features = torch.full((2, *shape.sizes), -60.0 if representation.kind == "log-mel" else 0.001)
    features[:, :, 5] = 0.0 if representation.kind == "log-mel" else 1.0
    mean, std = torch.tensor(-3.0), torch.tensor(7.0)
    gain = feature_gain(representation, mean, std)
    only = Augmentation(noise_db=np.full((2, shape.size("frequency")), -20.0))
    found = augment((features - mean) / std, {}, only, gain)[0] * std + mean
    if gain.direction is None:
        found = 20 * torch.log10(found)
    torch.testing.assert_close(
        found[:, :, 0], torch.full_like(found[:, :, 0], -20.0), atol=0.01, rtol=0
    )
    torch.testing.assert_close(
        found[:, :, 5], torch.full_like(found[:, :, 5], 0.0432), atol=0.01, rtol=0
    )


def test_noises_differ_and_never_exceed_the_loudest() -> None:
    noise = drawn(noise_db=-20.0).noise_db
    assert noise is not None
    assert noise.shape == (BATCH, BANDS)
    assert noise.mean(axis=1).max() <= -20
    assert np.ptp(noise.mean(axis=1)) > 20
    assert drawn(noise_db=0.0).noise_db is None
