"""Every clip at its own level where that is asked for, then every band on the same scale."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tonotope.representation import Representation


class Standardise(nn.Module):
    """Features `(batch, channel, time, ...)` as deviations, `(x - mean) / std` for every band.

    The constants belong to the training recordings alone; until they are set, they change nothing.

    Attributes:
        representation: what the features are, and whether clips are told at their own level.
        mean: per channel and band.
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
        """Take over the constants."""
        self.mean.copy_(mean)
        self.std.copy_(std)

    def levelled(self, features: Tensor) -> Tensor:
        """The features before the bands are put on one scale: what the constants are taken of."""
        return self.representation.normalise_level(features)

    def forward(self, features: Tensor) -> Tensor:
        """The features, standardised."""
        return (self.levelled(features) - self.mean) / self.std
