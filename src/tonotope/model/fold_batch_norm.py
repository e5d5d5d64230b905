"""Batch norm merged into the convolution before it, for faster prediction.

After training, a batch norm multiplies each channel by a constant and adds another. The convolution
before it can do both with its own weights::

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
    """A copy in evaluation mode; each batch norm after a convolution is folded into it.

    >>> import torch
    >>> net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    >>> fold_batch_norm(net)[1]
    Identity()
    """
    module = copy.deepcopy(module).eval()
    _fold_inside(module)
    return module


def _fold_inside(module: nn.Module) -> None:
    """Fold in known classes only: those of users may call their parts in any order."""
    if type(module).__module__.partition(".")[0] not in ("torch", "tonotope"):
        return
    neighbours = pairwise(
        list(module.named_children()) if isinstance(module, nn.Sequential) else []
    )
    for (conv_name, conv), (norm_name, norm) in neighbours:
        if isinstance(conv, _ConvNd) and isinstance(norm, _BatchNorm):
            setattr(module, conv_name, fuse_conv_bn_eval(conv, norm))
            setattr(module, norm_name, nn.Identity())
    for part in module.children():
        _fold_inside(part)
