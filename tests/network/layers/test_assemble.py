from __future__ import annotations

import torch

from tonotope.network.layers.assemble import assemble, names
from tonotope.network.layers.vocabulary import parse


def test_parts_are_numbered_so_that_they_sort() -> None:
    layers = [parse("relu")] * 9 + [parse("residual [relu]"), parse("flatten")]
    found = names(layers)
    assert found == sorted(found)
    assert (found[0], found[9], found[10]) == ("01-relu", "10-residual", "11-flatten")


def test_parts_are_reached_by_name(shape_of) -> None:
    module = assemble([parse("conv 2 3x3"), parse("residual [conv 2 1x1]")], shape_of((1, 5, 5)))
    assert set(module.state_dict()) == {
        "1-conv.weight",
        "1-conv.bias",
        "2-residual.body.1-conv.weight",
        "2-residual.body.1-conv.bias",
    }
    assert isinstance(module.get_submodule("1-conv"), torch.nn.Conv2d)
