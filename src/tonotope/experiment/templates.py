"""Templates: published networks with the input they were published for (`--template crepe`).

`tonotope new DATA --template m5` takes the layers, and also the rate, the length of a clip and the
representation: the number of parameters and the sizes of the paper hold for these alone. Recordings
that do not fit are refused before a file is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from tonotope._errors import ExperimentError
from tonotope.experiment.data_summary import DataSummary
from tonotope.experiment.proposed_settings import choose_rate_hz
from tonotope.heads import Classify, Task
from tonotope.network import PUBLISHED, Network, Published
from tonotope.network.architecture import Architecture

KINDS = PUBLISHED
# A clip that recordings fill to a smaller share would be mostly silence.
LEAST_FILLED = 0.5
_NETWORK: TypeAdapter[Architecture] = TypeAdapter(Network)


def clip_s(kind: str) -> float | None:
    """The length of sound that the network was published for; None where that was no sound.

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
    table: Mapping[str, Any], kind: str, given_clip_s: float | None = None
) -> dict[str, Any]:
    """The table of an experiment with the network `kind` and its published input.

    Args:
        table: of an experiment on these recordings.
        kind: one of `KINDS`.
        given_clip_s: the length of a clip in seconds, where the user gives one.
    """
    published = _published(kind)
    table = {**table, "network": {"kind": kind}}
    if not published.representation:
        # It read images: sound gets as many bands as they were wide, and time of any length.
        bands = published.sizes[-1]
        return table | {"representation": {**table["representation"], "bands": bands}}
    length_s = given_clip_s or clip_s(kind)
    return table | {
        "data": {**table["data"], "clip_s": length_s},
        "representation": dict(published.representation),
    }


def check_template_fits(
    kind: str, summary: DataSummary, head: Task, given_clip_s: float | None = None
) -> None:
    """Refuse recordings or a head that do not fit the published network.

    Args:
        kind: one of `KINDS`.
        summary: of the recordings.
        head: of the experiment.
        given_clip_s: the length of a clip in seconds, where the user gives one.

    Raises:
        ExperimentError: says what it was published for, what is given, and what would fit.
    """
    published = _published(kind)
    if _NETWORK.validate_python({"kind": kind}).has_output_layer and not isinstance(head, Classify):
        raise ExperimentError(
            f"`{kind}` answers by itself, with a distance to each class: it fits the head"
            f" `classify` and not `{getattr(head, 'kind', 'python')}`; begin with --template lenet"
        )
    if not published.representation:
        return
    published_hz, common_hz = published.representation["rate_hz"], choose_rate_hz(summary).value
    highest_hz = max(summary.rates, default=0)
    if highest_hz < published_hz:
        raise ExperimentError(
            f"`{kind}` was published for sound at {published_hz:,} Hz, and these recordings have"
            f" {highest_hz:,} Hz at most: above {highest_hz // 2:,} Hz there is nothing; begin"
            f" without a template, or with --template resnet, which take {common_hz:,} Hz"
        )
    length_s, middle_s = clip_s(kind) or 0.0, summary.duration_s(0.5)
    if given_clip_s is None and middle_s < LEAST_FILLED * length_s:
        raise ExperimentError(
            f"`{kind}` was published for clips of {length_s:.3g} s, and half of these recordings"
            f" are under {middle_s:.2g} s: most of its input would be silence; begin without a"
            f" template, or give its clips another length (--set data.clip_s={middle_s:.2g})"
        )


def source(kind: str) -> str:
    """The paper: authors, year and title.

    >>> source("m5").startswith("Dai, Dai, Qu, Li & Das 2017")
    True
    """
    return _published(kind).source


def _published(kind: str) -> Published:
    published = _NETWORK.validate_python({"kind": kind}).published
    if published is None:
        raise ExperimentError(f"`{kind}` was never published with an input of its own")
    return published
