from __future__ import annotations

import math
from typing import get_args

import pytest
import torch

from tonotope.network import Layers
from tonotope.network.initialisation import InitName, draw

FAN_IN, FAN_OUT = 64 * 9, 96 * 9


@pytest.mark.parametrize(
    ("how", "deviation", "bound"),
    [
        ("he-normal", math.sqrt(2 / FAN_IN), None),
        ("he-uniform", math.sqrt(2 / FAN_IN), math.sqrt(6 / FAN_IN)),
        ("glorot-normal", math.sqrt(2 / (FAN_IN + FAN_OUT)), None),
        ("glorot-uniform", math.sqrt(2 / (FAN_IN + FAN_OUT)), math.sqrt(6 / (FAN_IN + FAN_OUT))),
        ("lecun-normal", math.sqrt(1 / FAN_IN), None),
    ],
)
def test_the_spread_is_that_of_the_formula(how, deviation: float, bound: float | None) -> None:
    torch.manual_seed(0)
    weight = torch.empty(96, 64, 3, 3)
    draw(weight, how)
    assert float(weight.std()) == pytest.approx(deviation, rel=0.02)
    assert abs(float(weight.mean())) < 0.02 * deviation
    if bound is not None:
        assert float(weight.abs().max()) <= bound
        assert float(weight.abs().max()) > 0.99 * bound


def test_orthogonal_rows_stand_at_right_angles() -> None:
    weight = torch.empty(8, 3, 3, 3)
    draw(weight, "orthogonal")
    rows = weight.flatten(1)
    torch.testing.assert_close(rows @ rows.T, 2 * torch.eye(8), atol=1e-5, rtol=0)


@pytest.mark.parametrize("init", get_args(InitName))
def test_every_layer_with_weights_is_drawn_and_seeded(init: InitName, shape_of) -> None:
    net = Layers(layers=["residual [conv 4 3x3 padding same]", "flatten", "dense 5"], init=init)
    shape = shape_of((4, 6, 6))
    states = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        states.append(net.build(shape).state_dict())
    for name in states[0]:
        assert torch.equal(states[0][name], states[1][name])
        biased = name.endswith("bias")
        if init != "default" and biased:
            assert not states[0][name].any()
        else:
            assert not torch.equal(states[0][name], states[2][name])


def test_sound_neither_fades_nor_explodes_in_a_deep_network(shape_of) -> None:
    torch.manual_seed(0)
    lines = ["conv 64 3x3 padding same", "relu"] * 10
    x = torch.randn(4, 64, 12, 12)
    with torch.no_grad():
        kept = Layers(layers=lines, init="he-normal").build(shape_of((64, 12, 12)))(x)
        faded = Layers(layers=lines, init="default").build(shape_of((64, 12, 12)))(x)
    assert 0.05 < float(kept.square().mean()) < 20
    assert float(faded.square().mean()) < 1e-3
