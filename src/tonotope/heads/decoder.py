"""The decoder of a denoiser as a PyTorch module: upsampling, skips, output as mask or residual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tonotope._shapes import Shape
from tonotope.heads.decoder_shapes import KERNEL, AxisResize, DecoderStep, OutputKind
from tonotope.heads.task import FeatureKind


class Standardisation(Protocol):
    """What features were standardised by: `(x - mean) / std`."""

    @property
    def mean(self) -> Tensor:
        """Per channel and band, `(channel, 1, ...)`."""
        ...

    @property
    def std(self) -> Tensor:
        """Per channel and band, `(channel, 1, ...)`."""
        ...


class Decoder(nn.Module):
    """From what a network found on its way to an estimate of the clean features.

    Attributes:
        taps: after which layers of the network its result is needed; 0 is what went in.
        last: the number of the network's last layer.
        output_kind: what the last layer computes: `mask`, `residual` or `direct`.
        representation: what the features are.
    """

    def __init__(
        self,
        shapes: Sequence[Shape],
        steps: Sequence[DecoderStep],
        output_kind: OutputKind,
        representation: FeatureKind,
    ) -> None:
        super().__init__()
        self.last = len(shapes) - 1
        self.output_kind, self.representation = output_kind, representation
        self._joined = tuple(step.tap if step.joined else None for step in steps)
        self._fits = tuple(step.fits for step in steps)
        self.taps = tuple({0, self.last, *(tap for tap in self._joined if tap is not None)})
        self.steps = nn.ModuleList(_block(step) for step in steps)
        top = (steps[-1].shape if steps else shapes[-1]).size("channel")
        one = nn.Conv1d if len(shapes[0]) == 2 else nn.Conv2d
        self.out = one(top, shapes[0].size("channel"), 1)
        nn.init.zeros_(self.out.weight)
        assert self.out.bias is not None
        with torch.no_grad():  # a mask begins by letting most of the sound through
            self.out.bias.zero_()[:1] = 1.0 if output_kind == "mask" else 0.0

    def forward(self, found: Mapping[int, Tensor], standard: Standardisation) -> dict[str, Tensor]:
        """The estimate as `sound`, in amplitudes: (batch, channel, time, ...).

        Args:
            found: what the network gave after each of `taps`, (batch, channel, time, ...).
            standard: the constants that its input was standardised by.
        """
        x = found[self.last]
        for block, tap, fits in zip(self.steps, self._joined, self._fits, strict=True):
            x = resize(x, fits)
            x = block(x if tap is None else torch.cat([x, found[tap].to(x.dtype)], 1))
        return {"sound": self._amplitudes(self.out(x).float(), found[0].float(), standard)}

    def _amplitudes(self, output: Tensor, features: Tensor, standard: Standardisation) -> Tensor:
        """The output of the last layer, as amplitudes."""
        if self.output_kind == "residual":
            output = features + output
        elif self.output_kind == "mask":
            noisy = features * standard.std + standard.mean
            noisy = self.representation.limited_amplitudes(noisy)
            return self.representation.apply_mask(noisy, output)
        return self.representation.limited_amplitudes(output * standard.std + standard.mean)


def resize(x: Tensor, fits: Sequence[AxisResize]) -> Tensor:
    """Every value repeated, then the last ones once more, or fewer, until the size is right.

    Args:
        x: (batch, channel, time) or (batch, channel, time, frequency).
        fits: one for each axis after the channels.

    >>> resize(torch.tensor([[[1.0, 2.0]]]), [AxisResize(2, 0, 1)])
    tensor([[[1., 1., 2., 2., 2.]]])
    """
    for dim, fit in enumerate(fits, start=2):
        if fit.factor > 1:
            x = x.repeat_interleave(fit.factor, dim)
        if fit.after < 0:
            x = x.narrow(dim, 0, x.shape[dim] + fit.after)
    ends = [end for fit in reversed(fits) for end in (fit.before, max(fit.after, 0))]
    return F.pad(x, ends, mode="replicate") if any(ends) else x


def _block(step: DecoderStep) -> nn.Sequential:
    rank = len(step.fits)
    conv, norm = (nn.Conv1d, nn.BatchNorm1d) if rank == 1 else (nn.Conv2d, nn.BatchNorm2d)
    filters, kernel = step.shape.size("channel"), KERNEL[rank]
    layer = conv(step.given + step.joined, filters, kernel, padding=kernel // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return nn.Sequential(layer, norm(filters), nn.ReLU())
