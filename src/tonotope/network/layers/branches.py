"""Residual blocks and parallel branches: layers that contain layers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layers.assemble import assemble
from tonotope.network.layers.layer import LayerStage, spatial, times

if TYPE_CHECKING:
    from torch import nn

    Layer = LayerStage  # when it runs, the union of all layers: see `vocabulary`


class Composed(LayerStage):
    """A layer that contains layers: its cost is the sum of theirs."""

    @abstractmethod
    def rows(self) -> Iterable[Sequence[LayerStage]]:
        """The lists of layers that all read the same input."""

    def inside(self, shape: Shape) -> list[tuple[LayerStage, Shape]]:
        """Every layer inside, with the shape of its input."""
        found: list[tuple[LayerStage, Shape]] = []
        for layers in self.rows():
            at = shape
            for layer in layers:
                found.append((layer, at))
                at = layer.out_shape(at)
        return found

    def parameters(self, shape: Shape) -> int:
        """Those of the layers inside."""
        return sum(layer.parameters(at) for layer, at in self.inside(shape))

    def kept(self, shape: Shape) -> int:
        """Those of the layers inside."""
        return sum(layer.kept(at) for layer, at in self.inside(shape))

    def multiply_adds(self, shape: Shape) -> int:
        """Those of the layers inside."""
        return sum(layer.multiply_adds(at) for layer, at in self.inside(shape))

    def connections(self, shape: Shape) -> int:
        """Those of the layers inside."""
        return sum(layer.connections(at) for layer, at in self.inside(shape))

    def weighed(self, shape: Shape) -> str:
        """A line for each layer inside that has filters or units."""
        rows = ((layer.text, layer.weighed(at)) for layer, at in self.inside(shape))
        return "\n".join(f"{text}: {weighed}" for text, weighed in rows if weighed)

    def values(self, shape: Shape) -> int:
        """Those of the layers inside, and its own output."""
        held = sum(layer.values(at) for layer, at in self.inside(shape))
        return held + super().values(shape)


class Residual(Composed):
    """The output of a few layers is added to their input (He et al. 2016).

    In text `residual [LAYER, LAYER, ...]`, or `residual [...] shortcut [...]` if the body changes
    the shape, so that the shortcut must change it too.

    Attributes:
        body: the layers.
        shortcut: the layers of the other branch; if empty, the input itself is added.
    """

    kind: Literal["residual"] = "residual"
    body: tuple[Layer, ...] = Field(min_length=1)
    shortcut: tuple[Layer, ...] = ()

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        shortcut = f" shortcut {_in_brackets(self.shortcut)}" if self.shortcut else ""
        return f"residual {_in_brackets(self.body)}{shortcut}"

    def out_shape(self, shape: Shape) -> Shape:
        """The shape of the body, which must be that of the shortcut.

        Raises:
            ShapeError: a layer inside does not fit, or the two shapes differ.
        """
        body = _shape_after(self.body, shape, "body")
        shortcut = _shape_after(self.shortcut, shape, "shortcut")
        if body.sizes != shortcut.sizes:
            raise ShapeError(
                f"adds its body, {body}, to its shortcut, {shortcut}: {_remedy(self, shape, body)}"
            )
        return Shape(_widest(axes) for axes in zip(body, shortcut, strict=True))

    def rows(self) -> Iterable[Sequence[LayerStage]]:
        """The body and the shortcut."""
        return self.body, self.shortcut

    def build(self, shape: Shape) -> nn.Module:
        """A module with the parts `body` and `shortcut`."""
        from tonotope.network.layers.modules import ResidualSum

        self.out_shape(shape)
        return ResidualSum(assemble(self.body, shape), assemble(self.shortcut, shape))


class Parallel(Composed):
    """Several branches read the same input; their output channels are concatenated.

    In text `parallel [LAYER, ...] [LAYER, ...] ...`.

    Attributes:
        branches: the layers of each; an empty one passes its input on unchanged.
    """

    kind: Literal["parallel"] = "parallel"
    branches: tuple[tuple[Layer, ...], ...] = Field(min_length=2, max_length=64)

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return f"parallel {' '.join(map(_in_brackets, self.branches))}"

    def out_shape(self, shape: Shape) -> Shape:
        """The channels of all branches together; the other axes must be the same in all.

        Raises:
            ShapeError: a layer inside does not fit, or the branches differ in time or frequency.
        """
        found = [
            _shape_after(layers, shape, f"branch {number}")
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


def _in_brackets(layers: Sequence[LayerStage]) -> str:
    return f"[{', '.join(layer.text for layer in layers)}]"


def _widest(axes: Sequence[Axis]) -> Axis:
    """The first axis, with the largest receptive field of all."""
    return axes[0]._replace(span=max(axis.span for axis in axes))


def _shape_after(layers: Sequence[LayerStage], shape: Shape, where: str) -> Shape:
    for number, layer in enumerate(layers, 1):
        try:
            shape = layer.out_shape(shape)
        except ShapeError as error:
            message = f"does not fit: in its {where}, layer {number} (`{layer.text}`) {error}"
            raise ShapeError(message) from None
    return shape


def _remedy(layer: Residual, shape: Shape, body: Shape) -> str:
    """What to change: a 1x1 convolution as shortcut, if one can give the shape of the body."""
    before, after = spatial(shape), spatial(body)
    strides = _strides(before, after) if len(before) == len(after) else None
    if not after or strides is None:
        return "let the body keep the size, `padding same`"
    stride = "" if set(strides) == {1} else f" stride {times(strides)}"
    kernel = times((1,) * len(after))
    return f"use `shortcut [conv {body.size('channel')} {kernel}{stride}]`"


def _strides(before: tuple[Axis, ...], after: tuple[Axis, ...]) -> tuple[int, ...] | None:
    found = []
    for old, new in zip(before, after, strict=True):
        stride = -(-old.size // new.size)
        if -(-old.size // stride) != new.size:
            return None
        found.append(stride)
    return tuple(found)
