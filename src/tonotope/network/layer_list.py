"""`Layers`: a network written as a list of layers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_serializer

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.layers.layer_grammar import split
from tonotope.network.layers.vocabulary import MOST_LAYERS, Layer


def _split_text(value: Any) -> Any:
    return split(value) if isinstance(value, str) else value


class Layers(Architecture):
    """The layers themselves, one line each.

    Attributes:
        layers: lines such as `conv 32 5x5`; `layers/layer_grammar` lists the words.

    >>> net = Layers(layers=["conv 32 5x5", "relu", "maxpool 2x2", "flatten", "dense 10"])
    >>> print(net.layers[0].padding)
    ((0, 0), (0, 0))
    """

    kind: Literal["layers"] = "layers"
    layers: Annotated[
        tuple[Layer, ...], Field(max_length=MOST_LAYERS), BeforeValidator(_split_text)
    ] = ()

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """The layers as they are."""
        return self.layers

    @field_serializer("layers")
    def _as_text(self, layers: tuple[Layer, ...]) -> list[str]:
        return [layer.text for layer in layers]
