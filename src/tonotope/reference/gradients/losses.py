"""The gradients of the losses: the first step backwards, so there is no upstream yet.

The loss of a batch is a mean, hence the division by its size. Three of the four come out alike:
what was answered, less what was true.

    cross-entropy          (softmax(scores) - shares) / N
    binary cross-entropy   (sigmoid(scores) - truth) / (N · outputs)
    mean squared error     2 · (prediction - truth) / (N · outputs)
    prototype loss         the first of these, through ∂|query - centre|² = 2 · (query - centre)
"""

from __future__ import annotations

import numpy as np

from tonotope.reference.activate import sigmoid, softmax
from tonotope.reference.losses import squared_distances


def cross_entropy_backward(scores: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The gradient of `cross_entropy` with respect to the scores, where shares add up to 1.

    Args:
        scores: (batch, class).
        shares: (batch, class).

    >>> cross_entropy_backward(np.zeros((1, 2)), np.array([[1.0, 0.0]])).tolist()
    [[-0.5, 0.5]]
    """
    return (softmax(scores) - shares) / len(scores)


def binary_cross_entropy_backward(scores: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The gradient of `binary_cross_entropy` with respect to the scores, (batch, output)."""
    return (sigmoid(scores) - truth) / scores.size


def mean_squared_error_backward(prediction: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The gradient of `mean_squared_error` with respect to the prediction, for any shape."""
    return 2 * (prediction - truth) / prediction.size


def prototype_loss_backward(
    queries: np.ndarray, centres: np.ndarray, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of `prototype_loss`: queries (batch, feature) and centres (class, feature).

    A step against them draws a query to its own prototype and drives it from the others, and does
    the same to the prototypes.
    """
    to_scores = cross_entropy_backward(-squared_distances(queries, centres), shares)
    apart = queries[:, None] - centres[None]  # (batch, class, feature)
    pull = 2 * to_scores[:, :, None] * apart
    return -pull.sum(axis=1), pull.sum(axis=0)


def prototypes_backward(upstream: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The gradient of `prototypes`: each example gets its share in the mean of its class.

    Args:
        upstream: (class, feature).
        truth: (example,), class numbers.

    Returns:
        (example, feature).

    >>> prototypes_backward(np.array([[6.0], [4.0]]), np.array([0, 0, 1])).tolist()
    [[3.0], [3.0], [4.0]]
    """
    count = np.bincount(truth, minlength=len(upstream))
    return (upstream / np.maximum(count, 1)[:, None])[truth]
