"""The modules of LeNet-5 of 1998: subsampling, a connection table, distances to codes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Subsampling(nn.Module):
    """The sum of each window times a weight plus a bias, both per channel; at first the mean."""

    def __init__(self, channels: int, size: tuple[int, ...]) -> None:
        super().__init__()
        self.size = size
        self.weight = nn.Parameter(torch.full((channels,), 1 / math.prod(size)))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channel, time, ...)`, smaller."""
        mean = F.avg_pool2d if len(self.size) == 2 else F.avg_pool1d
        each = (-1, *[1] * len(self.size))
        weight = math.prod(self.size) * self.weight
        return mean(x, self.size) * weight.reshape(each) + self.bias.reshape(each)

    def extra_repr(self) -> str:
        """What print shows between the parentheses."""
        return f"channels={len(self.weight)}, size={self.size}"


class TableConvolution(nn.Module):
    """A convolution with weights only for the channels that its filters read.

    The weights are `(pair, tap, ...)`, sorted by filter and then by channel; `rows` is
    `(filter, channel)`.
    """

    rows: Tensor

    def __init__(
        self, kernel: tuple[int, ...], table: tuple[tuple[int, ...], ...], channels: int
    ) -> None:
        super().__init__()
        self.table = table
        pairs = sum(map(len, table))
        self.weight = nn.Parameter(torch.empty(pairs, *kernel))
        self.bias = nn.Parameter(torch.empty(len(table)))
        # The row of the weights of each filter and channel; the row after the last holds zeros.
        rows = torch.full((len(table), channels), pairs)
        first = 0
        for filter_, read in enumerate(table):
            rows[filter_, list(read)] = torch.arange(first, first + len(read))
            first += len(read)
        self.register_buffer("rows", rows, persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """As PyTorch initialises its own convolutions."""
        for weight, bias in zip(self.filters(), self.bias, strict=True):
            bound = 1 / math.sqrt(weight.numel())
            nn.init.uniform_(weight, -bound, bound)
            nn.init.uniform_(bias, -bound, bound)

    def filters(self) -> list[Tensor]:
        """Views of the weights of each filter, `(pair, tap, ...)`."""
        ends = [0]
        for read in self.table:
            ends.append(ends[-1] + len(read))
        return [self.weight[begin:end] for begin, end in pairwise(ends)]

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channel, time, ...)`, one channel per filter."""
        padded = torch.cat([self.weight, torch.zeros_like(self.weight[:1])])
        conv = F.conv2d if x.dim() == 4 else F.conv1d
        return conv(x, padded[self.rows], self.bias)

    def extra_repr(self) -> str:
        """What print shows between the parentheses."""
        return f"filters={len(self.table)}, pairs={len(self.weight)}"


class RadialBasis(nn.Module):
    """Minus the squared distance to each code; the codes, `(class, value)`, are fixed."""

    codes: Tensor

    def __init__(self, codes: np.ndarray) -> None:
        super().__init__()
        self.register_buffer("codes", torch.tensor(codes, dtype=torch.float32))

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, value)` to `(batch, class)`, in float32: small differences decide."""
        return -(x.float().unsqueeze(1) - self.codes).square().sum(2)

    def extra_repr(self) -> str:
        """What print shows between the parentheses."""
        return f"classes={self.codes.shape[0]}, values={self.codes.shape[1]}"
