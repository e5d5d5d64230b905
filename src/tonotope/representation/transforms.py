"""The PyTorch modules of the representations: complex, magnitude, log-mel, MFCC, waveform.

Constants (window, band weights, cosines) follow from the description and are no part of the
state that is saved.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from tonotope.representation.stft import FramedTransform
from tonotope.representation.stft_params import StftRepresentation

# Mel bands whose weights are multiplied together: few bins concern the low ones.
BANDS_TOGETHER = 16


class WaveformTransform(nn.Module):
    """A batch of waves with a channel axis: `(batch, time)` becomes `(batch, 1, time)`."""

    def forward(self, wave: Tensor) -> Tensor:
        """The same values, `(batch, time)` as `(batch, 1, time)`."""
        return wave.unsqueeze(1)


class ComplexTransform(FramedTransform):
    """Real and imaginary part of the short-time Fourier transform as two channels."""

    def room(self, wave: Tensor, frames: int) -> Tensor:
        """Memory for both parts."""
        return wave.new_empty(len(wave), frames, self.bins, 2)

    def describe(self, spectrum: Tensor) -> Tensor:
        """The parts side by side."""
        return torch.view_as_real(spectrum)

    def fill(self, spectrum: Tensor, out: Tensor) -> None:
        """The parts side by side."""
        out.copy_(torch.view_as_real(spectrum))


class MagnitudeTransform(FramedTransform):
    """The magnitude of the short-time Fourier transform."""

    def room(self, wave: Tensor, frames: int) -> Tensor:
        """Memory for one value per bin."""
        return wave.new_empty(len(wave), frames, self.bins, 1)

    def describe(self, spectrum: Tensor) -> Tensor:
        """The magnitudes; the gradient at zero is zero."""
        return spectrum.abs().unsqueeze(-1)

    def fill(self, spectrum: Tensor, out: Tensor) -> None:
        """The magnitudes."""
        torch.sqrt(_power_in_place(spectrum), out=out[..., 0])


class LogMelTransform(FramedTransform):
    """Power in mel bands, in decibels; the weights are `(bin, band)`."""

    weights: Tensor

    def __init__(self, description: StftRepresentation, weights: np.ndarray, floor: float) -> None:
        super().__init__(description)
        self.bands = weights.shape[1]
        self.floor = floor
        self.hold("weights", weights)
        self.parts = _bins_that_matter(self.weights > 0)

    def room(self, wave: Tensor, frames: int) -> Tensor:
        """Memory for one value per band."""
        return wave.new_empty(len(wave), frames, self.bands, 1)

    def describe(self, spectrum: Tensor) -> Tensor:
        """Power of each bin, gathered in bands, in decibels."""
        power = torch.view_as_real(spectrum).square().sum(-1)
        bands = power @ self.weights.to(power.dtype)
        return (10 * bands.clamp(min=self.floor).log10()).unsqueeze(-1)

    def fill(self, spectrum: Tensor, out: Tensor) -> None:
        """Power of each bin, gathered in bands, in decibels."""
        power = _power_in_place(spectrum)
        weights, bands = self.weights.to(power.dtype), out[..., 0]
        for band, last_band, bin_, last_bin in self.parts:
            part = weights[bin_:last_bin, band:last_band]
            torch.mm(power[:, bin_:last_bin], part, out=bands[:, band:last_band])
        bands.clamp_(min=self.floor).log10_().mul_(10)


class MFCCTransform(LogMelTransform):
    """The first cosine coefficients of the log-mel spectrum; cosines are `(band, coefficient)`."""

    cosines: Tensor

    def __init__(
        self,
        description: StftRepresentation,
        weights: np.ndarray,
        floor: float,
        cosines: np.ndarray,
    ) -> None:
        super().__init__(description, weights, floor)
        self.hold("cosines", cosines)

    def describe(self, spectrum: Tensor) -> Tensor:
        """Decibels in bands, then their cosine transform."""
        decibels = super().describe(spectrum).squeeze(-1)
        return (decibels @ self.cosines.to(decibels.dtype)).unsqueeze(-1)

    def in_blocks(self, wave: Tensor) -> Tensor:
        """The log-mel spectrum block by block, then one small product."""
        decibels = super().in_blocks(wave).squeeze(-1)
        return (decibels @ self.cosines.to(decibels.dtype)).unsqueeze(-1)


def _power_in_place(spectrum: Tensor) -> Tensor:
    """Squared magnitudes, computed in the memory of `spectrum`."""
    parts = torch.view_as_real(spectrum)
    parts.mul_(parts)
    return parts[..., 0] + parts[..., 1]


def _bins_that_matter(used: Tensor) -> list[tuple[int, int, int, int]]:
    """Groups of neighbouring bands with the range of bins that any of them covers."""
    parts = []
    for band in range(0, used.shape[1], BANDS_TOGETHER):
        last_band = min(band + BANDS_TOGETHER, used.shape[1])
        bins = used[:, band:last_band].any(1).nonzero().flatten().tolist() or [0, -1]
        parts.append((band, last_band, bins[0], bins[-1] + 1))
    return parts
