"""Layers made of layers, side by side: added up, or one after the other along the channels.

With them the vocabulary is closed: `Layer` is the union of all there are.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.activation import Activation, LeakyReLU
from tonotope.network.layers.assemble import assemble
from tonotope.network.layers.connection_table import TableConv
from tonotope.network.layers.convolution import Conv
from tonotope.network.layers.deltas import Deltas
from tonotope.network.layers.dense import Dense, Flatten
from tonotope.network.layers.dropout import Dropout
from tonotope.network.layers.layer import LayerStage, spatial, times
from tonotope.network.layers.layer_grammar import fields
from tonotope.network.layers.normalisation import BatchNorm, ClipNorm
from tonotope.network.layers.pooling import GlobalPool, Pool
from tonotope.network.layers.rbf import RBF
from tonotope.network.layers.subsampling import Subsample

if TYPE_CHECKING:
    from torch import nn


def _from_text(value: Any) -> Any:
    return fields(value) if isinstance(value, str) else value


class Composed(LayerStage):
    """What layers made of layers share: they cost what is inside them."""

    @abstractmethod
    def rows(self) -> Iterable[Sequence[LayerStage]]:
        """The rows of layers that are all given the same input."""

    def inside(self, shape: Shape) -> list[tuple[LayerStage, Shape]]:
        """Every layer inside with the shape that reaches it."""
        found: list[tuple[LayerStage, Shape]] = []
        for layers in self.rows():
            at = shape
            for layer in layers:
                found.append((layer, at))
                at = layer.out_shape(at)
        return found

    def parameters(self, shape: Shape) -> int:
        """Those of all layers inside."""
        return sum(layer.parameters(at) for layer, at in self.inside(shape))

    def kept(self, shape: Shape) -> int:
        """Those of all layers inside."""
        return sum(layer.kept(at) for layer, at in self.inside(shape))

    def multiply_adds(self, shape: Shape) -> int:
        """Those of all layers inside."""
        return sum(layer.multiply_adds(at) for layer, at in self.inside(shape))

    def connections(self, shape: Shape) -> int:
        """Those of all layers inside."""
        return sum(layer.connections(at) for layer, at in self.inside(shape))

    def weighed(self, shape: Shape) -> str:
        """A line for every layer inside that has filters or units."""
        rows = ((layer.text, layer.weighed(at)) for layer, at in self.inside(shape))
        return "\n".join(f"{text}: {weighed}" for text, weighed in rows if weighed)

    def values(self, shape: Shape) -> int:
        """Those of all layers inside, and what comes out."""
        held = sum(layer.values(at) for layer, at in self.inside(shape))
        return held + super().values(shape)


class Residual(Composed):
    """What a few layers compute is added to what they were given (He et al. 2016).

    In text `residual [LAYER, LAYER, ...]`, or `residual [...] shortcut [...]` where the body
    changes the shape and the shortcut has to follow it.

    Attributes:
        body: the layers.
        shortcut: the layers beside them; none lets the input through as it is.
    """

    kind: Literal["residual"] = "residual"
    body: tuple[Layer, ...] = Field(min_length=1)
    shortcut: tuple[Layer, ...] = ()

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        body = ", ".join(layer.text for layer in self.body)
        if not self.shortcut:
            return f"residual [{body}]"
        return f"residual [{body}] shortcut [{', '.join(layer.text for layer in self.shortcut)}]"

    def out_shape(self, shape: Shape) -> Shape:
        """The shape of the body, which must be that of the shortcut.

        Raises:
            ShapeError: a layer inside does not fit, or the two shapes differ.
        """
        body = _through(self.body, shape, "body")
        beside = _through(self.shortcut, shape, "shortcut")
        if body.sizes != beside.sizes:
            raise ShapeError(
                f"adds its body, {body}, to its shortcut, {beside}: {_remedy(self, shape, body)}"
            )
        return Shape(_widest(axes) for axes in zip(body, beside, strict=True))

    def rows(self) -> Iterable[Sequence[LayerStage]]:
        """The body and the shortcut."""
        return self.body, self.shortcut

    def build(self, shape: Shape) -> nn.Module:
        """A module with the parts `body` and `shortcut`."""
        from tonotope.network.layers.modules import ResidualSum

        self.out_shape(shape)
        return ResidualSum(assemble(self.body, shape), assemble(self.shortcut, shape))


class Parallel(Composed):
    """Several branches are given the same input; their channels come out one after the other.

    In text `parallel [LAYER, ...] [LAYER, ...] ...`.

    Attributes:
        branches: the layers of each; an empty one lets the input through as it is.
    """

    kind: Literal["parallel"] = "parallel"
    branches: tuple[tuple[Layer, ...], ...] = Field(min_length=2, max_length=64)

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        told = (", ".join(layer.text for layer in layers) for layers in self.branches)
        return "parallel " + " ".join(f"[{branch}]" for branch in told)

    def out_shape(self, shape: Shape) -> Shape:
        """The channels of all branches; the other axes, which must be the same in all.

        Raises:
            ShapeError: a layer inside does not fit, or the branches differ in time or frequency.
        """
        found = [
            _through(layers, shape, f"branch {number}")
            for number, layers in enumerate(self.branches, 1)
        ]
        first = found[0]
        for number, other in enumerate(found[1:], 2):
            if other.sizes[1:] != first.sizes[1:] or other.names != first.names:
                raise ShapeError(
                    f"cannot lay its branches side by side: the first makes {first}, branch "
                    f"{number} {other}; only the channels may differ, use `padding same`"
                )
        channel = first[0]._replace(size=sum(other[0].size for other in found))
        axes = zip(*(other[1:] for other in found), strict=True)
        return Shape([channel, *(_widest(same) for same in axes)])

    def rows(self) -> Iterable[Sequence[LayerStage]]:
        """The branches."""
        return self.branches

    def build(self, shape: Shape) -> nn.Module:
        """A module with a list of branches."""
        from tonotope.network.layers.modules import Concatenation

        self.out_shape(shape)
        return Concatenation([assemble(layers, shape) for layers in self.branches])


Layer = Annotated[
    Annotated[
        Conv
        | TableConv
        | Pool
        | GlobalPool
        | Subsample
        | BatchNorm
        | ClipNorm
        | Deltas
        | Activation
        | LeakyReLU
        | Dropout
        | Flatten
        | Dense
        | RBF
        | Residual
        | Parallel,
        Field(discriminator="kind"),
    ],
    BeforeValidator(_from_text),
]
Residual.model_rebuild()
Parallel.model_rebuild()


def _widest(axes: Sequence[Axis]) -> Axis:
    """The axis of those that come together whose indices see most."""
    return axes[0]._replace(span=max(axis.span for axis in axes))


def _through(layers: Sequence[LayerStage], shape: Shape, where: str) -> Shape:
    for number, layer in enumerate(layers, 1):
        try:
            shape = layer.out_shape(shape)
        except ShapeError as error:
            message = f"does not fit: in its {where}, layer {number} (`{layer.text}`) {error}"
            raise ShapeError(message) from None
    return shape


def _remedy(layer: Residual, shape: Shape, body: Shape) -> str:
    """A shortcut that would fit, if one convolution of single taps can."""
    before, after = spatial(shape), spatial(body)
    strides = _strides(before, after) if len(before) == len(after) else None
    if not after or strides is None:
        return "let the body keep the size, `padding same`"
    stride = "" if set(strides) == {1} else f" stride {times(strides)}"
    ones = times((1,) * len(after))
    return f"use `shortcut [conv {body.size('channel')} {ones}{stride}]`"


def _strides(before: tuple[Axis, ...], after: tuple[Axis, ...]) -> tuple[int, ...] | None:
    found = []
    for old, new in zip(before, after, strict=True):
        stride = -(-old.size // new.size)
        if -(-old.size // stride) != new.size:
            return None
        found.append(stride)
    return tuple(found)
