"""`ModelDescription`, `model.json`: everything about a model but its weights; its fingerprint.

`model.json` holds this description, the sizes after each layer and the checksum of the weights. It
names no code. `format_version` grows with each change that older versions cannot read; files of
every version stay readable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from tonotope import __version__
from tonotope._errors import ExperimentError
from tonotope._shapes import Description, Shape
from tonotope.audio.padding import Fill
from tonotope.heads import AnyHead
from tonotope.network.layers.vocabulary import Layer, load
from tonotope.network.python_layer import PythonLayer
from tonotope.network.shape_inference import trace
from tonotope.representation import AnyRepresentation
from tonotope.representation.representation import LONGEST_CLIP_SAMPLES

FORMAT = "tonotope model"
FORMAT_VERSION = 1
# The keys of `model.json` beside the description.
OF_THE_FOLDER = frozenset({"shapes", "weights"})
# What a head is given after the weights were saved.
_FITTED = frozenset({"temperature", "reject_below"})


def _layers(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) == 1 and _is_python(value[0]):
        return value
    try:
        return load(value)
    except ExperimentError as error:
        raise ValueError(str(error)) from None


def _is_python(layer: Any) -> bool:
    """Whether a layer is a network written in Python; it has no other layers beside it."""
    return isinstance(layer, PythonLayer) or (
        isinstance(layer, Mapping) and layer.get("kind") == "python"
    )


class ModelDescription(Description):
    """A model without its weights.

    Attributes:
        format: what this file is.
        format_version: of the file format.
        tonotope: the version that wrote it.
        rate_hz: samples per second of the input.
        clip_samples: length of one clip, the input of the network.
        fill: what follows recordings shorter than a clip, as in `data.fill`.
        representation: from waveforms to features.
        standardise: `band`: (x - mean) / standard deviation for each channel and band, after the
            level of the clip; the weights hold both.
        network: all layers with all settings; or a module written in Python, of which a file
            holds the name, the settings and the sizes.
        head: the question, with its classes. In Python any `Task` may be passed; of a `Task` of
            your own a file holds the answers and not the code.
    """

    format: Literal["tonotope model"] = FORMAT
    format_version: Literal[1] = FORMAT_VERSION
    tonotope: str = __version__
    rate_hz: int
    clip_samples: int = Field(ge=1, le=LONGEST_CLIP_SAMPLES)
    fill: Fill = "silence"
    representation: AnyRepresentation
    standardise: Literal["band"] = "band"
    network: Annotated[tuple[Layer | PythonLayer, ...], BeforeValidator(_layers)]
    head: AnyHead

    @model_validator(mode="after")
    def _one_rate(self) -> ModelDescription:
        if self.rate_hz != self.representation.rate_hz:
            raise ValueError(
                f"rate_hz is {self.rate_hz} for the model and {self.representation.rate_hz} for"
                " its representation; both must be the same"
            )
        return self

    def feature_shape(self) -> Shape:
        """The shape that the representation makes of one clip."""
        return self.representation.out_shape(self.representation.clip_shape(self.clip_samples))

    def shapes(self) -> list[Shape]:
        """The input shape of the network, and the shape after each layer.

        Raises:
            ShapeError: a layer does not fit, or the network is too large to build.
        """
        shape = self.feature_shape()
        return [shape, *(report.out_shape for report in trace(self.network, shape))]

    @property
    def digest(self) -> str:
        """A hash that changes with the architecture, rate or classes of the model."""
        return fingerprint(self.model_dump(mode="json"))


def fingerprint(table: Mapping[str, Any]) -> str:
    """The digest of a description as any version wrote it.

    It hashes the table of the file and not the description read from it: later versions add entries
    with defaults, and must still see that an old file and its weights belong together. The
    temperature of a head and its `reject_below` are no part of it: they are fitted after the
    weights are saved, and change nothing that belongs to them, so that the description alone is
    written again.
    """
    kept = {key: value for key, value in table.items() if key not in {"tonotope", *OF_THE_FOLDER}}
    kept["head"] = _without_fitted(kept.get("head"))
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def _without_fitted(part: Any) -> Any:
    """A head as a file holds it, of several tasks each, without what is fitted later."""
    if isinstance(part, Mapping):
        return {key: _without_fitted(one) for key, one in part.items() if key not in _FITTED}
    return [_without_fitted(one) for one in part] if isinstance(part, list | tuple) else part
