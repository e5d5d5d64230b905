from __future__ import annotations

import math

import pytest
import torch

from tonotope.network.layers.vocabulary import parse


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("relu", (0.0, 2.0)),
        ("leakyrelu 0.1", (-0.1, 2.0)),
        ("elu", (math.exp(-1) - 1, 2.0)),
        ("gelu", (-0.5 * math.erfc(1 / math.sqrt(2)), 1 + math.erf(math.sqrt(2)))),
        ("tanh", (math.tanh(-1), math.tanh(2))),
        ("scaledtanh", (-1.7159 * math.tanh(2 / 3), 1.7159 * math.tanh(4 / 3))),
        ("sigmoid", (1 / (1 + math.e), 1 / (1 + math.exp(-2)))),
    ],
)
def test_the_bend_is_that_of_its_formula(line: str, expected, shape_of) -> None:
    layer, shape = parse(line), shape_of((1, 2))
    found = layer.build(shape)(torch.tensor([[[-1.0, 2.0]]]))
    torch.testing.assert_close(found[0, 0], torch.tensor(expected))
    assert layer.out_shape(shape) == shape
    assert layer.parameters(shape) == layer.multiply_adds(shape) == 0
    assert "x" in layer.formula(shape)


def test_the_scaled_tanh_leaves_one_where_it_is(shape_of) -> None:
    module = parse("scaledtanh").build(shape_of((1, 2)))
    ones = torch.tensor([-1.0, 1.0])
    torch.testing.assert_close(module(ones), ones, atol=1e-4, rtol=0)
