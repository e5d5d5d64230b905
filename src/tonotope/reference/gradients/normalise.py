"""The gradients of batch normalisation and dropout.

In training every value of a channel has a part in its mean and its variance, so every error reaches
every value. With x̂ = (x - μ) / √(σ² + ε), g for upstream, and means taken over batch, time and
frequency:

    ∂/∂γ = Σ g·x̂        ∂/∂β = Σ g
    ∂/∂x = γ / √(σ² + ε) · (g - mean(g) - x̂ · mean(g·x̂))

The two means take away what normalisation would undo anyway: a shift of the whole channel, and a
stretch of it. In use the running averages are constants, and only the factor in front remains.

Source: Ioffe and Szegedy (2015), section 3, gathered into one line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tonotope.reference.normalise import Running, other_axes, per_channel


class NormGradients(NamedTuple):
    """What batch normalisation hands back: x in its shape, gain and shift (channel,)."""

    x: np.ndarray
    gain: np.ndarray
    shift: np.ndarray


def batch_norm_training_backward(
    upstream: np.ndarray, x: np.ndarray, gain: np.ndarray, epsilon: float = 1e-5
) -> NormGradients:
    """The gradients of `batch_norm_training`; the running averages take no part.

    Args:
        upstream: (batch, channel, …).
        x: the same shape, as the layer was given it.
        gain: γ, (channel,).
        epsilon: ε.
    """
    axes = other_axes(x)
    batch = Running(x.mean(axis=axes), x.var(axis=axes))
    use = batch_norm_use_backward(upstream, x, gain, batch, epsilon)
    count = x.size // x.shape[1]
    normal = (x - per_channel(batch.mean, x)) / per_channel(np.sqrt(batch.variance + epsilon), x)
    undone = per_channel(use.shift / count, x) + normal * per_channel(use.gain / count, x)
    scale = per_channel(gain / np.sqrt(batch.variance + epsilon), x)
    return NormGradients(scale * (upstream - undone), use.gain, use.shift)


def batch_norm_use_backward(
    upstream: np.ndarray,
    x: np.ndarray,
    gain: np.ndarray,
    running: Running,
    epsilon: float = 1e-5,
) -> NormGradients:
    """The gradients of `batch_norm_use`: a fixed factor for each channel.

    Args:
        upstream: (batch, channel, …).
        x: the same shape, as the layer was given it.
        gain: γ, (channel,).
        running: the averages, constants here.
        epsilon: ε.
    """
    deviation = np.sqrt(running.variance + epsilon)
    normal = (x - per_channel(running.mean, x)) / per_channel(deviation, x)
    return NormGradients(
        per_channel(gain / deviation, x) * upstream,
        (upstream * normal).sum(axis=other_axes(x)),
        upstream.sum(axis=other_axes(x)),
    )


def dropout_training_backward(upstream: np.ndarray, mask: np.ndarray, drop: float) -> np.ndarray:
    """The gradient of `dropout_training`: what was silenced hears nothing, the rest is scaled.

    All arrays have any shape, the same for all.
    """
    return upstream * mask / (1 - drop)
