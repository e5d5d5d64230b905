"""The waveform itself, N × T, given to the network as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.representation.representation import Level, Representation
from tonotope.representation.sample_rate import RateHz

if TYPE_CHECKING:
    from torch import Tensor, nn

_COLUMNS, _ROWS = 600, 121  # of a picture


class Waveform(Representation):
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
    level: Level = "recorded"

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
        from tonotope.representation.transforms import WaveformTransform

        self.out_shape(shape)
        return WaveformTransform()

    def check_invertible(self) -> None:
        """Nothing: the samples are the sound."""

    def resynthesise(self, wave: Tensor, features: Tensor, estimate: Tensor) -> Tensor:
        """The estimate at the level of the noisy sound."""
        from tonotope.representation.inverse import level_factor

        return (estimate.float() * level_factor(wave[:, None], features))[:, 0]

    def ideal_amplitudes(self, noisy: Tensor, clean: Tensor, features: Tensor) -> Tensor:
        """The clean samples at the level of `features`."""
        from tonotope.representation.inverse import level_factor

        return clean[:, None] / level_factor(noisy[:, None], features)

    def picture(self, features: np.ndarray) -> np.ndarray:
        """A matrix (time, height): 1 where the wave passes, from its peak downwards."""
        wave = features[0]
        edges = np.linspace(0, len(wave), min(_COLUMNS, len(wave)) + 1).astype(int)[:-1]
        top, bottom = np.maximum.reduceat(wave, edges), np.minimum.reduceat(wave, edges)
        peak = max(float(np.abs(wave).max()), 1e-9)
        heights = np.linspace(-peak, peak, _ROWS)
        half = peak / (_ROWS - 1)
        return ((heights >= bottom[:, None] - half) & (heights <= top[:, None] + half)) * 1.0
