"""Dense (fully connected) layers, and `flatten`, which goes before them."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.layer import Count, LayerStage

if TYPE_CHECKING:
    from torch import nn


class Flatten(LayerStage):
    """All values in one axis: by channel, within it by frame, within it by band."""

    kind: Literal["flatten"] = "flatten"

    def out_shape(self, shape: Shape) -> Shape:
        """One axis; its size is the product of all sizes."""
        return Shape([Axis("channel", prod(shape.sizes))])

    def formula(self, shape: Shape) -> str:
        """The product of the sizes."""
        return f"{' · '.join(map(str, shape.sizes))} = {prod(shape.sizes)}"

    def build(self, shape: Shape) -> nn.Module:
        """`nn.Flatten`."""
        from torch import nn

        return nn.Flatten()


class Dense(LayerStage):
    """Units that each read every value of a flat input: y = W x + b. In text `dense UNITS`.

    Attributes:
        units: the number of output values.
        bias: whether each unit adds a constant; if not, `nobias` in text.
    """

    kind: Literal["dense"] = "dense"
    units: Count
    bias: bool = Field(default=True, strict=True)

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return f"dense {self.units}" if self.bias else f"dense {self.units} nobias"

    def out_shape(self, shape: Shape) -> Shape:
        """One axis with a value per unit.

        Raises:
            ShapeError: the input is not flat.
        """
        if len(shape) > 1:
            raise ShapeError(f"takes a flat input, not {shape}: put `flatten` before it")
        return Shape([Axis("channel", self.units)])

    def parameters(self, shape: Shape) -> int:
        """(values in + 1) × units."""
        return (shape.size("channel") + self.bias) * self.units

    def multiply_adds(self, shape: Shape) -> int:
        """Values in × units."""
        return shape.size("channel") * self.units

    def connections(self, shape: Shape) -> int:
        """Each weight and bias is used once."""
        return self.parameters(shape)

    def weighed(self, shape: Shape) -> str:
        """How many values a unit reads, and how the parameters add up."""
        values = shape.size("channel")
        each = f"({values} + 1)" if self.bias else f"{values}"
        total = f"{self.units} · {each} = {self.parameters(shape):,} parameters"
        return f"{self.units} units that each weigh {values} values; {total}"

    def build(self, shape: Shape) -> nn.Module:
        """`nn.Linear`."""
        from torch import nn

        self.out_shape(shape)
        return nn.Linear(shape.size("channel"), self.units, bias=self.bias)
