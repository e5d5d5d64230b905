"""Every band on the same scale: minus its mean, over its standard deviation."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tonotope._shapes import Shape


class Standardise(nn.Module):
    """Features `(batch, channel, time, ...)` as deviations, `(x - mean) / std` for every band.

    The constants belong to the training recordings alone; until they are set, nothing changes.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        channels, _, *bands = shape.sizes
        self.register_buffer("mean", torch.zeros(channels, 1, *bands))
        self.register_buffer("std", torch.ones(channels, 1, *bands))

    def set(self, mean: Tensor, std: Tensor) -> None:
        """Take over the constants."""
        self.mean.copy_(mean)
        self.std.copy_(std)

    def forward(self, features: Tensor) -> Tensor:
        """The features, standardised."""
        return (features - self.mean) / self.std
