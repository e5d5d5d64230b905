"""Standardisation inside the model: stored mean and deviation applied, level of a clip removed."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tonotope.representation import Representation


class Standardise(nn.Module):
    """Features `(batch, channel, time, ...)` as `(x - mean) / std` for each channel and band.

    Mean and std are those of the training recordings; until they are set, they are 0 and 1.

    Attributes:
        representation: of the features; it knows whether clips are relative to their own level.
        mean: per channel and band, `(channel, 1, ...)`.
        std: the same.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, representation: Representation, clip_samples: int) -> None:
        super().__init__()
        self.representation = representation
        clip = representation.clip_shape(clip_samples)
        channels, _, *bands = representation.out_shape(clip).sizes
        self.register_buffer("mean", torch.zeros(channels, 1, *bands))
        self.register_buffer("std", torch.ones(channels, 1, *bands))

    def set(self, mean: Tensor, std: Tensor) -> None:
        """Copy the constants, each `(channel, 1, ...)`."""
        self.mean.copy_(mean)
        self.std.copy_(std)

    def levelled(self, features: Tensor) -> Tensor:
        """The features at their level, before `mean` and `std`, which are computed from these.

        `(batch, channel, time, ...)` in and out.
        """
        return self.representation.normalise_level(features)

    def forward(self, features: Tensor) -> Tensor:
        """The features, `(batch, channel, time, ...)`, standardised."""
        return (self.levelled(features) - self.mean) / self.std
