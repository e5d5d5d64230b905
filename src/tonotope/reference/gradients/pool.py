"""The gradients of pooling: the maximum gets the whole gradient, or all get an equal part.

    largest:  ∂/∂x[n, c, i, j] = Σ g[n, c, t, f]  over the windows (t, f) that (i, j) won
    mean:     ∂/∂x[n, c, i, j] = Σ g[n, c, t, f] / (Q·R)  over the windows (t, f) that hold (i, j)

Where two values are equally large, the largest has no gradient in the strict sense; the first of
them, which `max_pool` named the winner, takes it all.
"""

from __future__ import annotations

import numpy as np

from tonotope.reference.convolve import Pair
from tonotope.reference.gradients.convolve import add_back
from tonotope.reference.pool import counts, overhang


def max_pool_backward(
    upstream: np.ndarray, winners: np.ndarray, shape: tuple[int, ...]
) -> np.ndarray:
    """The gradient of `max_pool` with respect to its input: the error at the winners' places.

    Args:
        upstream: (batch, channel, time', frequency').
        winners: the same shape, positions in the plane, as `max_pool` returned them.
        shape: (batch, channel, time, frequency) of the input.

    >>> max_pool_backward(np.full((1, 1, 1, 1), 8.0), np.full((1, 1, 1, 1), 3), (1, 1, 2, 3))
    array([[[[0., 0., 0.],
             [8., 0., 0.]]]])
    """
    batch, channels, times, frequencies = shape
    total = np.zeros((batch, channels, times * frequencies))
    n, c = np.arange(batch)[:, None, None, None], np.arange(channels)[:, None, None]
    np.add.at(total, (n, c, winners), upstream)  # windows may overlap and share a winner
    return total.reshape(shape)


def mean_pool_backward(
    upstream: np.ndarray,
    shape: tuple[int, ...],
    size: Pair,
    stride: Pair | None = None,
    *,
    ceil: bool = False,
) -> np.ndarray:
    """The gradient of `mean_pool` with respect to its input: the error in equal parts.

    Args:
        upstream: (batch, channel, time', frequency').
        shape: (batch, channel, time, frequency) of the input.
        size: as in `mean_pool`.
        stride: as in `mean_pool`.
        ceil: as in `mean_pool`.

    >>> mean_pool_backward(np.full((1, 1, 1, 1), 8.0), (1, 1, 2, 3), (2, 2))
    array([[[[2., 2., 0.],
             [2., 2., 0.]]]])
    """
    stride = stride or size
    part = upstream / counts(shape, size, stride, ceil=ceil)
    parts = np.broadcast_to(part[..., None, None], (*part.shape, *size))
    time, frequency = overhang(shape, size, stride, ceil=ceil)
    total = add_back(parts, (shape[2] + time, shape[3] + frequency), stride)
    return total[:, :, : shape[2], : shape[3]]
