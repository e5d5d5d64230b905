"""What the network is given to hear: waveform, spectrogram, log-mel, MFCC.

A representation is a frozen description. It knows the shape it makes of a clip, with seconds and
hertz on the axes, and builds the module that computes it: waves `(batch, time)` go in,
`(batch, channel, time, frequency)` comes out, `(batch, channel, time)` for the waveform.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tonotope.representation.log_mel import LogMel
from tonotope.representation.mfcc import MFCC
from tonotope.representation.spectrogram import Complex, Magnitude
from tonotope.representation.waveform import Waveform

Representation = Annotated[
    Waveform | Magnitude | Complex | LogMel | MFCC, Field(discriminator="kind")
]

__all__ = ["MFCC", "Complex", "LogMel", "Magnitude", "Representation", "Waveform"]
