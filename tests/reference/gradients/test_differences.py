from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from tonotope.reference.gradients.differences import central_difference


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 3), max_size=3).map(tuple), st.integers(0, 2**32 - 1))
def test_the_gradient_of_a_polynomial_and_a_sine(shape: tuple[int, ...], seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=shape)
    ours = central_difference(lambda x: float((x**3 + np.sin(x)).sum()), x)
    assert ours.shape == x.shape
    assert_allclose(ours, 3 * x**2 + np.cos(x), rtol=1e-7, atol=1e-7)


def test_a_parabola_is_exact_and_the_error_falls_with_the_square_of_the_step() -> None:
    x = np.array([0.7])
    assert_allclose(central_difference(lambda x: float((x**2).sum()), x, 0.5), 2 * x, rtol=1e-12)
    wide, narrow = (
        abs(central_difference(lambda x: float(np.exp(x).sum()), x, step) - np.exp(x)).item()
        for step in (0.1, 0.05)
    )
    assert 3.9 < wide / narrow < 4.1


def test_its_argument_is_left_as_it_was() -> None:
    x = np.array([1.0, 2.0])
    central_difference(lambda x: float(x.sum()), x)
    assert_array_equal(x, [1.0, 2.0])
