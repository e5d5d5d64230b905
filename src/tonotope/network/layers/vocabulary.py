"""The union `Layer`, where a new layer is listed; from text or JSON to layers and back.

Every network expands into these layers, so a file that lists them describes it completely: it names
no code, and programs in other languages can run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError

from tonotope._errors import ExperimentError
from tonotope.network.layers.activation import Activation, LeakyReLU
from tonotope.network.layers.branches import Parallel, Residual
from tonotope.network.layers.connection_table import TableConv
from tonotope.network.layers.convolution import Conv
from tonotope.network.layers.deltas import Deltas
from tonotope.network.layers.dense import Dense, Flatten
from tonotope.network.layers.dropout import Dropout
from tonotope.network.layers.layer import LayerStage
from tonotope.network.layers.layer_grammar import DEEPEST, fields
from tonotope.network.layers.normalisation import BatchNorm, ClipNorm
from tonotope.network.layers.pooling import GlobalPool, Pool
from tonotope.network.layers.rbf import RBF
from tonotope.network.layers.subsampling import Subsample

MOST_LAYERS = 2000


def _from_text(value: Any) -> Any:
    return fields(value) if isinstance(value, str) else value


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
# Both contain layers of any kind.
Residual.model_rebuild(_types_namespace={"Layer": Layer})
Parallel.model_rebuild(_types_namespace={"Layer": Layer})
_ONE: TypeAdapter[Layer] = TypeAdapter(Layer)


def parse(text: str) -> Layer:
    """The layer that a line describes.

    >>> parse("maxpool 2x2").text
    'maxpool 2x2'

    Raises:
        ExperimentError: it is not a layer; the message shows an example.
    """
    try:
        return _ONE.validate_python(text)
    except ValidationError as error:
        raise ExperimentError(f"`{text.strip()[:200]}`: {reason(error)}") from None


def dump(layers: Sequence[LayerStage]) -> list[dict[str, Any]]:
    """Layers as plain data for JSON, defaults included."""
    return [layer.model_dump(mode="json") for layer in layers]


def load(data: object) -> tuple[Layer, ...]:
    """The layers that `dump` wrote; the data is not trusted.

    Raises:
        ExperimentError: not a list of layers of this vocabulary; names the entry.
    """
    if not isinstance(data, list | tuple) or len(data) > MOST_LAYERS:
        raise ExperimentError(f"a list of at most {MOST_LAYERS:,} layers is expected")
    if _depth(data) > DEEPEST:
        raise ExperimentError(f"layers nest at most {DEEPEST} deep")
    layers: list[Layer] = []
    for number, entry in enumerate(data, 1):
        try:
            layers.append(_ONE.validate_python(entry))
        except ValidationError as error:
            raise ExperimentError(f"layer {number}: {reason(error)}") from None
    return tuple(layers)


def reason(error: ValidationError) -> str:
    """The first error, in one sentence."""
    first = error.errors(include_url=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    # The first part is the kind of the layer, which the reader sees anyway.
    where = ".".join(str(place) for place in first["loc"][1:])
    return f"{where}: {message}" if where else message


def _depth(data: object) -> int:
    """How deep layers nest, without recursion; stops when it is too deep."""
    level, depth = [data], -1
    while level and depth <= DEEPEST:
        lists = [entry for entry in level if isinstance(entry, list | tuple)]
        entries = [entry for found in lists for entry in found if isinstance(entry, dict)]
        level = [entry.get(key) for entry in entries for key in ("body", "shortcut")]
        for entry in entries:
            branches = entry.get("branches")
            level += branches if isinstance(branches, list | tuple) else []
        depth += bool(lists)
    return depth
