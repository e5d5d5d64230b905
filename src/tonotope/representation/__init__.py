"""What the network is given: waveform, spectrogram, log-mel, MFCC; `Saved` lists all kinds.

A representation is a frozen description. It knows the shape it makes of a clip, with seconds and
hertz on the axes, and builds the module that computes it: waves `(batch, time)` go in,
`(batch, channel, time, frequency)` comes out, `(batch, channel, time)` for the waveform. What is
special to one kind (its level, its way back to sound, its warnings, its picture) is in its file.

`Saved` is the closed set of kinds that an experiment file may name. A further one is a file and its
name in `Saved`. In Python any `Representation` may be passed; files hold an
`OpaqueRepresentation` in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, get_args

from pydantic import Field, PlainSerializer, WrapValidator

from tonotope.representation.log_mel import LogMel
from tonotope.representation.mfcc import MFCC
from tonotope.representation.opaque import OpaqueRepresentation
from tonotope.representation.representation import Representation
from tonotope.representation.spectrogram import Complex, Magnitude
from tonotope.representation.waveform import Waveform

Saved = Annotated[
    Waveform | Magnitude | Complex | LogMel | MFCC | OpaqueRepresentation,
    Field(discriminator="kind"),
]
KINDS: tuple[type[Representation], ...] = get_args(get_args(Saved)[0])


def for_file(representation: Representation) -> dict[str, object]:
    """What a file holds of a representation."""
    known = type(representation) in KINDS
    saved = representation if known else OpaqueRepresentation.of(representation)
    return saved.model_dump(mode="json")


def _checked(value: object, read: Callable[[object], Representation]) -> Representation:
    if not isinstance(value, Representation):
        return read(value)
    if "kind" not in type(value).model_fields:
        name = type(value).__name__
        raise ValueError(f'{name} has no `kind`: give it one, kind: Literal["..."] = "..."')
    return value


# A kind that files know, or one of your own, which is written as an `OpaqueRepresentation`.
if TYPE_CHECKING:
    AnyRepresentation = Representation
else:
    AnyRepresentation = Annotated[Saved, WrapValidator(_checked), PlainSerializer(for_file)]

__all__ = [
    "MFCC", "AnyRepresentation", "Complex", "LogMel", "Magnitude", "OpaqueRepresentation",
    "Representation", "Waveform", "for_file",
]  # fmt: skip
