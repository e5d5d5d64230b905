"""What a model is, without its weights: complete, in a closed vocabulary, readable by any program.

`model.json` holds this description, the sizes after every layer and the checksum of the weights.
No code is named in it. `format_version` counts the changes that an older reader could not
follow; every version ever written is read for ever.
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
from tonotope.network.custom import PythonLayer
from tonotope.network.layers.vocabulary import Layer, load
from tonotope.network.sizes import trace
from tonotope.representation import AnyRepresentation

FORMAT = "tonotope model"
FORMAT_VERSION = 1
# What `model.json` says beside the description.
OF_THE_FOLDER = frozenset({"shapes", "weights"})
LONGEST_CLIP_SAMPLES = 2**31 - 1


def _layers(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) == 1 and _is_python(value[0]):
        return value
    try:
        return load(value)
    except ExperimentError as error:
        raise ValueError(str(error)) from None


def _is_python(layer: Any) -> bool:
    """Whether a module written in Python is the whole network; nothing else stands beside it."""
    return isinstance(layer, PythonLayer) or (
        isinstance(layer, Mapping) and layer.get("kind") == "python"
    )


class ModelDescription(Description):
    """A model without its weights.

    Attributes:
        format: says what this is, for whoever finds the file alone.
        format_version: of the file format.
        tonotope: the version that wrote it.
        rate_hz: samples per second of the waves that go in.
        clip_samples: how much of a recording the network hears at once.
        fill: what a recording shorter than a clip is filled up with, as in `data.fill`.
        representation: how waves become a tensor.
        standardise: `band`: after the level of the clip, minus the mean, over the standard
            deviation, for every channel and band, with constants that lie among the weights.
        network: the layers, fully spelled out; or a module written in Python, of which a file
            holds the name, the settings and the sizes.
        head: what is asked of them, with its classes. In Python any `Task` may be passed; a file
            holds what it answers and not how.
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
        """The shape that goes into the network, and the one after each of its layers.

        Raises:
            ShapeError: a layer does not fit, or the network is too large to build.
        """
        begin = self.feature_shape()
        return [begin, *(report.out_shape for report in trace(self.network, begin))]

    @property
    def digest(self) -> str:
        """Changes when the model's architecture, rate or classes change."""
        return fingerprint(self.model_dump(mode="json"))


def fingerprint(told: Mapping[str, Any]) -> str:
    """The digest of a description as it was written, by whatever version.

    It is taken of the table and not of the description read from it: a later version gives old
    tables new entries with defaults, and must still find that table and weights belong together.
    """
    kept = {key: value for key, value in told.items() if key not in {"tonotope", *OF_THE_FOLDER}}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
