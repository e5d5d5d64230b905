"""Initialisation: seven ways to draw the first weights, and what each keeps constant with depth.

A unit adds up `fan_in` products, so the variance of its sum is fan_in · Var(w) · E[x²]; on the way
back, fan_out · Var(w) plays the same part. Chosen wrongly, sounds and errors fade or explode
exponentially with depth. The rules differ in what they hold on to:

    rule               Var(w)                     keeps
    LeCun              1 / fan_in                 the forward variance, linear units
    Glorot             2 / (fan_in + fan_out)     a compromise of both ways, linear units
    He, fan in         2 / fan_in                 the forward variance through ReLU
    He, fan out        2 / fan_out                the backward variance through ReLU
    orthogonal         1 / max(rows, columns)     lengths and angles, not only their mean
    delta-orthogonal   0 but at the middle tap    the same for a whole convolution

Every function takes the weight's shape, (unit, feature), (filter, channel, K) or (filter, channel,
K, L), and the generator to draw from. Biases begin at zero.

Sources: LeCun, Bottou, Orr and Müller, Efficient BackProp (1998), section 4.6, equation 16; Glorot
and Bengio, Understanding the difficulty of training deep feedforward neural networks (2010),
equations 12 and 16; He, Zhang, Ren and Sun, Delving deep into rectifiers (2015), equations 10 and
14; Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of learning in deep
linear neural networks (2014); Xiao, Bahri, Sohl-Dickstein, Schoenholz and Pennington, Dynamical
isometry and a mean field theory of CNNs (2018), algorithm 2.
"""

from __future__ import annotations

import math

import numpy as np

from tonotope._errors import ShapeError

Sizes = tuple[int, ...]


def fans(shape: Sizes) -> tuple[int, int]:
    """How many products a unit adds up (fan in), and in how many a value takes part (fan out).

    >>> fans((84, 120)), fans((16, 6, 5, 5))
    ((120, 84), (150, 400))
    """
    taps = math.prod(shape[2:])
    return shape[1] * taps, shape[0] * taps


def lecun_normal(shape: Sizes, generator: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """LeCun: normal, σ = gain / √fan_in. Meant for inputs of mean 0 and variance 1.

    `shape` is (unit, feature), (filter, channel, K) or (filter, channel, K, L).
    """
    return generator.standard_normal(shape) * (gain / math.sqrt(fans(shape)[0]))


def glorot_uniform(shape: Sizes, generator: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Glorot: uniform between ±gain · √(6 / (fan_in + fan_out)); its variance is a²/3.

    `shape` is (unit, feature), (filter, channel, K) or (filter, channel, K, L).
    """
    bound = gain * math.sqrt(6 / sum(fans(shape)))
    return generator.uniform(-bound, bound, shape)


def glorot_normal(shape: Sizes, generator: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Glorot: normal, σ = gain · √(2 / (fan_in + fan_out)).

    `shape` is (unit, feature), (filter, channel, K) or (filter, channel, K, L).
    """
    return generator.standard_normal(shape) * (gain * math.sqrt(2 / sum(fans(shape))))


def he_fan_in(shape: Sizes, generator: np.random.Generator, slope: float = 0.0) -> np.ndarray:
    """He, the way forward: normal, σ = √(2 / ((1 + slope²) · fan_in)).

    ReLU sets half of its inputs to zero, hence the 2. `slope` is what a leaky ReLU lets through
    (equation 15 of the paper).
    `shape` is (unit, feature), (filter, channel, K) or (filter, channel, K, L).
    """
    return generator.standard_normal(shape) * math.sqrt(2 / ((1 + slope**2) * fans(shape)[0]))


def he_fan_out(shape: Sizes, generator: np.random.Generator, slope: float = 0.0) -> np.ndarray:
    """He, the way back: normal, σ = √(2 / ((1 + slope²) · fan_out)).

    `shape` is (unit, feature), (filter, channel, K) or (filter, channel, K, L).
    """
    return generator.standard_normal(shape) * math.sqrt(2 / ((1 + slope**2) * fans(shape)[1]))


def orthogonal(shape: Sizes, generator: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Orthogonal: a random rotation or reflection, all equally likely.

    The weight is read as a matrix, a row for each unit or filter. Rows are orthonormal where there
    are no more rows than columns; columns are otherwise.
    `shape` is (unit, feature), (filter, channel, K) or (filter, channel, K, L).
    """
    rows, columns = shape[0], math.prod(shape[1:])
    return gain * orthonormal(generator.standard_normal((rows, columns))).reshape(shape)


def orthonormal(draw: np.ndarray) -> np.ndarray:
    """The orthonormal matrix that a matrix of normal draws contains: Q of its QR decomposition.

    The signs of R's diagonal are moved into Q. Without that the result would depend on how QR
    was computed, and not every turn would be equally likely (Mezzadri 2007, section 5).

    Args:
        draw: (row, column).

    Returns:
        (row, column).
    """
    tall = draw if draw.shape[0] >= draw.shape[1] else draw.T
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))
    return q if draw.shape[0] >= draw.shape[1] else q.T


def delta_orthogonal(shape: Sizes, generator: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Delta-orthogonal: zero at every tap but the middle one, and there an orthogonal matrix.

    At first such a convolution turns the channels of each place and mixes no places, so that it
    keeps every length, borders apart, and signals pass thousands of layers.

    Args:
        shape: (filter, channel, K) or (filter, channel, K, L).
        generator: what is drawn from.
        gain: by how much lengths grow.

    Raises:
        ShapeError: fewer filters than channels, or no filter at all: lengths cannot be kept.
    """
    if len(shape) < 3 or shape[0] < shape[1]:
        raise ShapeError(
            f"delta-orthogonal weights of shape {shape}: they need the shape (filter, channel, K) "
            "or (filter, channel, K, L) and at least as many filters as channels; "
            "orthogonal takes any shape"
        )
    weight = np.zeros(shape)
    middle = tuple((taps - 1) // 2 for taps in shape[2:])
    weight[(slice(None), slice(None), *middle)] = orthogonal(shape[:2], generator, gain)
    return weight
