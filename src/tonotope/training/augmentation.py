"""Augmentation: stretch, warp, shift, level, noise, equaliser, mixup, masks (SpecAugment).

`draw_augmentation` draws all random numbers of a batch into an `Augmentation`; `augment` applies it
to all clips at once and draws nothing. Features are standardised: 0 is the mean of the training
recordings, so a mask of zeros does not stand out.

    time stretch                  faster or slower at the same pitch
    frequency warp                as if a larger or smaller throat or body made the sound
    time shift, frequency roll    circular, so no sound is lost
    level                         the whole clip louder or softer
    noise                         a steady noise under the clip
    equaliser                     as if recorded by another microphone or in another room
    mixup                         a weighted mean of two clips and of their targets
    masks                         stretches of time or of bands, hidden

Sources: mixup: Zhang et al., ICLR 2018; masks: Park et al., SpecAugment, Interspeech 2019;
frequency warp: Jaitly & Hinton, vocal tract length perturbation, ICML workshop 2013.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tonotope.training.gain import FeatureGain
from tonotope.training.plan import TrainingPlan

# Points of a random equaliser curve, the first at the lowest band and the last at the highest.
CURVE_POINTS = 4
# The faintest noise, and how far it may rise or fall from the middle band to the outermost.
FAINTEST_NOISE_DB = -80.0
NOISE_SLOPE_DB = 10.0


@dataclass(frozen=True)
class Augmentation:
    """The random numbers of one batch; None for each change that is switched off.

    Attributes:
        speed: factor of each clip, `(batch,)`.
        warp: the band that each band is copied from, `(batch, frequency)`.
        shift: circular shift in steps of time, `(batch,)`.
        roll: circular shift in bands, `(batch,)`.
        level_db: change of level, `(batch,)`.
        equaliser_db: change of level in every band, `(batch, frequency)`.
        noise_db: steady noise relative to the loudest point of each clip, `(batch, frequency)`.
        partner: the clip each one is mixed with, `(batch,)`.
        own: weight of the clip itself in the mixture, 0 to 1, `(batch,)`.
        hidden_time: which steps of time are masked, `(batch, time)`.
        hidden_bands: which bands are masked, `(batch, frequency)`.
    """

    speed: np.ndarray | None = None
    warp: np.ndarray | None = None
    shift: np.ndarray | None = None
    roll: np.ndarray | None = None
    level_db: np.ndarray | None = None
    equaliser_db: np.ndarray | None = None
    noise_db: np.ndarray | None = None
    partner: np.ndarray | None = None
    own: np.ndarray | None = None
    hidden_time: np.ndarray | None = None
    hidden_bands: np.ndarray | None = None


def draw_augmentation(
    rng: np.random.Generator,
    plan: TrainingPlan,
    time: int,
    centres_hz: np.ndarray,
    shiftable: np.ndarray,
) -> Augmentation:
    """Draw the augmentation of a batch of clips.

    Args:
        rng: the generator of this step.
        plan: which changes, and how large.
        time: steps of time in a clip.
        centres_hz: centre frequencies of the bands, rising, `(frequency,)`; empty where bands are
            not neighbours in frequency.
        shiftable: which clips may be shifted and stretched in time, `(batch,)`: whole recordings.

    >>> none = TrainingPlan(
    ...     mixup=0, time_shift=0, time_stretch=1, frequency_warp=1, frequency_roll=0,
    ...     level_db=0, equaliser_db=0, noise_db=0, time_masks=0, frequency_masks=0)
    >>> centres_hz = np.linspace(0, 4000, 64)
    >>> every = np.ones(32, bool)
    >>> draw_augmentation(np.random.default_rng(0), none, 216, centres_hz, every) == Augmentation()
    True
    """
    batch, bands = len(shiftable), len(centres_hz)
    shift, roll = round(plan.time_shift * time), min(plan.frequency_roll, bands)
    mixed = plan.mixup > 0 and batch > 1
    widest_time = round(plan.time_mask_width * time)
    widest_band = round(plan.frequency_mask_width * bands)
    return Augmentation(
        speed=_random_speeds(rng, plan.time_stretch, shiftable),
        warp=_random_warps(rng, batch, plan.frequency_warp, centres_hz),
        shift=rng.integers(-shift, shift + 1, batch) * shiftable if shift else None,
        roll=rng.integers(-roll, roll + 1, batch) if roll else None,
        level_db=rng.uniform(-plan.level_db, plan.level_db, batch) if plan.level_db else None,
        equaliser_db=_random_curves(rng, batch, plan.equaliser_db, bands),
        noise_db=_random_noises(rng, batch, plan.noise_db, bands),
        partner=rng.permutation(batch) if mixed else None,
        own=rng.beta(plan.mixup, plan.mixup, batch) if mixed else None,
        hidden_time=_random_masks(rng, batch, plan.time_masks, widest_time, time),
        hidden_bands=_random_masks(rng, batch, plan.frequency_masks, widest_band, bands),
    )


def augment(
    features: Tensor, targets: Mapping[str, Tensor], drawn: Augmentation, gain: FeatureGain
) -> tuple[Tensor, dict[str, Tensor]]:
    """Apply an augmentation; returns new features and targets, the arguments do not change.

    Args:
        features: `(batch, channel, time, frequency)` or `(batch, channel, time)`, standardised.
        targets: `(batch, ...)` each.
        drawn: from `draw_augmentation`.
        gain: applies changes of level to standardised features.
    """
    is_spectrogram = features.dim() == 4
    if drawn.speed is not None and is_spectrogram:
        features = stretched(features, drawn.speed, gain.silence(features))
    if drawn.warp is not None and is_spectrogram:
        features = warped(features, drawn.warp)
    features = shifted(features, drawn.shift, drawn.roll)
    if drawn.noise_db is not None and is_spectrogram and features.shape[1] == 1:
        features = gain.add_noise(features, _to_device_of(features, drawn.noise_db))
    for decibels in (drawn.level_db, drawn.equaliser_db):
        if decibels is not None:
            features = gain.apply(features, _to_device_of(features, decibels))
    mixed = dict(targets)
    if drawn.partner is not None and drawn.own is not None:
        partner, own = _to_device_of(features, drawn.partner), _to_device_of(features, drawn.own)
        features = _mixup(features, partner, own)
        mixed = {name: _mixup(target, partner, own) for name, target in mixed.items()}
    return _masked(features, drawn), mixed


def stretched(features: Tensor, speed: np.ndarray, silence: Tensor) -> Tensor:
    """Each clip faster or slower at the same pitch: steps of time are left out or repeated.

    Args:
        features: `(batch, channel, time, frequency)`.
        speed: factor of each clip, `(batch,)`.
        silence: follows the end of a faster clip, `(batch, channel, 1, frequency)`.
    """
    rows = features.movedim(1, -1).contiguous()
    batch, time = rows.shape[:2]
    step = (np.arange(time) * speed[:, None]).astype(np.int64)
    ended = torch.from_numpy(step >= time).to(rows.device)
    row = np.arange(batch)[:, None] * time + np.minimum(step, time - 1)
    index = torch.from_numpy(row.reshape(-1)).to(rows.device)
    rows = rows.flatten(0, 1).index_select(0, index).view(rows.shape)
    rows = torch.where(ended[..., None, None], silence.movedim(1, -1), rows)
    return rows.contiguous().movedim(-1, 1)


def warped(features: Tensor, warp: np.ndarray) -> Tensor:
    """Each clip with its bands copied from other bands.

    Args:
        features: `(batch, channel, time, frequency)`.
        warp: the band that each band is copied from, `(batch, frequency)`.
    """
    index = _to_device_of(features, warp)[:, None, None].expand_as(features)
    return features.gather(3, index).contiguous(memory_format=torch.channels_last)


def shifted(features: Tensor, shift: np.ndarray | None, roll: np.ndarray | None) -> Tensor:
    """`numpy.roll` for each clip by its own number of steps and bands.

    Args:
        features: `(batch, channel, time, frequency)` or `(batch, channel, time)`.
        shift: in steps of time, `(batch,)`.
        roll: in bands, `(batch,)`; a waveform has none.
    """
    rows = features.movedim(1, -1)
    if features.dim() == 3:
        return features if shift is None else _shifted_waves(rows, shift).movedim(-1, 1)
    if shift is None and roll is None:
        return features
    zeros = np.zeros(len(rows), np.int64)
    shift, roll = zeros if shift is None else shift, zeros if roll is None else roll
    return _shifted_rows(rows, shift, roll).movedim(-1, 1)


def _shifted_rows(rows: Tensor, shift: np.ndarray, roll: np.ndarray) -> Tensor:
    """Shift `(batch, time, frequency, channel)` along both axes with one gather of whole rows.

    Every row is first padded circularly, so that a row rolled along frequency is a slice of it.
    """
    batch, time, bands, channels = rows.shape
    wide = int(np.abs(roll).max())
    if wide:
        rows = torch.cat([rows[:, :, bands - wide :], rows, rows[:, :, :wide]], dim=2)
    row = np.arange(batch)[:, None] * time + (np.arange(time) - shift[:, None]) % time
    start = (row * (bands + 2 * wide) + wide - roll[:, None]) * channels
    return _slices_at(rows, start, bands * channels).view(batch, time, bands, channels)


def _shifted_waves(rows: Tensor, shift: np.ndarray) -> Tensor:
    """Shift `(batch, time, channel)`: a slice of the wave repeated twice."""
    batch, time, channels = rows.shape
    start = (np.arange(batch) * 2 * time + (-shift) % time) * channels
    twice = torch.cat([rows, rows], dim=1)
    return _slices_at(twice, start, time * channels).view(batch, time, channels)


def _slices_at(values: Tensor, start: np.ndarray, length: int) -> Tensor:
    """`(n, length)`: for each of the n starts, a slice of `length` values, in one gather."""
    flat = values.contiguous().view(-1)
    slices = flat.as_strided((flat.numel() - length + 1, length), (1, 1))
    return slices.index_select(0, torch.from_numpy(start.reshape(-1)).to(flat.device))


def _random_masks(
    rng: np.random.Generator, batch: int, count: int, widest: int, size: int
) -> np.ndarray | None:
    """`(batch, size)`: true inside any of `count` masks, each 0 to `widest` wide."""
    if count == 0 or widest == 0:
        return None
    width = rng.integers(0, widest + 1, (batch, count, 1))
    start = np.floor(rng.random((batch, count, 1)) * (size - width + 1))
    index = np.arange(size)
    return np.any((index >= start) & (index < start + width), axis=1)


def _random_speeds(
    rng: np.random.Generator, most: float, shiftable: np.ndarray
) -> np.ndarray | None:
    """`(batch,)`: faster as often as slower; 1 for a clip that was cut from a longer recording."""
    if most <= 1.0:
        return None
    drawn = np.exp(rng.uniform(-np.log(most), np.log(most), len(shiftable)))
    return np.where(shiftable, drawn, 1.0)


def _random_warps(
    rng: np.random.Generator, batch: int, most: float, centres_hz: np.ndarray
) -> np.ndarray | None:
    """`(batch, frequency)`: the band nearest to each band's frequency times a random factor."""
    if most <= 1.0 or len(centres_hz) < 2:
        return None
    factor = np.exp(rng.uniform(-np.log(most), np.log(most), (batch, 1)))
    between = (centres_hz[1:] + centres_hz[:-1]) / 2
    return np.searchsorted(between, centres_hz * factor)


