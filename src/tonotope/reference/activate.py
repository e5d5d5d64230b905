"""Activations: the nonlinearity between two layers; without it a deep network is one matrix.

Each takes an array of any shape and bends every value by itself; softmax alone looks along an axis.

Sources: Nair and Hinton (2010) ReLU; Maas, Hannun and Ng (2013) leaky ReLU; Clevert, Unterthiner
and Hochreiter (2016) ELU; Hendrycks and Gimpel (2016) GELU; LeCun, Bottou, Orr and Müller,
Efficient BackProp (1998), section 4.4, the scaled tanh; Bridle (1990) softmax.
"""

from __future__ import annotations

from math import erf, sqrt

import numpy as np

# So that f(1) = 1 and f(-1) = -1: targets of ±1 lie where the curve bends most, not at its ends.
SCALED_TANH_HEIGHT = 1.7159
SCALED_TANH_SLOPE = 2 / 3


def relu(x: np.ndarray) -> np.ndarray:
    """ReLU, max(x, 0): negative values become zero. For any shape.

    >>> relu(np.array([-2.0, 0.0, 3.0])).tolist()
    [0.0, 0.0, 3.0]
    """
    return np.maximum(x, 0.0)


def leaky_relu(x: np.ndarray, slope: float = 0.01) -> np.ndarray:
    """Leaky ReLU, x where x > 0 and slope · x elsewhere: a part of negative values passes.

    For any shape.

    >>> leaky_relu(np.array([-2.0, 3.0]), slope=0.1).tolist()
    [-0.2, 3.0]
    """
    return np.where(x > 0, x, slope * x)


def elu(x: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """ELU, x where x > 0 and α (eˣ - 1) elsewhere: a smooth way down to -α. For any shape."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def normal_below(x: np.ndarray) -> np.ndarray:
    """Φ(x), the share of a standard normal distribution that lies below x. For any shape."""
    error_function = np.vectorize(erf, otypes=[float])  # NumPy itself has none
    return 0.5 * (1.0 + error_function(x / sqrt(2.0)))


def gelu(x: np.ndarray) -> np.ndarray:
    """GELU, x · Φ(x): x, weighted by the share of a normal distribution that lies below it.

    For any shape.
    """
    return x * normal_below(x)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The sigmoid, 1 / (1 + e⁻ˣ): any number becomes one between 0 and 1. For any shape.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    small = np.exp(-np.abs(x))  # never overflows: the exponent is never positive
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def tanh(x: np.ndarray) -> np.ndarray:
    """The hyperbolic tangent, (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ): any number becomes one between -1 and 1.

    For any shape.
    """
    return np.tanh(x)


def scaled_tanh(x: np.ndarray) -> np.ndarray:
    """LeCun's scaled tanh, 1.7159 · tanh(2x/3), with f(±1) = ±1: the activation of LeNet-5.

    For any shape.

    >>> scaled_tanh(np.array([-1.0, 0.0, 1.0])).round(4).tolist()
    [-1.0, 0.0, 1.0]
    """
    return SCALED_TANH_HEIGHT * np.tanh(SCALED_TANH_SLOPE * x)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """The logarithm of softmax along `axis`, x - log Σ eˣ, without overflow. For any shape.

    The largest value is taken off first. That changes nothing, since it leaves both terms, and it
    keeps every exponent at or below zero.
    """
    x = x - x.max(axis=axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=axis, keepdims=True))


def softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    """Softmax, eˣ / Σ eˣ along `axis`: scores become shares of one. For any shape.

    >>> softmax(np.array([1000.0, 1000.0, 0.0])).tolist()
    [0.5, 0.5, 0.0]
    """
    return np.exp(log_softmax(x, axis))
