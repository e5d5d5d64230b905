"""The dense layer: every unit has a weight for every input.

    y[n, j] = b[j] + Σ_i  W[j, i] · x[n, i]          or, for the whole batch,  Y = X Wᵀ + b

A dense layer is a convolution whose filters are as large as the whole input: one place only, and
one output per filter. LeNet-5 calls its fifth layer a convolution for that reason.

Sources: Rumelhart, Hinton and Williams, Learning representations by back-propagating errors (1986);
LeCun, Bottou, Bengio and Haffner (1998), section II.B, layers C5 and F6.
"""

from __future__ import annotations

import math

import numpy as np

from tonotope._errors import ShapeError


def flatten(x: np.ndarray) -> np.ndarray:
    """Every sound's values in one row: (batch, channel, time, frequency) to (batch, feature).

    The last axis runs fastest: all frequencies of a time, all times of a channel, then the next
    channel. Libraries that keep channels last flatten in another order, so weights brought over
    from them must be permuted first.

    >>> flatten(np.arange(12).reshape(1, 2, 3, 2)).tolist()
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]]
    """
    return x.reshape(len(x), math.prod(x.shape[1:]))


def dense(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Y = X Wᵀ + b.

    Args:
        x: (batch, feature).
        weight: (unit, feature).
        bias: (unit,).

    Returns:
        (batch, unit).

    Raises:
        ShapeError: the input is not flat, or has another number of features than the weights.

    >>> dense(np.array([[1.0, 2.0]]), np.array([[1.0, 1.0], [3.0, -1.0]]), np.array([0.5, 0.0]))
    array([[3.5, 1. ]])
    """
    if x.ndim != 2:
        raise ShapeError(
            f"a dense layer takes (batch, feature) and was given {x.ndim} axes, {x.shape}; "
            "flatten comes first"
        )
    if x.shape[1] != weight.shape[1]:
        raise ShapeError(
            f"the input has {x.shape[1]} features and the weights expect {weight.shape[1]}; "
            f"weights of shape ({len(weight)}, {x.shape[1]}) would fit"
        )
    return x @ weight.T + bias


def as_filters(weight: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """The same dense weights as filters that cover a whole input of (channel, time, frequency).

    >>> x, weight = np.arange(12.0).reshape(1, 2, 3, 2), np.arange(24.0).reshape(2, 12)
    >>> dense(flatten(x), weight, np.zeros(2)).tolist()
    [[506.0, 1298.0]]
    >>> from tonotope.reference.convolve import convolve
    >>> convolve(x, as_filters(weight, (2, 3, 2)), np.zeros(2)).ravel().tolist()
    [506.0, 1298.0]

    Returns:
        (unit, channel, K = time, L = frequency).
    """
    return weight.reshape(len(weight), *shape)
