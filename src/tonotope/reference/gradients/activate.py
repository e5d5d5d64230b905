"""The gradients of the activations: upstream times the slope of the curve at the input.

Every function takes `upstream` and the `x` that the activation was given, both of one shape, and
returns the gradient in that shape. ReLU and its kin have a corner at 0; there the slope to the left
is taken, as PyTorch does.
"""

from __future__ import annotations

import numpy as np

from tonotope.reference.activate import (
    SCALED_TANH_HEIGHT,
    SCALED_TANH_SLOPE,
    normal_below,
    sigmoid,
    softmax,
)


def relu_backward(upstream: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Slope 1 where x > 0, else 0: a value that was set to zero gets no gradient. For any shape.

    >>> relu_backward(np.array([5.0, 5.0]), np.array([-1.0, 1.0])).tolist()
    [0.0, 5.0]
    """
    return upstream * (x > 0)


def leaky_relu_backward(upstream: np.ndarray, x: np.ndarray, slope: float = 0.01) -> np.ndarray:
    """Slope 1 where x > 0, else `slope`. For any shape."""
    return upstream * np.where(x > 0, 1.0, slope)


def elu_backward(upstream: np.ndarray, x: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """Slope 1 where x > 0, else α · eˣ. For any shape."""
    return upstream * np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))


def gelu_backward(upstream: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Slope Φ(x) + x · φ(x), where φ(x) = e^(-x²/2) / √(2π) is the slope of Φ. For any shape."""
    return upstream * (normal_below(x) + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))


def sigmoid_backward(upstream: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Slope p · (1 - p), p = sigmoid(x): at most a quarter, and flat at both ends; any shape."""
    p = sigmoid(x)
    return upstream * p * (1 - p)


def tanh_backward(upstream: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Slope 1 - tanh²(x). For any shape."""
    return upstream * (1 - np.tanh(x) ** 2)


def scaled_tanh_backward(upstream: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Slope 1.7159 · ⅔ · (1 - tanh²(2x/3)). For any shape."""
    slope = SCALED_TANH_HEIGHT * SCALED_TANH_SLOPE
    return upstream * slope * (1 - np.tanh(SCALED_TANH_SLOPE * x) ** 2)


def softmax_backward(upstream: np.ndarray, x: np.ndarray, axis: int = -1) -> np.ndarray:
    """Gradient p · (g - Σ g·p), p = softmax(x): a share grows only at the others' cost.

    For any shape.
    """
    p = softmax(x, axis)
    return p * (upstream - (upstream * p).sum(axis=axis, keepdims=True))


def log_softmax_backward(upstream: np.ndarray, x: np.ndarray, axis: int = -1) -> np.ndarray:
    """Gradient g - p · Σ g, p = softmax(x). For any shape."""
    return upstream - softmax(x, axis) * upstream.sum(axis=axis, keepdims=True)
