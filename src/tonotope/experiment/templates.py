"""Published networks as beginnings: each with the sound that it was published for.

`tonotope new DATA --template m5` takes over not only the layers but the rate, the length of a clip
and the representation, for the number of parameters and the sizes of the paper hold for these
alone. Recordings that are nothing like that are refused before a file is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from tonotope._errors import ExperimentError
from tonotope.experiment.defaults import DataSummary, choose_rate_hz
from tonotope.heads import Classify, Task
from tonotope.network import PUBLISHED, Network, Published
from tonotope.network.architecture import Architecture

KINDS = PUBLISHED
# Recordings that fill less of a clip than this would be mostly silence.
LEAST_FILLED = 0.5
# LeNet-5 read images of 32 × 32; of sound it is given so many bands, and time as it comes.
_IMAGE_BANDS = 32
_NETWORK: TypeAdapter[Architecture] = TypeAdapter(Network)


def clip_s(kind: str) -> float | None:
    """How much sound the network was published for; None where it was no sound.

    >>> clip_s("m5"), clip_s("lenet5")
    (4.0, None)
    """
    published = _published(kind)
    return (
        published.clip_samples / published.representation["rate_hz"]
        if published.representation
        else None
    )


def apply_template(
    table: Mapping[str, Any], kind: str, asked_clip_s: float | None = None
) -> dict[str, Any]:
    """The table of an experiment with the network `kind` and the input it was published for.

    Args:
        table: of an experiment on these recordings.
        kind: one of `KINDS`.
        asked_clip_s: the length of a clip, where the user wants another.
    """
    published = _published(kind)
    made = {**table, "network": {"kind": kind}}
    if not published.representation:
        made["representation"] = {**table["representation"], "bands": _IMAGE_BANDS}
        return made
    length_s = asked_clip_s or clip_s(kind)
    return made | {
        "data": {**table["data"], "clip_s": length_s},
        "representation": dict(published.representation),
    }


def check_template_fits(
    kind: str, summary: DataSummary, head: Task, asked_clip_s: float | None = None
) -> None:
    """Refuse recordings or a question that the network was not made for.

    Raises:
        ExperimentError: says what it was published for, what is given, and what would fit.
    """
    published = _published(kind)
    if _NETWORK.validate_python({"kind": kind}).has_output_layer and not isinstance(head, Classify):
        message = (
            f"`{kind}` answers by itself, with a distance to each class: it fits the head"
            f" `classify` and not `{getattr(head, 'kind', 'python')}`; begin with --template lenet"
        )
        raise ExperimentError(message)
    if not published.representation:
        return
    wanted_hz, common_hz = published.representation["rate_hz"], choose_rate_hz(summary).value
    highest_hz = max(summary.rates, default=0)
    if highest_hz < wanted_hz:
        message = (
            f"`{kind}` was published for sound at {wanted_hz:,} Hz, and these recordings have"
            f" {highest_hz:,} Hz at most: above {highest_hz // 2:,} Hz there is nothing; begin"
            f" without a template, or with --template resnet, which take {common_hz:,} Hz"
        )
        raise ExperimentError(message)
    length_s, middle_s = clip_s(kind) or 0.0, summary.duration_s(0.5)
    if asked_clip_s is None and middle_s < LEAST_FILLED * length_s:
        message = (
            f"`{kind}` was published for clips of {length_s:.3g} s, and half of these recordings"
            f" are under {middle_s:.2g} s: most of its input would be silence; begin without a"
            f" template, or give its clips another length (--set data.clip_s={middle_s:.2g})"
        )
        raise ExperimentError(message)


def source(kind: str) -> str:
    """Authors, year and title.

    >>> source("m5").startswith("Dai, Dai, Qu, Li & Das 2017")
    True
    """
    return _published(kind).source


def _published(kind: str) -> Published:
    published = _NETWORK.validate_python({"kind": kind}).published
    if published is None:
        message = f"`{kind}` was never published with an input of its own"
        raise ExperimentError(message)
    return published
