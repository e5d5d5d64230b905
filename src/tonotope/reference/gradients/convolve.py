"""The gradients of a convolution: three sums, each a convolution of its own kind.

From y[n, m, t, f] = b[m] + Σ w[m, c, k, l] · x[n, c, s·t + d·k, u·f + e·l] it follows, with g for
what comes from upstream, that

    ∂/∂b[m]           = Σ_n Σ_t Σ_f  g[n, m, t, f]
    ∂/∂w[m, c, k, l]  = Σ_n Σ_t Σ_f  g[n, m, t, f] · x[n, c, s·t + d·k, u·f + e·l]
    ∂/∂x[n, c, i, j]  = Σ_m Σ_k Σ_l  g[n, m, t, f] · w[m, c, k, l]   over all t, f for which
                                     s·t + d·k = i and u·f + e·l = j

As matrices, with P the patches, W the filters and G the upstream, a row for each place:
Y = P Wᵀ + b gives ∂/∂W = Gᵀ P and ∂/∂P = G W; each patch's share is then added back to the place it
was taken from. A bias reaches every place, so it hears of every error.

Source: LeCun, Bottou, Bengio and Haffner (1998), section II; Chellapilla, Puri and Simard (2006),
section 2, for the matrices.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tonotope.reference.convolve import Pair, patch_matrix


class LayerGradients(NamedTuple):
    """The gradients of a layer with weights, each in the shape of what it belongs to: any shape."""

    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray


def convolve_backward(
    upstream: np.ndarray,
    x: np.ndarray,
    weight: np.ndarray,
    stride: Pair = (1, 1),
    padding: Pair = (0, 0),
    dilation: Pair = (1, 1),
) -> LayerGradients:
    """The gradients of `convolve` with respect to input, filters and biases.

    Args:
        upstream: (batch, filter, time', frequency').
        x: (batch, channel, time, frequency), as `convolve` was given it.
        weight: (filter, channel, K, L).
        stride: as in `convolve`.
        padding: as in `convolve`.
        dilation: as in `convolve`.
    """
    size = weight.shape[2:]
    rows = upstream.transpose(0, 2, 3, 1).reshape(-1, len(weight))  # (place, filter)
    to_weight = rows.T @ patch_matrix(x, size, stride, padding, dilation)
    to_patches = (rows @ weight.reshape(len(weight), -1)).reshape(
        len(x), *upstream.shape[2:], x.shape[1], *size
    )
    time, frequency = x.shape[2] + 2 * padding[0], x.shape[3] + 2 * padding[1]
    to_padded = add_back(
        to_patches.transpose(0, 3, 1, 2, 4, 5), (time, frequency), stride, dilation
    )
    inside = (slice(padding[0], time - padding[0]), slice(padding[1], frequency - padding[1]))
    return LayerGradients(
        to_padded[:, :, *inside], to_weight.reshape(weight.shape), rows.sum(axis=0)
    )


def add_back(
    to_patches: np.ndarray, size: Pair, stride: Pair = (1, 1), dilation: Pair = (1, 1)
) -> np.ndarray:
    """Every patch at its place again, overlaps added up ("col2im"): the reverse of `patches`.

    One addition for each tap of the filter: tap (q, r) of all patches at once.

    Args:
        to_patches: (batch, channel, time', frequency', K, L).
        size: (time, frequency) of what the patches were taken from.
        stride: as in `patches`.
        dilation: as in `patches`.

    Returns:
        (batch, channel, time, frequency).

    >>> ones = np.ones((1, 1, 3, 1, 3, 1))  # three patches of 3 on 5 values
    >>> add_back(ones, (5, 1))[0, 0, :, 0].tolist()
    [1.0, 2.0, 3.0, 2.0, 1.0]
    """
    batch, channels, times, frequencies, taps_time, taps_frequency = to_patches.shape
    total = np.zeros((batch, channels, *size), to_patches.dtype)
    reach_time = stride[0] * (times - 1) + 1
    reach_frequency = stride[1] * (frequencies - 1) + 1
    for q in range(taps_time):
        for r in range(taps_frequency):
            i, j = dilation[0] * q, dilation[1] * r
            places = total[
                :, :, i : i + reach_time : stride[0], j : j + reach_frequency : stride[1]
            ]
            places += to_patches[..., q, r]
    return total


def convolve_1d_backward(
    upstream: np.ndarray,
    x: np.ndarray,
    weight: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> LayerGradients:
    """The gradients of `convolve_1d`: those of a plane whose frequency axis has size 1.

    Args:
        upstream: (batch, filter, time').
        x: (batch, channel, time).
        weight: (filter, channel, K).
        stride: as in `convolve_1d`.
        padding: as in `convolve_1d`.
        dilation: as in `convolve_1d`.
    """
    plane = convolve_backward(
        upstream[..., None], x[..., None], weight[..., None],
        (stride, 1), (padding, 0), (dilation, 1),
    )  # fmt: skip
    return LayerGradients(plane.x[..., 0], plane.weight[..., 0], plane.bias)
