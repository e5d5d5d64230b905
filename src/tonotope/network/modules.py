"""The modules PyTorch does not bring along: global pooling, and a body beside its shortcut."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


def ranked(rank: int, *kinds: Callable[..., nn.Module]) -> Callable[..., nn.Module]:
    """The kind of module for so many axes, of those for one axis and for two."""
    return kinds[rank - 1]


def pool(
    kind: str,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    *,
    ceil: bool,
) -> nn.Module:
    """Max or mean pooling in one or two dimensions; means are over real values alone."""
    if kind == "maxpool":
        greatest = ranked(len(size), nn.MaxPool1d, nn.MaxPool2d)
        return greatest(size, stride, padding, ceil_mode=ceil)
    mean = ranked(len(size), nn.AvgPool1d, nn.AvgPool2d)
    return mean(size, stride, padding, ceil_mode=ceil, count_include_pad=False)


class GlobalPooling(nn.Module):
    """Whole axes become one index each: `(batch, channel, time, ...)` keeps its axes."""

    def __init__(self, dims: tuple[int, ...], how: tuple[str, ...]) -> None:
        super().__init__()
        self.dims = dims
        self.how = how

    def forward(self, x: Tensor) -> Tensor:
        """Mean, greatest value, or both one after the other along the channels."""
        parts = [
            x.amax(self.dims, True) if how == "max" else x.mean(self.dims, True) for how in self.how
        ]
        return torch.cat(parts, 1) if len(parts) > 1 else parts[0]

    def extra_repr(self) -> str:
        """What print shows between the parentheses."""
        return f"dims={self.dims}, how={'+'.join(self.how)}"


class ResidualSum(nn.Module):
    """What the body computes, added to what the shortcut lets through (He et al. 2016)."""

    def __init__(self, body: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """Body plus shortcut."""
        return self.body(x) + self.shortcut(x)
