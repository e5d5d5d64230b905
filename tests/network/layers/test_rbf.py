from __future__ import annotations

import numpy as np
import pytest
import torch

from tonotope._errors import ShapeError
from tonotope.network.layers.rbf import codes
from tonotope.network.layers.vocabulary import parse


def flat(values: int, shape_of):
    return parse("flatten").out_shape(shape_of((1, values)))


def test_minus_the_squared_distance_to_each_code(shape_of) -> None:
    module = parse("rbf 4").build(flat(9, shape_of))
    x = torch.randn(5, 9)
    expected = -torch.cdist(x.double(), module.codes.double()).square()
    torch.testing.assert_close(module(x), expected.float())
    assert list(module.parameters()) == []


def test_whoever_shows_a_code_is_of_its_class(shape_of) -> None:
    module = parse("rbf 50").build(flat(84, shape_of))
    scores = module(module.codes)
    assert scores.argmax(1).tolist() == list(range(50))
    assert scores.diagonal().abs().max() == 0


def test_codes_are_fair_apart_and_always_the_same() -> None:
    found = codes(200, 84)
    assert set(np.unique(found)) == {-1.0, 1.0}
    assert abs(found.mean()) < 0.02
    # 84 fair throws differ in 42 places, give or take 4.6; so few as 18 would not be chance.
    apart = (84 - found @ found.T) / 2 + 84 * np.eye(200)
    assert apart.min() > 18
    assert (codes(3, 84) == found[:3]).all()
    assert found[0, :12].tolist() == [1, 1, -1, -1, 1, -1, 1, -1, 1, -1, -1, -1]


def test_bfloat16_does_not_blur_the_distances(shape_of) -> None:
    module = parse("rbf 10").build(flat(84, shape_of))
    x = module.codes + 0.01
    with torch.autocast("cpu", torch.bfloat16):
        told = module(x)
    assert told.dtype == torch.float32
    torch.testing.assert_close(told.diagonal(), torch.full((10,), -84 * 0.01**2), rtol=1e-4, atol=0)


def test_only_flat_inputs(shape_of) -> None:
    with pytest.raises(ShapeError, match=r"takes a flat input, not .*put `flatten` before it"):
        parse("rbf 10").out_shape(shape_of((1, 84)))
