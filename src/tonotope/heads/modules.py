"""PyTorch modules of the heads: the dense output layer, several outputs side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from tonotope._shapes import Shape


class DenseHead(nn.Module):
    """Flatten, then one dense layer for each output.

    The features are flattened in the order channel, time, frequency, whatever their layout in
    memory. The layers are named after their outputs. A network that answers by itself, with one
    value per class, is let through as it is.

    >>> import torch
    >>> from tonotope._shapes import Axis
    >>> head = DenseHead({"label": 10}, Shape([Axis("channel", 4), Axis("frequency", 3)]))
    >>> head(torch.zeros(2, 4, 3))["label"].shape
    torch.Size([2, 10])
    """

    def __init__(self, sizes: Mapping[str, int], shape: Shape) -> None:
        super().__init__()
        self.flatten = nn.Flatten()
        features = math.prod(shape.sizes)
        answered = shape.names == ("class",)
        self.outputs = nn.ModuleDict(
            {
                name: nn.Identity() if answered else nn.Linear(features, n)
                for name, n in sizes.items()
            }
        )

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """Outputs by name, `(batch, size)` each."""
        flat = self.flatten(features)
        return {name: layer(flat) for name, layer in self.outputs.items()}


class Float32Head(DenseHead):
    """A dense head that never computes in less than single precision.

    In bfloat16 a number has three digits: enough for classes, too few for a pitch.
    """

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """Outputs by name, `(batch, size)` each, float32 (float64 for features in float64)."""
        exact = features if features.dtype == torch.float64 else features.float()
        with torch.autocast(features.device.type, enabled=False):
            return super().forward(exact)


class ParallelHeads(nn.Module):
    """Several heads on the same features, each with one output, by name."""

    def __init__(self, heads: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.names = tuple(heads)
        self.tasks = nn.ModuleList(heads.values())

    def forward(self, features: Tensor) -> dict[str, Tensor]:
        """From `(batch, channel, ...)` to outputs by name of the task, `(batch, ...)` each."""
        found: dict[str, Tensor] = {}
        for name, head in zip(self.names, self.tasks, strict=True):
            (found[name],) = head(features).values()
        return found
