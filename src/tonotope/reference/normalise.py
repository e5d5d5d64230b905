"""Batch normalisation and dropout: two layers that work differently in training and in use.

Batch normalisation, in training, takes from every channel the mean μ and the variance σ² that it
has over this batch, over all times and frequencies, and then gives it a scale γ and a shift β that
are learned:

    y = γ · (x - μ) / √(σ² + ε) + β

In use there may be no batch, and one sound's answer must not depend on its neighbours: the running
averages collected during training stand in for μ and σ².

Dropout silences each value with probability p in training. What is left is scaled up by 1/(1 - p),
so that the mean stays what it is; therefore in use there is nothing to do ("inverted" dropout).

Sources: Ioffe and Szegedy, Batch normalization (2015), algorithms 1 and 2, and section 3.2 for
convolutions; Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout: a simple way to
prevent neural networks from overfitting (2014), section 4, where the scaling is done in use.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tonotope._errors import ShapeError


class Running(NamedTuple):
    """The running averages of batch normalisation, a value for each channel.

    Attributes:
        mean: (channel,), begins at 0.
        variance: (channel,), begins at 1.
    """

    mean: np.ndarray
    variance: np.ndarray

    @classmethod
    def start(cls, channels: int) -> Running:
        """The state before the first batch: mean 0, variance 1."""
        return cls(np.zeros(channels), np.ones(channels))


def other_axes(x: np.ndarray) -> tuple[int, ...]:
    """Every axis but the channel's, over which a channel's mean and variance are taken.

    `x` is (batch, channel, …).
    """
    return (0, *range(2, x.ndim))


def per_channel(values: np.ndarray, x: np.ndarray) -> np.ndarray:
    """(channel,) in a shape that meets the channels of `x`: (1, channel, 1, …)."""
    return values.reshape(1, -1, *[1] * (x.ndim - 2))


def batch_norm_training(
    x: np.ndarray,
    gain: np.ndarray,
    shift: np.ndarray,
    running: Running,
    momentum: float = 0.1,
    epsilon: float = 1e-5,
) -> tuple[np.ndarray, Running]:
    """Batch normalisation in training: the batch's own mean and variance, and new running averages.

    The variance that normalises divides by the number of values, n. The one that is remembered
    divides by n - 1, as an estimate of the sound at large.

    Args:
        x: (batch, channel, …).
        gain: γ, (channel,).
        shift: β, (channel,).
        running: the averages so far.
        momentum: the share of this batch in the new averages (Keras counts the other share).
        epsilon: ε, against division by zero.

    Returns:
        y in the shape of x, and the new averages.

    Raises:
        ShapeError: a channel with a single value has no variance.
    """
    count = x.size // x.shape[1]
    if count < 2:
        raise ShapeError(
            f"batch normalisation in training was given one value per channel, {x.shape}: "
            "a variance takes at least two; a larger batch would do"
        )
    mean, variance = x.mean(axis=other_axes(x)), x.var(axis=other_axes(x))
    y = batch_norm_use(x, gain, shift, Running(mean, variance), epsilon)
    return y, Running(
        (1 - momentum) * running.mean + momentum * mean,
        (1 - momentum) * running.variance + momentum * variance * count / (count - 1),
    )


def batch_norm_use(
    x: np.ndarray, gain: np.ndarray, shift: np.ndarray, running: Running, epsilon: float = 1e-5
) -> np.ndarray:
    """Batch normalisation in use: a fixed scale and shift for each channel.

    Arguments are those of `batch_norm_training`; returns y in the shape of x, (batch, channel, …).

    >>> x = np.array([[10.0], [14.0]])
    >>> batch_norm_use(x, np.ones(1), np.zeros(1), Running(np.array([12.0]), np.array([4.0])), 0.0)
    array([[-1.],
           [ 1.]])
    """
    centred = x - per_channel(running.mean, x)
    scale = per_channel(gain / np.sqrt(running.variance + epsilon), x)
    return scale * centred + per_channel(shift, x)


def draw_mask(shape: tuple[int, ...], drop: float, generator: np.random.Generator) -> np.ndarray:
    """The values that a dropout of probability `drop` keeps: True with probability 1 - drop.

    The mask has the shape that is asked for: any shape.
    """
    return generator.random(shape) >= drop


def dropout_training(x: np.ndarray, mask: np.ndarray, drop: float) -> np.ndarray:
    """Dropout in training: x · mask / (1 - drop).

    Args:
        x: any shape.
        mask: the same shape, from `draw_mask`: drawn first, so that the way back can use it again.
        drop: the probability with which a value was silenced, below 1.

    >>> mask = np.array([True, False, True, True])
    >>> dropout_training(np.array([1.0, 2.0, 3.0, 4.0]), mask, 0.5).tolist()
    [2.0, 0.0, 6.0, 8.0]
    """
    return x * mask / (1 - drop)


def dropout_use(x: np.ndarray) -> np.ndarray:
    """Dropout in use: the input as it is. For any shape."""
    return x
