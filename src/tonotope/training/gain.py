"""What it does to standardised features that the sound, or a band of it, is louder.

A linear representation (waveform, magnitude, complex) is multiplied, a logarithmic one moves up;
of cosine coefficients only the first one moves. Standardised features are `(x - mean) / std`, so

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
    """What one more decibel changes, for features standardised by `mean` and `std`.

    Attributes:
        mean: per channel and band, as the features broadcast.
        std: the same.
        direction: what one decibel adds before standardising; None where it multiplies.
    """

    mean: Tensor
    std: Tensor
    direction: Tensor | None

    def apply(self, features: Tensor, decibels: Tensor) -> Tensor:
        """The features as if each clip were louder by its decibels.

        Args:
            features: `(batch, channel, time, frequency)` or `(batch, channel, time)`.
            decibels: `(batch,)`, or `(batch, frequency)` for a change in every band.
        """
        between = [1] * (features.dim() - decibels.dim())
        decibels = decibels.view(len(decibels), *between, *decibels.shape[1:])
        if self.direction is not None:
            return torch.addcmul(features, decibels, self.direction / self.std)
        gain = 10.0 ** (decibels / 20.0)
        return features * gain + (gain - 1.0) * (self.mean / self.std)

    def add_noise(self, features: Tensor, decibels: Tensor) -> Tensor:
        """The features as if a steady noise lay under each clip: its power adds to theirs.

        Args:
            features: `(batch, channel, time, frequency)`, standardised: decibels, or magnitudes.
            decibels: `(batch, frequency)`, the noise relative to the loudest point of the clip.
        """
        heard = features * self.std + self.mean
        loudest, noise = heard.amax((1, 2, 3), keepdim=True), decibels[:, None, None, :]
        if self.direction is None:
            mixed = torch.hypot(heard, loudest * 10.0 ** (noise / 20.0))
        else:
            mixed = torch.logaddexp(heard * PER_DB, (loudest + noise) * PER_DB) / PER_DB
        return (mixed - self.mean) / self.std

    def silence(self, features: Tensor) -> Tensor:
        """How the features of each clip look where nothing is heard.

        Args:
            features: `(batch, channel, time, frequency)`, standardised.

        Returns:
            `(batch, channel, 1, frequency)`: the least of each band where features are decibels,
            as there is no silence in a logarithm; otherwise what a wave of zeros gives.
        """
        if self.direction is not None:
            return features.amin(2, keepdim=True)
        silence = (-self.mean / self.std).to(features)
        return silence.expand(len(features), *silence.shape)


def feature_gain(representation: Representation, mean: Tensor, std: Tensor) -> FeatureGain:
    """The level of a representation's features, standardised by `mean` and `std`."""
    return FeatureGain(mean, std, representation.decibel_step(std))
