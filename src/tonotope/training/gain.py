"""Gain in decibels, steady noise and silence, as changes of standardised features.

A gain multiplies a linear representation (waveform, magnitude, complex). To a logarithmic one it
adds a constant; of cosine coefficients only the first one changes. Standardised features are
`(x - mean) / std`, so

    linear        y' = g y + (g - 1) mean / std      with g = 10^(dB / 20)
    logarithmic   y' = y + dB · direction / std
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from tonotope.representation import Representation

# A decibel as an exponent of e: the power of d decibels is exp(PER_DB d).
PER_DB = math.log(10.0) / 10.0


@dataclass(frozen=True)
class FeatureGain:
    """Changes of level for features standardised by `mean` and `std`.

    Attributes:
        mean: per channel and band, `(channel, 1, frequency)`; `(channel, 1)` for waveforms.
        std: of the same shape.
        direction: what one decibel adds before standardising; None where a gain multiplies.
    """

    mean: Tensor
    std: Tensor
    direction: Tensor | None

    def apply(self, features: Tensor, decibels: Tensor) -> Tensor:
        """The features as if each clip were louder by its decibels.

        Args:
            features: `(batch, channel, time, frequency)` or `(batch, channel, time)`.
            decibels: `(batch,)`; `(batch, frequency)` changes each band by its own.
        """
        between = [1] * (features.dim() - decibels.dim())
        decibels = decibels.view(len(decibels), *between, *decibels.shape[1:])
        if self.direction is not None:
            return torch.addcmul(features, decibels, self.direction / self.std)
        gain = 10.0 ** (decibels / 20.0)
        return features * gain + (gain - 1.0) * (self.mean / self.std)

    def add_noise(self, features: Tensor, decibels: Tensor) -> Tensor:
        """The features with a steady noise under each clip: the powers add.

        Args:
            features: `(batch, channel, time, frequency)`, standardised decibels or magnitudes.
            decibels: `(batch, frequency)`, the noise relative to the loudest point of the clip.
        """
        raw = features * self.std + self.mean
        loudest, noise = raw.amax((1, 2, 3), keepdim=True), decibels[:, None, None, :]
        if self.direction is None:
            mixed = torch.hypot(raw, loudest * 10.0 ** (noise / 20.0))
        else:
            mixed = torch.logaddexp(raw * PER_DB, (loudest + noise) * PER_DB) / PER_DB
        return (mixed - self.mean) / self.std

    def silence(self, features: Tensor) -> Tensor:
        """The features of silence, for each clip.

        Args:
            features: `(batch, channel, time, frequency)`, standardised.

        Returns:
            `(batch, channel, 1, frequency)`: features of a wave of zeros; for decibels, where
            silence would be minus infinity, the lowest value of each band in the clip.
        """
        if self.direction is not None:
            return features.amin(2, keepdim=True)
        silence = (-self.mean / self.std).to(features)
        return silence.expand(len(features), *silence.shape)


def feature_gain(representation: Representation, mean: Tensor, std: Tensor) -> FeatureGain:
    """Changes of level for features of `representation` standardised by `mean` and `std`.

    Both are `(channel, 1, frequency)`, or `(channel, 1)` for waveforms.
    """
    return FeatureGain(mean, std, representation.decibel_step(std))
