"""The closed vocabulary: every layer there is, in text and in JSON.

Every network expands into these layers, so a file that lists them describes it completely: no
code is named in it, and another language can run it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tonotope._errors import ExperimentError
from tonotope.network.layers.branches import Layer
from tonotope.network.layers.layer import LayerStage
from tonotope.network.layers.layer_grammar import DEEPEST

MOST_LAYERS = 2000

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
        raise ExperimentError(f"layers nest at most {DEEPEST} deep")
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
    """How deep layers nest, counted without recursion; stops once it is too deep."""
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
