from __future__ import annotations

import pytest
import torch

from tonotope._errors import ExperimentError, ShapeError
from tonotope.network.layers.vocabulary import parse


@pytest.mark.parametrize(("line", "sizes"), [("subsample 2x3", (2, 4, 6)), ("subsample 4", (2, 9))])
def test_a_weighted_sum_and_a_bias_per_channel(line: str, sizes, shape_of) -> None:
    module = parse(line).build(shape_of(sizes))
    x = torch.randn(3, *sizes)
    rank = len(sizes) - 1
    mean = (torch.nn.functional.avg_pool2d, torch.nn.functional.avg_pool1d)[rank == 1]
    window = module.size
    torch.testing.assert_close(module(x), mean(x, window))
    with torch.no_grad():
        module.weight.copy_(torch.tensor([1.0, -2.0]))
        module.bias.copy_(torch.tensor([0.5, 7.0]))
    count = torch.tensor(window).prod()
    each = (1, 2, *[1] * rank)
    expected = mean(x, window) * count * module.weight.view(each) + module.bias.view(each)
    torch.testing.assert_close(module(x), expected)
    assert parse(line).parameters(shape_of(sizes)) == 4


def test_a_window_larger_than_its_input_shrinks(shape_of) -> None:
    with pytest.raises(ShapeError, match="needs 4 frames, 2 are left: `subsample 2x4` fits"):
        parse("subsample 4x4").out_shape(shape_of((1, 2, 9)))
    with pytest.raises(ExperimentError, match="`subsample` lacks its size"):
        parse("subsample")
