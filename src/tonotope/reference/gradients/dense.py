"""The gradients of a dense layer Y = X Wᵀ + b: products with the same two matrices.

    ∂/∂X = G W        ∂/∂W = Gᵀ X        ∂/∂b = Σ_n G[n]

A weight's gradient is the product of what it was given and of the error at its other end: what was
silent cannot be blamed.

Source: Rumelhart, Hinton and Williams (1986), equations 4 to 7.
"""

from __future__ import annotations

import numpy as np

from tonotope.reference.gradients.convolve import LayerGradients


def dense_backward(upstream: np.ndarray, x: np.ndarray, weight: np.ndarray) -> LayerGradients:
    """The gradients of `dense` with respect to input, weights and biases.

    Args:
        upstream: (batch, unit).
        x: (batch, feature), as `dense` was given it.
        weight: (unit, feature).

    >>> back = dense_backward(np.array([[1.0, -1.0]]), np.array([[2.0, 3.0]]), np.eye(2))
    >>> back.x.tolist(), back.weight.tolist(), back.bias.tolist()
    ([[1.0, -1.0]], [[2.0, 3.0], [-2.0, -3.0]], [1.0, -1.0])
    """
    return LayerGradients(upstream @ weight, upstream.T @ x, upstream.sum(axis=0))


def flatten_backward(upstream: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The gradient of `flatten`: the same numbers, in their old places.

    Args:
        upstream: (batch, feature).
        shape: (batch, channel, time, frequency) of the input.
    """
    return upstream.reshape(shape)
