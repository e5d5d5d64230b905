"""A list of layers built into one PyTorch module with named parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tonotope._shapes import Shape
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn


def names(layers: Sequence[LayerStage]) -> list[str]:
    """The names of the parts, numbered so that they sort in their order.

    >>> from tonotope.network.layers.dense import Dense, Flatten
    >>> names([Flatten(), Dense(units=3)])
    ['1-flatten', '2-dense']
    """
    digits = len(str(len(layers)))
    return [f"{number:0{digits}d}-{layer.name}" for number, layer in enumerate(layers, 1)]


def assemble(layers: Sequence[LayerStage], shape: Shape) -> nn.Sequential:
    """The layers as one `nn.Sequential`, each built for its input, when the first reads `shape`.

    Raises:
        ShapeError: a layer does not fit; `trace` says more about it.
    """
    from torch import nn

    module = nn.Sequential()
    for name, layer in zip(names(layers), layers, strict=True):
        module.add_module(name, layer.build(shape))
        shape = layer.out_shape(shape)
    return module
