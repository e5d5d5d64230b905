"""The waveform itself, N × T: the network finds its own filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape, Stage
from tonotope.representation.sample_rate import RateHz

if TYPE_CHECKING:
    from torch import nn


class Waveform(Stage):
    """Sound as it is: one channel of samples.

    Attributes:
        rate_hz: samples per second.
        level: `clip` makes the largest sample of each clip 1, `recorded` leaves it as it was.

    >>> wave = Waveform(rate_hz=8000)
    >>> print(wave.out_shape(wave.clip_shape(16000)))
    1 × 16000 (channel, time)
    """

    kind: Literal["waveform"] = "waveform"
    rate_hz: RateHz = 22050
    level: Literal["recorded", "clip"] = "recorded"

    @property
    def window_samples(self) -> int:
        """One index of the time axis sees one sample."""
        return 1

    @property
    def hop_samples(self) -> int:
        """One index of the time axis lies one sample after the other."""
        return 1

    def frames(self, samples: int) -> int:
        """The time axis counts samples."""
        return max(0, samples)

    def samples(self, frames: int) -> int:
        """The time axis counts samples."""
        return max(0, frames)

    def clip_shape(self, samples: int) -> Shape:
        """The shape of a clip of `samples`, as `out_shape` and `build` want it."""
        return Shape([Axis("time", samples, 1 / self.rate_hz, 1 / self.rate_hz, "s")])

    def frequencies_hz(self) -> np.ndarray:
        """Empty: a waveform has no frequency axis."""
        return np.zeros(0)

    def out_shape(self, shape: Shape) -> Shape:
        """`channel × time`, one index per sample.

        Raises:
            ShapeError: there is no sample.
        """
        samples = shape.size("time")
        if samples < 1:
            raise ShapeError("a clip of 0 samples holds no sound: at least 1 sample is needed")
        step = 1 / self.rate_hz
        return Shape([Axis("channel", 1), Axis("time", samples, step, step, "s")])

    def build(self, shape: Shape) -> nn.Module:
        """A module that gives a batch of waves its channel axis."""
        from tonotope.representation.modules import WaveformTransform

        self.out_shape(shape)
        return WaveformTransform()
