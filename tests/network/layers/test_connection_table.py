"""A connection table: what a filter does not read has no weight and no gradient."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from tonotope._errors import ExperimentError, ShapeError
from tonotope.network.initialisation import initialise
from tonotope.network.layers.vocabulary import parse

LINE = "tableconv 3x2 0+2/1/0+1+2"


def test_it_is_a_convolution_with_holes(shape_of) -> None:
    module = parse(LINE).build(shape_of((3, 7, 6)))
    assert module.weight.shape == (6, 3, 2)
    full = torch.zeros(3, 3, 3, 2)
    full[0, 0], full[0, 2] = module.weight[0], module.weight[1]
    full[1, 1] = module.weight[2]
    full[2] = module.weight[3:]
    x = torch.randn(2, 3, 7, 6)
    torch.testing.assert_close(module(x), F.conv2d(x, full, module.bias))


def test_a_filter_sees_only_what_its_table_names(shape_of) -> None:
    module = parse("tableconv 3 0+2/1/0+1+2").build(shape_of((3, 9)))
    x = torch.randn(1, 3, 9, requires_grad=True)
    module(x)[0, 0].sum().backward()
    assert x.grad is not None
    assert x.grad[0, 1].abs().max() == 0
    assert x.grad[0, 0].abs().min() > 0


def test_costs(shape_of) -> None:
    layer, shape = parse(LINE), shape_of((3, 7, 6))
    assert layer.out_shape(shape).sizes == (3, 5, 5)
    assert layer.parameters(shape) == 6 * 6 + 3
    assert layer.multiply_adds(shape) == 25 * 36
    assert layer.connections(shape) == 25 * 39
    assert layer.weighed(shape) == (
        "3 filters that read 1 to 3 channels, 6 in all; 6 · 3 · 2 + 3 = 39 parameters"
    )


def test_each_filter_is_drawn_for_what_it_reads(shape_of) -> None:
    """He et al.: the fewer values a filter reads, the larger its weights."""
    torch.manual_seed(0)
    few, many = "+".join(map(str, range(2))), "+".join(map(str, range(32)))
    module = parse(f"tableconv 9x9 {few}/{many}").build(shape_of((32, 9, 9)))
    initialise(module, "he-normal")
    spread = [float(weight.detach().std()) for weight in module.filters()]
    assert spread[0] == pytest.approx((2 / (2 * 81)) ** 0.5, rel=0.15)
    assert spread[1] == pytest.approx((2 / (32 * 81)) ** 0.5, rel=0.05)
    assert not module.bias.any()


@pytest.mark.parametrize(
    ("line", "lesson"),
    [
        ("tableconv 5x5", "`tableconv` lacks its table: write for example `tableconv 5x5 0"),
        ("tableconv 5x5 lenet", "did you mean `lenet5`"),
        ("tableconv 5x5 0+1/1+x", "the channels of each filter, 0.1/1.2/0.2"),
        ("tableconv 5x5 1+0", "filter 0 reads 1.0: name each channel once, in rising order"),
        ("tableconv 5x5 0/1+1", "filter 1 reads 1.1: name each channel once"),
    ],
)
def test_tables_that_are_none(line: str, lesson: str) -> None:
    with pytest.raises(ExperimentError, match=lesson):
        parse(line)


def test_a_table_for_other_channels_is_refused(shape_of) -> None:
    with pytest.raises(ShapeError, match=r"reads channel 5, but its input has 3, 0 to 2: .* for 6"):
        parse("tableconv 5x5 lenet5").out_shape(shape_of((3, 20, 20)))
    with pytest.raises(ShapeError, match="needs 3 frames, 2 are left: `tableconv 2x2 0/1` fits"):
        parse("tableconv 3x2 0/1").out_shape(shape_of((2, 2, 5)))
