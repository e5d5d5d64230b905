"""Optimisation: from a gradient to a better weight, one step at a time.

Each step is a function from (weight, gradient, state) to (weight, state); nothing is changed in
place. Written with g for the gradient, θ for the weight, η for the learning rate:

    SGD      v ← μ·v + g                                    θ ← θ - η·v
    Adam     m ← β₁·m + (1-β₁)·g    v ← β₂·v + (1-β₂)·g²    θ ← θ - η · m̂ / (√v̂ + ε)
             m̂ = m / (1-β₁ᵗ)         v̂ = v / (1-β₂ᵗ)
    AdamW    θ ← θ - η·λ·θ, then the step of Adam

Adam's averages begin at zero and are too small at first; m̂ and v̂ set that right. Weight decay λ
is added to the gradient in SGD and Adam (g ← g + λ·θ). In Adam it is then divided by √v̂ along with
the rest, so that weights with a lively gradient hardly decay; AdamW takes the decay out of it.

Sources: Polyak (1964) and Sutskever, Martens, Dahl and Hinton (2013), section 2, for momentum, here
with the learning rate outside the average as PyTorch has it; Kingma and Ba, Adam (2015), algorithm
1; Loshchilov and Hutter, Decoupled weight decay regularization (2019), algorithm 2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Moments(NamedTuple):
    """The state of Adam for one weight.

    Attributes:
        step: t, how many steps were taken.
        mean: m, the running mean of the gradient, any shape.
        square: v, the running mean of its square, in the same shape.
    """

    step: int
    mean: np.ndarray
    square: np.ndarray

    @classmethod
    def start(cls, weight: np.ndarray) -> Moments:
        """The state before the first step: zeros, for a weight of any shape."""
        return cls(0, np.zeros_like(weight), np.zeros_like(weight))


def sgd(
    weight: np.ndarray,
    gradient: np.ndarray,
    velocity: np.ndarray,
    learning_rate: float,
    momentum: float = 0.0,
    weight_decay: float = 0.0,
    *,
    nesterov: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """One step of stochastic gradient descent, with momentum.

    Args:
        weight: θ, any shape.
        gradient: g, in the shape of the weight.
        velocity: v, in the shape of the weight, zeros before the first step.
        learning_rate: η.
        momentum: μ, the share of the last velocity that is kept.
        weight_decay: λ.
        nesterov: whether to look one step of the velocity ahead.

    Returns:
        the new weight and the new velocity.

    >>> weight, velocity = np.array([1.0]), np.zeros(1)
    >>> for _ in range(3):  # down the parabola θ²/2, whose gradient is θ
    ...     weight, velocity = sgd(weight, weight, velocity, 0.5)
    >>> weight.tolist()
    [0.125]
    """
    gradient = gradient + weight_decay * weight
    velocity = momentum * velocity + gradient
    step = gradient + momentum * velocity if nesterov else velocity
    return weight - learning_rate * step, velocity


def adam(
    weight: np.ndarray,
    gradient: np.ndarray,
    moments: Moments,
    learning_rate: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    epsilon: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[np.ndarray, Moments]:
    """One step of Adam: about one learning rate, in the direction on which the gradients agree.

    Args:
        weight: θ, any shape.
        gradient: g, in the shape of the weight.
        moments: m, v and t; `Moments.start(weight)` before the first step.
        learning_rate: η.
        betas: β₁ and β₂, the shares of the averages that are kept.
        epsilon: ε, against division by zero.
        weight_decay: λ, added to the gradient.

    Returns:
        the new weight and the new moments.

    >>> weight = np.array([5.0, 5.0])
    >>> adam(weight, np.array([100.0, 1e-3]), Moments.start(weight))[0].round(6).tolist()
    [4.999, 4.999]
    """
    gradient = gradient + weight_decay * weight
    step = moments.step + 1
    mean = betas[0] * moments.mean + (1 - betas[0]) * gradient
    square = betas[1] * moments.square + (1 - betas[1]) * gradient**2
    unbiased_mean = mean / (1 - betas[0] ** step)
    unbiased_square = square / (1 - betas[1] ** step)
    weight = weight - learning_rate * unbiased_mean / (np.sqrt(unbiased_square) + epsilon)
    return weight, Moments(step, mean, square)


def adamw(
    weight: np.ndarray,
    gradient: np.ndarray,
    moments: Moments,
    learning_rate: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    epsilon: float = 1e-8,
    weight_decay: float = 1e-2,
) -> tuple[np.ndarray, Moments]:
    """One step of AdamW: the weight shrinks by η·λ of itself, then takes the step of Adam.

    Arguments and result are those of `adam`; the weight has any shape.
    """
    shrunk = (1 - learning_rate * weight_decay) * weight
    return adam(shrunk, gradient, moments, learning_rate, betas, epsilon)
