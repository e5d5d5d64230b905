"""The closed vocabulary: every layer there is, in text and in JSON, and the one made of others.

Every network expands into these layers, so a file that lists them describes it completely: no
code is named in it, and another language can run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from tonotope._errors import ExperimentError, ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.activate import Activation, LeakyReLU
from tonotope.network.assemble import assemble
from tonotope.network.convolve import Conv
from tonotope.network.dense import Dense, Flatten
from tonotope.network.layer import LayerStage, spatial, times
from tonotope.network.normalise import BatchNorm, Dropout
from tonotope.network.pool import GlobalPool, Pool
from tonotope.network.text import DEEPEST, fields

if TYPE_CHECKING:
    from torch import nn

MOST_LAYERS = 2000


def _from_text(value: Any) -> Any:
    return fields(value) if isinstance(value, str) else value


class Residual(LayerStage):
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
        pairs = zip(body, beside, strict=True)
        return Shape(axis._replace(span=max(axis.span, other.span)) for axis, other in pairs)

    def parameters(self, shape: Shape) -> int:
        """Those of the body and of the shortcut."""
        return sum(layer.parameters(at) for layer, at in self.inside(shape))

    def multiply_adds(self, shape: Shape) -> int:
        """Those of the body and of the shortcut."""
        return sum(layer.multiply_adds(at) for layer, at in self.inside(shape))

    def inside(self, shape: Shape) -> list[tuple[LayerStage, Shape]]:
        """Every layer of body and shortcut with the shape that reaches it."""
        found: list[tuple[LayerStage, Shape]] = []
        for layers in (self.body, self.shortcut):
            at = shape
            for layer in layers:
                found.append((layer, at))
                at = layer.out_shape(at)
        return found

    def build(self, shape: Shape) -> nn.Module:
        """A module with the parts `body` and `shortcut`."""
        from tonotope.network.modules import ResidualSum

        self.out_shape(shape)
        return ResidualSum(assemble(self.body, shape), assemble(self.shortcut, shape))


Layer = Annotated[
    Annotated[
        Conv
        | Pool
        | GlobalPool
        | BatchNorm
        | Activation
        | LeakyReLU
        | Dropout
        | Flatten
        | Dense
        | Residual,
        Field(discriminator="kind"),
    ],
    BeforeValidator(_from_text),
]
Residual.model_rebuild()

_ONE: TypeAdapter[Layer] = TypeAdapter(Layer)


def parse(text: str) -> Layer:
    """The layer that a line describes.

    >>> parse("maxpool 2x2").text
    'maxpool 2x2'

    Raises:
        ExperimentError: it describes none; the message shows one that would do.
    """
    try:
        return _ONE.validate_python(text)
    except ValidationError as error:
        raise ExperimentError(f"`{text.strip()[:200]}`: {reason(error)}") from None


def dump(layers: Sequence[LayerStage]) -> list[dict[str, Any]]:
    """Layers as plain data for JSON, with nothing left to a default."""
    return [layer.model_dump(mode="json") for layer in layers]


def load(data: object) -> tuple[Layer, ...]:
    """The layers that `dump` wrote, checked as if a stranger had written them.

    Raises:
        ExperimentError: not a list of layers of this vocabulary; names the entry.
    """
    if not isinstance(data, list | tuple) or len(data) > MOST_LAYERS:
        raise ExperimentError(f"a list of at most {MOST_LAYERS:,} layers is expected")
    if _depth(data) > DEEPEST:
        raise ExperimentError(f"residuals nest at most {DEEPEST} deep")
    layers: list[Layer] = []
    for number, entry in enumerate(data, 1):
        try:
            layers.append(_ONE.validate_python(entry))
        except ValidationError as error:
            raise ExperimentError(f"layer {number}: {reason(error)}") from None
    return tuple(layers)


def reason(error: ValidationError) -> str:
    """The first thing wrong, in one sentence."""
    first = error.errors(include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    # The first place is the layer's kind, which the reader sees anyway.
    where = ".".join(str(place) for place in first["loc"][1:])
    return f"{where}: {message}" if where else message


def _depth(data: object) -> int:
    """How deep residuals nest, counted without recursion; stops once it is too deep."""
    level, depth = [data], -1
    while level and depth <= DEEPEST:
        lists = [entry for entry in level if isinstance(entry, list | tuple)]
        entries = [entry for found in lists for entry in found if isinstance(entry, dict)]
        level = [entry.get(key) for entry in entries for key in ("body", "shortcut")]
        depth += bool(lists)
    return depth


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
