from __future__ import annotations

import json

import pytest
import torch

from tonotope._errors import ExperimentError, ShapeError
from tonotope.network.layers.vocabulary import MOST_LAYERS, dump, load, parse

LINES = [
    "conv 8 5x3 stride 2x1 dilation 1x2 padding 1:2x0 groups 2 nobias",
    "batchnorm eps 0.001",
    "leakyrelu 0.2",
    "maxpool 3x2 stride 2x2 padding 1x0 ceil",
    "residual [conv 8 3x3 padding same, relu] shortcut [conv 8 1x1]",
    "globalpool time mean+max",
    "globalpool time mean+max added",
    "dropout 0.1",
    "flatten",
    "dense 5 nobias",
    "tableconv 5x5 lenet5",
    "tableconv 3 0+1/1+2",
    "subsample 2x2",
    "batchnorm over frequency",
    "clipnorm",
    "deltas width 5",
    "scaledtanh",
    "rbf 10",
    "parallel [conv 8 3x3 padding same, relu] [residual [relu]] []",
]


def test_json_and_back() -> None:
    layers = [parse(line) for line in LINES]
    again = load(json.loads(json.dumps(dump(layers))))
    assert list(again) == layers
    assert [layer.text for layer in again] == LINES


def test_json_leaves_nothing_to_a_default() -> None:
    assert dump([parse("conv 8 3x3 padding same"), parse("maxpool 2")]) == [
        {
            "kind": "conv",
            "filters": 8,
            "kernel": [3, 3],
            "stride": [1, 1],
            "dilation": [1, 1],
            "padding": [[1, 1], [1, 1]],
            "groups": 1,
            "bias": True,
        },
        {"kind": "maxpool", "size": [2], "stride": [2], "padding": [0], "ceil": False},
    ]


def test_texts_may_stand_among_the_data() -> None:
    assert load(["relu", {"kind": "tanh"}]) == (parse("relu"), parse("tanh"))


def _nested(depth: int) -> dict:
    layer: dict = {"kind": "relu"}
    for _ in range(depth):
        layer = {"kind": "residual", "body": [layer]}
    return layer


@pytest.mark.parametrize(
    ("data", "lesson"),
    [
        ({"kind": "relu"}, "a list of at most 2,000 layers is expected"),
        ([{"kind": "relu"}] * (MOST_LAYERS + 1), "a list of at most 2,000 layers"),
        ([{"kind": "os.system"}], "layer 1: Input tag 'os.system' .* does not match any"),
        ([{"kind": "relu"}, {}], "layer 2: Unable to extract tag"),
        ([7], "layer 1: "),
        ([{"kind": "relu", "inplace": True}], "inplace: Extra inputs are not permitted"),
        (
            [{"kind": "conv", "filters": True, "kernel": [3]}],
            "filters: Input should be a valid int",
        ),
        ([{"kind": "conv", "filters": 3, "kernel": "3"}], "kernel: Input should be a valid tuple"),
        ([{"kind": "conv", "filters": 3, "kernel": [3.0]}], "kernel.0: Input should be a valid"),
        (
            [{"kind": "conv", "filters": 3, "kernel": [3], "padding": "sam"}],
            "padding 'sam': `valid`",
        ),
        ([{"kind": "conv", "filters": 3, "kernel": [3], "stride": [0]}], "stride.0: .* equal to 1"),
        ([{"kind": "conv", "filters": 2**31, "kernel": [3]}], "filters: .* 2147483647"),
        ([{"kind": "maxpool", "size": None}], "size: "),
        ([{"kind": "dropout", "rate": 1}], "rate: Input should be less than 1"),
        ([{"kind": "residual", "body": []}], "body: .* at least 1 item"),
        (
            [{"kind": "tableconv", "kernel": [3], "table": [[0, 0]]}],
            "table: filter 0 reads 0.0: name each channel once",
        ),
        ([{"kind": "tableconv", "kernel": [3], "table": [[]]}], "table.0: .* at least 1 item"),
        ([{"kind": "parallel", "branches": [[]]}], "branches: .* at least 2 items"),
        ([_nested(9)], "layers nest at most 8 deep"),
        ([_nested(100_000)], "layers nest at most 8 deep"),
    ],
    ids=range(20),
)
def test_strangers_data_is_refused_by_name(data: object, lesson: str) -> None:
    with pytest.raises(ExperimentError, match=lesson):
        load(data)


def test_eight_deep_is_not_too_deep() -> None:
    assert load([_nested(8)])[0].text.count("residual") == 8


def test_a_residual_adds_its_input(shape_of) -> None:
    layer, shape = parse("residual [conv 2 3x3 padding same nobias]"), shape_of((2, 5, 4))
    module = layer.build(shape)
    x = torch.randn(3, *shape.sizes)
    torch.testing.assert_close(module(x), x + module.body(x))
    torch.nn.init.zeros_(module.body[0].weight)
    torch.testing.assert_close(module(x), x)


def test_a_residual_counts_body_and_shortcut(shape_of) -> None:
    line = (
        "residual [conv 4 3x3 stride 2x2 padding same, batchnorm] shortcut [conv 4 1x1 stride 2x2]"
    )
    layer, shape = parse(line), shape_of((2, 9, 8))
    assert layer.parameters(shape) == (18 + 1) * 4 + 8 + (2 + 1) * 4
    assert layer.multiply_adds(shape) == 5 * 4 * 4 * 18 + 5 * 4 * 4 * 2
    assert sum(p.numel() for p in layer.build(shape).parameters()) == layer.parameters(shape)
    assert layer.out_shape(shape).sizes == (4, 5, 4)


def test_the_shortcut_that_would_fit_is_named_and_fits(shape_of) -> None:
    shape = shape_of((2, 9, 8))
    body = "conv 4 3x3 stride 2x1 padding same"
    with pytest.raises(ShapeError, match=r"use `shortcut \[conv 4 1x1 stride 2x1\]`"):
        parse(f"residual [{body}]").out_shape(shape)
    mended = parse(f"residual [{body}] shortcut [conv 4 1x1 stride 2x1]")
    assert mended.out_shape(shape).sizes == (4, 5, 8)
    with pytest.raises(ShapeError, match="let the body keep the size, `padding same`"):
        parse("residual [conv 4 3x3]").out_shape(shape)


def test_a_layer_inside_is_named(shape_of) -> None:
    with pytest.raises(
        ShapeError, match=r"in its body, layer 2 \(`maxpool 9x1`\) needs 9 frames, 5 are left"
    ):
        parse("residual [relu, maxpool 9x1]").out_shape(shape_of((2, 5, 8)))
