"""The short-time Fourier transform as a PyTorch module: frames, window, FFT, in blocks.

There are two ways to the same numbers. The plain one is a single graph, `torch.stft` and a matrix
product: it is differentiable, runs on every device and can be exported. The other takes each wave
in blocks of frames that stay in the processor's cache. On a CPU it is several times faster, because
the large temporaries of the plain way are what costs there. The faster one is taken wherever both
give the same.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tonotope._errors import ShapeError
from tonotope.representation.stft_params import StftRepresentation, window_weights

# Values in a block of frames: 1 MB of floats, which stays in a processor's cache.
BLOCK_VALUES = 262_144


class FramedTransform(nn.Module, ABC):
    """What the transforms of frames share: both ways from wave to spectrum.

    The `window` is `(sample,)`.
    """

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
        """The plain way, `(batch, time, frequency, channel)`: one graph without any loop."""
        size, zeros = self.transform_samples, self.transform_samples - self.window_samples
        window = F.pad(self.window.to(wave.dtype), (0, zeros))
        padded = F.pad(wave, (0, zeros))
        spectrum = torch.stft(
            padded, size, self.hop_samples, size, window, center=False, return_complex=True
        )
        return self.describe(spectrum.transpose(1, 2))

    def in_blocks(self, wave: Tensor) -> Tensor:
        """The fast way, `(batch, time, frequency, channel)`: block by block, in the cache."""
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
        """The same for a block of frames, into `out`; may use the spectrum's memory up.

        From `(time, bin)`, complex, to `(time, frequency, channel)`.
        """


def _may_walk(wave: Tensor) -> bool:
    """Whether the fast way may be taken: on a CPU, and nobody records what is computed."""
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