def _random_curves(
    rng: np.random.Generator, batch: int, most_db: float, bands: int
) -> np.ndarray | None:
    """`(batch, frequency)`: curves in decibels, straight lines between a few random points.

    A few points make broad hills and valleys, as rooms, microphones and vocal tracts do.
    """
    if not most_db or not bands:
        return None
    points = rng.uniform(-most_db, most_db, (batch, CURVE_POINTS))
    place = np.linspace(0, CURVE_POINTS - 1, bands)
    left = np.minimum(place.astype(int), CURVE_POINTS - 2)
    return points[:, left] + (place - left) * (points[:, left + 1] - points[:, left])


def _random_noises(
    rng: np.random.Generator, batch: int, loudest_db: float, bands: int
) -> np.ndarray | None:
    """`(batch, frequency)`: levels up to `loudest_db`, rising or falling over frequency."""
    if not loudest_db or not bands:
        return None
    middle = rng.uniform(min(FAINTEST_NOISE_DB, loudest_db), loudest_db, (batch, 1))
    slope = rng.uniform(-NOISE_SLOPE_DB, NOISE_SLOPE_DB, (batch, 1))
    return middle + slope * np.linspace(-1, 1, bands)


def _mixup(tensor: Tensor, partner: Tensor, own: Tensor) -> Tensor:
    own = own.view(-1, *[1] * (tensor.dim() - 1)).to(tensor.dtype)
    return tensor[partner].lerp_(tensor, own)


def _masked(features: Tensor, drawn: Augmentation) -> Tensor:
    if drawn.hidden_time is not None:
        time = _to_device_of(features, drawn.hidden_time)[:, None, :]
        features = features.masked_fill(time if features.dim() == 3 else time[..., None], 0.0)
    if drawn.hidden_bands is not None and features.dim() == 4:
        bands = _to_device_of(features, drawn.hidden_bands)[:, None, None, :]
        features = features.masked_fill(bands, 0.0)
    return features


def _to_device_of(features: Tensor, values: np.ndarray) -> Tensor:
    tensor = torch.from_numpy(values)
    return tensor.to(features.device, features.dtype if tensor.is_floating_point() else None)
