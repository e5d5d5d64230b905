"""Branches side by side; what `residual` does is tested with the vocabulary."""

from __future__ import annotations

import pytest
import torch

from tonotope._errors import ExperimentError, ShapeError
from tonotope.network.layers.vocabulary import load, parse
from tonotope.network.shape_inference import trace

LINE = "parallel [conv 3 5x1 padding same, elu] [] [conv 4 9x3 padding same nobias, batchnorm]"


def test_branches_come_out_one_after_the_other(shape_of) -> None:
    layer, shape = parse(LINE), shape_of((2, 12, 6))
    module, x = layer.build(shape), torch.randn(3, 2, 12, 6)
    found = module(x)
    assert found.shape[1:] == torch.Size(layer.out_shape(shape).sizes) == (9, 12, 6)
    torch.testing.assert_close(found[:, :3], module.branches[0](x))
    torch.testing.assert_close(found[:, 3:5], x)
    assert layer.text == LINE


def test_branches_cost_what_is_inside_them(shape_of) -> None:
    layer, shape = parse(LINE), shape_of((2, 12, 6))
    assert layer.parameters(shape) == (2 * 5 + 1) * 3 + 2 * 27 * 4 + 8
    assert layer.multiply_adds(shape) == 72 * (3 * 10 + 4 * 54)
    assert layer.connections(shape) == 72 * (3 * 11 + 4 * 54)
    assert layer.kept(shape) == 8
    learnt = sum(p.numel() for p in layer.build(shape).parameters())
    assert learnt == layer.parameters(shape)


def test_the_longest_branch_is_what_is_seen(shape_of) -> None:
    time, band = trace([parse(LINE)], shape_of((2, 40, 9)))[0].receptive_field
    assert (time.indices, band.indices) == (9, 3)


def test_branches_of_different_length_are_refused(shape_of) -> None:
    with pytest.raises(ShapeError, match=r"side by side: .* branch 2 .* use `padding same`"):
        parse("parallel [relu] [conv 2 3x3]").out_shape(shape_of((2, 9, 9)))
    with pytest.raises(ShapeError, match=r"in its branch 2, layer 1 \(`maxpool 9x1`\) needs 9"):
        parse("parallel [relu] [maxpool 9x1]").out_shape(shape_of((2, 5, 9)))


@pytest.mark.parametrize("line", ["parallel [relu]", "parallel relu", "parallel [relu] [tanh"])
def test_brackets_are_asked_for(line: str) -> None:
    with pytest.raises(ExperimentError, match="`parallel` needs its layers in brackets"):
        parse(line)


def test_branches_within_branches_end_somewhere() -> None:
    layer: dict = {"kind": "relu"}
    for _ in range(9):
        layer = {"kind": "parallel", "branches": [[layer], [{"kind": "tanh"}]]}
    with pytest.raises(ExperimentError, match="layers nest at most 8 deep"):
        load([layer])
    assert load([layer["branches"][0][0]])[0].text.count("parallel") == 8
