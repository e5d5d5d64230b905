"""Spectrograms: the strength of every frequency in every frame, or its complex amplitude."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from tonotope._shapes import Shape
from tonotope.representation.stft_params import StftRepresentation

if TYPE_CHECKING:
    from torch import nn


class Magnitude(StftRepresentation):
    """The magnitude of the short-time Fourier transform, N × T × F.

    >>> spectrogram = Magnitude(rate_hz=16000, window_s=0.032, hop_s=0.008)
    >>> print(spectrogram.out_shape(spectrogram.clip_shape(16000)))
    1 × 122 × 257 (channel, time, frequency)
    """

    kind: Literal["magnitude"] = "magnitude"

    def build(self, shape: Shape) -> nn.Module:
        """A module from waves `(batch, time)` to magnitudes `(batch, 1, time, frequency)`."""
        from tonotope.representation.modules import MagnitudeTransform

        self.out_shape(shape)
        return MagnitudeTransform(self)


class Complex(StftRepresentation):
    """The short-time Fourier transform as real and imaginary channel, N × T × F × 2.

    Phase is kept, so a mask on it can be turned back into sound.

    >>> spectrum = Complex(rate_hz=16000, window_s=0.032, hop_s=0.008)
    >>> print(spectrum.out_shape(spectrum.clip_shape(16000)))
    2 × 122 × 257 (channel, time, frequency)
    """

    kind: Literal["complex"] = "complex"
    channels: ClassVar[int] = 2

    def build(self, shape: Shape) -> nn.Module:
        """A module from waves `(batch, time)` to `(batch, real and imaginary, time, frequency)`."""
        from tonotope.representation.modules import ComplexTransform

        self.out_shape(shape)
        return ComplexTransform(self)
