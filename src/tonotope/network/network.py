"""The face every network shows: it expands into layers, so it knows its sizes and builds itself."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

from tonotope._shapes import Shape, Stage
from tonotope.network.initialisation import InitName, initialise
from tonotope.network.layers.assemble import assemble
from tonotope.network.layers.vocabulary import Layer
from tonotope.network.published import Published
from tonotope.network.sizes import trace

if TYPE_CHECKING:
    from torch import nn


class Recipe(Stage):
    """A network is a recipe that spells layers for an input.

    Attributes:
        init: how the weights begin.
    """

    init: InitName = "he-normal"

    # Whether the last layer answers by itself, one value per class, and leaves a head no weights.
    answers: ClassVar[bool] = False

    @property
    def published(self) -> Published | None:
        """What the source of this network says of it, where it is one that was published."""
        return None

    def answering(self, outputs: int) -> Self:
        """This network for so many classes; of concern only to those that answer by themselves."""
        del outputs
        return self

    @abstractmethod
    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """The layers of this network for inputs of `shape`."""

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
