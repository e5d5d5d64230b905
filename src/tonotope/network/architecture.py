"""What all networks share: they list their layers, so sizes are known before anything is built."""

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


class Architecture(Stage):
    """A network: it lists its layers for the shape of an input.

    Attributes:
        init: how the weights begin.
    """

    init: InitName = "he-normal"

    # Whether the last layer gives one value per class already, so that the head has no weights.
    has_output_layer: ClassVar[bool] = False
    # Whether it fits every representation; the others were published for one kind of input.
    fits_any_sound: ClassVar[bool] = False
    # Small inputs that it fits, for the tests: channel, time, frequency. Empty: what it was
    # published for.
    small_inputs: ClassVar[tuple[tuple[int, ...], ...]] = ()

    @property
    def published(self) -> Published | None:
        """What the source of this network says of it, where it is one that was published."""
        return None

    def with_outputs(self, outputs: int) -> Self:
        """This network with an output layer for so many classes; most have none."""
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
