"""The numbers a network begins with, drawn so that sound neither fades nor explodes in it.

With fan_in values read by each filter or unit, and fan_out values it feeds:

    he-normal       N(0, 2 / fan_in)                     He et al. 2015, for ReLU
    he-uniform      U(±sqrt(6 / fan_in))
    glorot-normal   N(0, 2 / (fan_in + fan_out))         Glorot & Bengio 2010, for tanh
    glorot-uniform  U(±sqrt(6 / (fan_in + fan_out)))
    lecun-normal    N(0, 1 / fan_in)                     LeCun et al. 1998
    orthogonal      rows at right angles, scaled by sqrt(2)   Saxe et al. 2014
    default         what PyTorch does by itself

Biases begin at zero, except with `default`. Randomness is PyTorch's global generator: seed it
before building.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor, nn

InitName = Literal[
    "he-normal",
    "he-uniform",
    "glorot-normal",
    "glorot-uniform",
    "lecun-normal",
    "orthogonal",
    "default",
]


def initialise(module: nn.Module, how: InitName) -> None:
    """Draw the weights of every convolution and dense layer inside `module` anew."""
    from torch import nn

    if how == "default":
        return
    for part in module.modules():
        if isinstance(part, nn.Conv1d | nn.Conv2d | nn.Linear):
            draw(part.weight, how)
            if part.bias is not None:
                nn.init.zeros_(part.bias)


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
    elif how == "orthogonal":
        init.orthogonal_(weight, math.sqrt(2))
