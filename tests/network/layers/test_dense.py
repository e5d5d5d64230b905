from __future__ import annotations

import pytest
import torch

from tonotope._errors import ShapeError
from tonotope.network.layers.vocabulary import parse


def test_flattening_goes_channel_by_channel_whatever_lies_in_memory(shape_of) -> None:
    shape = shape_of((2, 3, 4))
    x = torch.arange(24.0).view(1, 2, 3, 4)
    flat = parse("flatten").build(shape)(x.contiguous(memory_format=torch.channels_last))
    assert flat.tolist() == [list(range(24))]
    assert parse("flatten").out_shape(shape).sizes == (24,)
    assert parse("flatten").formula(shape) == "2 · 3 · 4 = 24"


@pytest.mark.parametrize(("line", "parameters"), [("dense 7", 25 * 7), ("dense 7 nobias", 24 * 7)])
def test_every_unit_weighs_every_value(line: str, parameters: int, shape_of) -> None:
    flat = parse("flatten").out_shape(shape_of((2, 3, 4)))
    layer = parse(line)
    assert layer.parameters(flat) == parameters
    assert layer.multiply_adds(flat) == 24 * 7
    assert sum(p.numel() for p in layer.build(flat).parameters()) == parameters


def test_dense_wants_a_flat_input(shape_of) -> None:
    with pytest.raises(
        ShapeError, match=r"takes a flat input, not 2 × 3 × 4 .*: put `flatten` bef"
    ):
        parse("dense 7").out_shape(shape_of((2, 3, 4)))
