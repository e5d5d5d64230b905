"""The face every network shows: it expands into layers, so it knows its sizes and builds itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tonotope._shapes import Shape, Stage
from tonotope.network.assemble import assemble
from tonotope.network.initialise import InitName, initialise
from tonotope.network.sizes import trace
from tonotope.network.vocabulary import Layer

if TYPE_CHECKING:
    from torch import nn


class Recipe(Stage):
    """A network is a recipe that spells layers for an input.

    Attributes:
        init: how the weights begin.
    """

    init: InitName = "he-normal"

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """The layers of this network for inputs of `shape`."""
        raise NotImplementedError(type(self).__name__)

    def out_shape(self, shape: Shape) -> Shape:
        """What comes out of the last layer.

        Raises:
            ShapeError: a layer does not fit; names it and what would.
        """
        reports = trace(self.expand(shape), shape)
        return reports[-1].out_shape if reports else shape

    def build(self, shape: Shape) -> nn.Sequential:
        """The layers as one `nn.Sequential`, its parts named `01-conv`, `02-batchnorm`, ...

        Raises:
            ShapeError: a layer does not fit; names it and what would.
        """
        layers = self.expand(shape)
        trace(layers, shape)
        whole = assemble(layers, shape)
        initialise(whole, self.init)
        return whole
