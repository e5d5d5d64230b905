"""Magnitude and complex spectrograms: settings, axes, inverse, masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from tonotope._shapes import Shape
from tonotope.representation.stft_params import StftRepresentation

if TYPE_CHECKING:
    from torch import Tensor, nn

_FLOOR_DB = -80.0  # of a picture


class Magnitude(StftRepresentation):
    """The magnitude of the short-time Fourier transform, N × T × F.

    >>> spectrogram = Magnitude(rate_hz=16000, window_s=0.032, hop_s=0.008)
    >>> print(spectrogram.out_shape(spectrogram.clip_shape(16000)))
    1 × 122 × 257 (channel, time, frequency)
    """

    kind: Literal["magnitude"] = "magnitude"

    def build(self, shape: Shape) -> nn.Module:
        """A module from waves `(batch, time)` to magnitudes `(batch, 1, time, frequency)`."""
        from tonotope.representation.transforms import MagnitudeTransform

        self.out_shape(shape)
        return MagnitudeTransform(self)

    def resynthesise(self, wave: Tensor, features: Tensor, estimate: Tensor) -> Tensor:
        """The noisy spectra with the estimated strength, and their own phase."""
        from tonotope.representation import inverse

        estimate = estimate.float().clamp(min=0.0)
        gain = (estimate / self.amplitudes(features).clamp(min=inverse.FAINT))[:, 0]
        return inverse.overlap_add(self, inverse.stft(self, wave) * gain, wave)

    def ideal_amplitudes(self, noisy: Tensor, clean: Tensor, features: Tensor) -> Tensor:
        """What of the clean sound lies along the phase of the noisy one."""
        from tonotope.representation import inverse

        given, wanted = (inverse.stft(self, one) for one in (noisy, clean))
        return self.amplitudes(features) * inverse.gain_of(*inverse.along_phase(given, wanted))

    def picture(self, features: np.ndarray) -> np.ndarray:
        """Decibels, down to 80 below the loudest."""
        return _decibels(features)


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
        from tonotope.representation.transforms import ComplexTransform

        self.out_shape(shape)
        return ComplexTransform(self)

    def resynthesise(self, wave: Tensor, features: Tensor, estimate: Tensor) -> Tensor:
        """The inverse transform of the estimate, at the level of the noisy sound."""
        import torch

        from tonotope.representation import inverse

        spectrum = torch.view_as_real(inverse.stft(self, wave)).movedim(-1, 1)
        parts = estimate.float() * inverse.level_factor(spectrum, features)
        complete = torch.view_as_complex(parts.movedim(1, -1).contiguous())
        return inverse.overlap_add(self, complete, wave)

    def ideal_amplitudes(self, noisy: Tensor, clean: Tensor, features: Tensor) -> Tensor:
        """The clean spectra, at the level of `features`."""
        import torch

        from tonotope.representation import inverse

        given, wanted = (
            torch.view_as_real(inverse.stft(self, one)).movedim(-1, 1) for one in (noisy, clean)
        )
        return wanted / inverse.level_factor(given, features)

    def apply_mask(self, amplitudes: Tensor, mask: Tensor) -> Tensor:
        """Each value turned down and turned round by a complex mask of at most 1."""
        from tonotope.representation.inverse import apply_complex_mask

        return apply_complex_mask(amplitudes, mask)

    def picture(self, features: np.ndarray) -> np.ndarray:
        """The magnitude in decibels, down to 80 below the loudest."""
        return _decibels(features)


def _decibels(features: np.ndarray) -> np.ndarray:
    """Magnitudes of `(channel, time, frequency)` over all channels, `(time, frequency)`, in dB."""
    size = np.sqrt((features.astype(np.float64) ** 2).sum(axis=0))
    decibels = 20 * np.log10(np.maximum(size, 1e-12) / max(float(size.max()), 1e-12))
    return np.maximum(decibels, _FLOOR_DB)
