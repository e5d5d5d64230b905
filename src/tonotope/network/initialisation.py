"""The numbers a network begins with, drawn so that sound neither fades nor explodes in it.

With fan_in values read by each filter or unit, and fan_out values it feeds:

    he-normal       N(0, 2 / fan_in)                     He et al. 2015, for ReLU
    he-uniform      U(±sqrt(6 / fan_in))
    glorot-normal   N(0, 2 / (fan_in + fan_out))         Glorot & Bengio 2010, for tanh
    glorot-uniform  U(±sqrt(6 / (fan_in + fan_out)))
    lecun-normal    N(0, 1 / fan_in)                     LeCun et al. 1998
    lenet5          U(±2.4 / fan_in)                     LeCun et al. 1998, for LeNet-5
    orthogonal      rows at right angles, scaled by sqrt(2)   Saxe et al. 2014
    default         what PyTorch does by itself

Biases begin at zero, except with `default`. A subsampling layer begins as the plain mean, except
with `lenet5`. Randomness is PyTorch's global generator: seed it
before building.
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
    """Draw the weights of every layer inside `module` that has any anew."""
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
    """Each filter as one of a whole layer of filters that read as many channels as it does."""
    import torch

    filters = part.filters()
    with torch.no_grad():
        for weight in filters:
            like = weight.new_empty(len(filters), *weight.shape)
            draw(like, how)
            weight.copy_(like[0])


def draw(weight: Tensor, how: InitName) -> None:
    """Fill one weight `(out, in, taps...)` in place."""
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
