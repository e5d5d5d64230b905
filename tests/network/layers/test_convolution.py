from __future__ import annotations

import copy

import pytest
import torch
from torch.nn import functional as F

from tonotope._errors import ShapeError
from tonotope.network.layers.convolution import Conv
from tonotope.network.layers.vocabulary import parse


def test_without_a_word_nothing_is_padded(shape_of) -> None:
    """The lecture's convolution: 32 frames and 5 taps leave 28."""
    assert parse("conv 6 5x5").out_shape(shape_of((1, 32, 32))).sizes == (6, 28, 28)


def test_padding_words_become_numbers(shape_of) -> None:
    assert Conv(filters=1, kernel=(4, 3), padding="same").padding == ((1, 2), (1, 1))
    assert Conv(filters=1, kernel=(4, 3), padding="valid").padding == ((0, 0), (0, 0))
    assert Conv(filters=1, kernel=(3,), dilation=(4,), padding="same").padding == ((4, 4),)


@pytest.mark.parametrize("stride", ["1x1", "2x3"])
def test_even_kernels_pad_more_at_the_end(stride: str, shape_of) -> None:
    layer = parse(f"conv 2 4x2 padding same stride {stride}")
    shape = shape_of((1, 9, 7))
    module = layer.build(shape)
    x = torch.randn(2, *shape.sizes)
    conv = module.get_submodule("conv")
    steps = tuple(map(int, stride.split("x")))
    by_hand = F.conv2d(F.pad(x, (0, 1, 1, 2)), conv.weight, conv.bias, steps)
    torch.testing.assert_close(module(x), by_hand)
    assert module(x).shape[1:] == torch.Size(layer.out_shape(shape).sizes)
    torch.testing.assert_close(copy.deepcopy(module)(x), by_hand)


def test_uneven_ends_on_waves(shape_of) -> None:
    layer, shape = parse("conv 3 4 padding 3:0"), shape_of((2, 10))
    module = layer.build(shape)
    x = torch.randn(1, *shape.sizes)
    conv = module.get_submodule("conv")
    torch.testing.assert_close(module(x), F.conv1d(F.pad(x, (3, 0)), conv.weight, conv.bias))


def test_time_comes_before_frequency(shape_of) -> None:
    """A filter of 3 frames and 1 band smears an impulse over time alone."""
    layer, shape = parse("conv 1 3x1 padding same nobias"), shape_of((1, 7, 5))
    module = layer.build(shape)
    torch.nn.init.ones_(module.weight)
    impulse = torch.zeros(1, 1, 7, 5)
    impulse[0, 0, 3, 2] = 1
    expected = torch.zeros(7, 5)
    expected[2:5, 2] = 1
    torch.testing.assert_close(module(impulse)[0, 0], expected)


@pytest.mark.parametrize(
    ("line", "parameters", "multiply_adds"),
    [
        ("conv 32 5x5", (25 * 3 + 1) * 32, 28 * 12 * 32 * 25 * 3),
        ("conv 32 5x5 nobias", 25 * 3 * 32, 28 * 12 * 32 * 25 * 3),
        ("conv 6 3x3 groups 3 padding same", (9 + 1) * 6, 32 * 16 * 6 * 9),
        ("conv 4 3x1 stride 2x2", (3 * 3 + 1) * 4, 15 * 8 * 4 * 3 * 3),
    ],
)
def test_costs_are_those_of_the_formula(
    line: str, parameters: int, multiply_adds: int, shape_of
) -> None:
    layer, shape = parse(line), shape_of((3, 32, 16))
    assert layer.parameters(shape) == parameters
    assert layer.multiply_adds(shape) == multiply_adds
    assert sum(p.numel() for p in layer.build(shape).parameters()) == parameters


@pytest.mark.parametrize(
    ("line", "sizes", "lesson"),
    [
        ("conv 8 9", (1, 30, 20), "gives one size, but its input is 1 × 30 × 20 .*: give"
         " 2, time × frequency, such as `conv 8 9x9`"),
        ("conv 8 9x5 stride 2x1", (1, 30), "gives 2 sizes, .* give one, time, such as"
         " `conv 8 9 stride 2`"),
        ("conv 8 5x5", (1, 4, 20), "needs 5 frames, 4 are left: `conv 8 4x5` fits"),
        ("conv 8 5x5", (1, 4, 1), "needs 5 frames, 4 are left and 5 bands, 1 is left: "
         "`conv 8 4x1` fits"),
        ("conv 8 5 dilation 3", (1, 9), "needs 13 steps, 9 are left: `conv 8 3 dilation 3` fit"),
        ("conv 4 3x3 groups 4", (6, 9, 9), "cannot split 6 channels into 4 groups: use "
         "groups 2"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_what_would(
    line: str, sizes: tuple[int, ...], lesson: str, shape_of
) -> None:
    layer, shape = parse(line), shape_of(sizes)
    with pytest.raises(ShapeError, match=lesson):
        layer.out_shape(shape)
    with pytest.raises(ShapeError, match=lesson):
        layer.build(shape)


def test_a_flat_input_is_refused(shape_of) -> None:
    flat = parse("flatten").out_shape(shape_of((1, 4, 4)))
    with pytest.raises(ShapeError, match="its input is flat: put it before `flatten`"):
        parse("conv 8 3x3").out_shape(flat)


@pytest.mark.parametrize("stride", [(2, 2), (2, 1), (1, 3)])
def test_a_filter_of_one_by_one_with_a_stride_has_the_right_gradient(
    stride: tuple[int, int], shape_of
) -> None:
    # As `nn.Conv2d` in float32 this hangs or crashes on processors with AVX2 alone (torch 2.13).
    text = f"conv 8 1x1 stride {stride[0]}x{stride[1]}"
    conv = parse(text).build(shape_of((4, 34, 32))).to(memory_format=torch.channels_last)
    near = torch.randn(3, 4, 34, 32).contiguous(memory_format=torch.channels_last).requires_grad_()
    exact = near.detach().double().contiguous().requires_grad_()
    weight, bias = (
        one.detach().double().contiguous().requires_grad_() for one in conv.parameters()
    )
    expected = F.conv2d(exact, weight, bias, stride)
    sums = torch.randn_like(expected)
    (expected * sums).sum().backward()
    found = conv(near)
    (found * sums.float()).sum().backward()
    for one, other in (
        (found, expected),
        (near.grad, exact.grad),
        (conv.weight.grad, weight.grad),
        (conv.bias.grad, bias.grad),
    ):
        torch.testing.assert_close(one.double(), other, rtol=1e-5, atol=1e-4)
