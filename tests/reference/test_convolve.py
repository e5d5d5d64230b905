from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from torch.nn import functional as F

from tonotope._errors import ShapeError
from tonotope.reference import convolve

PROPERTY = settings(max_examples=40, deadline=None)
SMALL = st.integers(1, 3)


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    """A random input, filters and geometry that fit each other, both axes on their own."""
    stride = (draw(SMALL), draw(SMALL))
    dilation = (draw(SMALL), draw(SMALL))
    padding = (draw(st.integers(0, 3)), draw(st.integers(0, 3)))
    size = (draw(st.integers(1, 5)), draw(st.integers(1, 4)))
    plane = [
        max(d * (k - 1) + 1 - 2 * p, 1) + draw(st.integers(0, 6))
        for d, k, p in zip(dilation, size, padding, strict=True)
    ]
    channels, filters, batch = draw(SMALL), draw(SMALL), draw(SMALL)
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return {
        "x": dice.normal(size=(batch, channels, *plane)),
        "weight": dice.normal(size=(filters, channels, *size)),
        "bias": dice.normal(size=filters),
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
    }


def in_torch(layer: dict[str, Any]) -> np.ndarray:
    x, weight, bias = (torch.from_numpy(layer[key]) for key in ("x", "weight", "bias"))
    geometry = {key: layer[key] for key in ("stride", "padding", "dilation")}
    return F.conv2d(x, weight, bias, **geometry).numpy()


@PROPERTY
@given(layers())
def test_loops_and_matrix_product_are_torchs_convolution(layer: dict[str, Any]) -> None:
    expected = in_torch(layer)
    assert_allclose(convolve.convolve_loops(**layer), expected, rtol=1e-9, atol=1e-9)
    assert_allclose(convolve.convolve(**layer), expected, rtol=1e-9, atol=1e-9)


@PROPERTY
@given(layers())
def test_one_dimension_is_torchs_too(layer: dict[str, Any]) -> None:
    x, weight = layer["x"][..., 0], layer["weight"][..., 0]
    stride, padding, dilation = (layer[key][0] for key in ("stride", "padding", "dilation"))
    expected = F.conv1d(
        torch.from_numpy(x), torch.from_numpy(weight), torch.from_numpy(layer["bias"]),
        stride, padding, dilation,
    ).numpy()  # fmt: skip
    for form in (convolve.convolve_1d_loops, convolve.convolve_1d):
        y = form(x, weight, layer["bias"], stride, padding, dilation)
        assert_allclose(y, expected, rtol=1e-9, atol=1e-9)


@PROPERTY
@given(layers())
def test_the_size_formula_tells_every_output(layer: dict[str, Any]) -> None:
    sizes = [
        convolve.output_size(size, k, s, p, d)
        for size, k, s, p, d in zip(
            layer["x"].shape[2:], layer["weight"].shape[2:],
            layer["stride"], layer["padding"], layer["dilation"], strict=True,
        )
    ]  # fmt: skip
    assert list(in_torch(layer).shape[2:]) == sizes


@PROPERTY
@given(st.integers(1, 40), st.integers(1, 9), SMALL, SMALL)
def test_same_padding_leaves_the_size_divided_by_the_stride(
    size: int, filter_size: int, stride: int, dilation: int
) -> None:
    before, after = convolve.same_padding(size, filter_size, stride, dilation)
    assert before <= after <= before + 1
    padded = size + before + after
    assert convolve.output_size(padded, filter_size, stride, 0, dilation) == -(-size // stride)


@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")  # it copies; so do we
@PROPERTY
@given(st.integers(5, 12), st.integers(1, 5), SMALL, st.integers(0, 2**32 - 1))
def test_same_padding_is_torchs_even_for_even_filters(
    size: int, filter_size: int, dilation: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    x, weight = dice.normal(size=(1, 2, size, size)), dice.normal(size=(3, 2, filter_size, 2))
    expected = F.conv2d(
        torch.from_numpy(x), torch.from_numpy(weight), padding="same", dilation=dilation
    ).numpy()
    amounts = [convolve.same_padding(size, k, dilation=dilation) for k in (filter_size, 2)]
    y = convolve.convolve(
        convolve.pad(x, *amounts), weight, np.zeros(3), dilation=(dilation, dilation)
    )
    assert_allclose(y, expected, rtol=1e-9, atol=1e-9)


def test_with_the_filter_flipped_it_is_the_convolution_of_signal_processing() -> None:
    dice = np.random.default_rng(0)
    sound, echo = dice.normal(size=50), dice.normal(size=7)
    y = convolve.convolve_1d(
        sound[None, None], convolve.flip(echo[None, None]), np.zeros(1), padding=6
    )
    assert_allclose(y[0, 0], np.convolve(sound, echo), rtol=1e-9)


def test_a_filter_laid_on_itself_answers_loudest_there() -> None:
    dice = np.random.default_rng(0)
    tone = dice.normal(size=(4, 3))
    x = np.zeros((1, 1, 20, 10))
    x[0, 0, 11:15, 5:8] = tone
    y = convolve.convolve(x, tone[None, None], np.zeros(1))
    assert np.unravel_index(y[0, 0].argmax(), y[0, 0].shape) == (11, 5)


def test_single_precision_stays_single_precision() -> None:
    x, weight = np.ones((1, 1, 4, 4), np.float32), np.ones((1, 1, 2, 2), np.float32)
    bias = np.zeros(1, np.float32)
    assert convolve.convolve(x, weight, bias).dtype == np.float32
    assert convolve.convolve_loops(x, weight, bias).dtype == np.float32


@pytest.mark.parametrize("form", [convolve.convolve_loops, convolve.convolve])
def test_a_filter_that_does_not_fit_is_told_what_would(form: Any) -> None:
    x, weight, bias = np.zeros((1, 2, 6, 4)), np.zeros((3, 2, 4, 4)), np.zeros(3)
    with pytest.raises(
        ShapeError,
        match=r"reaching over 10\) finds no place on 6 values padded "
        r"by 0 on each side; a filter of at most 2 would fit, or a padding of 2",
    ):
        form(x, weight, bias, dilation=(3, 1))  # fmt: skip
    y = form(x, weight, bias, padding=(2, 0), dilation=(3, 1))
    assert y.shape == (1, 3, 1, 1)
    assert form(x, weight[:, :, :2], bias, dilation=(3, 1)).shape == (1, 3, 3, 1)


def test_channels_that_differ_are_named() -> None:
    with pytest.raises(
        ShapeError,
        match=r"has 2 channels and the filters expect 1; "
        r"filters of shape \(3, 2, 4, 4\) would fit",
    ):
        convolve.convolve(np.zeros((1, 2, 6, 4)), np.zeros((3, 1, 4, 4)), np.zeros(3))  # fmt: skip
