"""Initial weights: He, Glorot, LeCun, orthogonal and others, drawn for every layer.

fan_in is the number of values that a filter or unit reads, fan_out of those that read it:

    he-normal       N(0, 2 / fan_in)                     He et al. 2015, for ReLU
    he-uniform      U(±sqrt(6 / fan_in))
    glorot-normal   N(0, 2 / (fan_in + fan_out))         Glorot & Bengio 2010, for tanh
    glorot-uniform  U(±sqrt(6 / (fan_in + fan_out)))
    lecun-normal    N(0, 1 / fan_in)                     LeCun et al. 1998
    lenet5          U(±2.4 / fan_in)                     LeCun et al. 1998, for LeNet-5
    orthogonal      orthogonal rows, scaled by sqrt(2)   Saxe et al. 2014
    default         as PyTorch does

Biases begin at 0, except with `default`. A subsampling layer begins as the mean, except with
`lenet5`. Random numbers are from PyTorch's global generator: seed it before building.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor, nn

    from tonotope.network.layers.modules_1998 import TableConvolution

InitName = Literal[
    "he-normal",
    "he-uniform",
    "glorot-normal",
    "glorot-uniform",
    "lecun-normal",
    "lenet5",
    "orthogonal",
    "default",
]


def initialise(module: nn.Module, how: InitName) -> None:
    """Draw new weights for every layer inside `module`."""
    from torch import nn

    from tonotope.network.layers.modules_1998 import Subsampling, TableConvolution

    if how == "default":
        return
    for part in module.modules():
        if isinstance(part, nn.Conv1d | nn.Conv2d | nn.Linear):
            draw(part.weight, how)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, TableConvolution):
            _draw_by_table(part, how)
            nn.init.zeros_(part.bias)
        elif isinstance(part, Subsampling) and how == "lenet5":
            bound = 2.4 / math.prod(part.size)
            nn.init.uniform_(part.weight, -bound, bound)


def _draw_by_table(part: TableConvolution, how: InitName) -> None:
    """Each filter as one of a layer whose filters all read as many channels as it does."""
    import torch

    filters = part.filters()
    with torch.no_grad():
        for weight in filters:
            whole_layer = weight.new_empty(len(filters), *weight.shape)
            draw(whole_layer, how)
            weight.copy_(whole_layer[0])


def draw(weight: Tensor, how: InitName) -> None:
    """Fill one weight in place, `(filter, channel, tap, ...)` or `(unit, feature)`."""
    from torch.nn import init

    if how == "he-normal":
        init.kaiming_normal_(weight, nonlinearity="relu")
    elif how == "he-uniform":
        init.kaiming_uniform_(weight, nonlinearity="relu")
    elif how == "glorot-normal":
        init.xavier_normal_(weight)
    elif how == "glorot-uniform":
        init.xavier_uniform_(weight)
    elif how == "lecun-normal":
        init.kaiming_normal_(weight, nonlinearity="linear")
    elif how == "lenet5":
        bound = 2.4 / weight[0].numel()
        init.uniform_(weight, -bound, bound)
    elif how == "orthogonal":
        init.orthogonal_(weight, math.sqrt(2))
