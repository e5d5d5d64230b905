"""Clips made harder to learn by heart: chance is drawn into a value first, then applied purely.

`draw` makes a `Draw` of a whole batch from a generator; `apply` does what the draw says, to all
clips of the batch at once. Both work on standardised features, in which 0 is the mean of the
training recordings, so that a mask filled with 0 hides without shining.

    time stretch                  as if it were said faster or slower, at the same pitch
    frequency warp                as if by a larger or a smaller throat, body or bell
    time shift, frequency roll    circular, so no sound is lost
    level                         as if the whole clip were louder or softer
    noise                         as if a steady noise lay under it
    equaliser                     as if another microphone, room or throat coloured it
    mixup                         a weighted mean of two clips and of their targets
    masks                         stretches of time, stretches of bands, hidden

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

# Corners of a drawn equaliser curve, the first at the lowest band and the last at the highest.
CURVE_POINTS = 4
# Noise is drawn from here upwards, and leans towards low or high bands by so much at most.
FAINTEST_NOISE_DB = -80.0
NOISE_SLOPE_DB = 10.0


@dataclass(frozen=True)
class Augmentation:
    """What chance decided for one batch; None where nothing is to be done.

    Attributes:
        pace: how many times as fast each clip goes, `(batch,)`.
        warp: from which band each band takes its sound, `(batch, frequency)`.
        shift: steps of time by which each clip turns, `(batch,)`.
        roll: bands by which each clip turns, `(batch,)`.
        level_db: change of level, `(batch,)`.
        equaliser_db: change of level in every band, `(batch, frequency)`.
        noise_db: a steady noise, relative to the loudest point of each clip,
            `(batch, frequency)`.
        partner: the clip each one is mixed with, `(batch,)`.
        own: how much of each clip remains in the mixture, `(batch,)`.
        hidden_time: which steps of time are hidden, `(batch, time)`.
        hidden_bands: which bands are hidden, `(batch, frequency)`.
    """

    pace: np.ndarray | None = None
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
    """What `plan` does to a batch of clips.

    Args:
        rng: where chance comes from.
        plan: how much of what.
        time: steps of time in a clip.
        centres_hz: of bands that are neighbours in frequency, rising; empty where none are.
        shiftable: which clips may be shifted in time, `(batch,)`.

    >>> tame = TrainingPlan(
    ...     mixup=0, time_shift=0, time_stretch=1, frequency_warp=1, frequency_roll=0,
    ...     level_db=0, equaliser_db=0, noise_db=0, time_masks=0, frequency_masks=0)
    >>> centres_hz = np.linspace(0, 4000, 64)
    >>> every = np.ones(32, bool)
    >>> draw_augmentation(np.random.default_rng(0), tame, 216, centres_hz, every) == Augmentation()
    True
    """
    batch, bands = len(shiftable), len(centres_hz)
    turn, roll = round(plan.time_shift * time), min(plan.frequency_roll, bands)
    mixed = plan.mixup > 0 and batch > 1
    widest_time = round(plan.time_mask_width * time)
    widest_band = round(plan.frequency_mask_width * bands)
    return Augmentation(
        pace=_paces(rng, plan.time_stretch, shiftable),
        warp=_warps(rng, batch, plan.frequency_warp, centres_hz),
        shift=rng.integers(-turn, turn + 1, batch) * shiftable if turn else None,
        roll=rng.integers(-roll, roll + 1, batch) if roll else None,
        level_db=rng.uniform(-plan.level_db, plan.level_db, batch) if plan.level_db else None,
        equaliser_db=_curves(rng, batch, plan.equaliser_db, bands),
        noise_db=_noises(rng, batch, plan.noise_db, bands),
        partner=rng.permutation(batch) if mixed else None,
        own=rng.beta(plan.mixup, plan.mixup, batch) if mixed else None,
        hidden_time=_stretches(rng, batch, plan.time_masks, widest_time, time),
        hidden_bands=_stretches(rng, batch, plan.frequency_masks, widest_band, bands),
    )


def augment(
    features: Tensor, targets: Mapping[str, Tensor], drawn: Augmentation, gain: FeatureGain
) -> tuple[Tensor, dict[str, Tensor]]:
    """The batch as `drawn` alters it; what was given is left as it was.

    Args:
        features: `(batch, channel, time, frequency)` or `(batch, channel, time)`, standardised.
        targets: `(batch, ...)` each.
        drawn: from `draw`.
        gain: what a change of level does to standardised features.
    """
    altered = features
    if drawn.pace is not None and features.dim() == 4:
        altered = stretched(features, drawn.pace, gain.silence(features))
    if drawn.warp is not None and features.dim() == 4:
        altered = warped(altered, drawn.warp)
    altered = shifted(altered, drawn.shift, drawn.roll)
    if drawn.noise_db is not None and features.dim() == 4 and features.shape[1] == 1:
        altered = gain.add_noise(altered, _to_device_of(altered, drawn.noise_db))
    for decibels in (drawn.level_db, drawn.equaliser_db):
        if decibels is not None:
            altered = gain.apply(altered, _to_device_of(altered, decibels))
    mixed = dict(targets)
    if drawn.partner is not None and drawn.own is not None:
        partner, own = _to_device_of(altered, drawn.partner), _to_device_of(altered, drawn.own)
        altered = _mixture(altered, partner, own)
        mixed = {name: _mixture(target, partner, own) for name, target in mixed.items()}
    return _hidden(altered, drawn), mixed


def stretched(features: Tensor, pace: np.ndarray, quiet: Tensor) -> Tensor:
    """Each clip faster or slower: its steps of time are left out or said twice, pitch stays.

    Args:
        features: `(batch, channel, time, frequency)`.
        pace: how many times as fast each clip goes, `(batch,)`.
        quiet: what follows when a faster clip has ended, `(batch, channel, 1, frequency)`.
    """
    rows = features.movedim(1, -1).contiguous()
    batch, time = rows.shape[:2]
    step = (np.arange(time) * pace[:, None]).astype(np.int64)
    ended = torch.from_numpy(step >= time).to(rows.device)
    row = np.arange(batch)[:, None] * time + np.minimum(step, time - 1)
    chosen = torch.from_numpy(row.reshape(-1)).to(rows.device)
    found = rows.flatten(0, 1).index_select(0, chosen).view(rows.shape)
    found = torch.where(ended[..., None, None], quiet.movedim(1, -1), found)
    return found.contiguous().movedim(-1, 1)


def warped(features: Tensor, warp: np.ndarray) -> Tensor:
    """Each clip with its bands taken from other bands.

    Args:
        features: `(batch, channel, time, frequency)`.
        warp: from which band each band takes its sound, `(batch, frequency)`.
    """
    index = _to_device_of(features, warp)[:, None, None].expand_as(features)
    return features.gather(3, index).contiguous(memory_format=torch.channels_last)


def shifted(features: Tensor, shift: np.ndarray | None, roll: np.ndarray | None) -> Tensor:
    """Each clip turned by its own number of steps and bands, as `numpy.roll` turns one.

    Args:
        features: `(batch, channel, time, frequency)` or `(batch, channel, time)`.
        shift: steps of time, `(batch,)`.
        roll: bands, `(batch,)`; a waveform has none.
    """
    rows = features.movedim(1, -1)
    if features.dim() == 3:
        return features if shift is None else _shifted_waves(rows, shift).movedim(-1, 1)
    if shift is None and roll is None:
        return features
    still = np.zeros(len(rows), np.int64)
    shift, roll = still if shift is None else shift, still if roll is None else roll
    return _shifted_rows(rows, shift, roll).movedim(-1, 1)


def _shifted_rows(rows: Tensor, shift: np.ndarray, roll: np.ndarray) -> Tensor:
    """Turn `(batch, time, frequency, channel)`: one gather of whole rows turns both axes.

    Every row is first made a little wider by its own other end, so that a row turned along
    frequency is a stretch of it.
    """
    batch, time, bands, channels = rows.shape
    wide = int(np.abs(roll).max())
    if wide:
        rows = torch.cat([rows[:, :, bands - wide :], rows, rows[:, :, :wide]], dim=2)
    row = np.arange(batch)[:, None] * time + (np.arange(time) - shift[:, None]) % time
    start = (row * (bands + 2 * wide) + wide - roll[:, None]) * channels
    return _stretches_at(rows, start, bands * channels).view(batch, time, bands, channels)


def _shifted_waves(rows: Tensor, shift: np.ndarray) -> Tensor:
    """Turn `(batch, time, channel)`: a stretch of the wave said twice."""
    batch, time, channels = rows.shape
    start = (np.arange(batch) * 2 * time + (-shift) % time) * channels
    twice = torch.cat([rows, rows], dim=1)
    return _stretches_at(twice, start, time * channels).view(batch, time, channels)


def _stretches_at(values: Tensor, start: np.ndarray, length: int) -> Tensor:
    """`(n, length)`: for each of the n starts, `length` neighbours in memory, in one gather."""
    flat = values.contiguous().view(-1)
    every = flat.as_strided((flat.numel() - length + 1, length), (1, 1))
    return every.index_select(0, torch.from_numpy(start.reshape(-1)).to(flat.device))


def _stretches(
    rng: np.random.Generator, batch: int, count: int, widest: int, size: int
) -> np.ndarray | None:
    """`(batch, size)`: true inside any of `count` stretches of 0 to `widest` indices."""
    if count == 0 or widest == 0:
        return None
    width = rng.integers(0, widest + 1, (batch, count, 1))
    start = np.floor(rng.random((batch, count, 1)) * (size - width + 1))
    index = np.arange(size)
    return np.any((index >= start) & (index < start + width), axis=1)


def _paces(rng: np.random.Generator, most: float, shiftable: np.ndarray) -> np.ndarray | None:
    """`(batch,)`: as often faster as slower; a clip cut from a longer recording keeps its pace."""
    if most <= 1.0:
        return None
    drawn = np.exp(rng.uniform(-np.log(most), np.log(most), len(shiftable)))
    return np.where(shiftable, drawn, 1.0)


def _warps(
    rng: np.random.Generator, batch: int, most: float, centres_hz: np.ndarray
) -> np.ndarray | None:
    """`(batch, frequency)`: the band nearest to each band's frequency times a drawn factor."""
    if most <= 1.0 or len(centres_hz) < 2:
        return None
    factor = np.exp(rng.uniform(-np.log(most), np.log(most), (batch, 1)))
    between = (centres_hz[1:] + centres_hz[:-1]) / 2
    return np.searchsorted(between, centres_hz * factor)


