"""Losses: how wrong the predictions for a batch are, as one differentiable number.

    cross-entropy          one of several classes      - Σ_c q_c · log p_c,  p = softmax(scores)
    binary cross-entropy   yes or no, each for itself  - q · log p - (1 - q) · log(1 - p)
    mean squared error     a quantity                  (y - q)²
    prototype loss         the nearest of few examples cross-entropy of the negative distances

All are means over the batch (binary cross-entropy and squared error over the outputs as well).

Sources: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2; Szegedy, Vanhoucke,
Ioffe, Shlens and Wojna (2016), section 7, for label smoothing; Snell, Swersky and Zemel,
Prototypical networks for few-shot learning (2017), equations 1 and 2.
"""

from __future__ import annotations

import numpy as np

from tonotope.reference.activate import log_softmax


def one_hot(truth: np.ndarray, classes: int, smoothing: float = 0.0) -> np.ndarray:
    """Class numbers as rows of shares: one at the class's place, zero elsewhere.

    Smoothing ε takes that share of certainty away and spreads it over all classes alike.

    Args:
        truth: (batch,), class numbers from 0.
        classes: how many there are.
        smoothing: ε.

    Returns:
        (batch, class); every row adds up to 1.

    >>> one_hot(np.array([2, 0]), 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    return (1 - smoothing) * np.eye(classes)[truth] + smoothing / classes


def cross_entropy(scores: np.ndarray, shares: np.ndarray) -> float:
    """The mean over the batch of - Σ_c shares · log softmax(scores).

    Args:
        scores: (batch, class), any numbers.
        shares: (batch, class), what is true; `one_hot`.

    >>> round(cross_entropy(np.zeros((1, 10)), one_hot(np.array([3]), 10)), 6)  # log 10: a guess
    2.302585
    """
    return float(-(shares * log_softmax(scores)).sum(axis=1).mean())


def binary_cross_entropy(scores: np.ndarray, truth: np.ndarray) -> float:
    """The mean over batch and outputs of -q·log p - (1 - q)·log(1 - p), with p = sigmoid(scores).

    Written as max(s, 0) - s·q + log(1 + e^(-|s|)), which is the same and never overflows.

    Args:
        scores: (batch, output), any numbers.
        truth: the same shape, between 0 and 1.

    >>> round(binary_cross_entropy(np.array([[0.0, 1000.0]]), np.array([[1.0, 1.0]])), 6)
    0.346574
    """
    loss = np.maximum(scores, 0) - scores * truth + np.log1p(np.exp(-np.abs(scores)))
    return float(loss.mean())


def mean_squared_error(prediction: np.ndarray, truth: np.ndarray) -> float:
    """The mean over batch and outputs of (prediction - truth)². For any shape.

    >>> mean_squared_error(np.array([1.0, 4.0]), np.array([1.0, 2.0]))
    2.0
    """
    return float(((prediction - truth) ** 2).mean())


def prototypes(examples: np.ndarray, truth: np.ndarray, classes: int) -> np.ndarray:
    """The prototype of each class: the mean of its examples.

    Args:
        examples: (example, feature), embedded by a network.
        truth: (example,), class numbers from 0; every class occurs.
        classes: how many there are.

    Returns:
        (class, feature).

    >>> prototypes(np.array([[0.0, 0.0], [2.0, 4.0], [9.0, 9.0]]), np.array([0, 0, 1]), 2).tolist()
    [[1.0, 2.0], [9.0, 9.0]]
    """
    return np.stack([examples[truth == label].mean(axis=0) for label in range(classes)])


def squared_distances(queries: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared Euclidean distance of every query to every prototype: Σ_i (query_i - centre_i)².

    Args:
        queries: (batch, feature).
        centres: (class, feature), `prototypes`.

    Returns:
        (batch, class).
    """
    return ((queries[:, None] - centres[None]) ** 2).sum(axis=-1)


def prototype_loss(queries: np.ndarray, centres: np.ndarray, shares: np.ndarray) -> float:
    """Cross-entropy whose score of a class is the negative squared distance to its prototype.

    Args:
        queries: (batch, feature).
        centres: (class, feature).
        shares: (batch, class), what is true; `one_hot`.

    >>> two = np.array([[0.0, 0.0], [3.0, 4.0]])
    >>> round(prototype_loss(np.array([[0.0, 0.0]]), two, one_hot(np.array([1]), 2)), 6)
    25.0
    """
    return cross_entropy(-squared_distances(queries, centres), shares)
