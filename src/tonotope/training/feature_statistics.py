"""Mean and standard deviation of the training features, which standardise a network's input."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

# A band whose standard deviation is below this share of the typical one counts as constant.
CONSTANT_SHARE = 1e-3


def mean_and_std(parts: Callable[[], Iterable[Tensor]], like: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation per channel and band, in double precision, in two passes.

    Args:
        parts: gives the features from the beginning, `(step, frequency, channel)` each.
        like: one step of them: its shape and device.

    Returns:
        two float32 tensors `(channel, 1, frequency)`, `(channel, 1)` for waveforms.
    """

    def added(values: Iterable[Tensor]) -> Tensor:
        total = torch.zeros(like.shape, dtype=torch.float64, device=like.device)
        for value in values:
            total += value.sum(0)
        return total

    count = sum(len(part) for part in parts())
    mean = added(part.double() for part in parts()) / count
    std = (added((part.double() - mean).square_() for part in parts()) / count).sqrt()
    return broadcast_statistics(mean, std)


def broadcast_statistics(mean: Tensor, std: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation as float32, in a shape that broadcasts with a clip.

    A constant band takes the typical standard deviation; otherwise the first sound in it would
    drown all others.

    Args:
        mean: `(frequency, channel)`, becomes `(channel, 1, frequency)`; for waveforms `(channel,)`,
            becomes `(channel, 1)`.
        std: of the same shape; it changes.
    """
    typical = float(std.square().mean().sqrt()) or 1.0
    std[std <= CONSTANT_SHARE * typical] = typical
    return mean.movedim(-1, 0).unsqueeze(1).float(), std.movedim(-1, 0).unsqueeze(1).float()
