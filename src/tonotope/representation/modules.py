"""The modules that compute representations: from waves `(batch, time)` to what a network sees.

There are two roads to the same numbers. The plain one is a single graph, `torch.stft` and a
matrix product: it is differentiable, runs on every device and can be exported. The other walks
through each wave in blocks of frames that stay in the processor's cache, which on a CPU is several
times faster: the large temporaries of the plain road are what costs there. The
faster is taken wherever both give the same.

Constants (window, band weights, cosines) follow from the description and are no part of the
state that is saved.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tonotope._errors import ShapeError
from tonotope.representation.stft_params import StftRepresentation, window_weights

# Values in a block of frames: 1 MB of floats, which stays in a processor's cache.
BLOCK_VALUES = 262_144
# Mel bands whose weights are multiplied together: few bins concern the low ones.
BANDS_TOGETHER = 16


class WaveformTransform(nn.Module):
    """A batch of waves with a channel axis: `(batch, time)` becomes `(batch, 1, time)`."""

    def forward(self, wave: Tensor) -> Tensor:
        """The same values."""
        return wave.unsqueeze(1)


class FramedTransform(nn.Module, ABC):
    """What the transforms of frames share: both roads from wave to spectrum."""

    window: Tensor

    def __init__(self, description: StftRepresentation) -> None:
        super().__init__()
        self.window_samples = description.window_samples
        self.hop_samples = description.hop_samples
        self.transform_samples = description.transform_samples
        self.bins = description.bins
        self.hold("window", window_weights(description.window, self.window_samples))

    def hold(self, name: str, constant: object) -> None:
        """Keep a constant that moves with the module but is not saved with it."""
        self.register_buffer(name, torch.as_tensor(constant, dtype=torch.float32), persistent=False)

    def forward(self, wave: Tensor) -> Tensor:
        """`(batch, time)` becomes `(batch, channel, time, frequency)`, channels last in memory.

        Raises:
            ShapeError: a wave is shorter than one frame.
        """
        if not torch.compiler.is_compiling() and wave.shape[-1] < self.window_samples:
            raise ShapeError(
                f"{wave.shape[-1]} samples are fewer than the {self.window_samples} of one frame: "
                f"pad the sound or choose a longer clip"
            )
        with _full_precision(wave):
            wave = wave if wave.dtype in (torch.float32, torch.float64) else wave.float()
            steps = self.in_blocks(wave) if _may_walk(wave) else self.at_once(wave)
        # (batch, time, frequency, channel) in memory, as the lecture's N x T x F x C.
        return steps.permute(0, 3, 1, 2)

    def at_once(self, wave: Tensor) -> Tensor:
        """The plain road, `(batch, time, frequency, channel)`: one graph without any loop."""
        size, zeros = self.transform_samples, self.transform_samples - self.window_samples
        window = F.pad(self.window.to(wave.dtype), (0, zeros))
        padded = F.pad(wave, (0, zeros))
        spectrum = torch.stft(
            padded, size, self.hop_samples, size, window, center=False, return_complex=True
        )
        return self.describe(spectrum.transpose(1, 2))

    def in_blocks(self, wave: Tensor) -> Tensor:
        """The fast road, `(batch, time, frequency, channel)`: block by block, in the cache."""
        frames = wave.unfold(-1, self.window_samples, self.hop_samples)
        window = self.window.to(wave.dtype)
        count = frames.shape[1]
        most = max(16, BLOCK_VALUES // self.transform_samples)
        block = -(-count // -(-count // most))  # blocks of equal length, none of them a remainder
        padded = wave.new_zeros(block, self.transform_samples)
        steps = self.room(wave, count)
        edges = [*range(0, count, block), count]
        for clip, out in zip(frames, steps, strict=True):
            for begin, end in pairwise(edges):
                part = padded[: end - begin]
                torch.mul(clip[begin:end], window, out=part[:, : self.window_samples])
                self.fill(torch.fft.rfft(part), out[begin:end])
        return steps

    @abstractmethod
    def room(self, wave: Tensor, frames: int) -> Tensor:
        """Memory for `(batch, time, frequency, channel)`."""

    @abstractmethod
    def describe(self, spectrum: Tensor) -> Tensor:
        """From spectra `(batch, time, bin)` to `(batch, time, frequency, channel)`."""

    @abstractmethod
    def fill(self, spectrum: Tensor, out: Tensor) -> None:
        """The same for a block of frames, into `out`; may use the spectrum's memory up."""


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
    """Power in mel bands, in decibels."""

    weights: Tensor

    def __init__(self, description: StftRepresentation, weights: np.ndarray, floor: float) -> None:
        super().__init__(description)
        self.bands = weights.shape[1]
        self.floor = floor
        self.hold("weights", weights)
        self.parts = _bins_that_matter(torch.as_tensor(weights > 0))

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
    """The first cosine coefficients of the log-mel spectrum."""

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


def _may_walk(wave: Tensor) -> bool:
    """Whether the fast road may be taken: on a CPU, and nobody records what is computed."""
    if torch.is_grad_enabled() and wave.requires_grad:
        return False
    traced = torch.jit.is_tracing()  # pyright: ignore[reportPrivateImportUsage]
    return wave.device.type == "cpu" and not traced and not torch.compiler.is_compiling()


def _full_precision(wave: Tensor) -> contextlib.AbstractContextManager[object]:
    """Decibels span a range that 8 bits of mantissa do not hold: no autocast in here."""
    device = wave.device.type
    if torch.is_autocast_enabled(device):
        return torch.autocast(device, enabled=False)
    return contextlib.nullcontext()


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
