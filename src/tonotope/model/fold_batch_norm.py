"""A network without its batch norms: once nothing is learnt, each is a part of its convolution.

A batch norm that has stopped learning multiplies each channel by a constant and adds another.
The convolution before it can do that with its own weights::

    γ (w·x + b - μ) / σ + β  =  (γ w / σ)·x + (γ (b - μ) / σ + β)
"""

from __future__ import annotations

import copy
from itertools import pairwise
from typing import TypeVar

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.nn.utils.fusion import fuse_conv_bn_eval

Module = TypeVar("Module", bound=nn.Module)


def fold_batch_norm(module: Module) -> Module:
    """A copy in evaluation mode in which every batch norm after a convolution is part of it.

    >>> import torch
    >>> net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    >>> fold_batch_norm(net)[1]
    Identity()
    """
    module = copy.deepcopy(module).eval()
    _fold_inside(module)
    return module


def _fold_inside(module: nn.Module) -> None:
    """Fold where the order is known: a class of a user's own may call its parts in any order."""
    if type(module).__module__.partition(".")[0] not in ("torch", "tonotope"):
        return
    if isinstance(module, nn.Sequential):
        _fuse_neighbours(module)
    for part in module.children():
        _fold_inside(part)


def _fuse_neighbours(row: nn.Sequential) -> None:
    for (name, one), (following, other) in pairwise(list(row.named_children())):
        if isinstance(one, _ConvNd) and isinstance(other, _BatchNorm):
            setattr(row, name, fuse_conv_bn_eval(one, other))
            setattr(row, following, nn.Identity())