def _curves(rng: np.random.Generator, batch: int, most_db: float, bands: int) -> np.ndarray | None:
    """`(batch, frequency)`: curves in decibels through a few points drawn alike, straight between.

    A few points make broad hills and valleys, as rooms, microphones and vocal tracts do; a point
    for each band would be noise.
    """
    if not most_db or not bands:
        return None
    points = rng.uniform(-most_db, most_db, (batch, CURVE_POINTS))
    place = np.linspace(0, CURVE_POINTS - 1, bands)
    left = np.minimum(place.astype(int), CURVE_POINTS - 2)
    return points[:, left] + (place - left) * (points[:, left + 1] - points[:, left])


def _noises(
    rng: np.random.Generator, batch: int, loudest_db: float, bands: int
) -> np.ndarray | None:
    """`(batch, frequency)`: from hardly to `loudest_db`, rising or falling over frequency."""
    if not loudest_db or not bands:
        return None
    middle = rng.uniform(min(FAINTEST_NOISE_DB, loudest_db), loudest_db, (batch, 1))
    slope = rng.uniform(-NOISE_SLOPE_DB, NOISE_SLOPE_DB, (batch, 1))
    return middle + slope * np.linspace(-1, 1, bands)


def _mixture(tensor: Tensor, partner: Tensor, own: Tensor) -> Tensor:
    own = own.view(-1, *[1] * (tensor.dim() - 1)).to(tensor.dtype)
    return tensor[partner].lerp_(tensor, own)


def _hidden(features: Tensor, drawn: Augmentation) -> Tensor:
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
