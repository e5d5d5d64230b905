"""Central differences: a gradient without calculus, slow and hard to get wrong.

    ∂f/∂x_i ≈ (f(x + h·e_i) - f(x - h·e_i)) / 2h

The error of the formula shrinks with h², that of the rounding grows with 1/h; about the cube root
of the machine's precision the two meet, and some nine or ten digits of the answer are right.

Source: Press, Teukolsky, Vetterling and Flannery, Numerical recipes, section 5.7.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def central_difference(
    function: Callable[[np.ndarray], float], x: np.ndarray, step: float = 1e-5
) -> np.ndarray:
    """The gradient of `function` at `x`, by two evaluations for every value of `x`.

    Args:
        function: takes an array in the shape of `x`, returns one number.
        x: where the gradient is wanted, any shape, float64.
        step: h.

    Returns:
        the gradient, in the shape of `x`.

    >>> central_difference(lambda x: float((x**3).sum()), np.array([1.0, -2.0])).round(6).tolist()
    [3.0, 12.0]
    """
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        nudge = np.zeros(x.shape)
        nudge[place] = step
        gradient[place] = (function(x + nudge) - function(x - nudge)) / (2 * step)
    return gradient
