"""What is computed before anything exists is what comes out when it does."""

from __future__ import annotations

import json

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.network.layer_list import Layers
from tonotope.network.layer_report import table, totals
from tonotope.network.layers.assemble import assemble
from tonotope.network.layers.layer import measure
from tonotope.network.layers.vocabulary import parse
from tonotope.network.shape_inference import smallest, trace

PLAIN = [
    "relu",
    "leakyrelu 0.1",
    "gelu",
    "batchnorm",
    "dropout 0.2",
    "globalpool time mean+max",
    "globalpool frequency mean",
    "globalpool all max",
    "globalpool time mean+max added",
    "batchnorm over frequency",
    "clipnorm",
    "deltas width 3",
    "scaledtanh",
    "flatten",
    "dense 3",
    "dense 5 nobias",
]


def sizes(low: int, high: int, rank: int) -> st.SearchStrategy[str]:
    one = st.integers(low, high)
    return st.lists(one, min_size=rank, max_size=rank).map(lambda found: "x".join(map(str, found)))


@st.composite
def convolutions(draw: st.DrawFn, rank: int) -> str:
    kernel = draw(sizes(1, 5, rank))
    ends = [[draw(st.integers(0, int(k) - 1)) for _ in "be"] for k in kernel.split("x")]
    uneven = "x".join(f"{before}:{after}" for before, after in ends)
    words = [f"conv {draw(st.integers(1, 6))} {kernel}"]
    words.append(draw(st.sampled_from(["", "padding same", f"padding {uneven}"])))
    words.append(draw(st.sampled_from(["", f"stride {draw(sizes(1, 3, rank))}"])))
    words.append(draw(st.sampled_from(["", f"dilation {draw(sizes(1, 3, rank))}"])))
    words.append(draw(st.sampled_from(["", "groups 2", "nobias"])))
    line = " ".join(words)
    return line if "groups" not in line else line.replace(words[0], f"conv 4 {kernel}")


@st.composite
def pools(draw: st.DrawFn, rank: int) -> str:
    size = draw(sizes(1, 4, rank))
    half = "x".join(str(int(k) // 2) for k in size.split("x"))
    words = [draw(st.sampled_from(["maxpool", "meanpool"])), size]
    words.append(draw(st.sampled_from(["", f"stride {draw(sizes(1, 4, rank))}"])))
    words.append(draw(st.sampled_from(["", f"padding {half}"])))
    words.append(draw(st.sampled_from(["", "ceil"])))
    return " ".join(words)


@st.composite
def nets(draw: st.DrawFn) -> tuple[tuple[int, ...], list[str]]:
    """Sizes of an input and up to six lines that may or may not fit it."""
    rank = draw(st.sampled_from([1, 2]))
    shape = (draw(st.integers(1, 4)), *(draw(st.integers(1, 24)) for _ in range(rank)))
    subsamples = sizes(1, 3, rank).map("subsample {}".format)
    tables = sizes(1, 3, rank).map("tableconv {} 0/0+1/1+2/0".format)
    plain = st.sampled_from(PLAIN)
    one = st.one_of(convolutions(rank), pools(rank), subsamples, tables, plain, plain)
    keeping = st.one_of(convolutions(rank), st.sampled_from(PLAIN[:5]))
    residual = st.lists(keeping, min_size=1, max_size=3).map(
        lambda lines: f"residual [{', '.join(lines)}]"
    )
    parallel = st.lists(residual, min_size=2, max_size=3).map(
        lambda rows: "parallel " + " ".join(row.removeprefix("residual ") for row in rows)
    )
    return shape, draw(st.lists(st.one_of(one, one, one, residual, parallel), max_size=6))


@settings(deadline=None, max_examples=250)
@given(net=nets())
def test_what_fits_is_what_comes_out_and_what_does_not_is_refused_first(net, shape_of) -> None:
    """Never an error from inside PyTorch: either the lesson, or exactly the sizes foretold."""
    shape, layers = shape_of(net[0]), [parse(line) for line in net[1]]
    try:
        reports = trace(layers, shape)
    except ShapeError:
        return
    module = assemble(layers, shape).eval()
    x = torch.randn(2, *shape.sizes)
    for report, part in zip(reports, module, strict=True):
        assert sum(p.numel() for p in part.parameters()) == report.parameters
        x = part(x)
        assert x.shape[1:] == torch.Size(report.out_shape.sizes)
    names = [name for name, _ in module.named_children()]
    assert names == [report.name for report in reports]


@settings(deadline=None, max_examples=150)
@given(net=nets())
def test_what_is_said_to_fit_fits(net, shape_of) -> None:
    """The remedy of an error is tried out: the layer that it names instead."""
    shape = shape_of(net[0])
    for layer in map(parse, net[1]):
        try:
            shape = layer.out_shape(shape)
        except ShapeError as error:
            if not str(error).startswith("needs"):
                return
            other = parse(str(error).split("`")[1])
            assert other.kind == layer.kind
            channels = getattr(other, "groups", 1) * shape.size("channel")
            channels = max(channels, 3 if other.kind == "tableconv" else 1)
            shape = other.out_shape(shape.resized(channel=channels))
            assert min(shape.sizes) >= 1


LINEAR = st.one_of(
    st.builds(
        "conv 1 {}x{} stride {}x{} dilation {}x{} nobias".format,
        *[st.integers(1, 3)] * 6,
    ),
    st.builds("meanpool {}x{}".format, st.integers(1, 3), st.integers(1, 3)),
    st.builds("subsample {}x{}".format, st.integers(1, 3), st.integers(1, 3)),
    st.builds("tableconv {}x{} 0".format, st.integers(1, 3), st.integers(1, 3)),
    st.builds(
        "residual [conv 1 {0}x{1} padding same nobias] shortcut [conv 1 1x1 nobias]".format,
        st.sampled_from([1, 3, 5]),
        st.sampled_from([1, 3]),
    ),
)


@settings(deadline=None, max_examples=60)
@given(lines=st.lists(LINEAR, min_size=1, max_size=4))
@example(lines=[*["meanpool 3x1"] * 3, "conv 1 5x1 padding same nobias"])
def test_the_receptive_field_is_where_gradients_reach(lines: list[str]) -> None:
    """With all weights one, a value depends on exactly what its receptive field spans."""
    layers = [parse(line) for line in lines]
    shape = Shape([Axis("channel", 1), Axis("time", 1), Axis("frequency", 1)])
    endless = shape.resized(time=5000, frequency=5000)
    for field in trace(layers, endless)[-1].receptive_field:
        # Wide enough that padding is far away from the value in the middle.
        shape = shape.resized(**{field.axis: 2 * field.indices + 60})
    module = assemble(layers, shape)
    for weight in module.parameters():
        torch.nn.init.ones_(weight)
    x = torch.zeros(1, *shape.sizes, requires_grad=True)
    y = module(x)[0, 0]
    y[y.shape[0] // 2, y.shape[1] // 2].backward()
    assert x.grad is not None
    reached = x.grad[0, 0] != 0
    foretold = {field.axis: field.indices for field in trace(layers, shape)[-1].receptive_field}
    assert foretold == {
        "time": _extent(reached.any(1)),
        "frequency": _extent(reached.any(0)),
    }


def _extent(reached: torch.Tensor) -> int:
    places = reached.nonzero().flatten()
    return int(places[-1] - places[0] + 1)


def test_the_receptive_field_in_seconds_and_hertz(shape_of) -> None:
    reports = trace(
        [parse(line) for line in ("conv 4 5x3", "maxpool 2x2", "conv 4 3x3", "flatten", "dense 2")],
        shape_of((1, 100, 40)),
    )
    fields = [report.receptive_field for report in reports]
    assert [(time.indices, band.indices) for time, band in fields] == [
        (5, 3),
        (6, 4),
        (10, 8),
        (100, 40),
        (100, 40),
    ]
    time, band = fields[2]
    assert time.extent == pytest.approx(9 * 0.01 + 0.025)
    assert band.extent == pytest.approx(7 * 40 + 80)
    assert (time.unit, band.unit) == ("s", "Hz")
    assert "5 × 3 = 65 ms × 160 Hz" in table(reports)


def test_an_error_names_the_layer_the_table_and_the_nearest_legal_value(shape_of) -> None:
    net = Layers(layers=["conv 8 5x5", "maxpool 4x2", "relu", "maxpool 4x4"])
    with pytest.raises(ShapeError) as caught:
        net.out_shape(shape_of((1, 16, 40)))
    lesson, came_in, head, *rows = str(caught.value).splitlines()
    assert lesson == (
        "layer 4 (`maxpool 4x4`) needs 4 frames, 3 are left: `maxpool 3x4` fits, "
        "or a clip of at least 0.215 s"
    )
    assert came_in == "comes in: 1 × 16 × 40 (channel, time, frequency)"
    assert head.split()[:3] == ["layer", "comes", "out"]
    assert [row.split()[0] for row in rows] == ["1", "2", "3"]
    assert "8 × 12 × 36" in rows[0]
    # 0.215 s are 20 frames: 16 after the convolution, 4 after the first pool.
    assert net.out_shape(shape_of((1, 20, 40))).sizes == (8, 1, 4)
    with pytest.raises(ShapeError):
        net.out_shape(shape_of((1, 19, 40)))


def test_bands_are_asked_for_where_bands_are_missing(shape_of) -> None:
    with pytest.raises(
        ShapeError, match=r"needs 5 bands, 4 are left: .* fits, or at least 5 bands"
    ):
        Layers(layers=["conv 8 5x5"]).out_shape(shape_of((1, 16, 4)))


@pytest.mark.parametrize(
    ("line", "lesson"),
    [
        ("conv 1000000000 5x5", "26,000,000,000 parameters, 104 GB of memory; at most 500,000,000"),
        ("conv 100000 3x3 padding same", r"values per clip, .* GB of memory; .*shorter clip"),
        ("conv 1 9x9 dilation 100000000x1 padding same", "values per clip"),
    ],
)
def test_a_network_too_large_is_refused_with_numbers(line: str, lesson: str, shape_of) -> None:
    with pytest.raises(ShapeError, match=lesson):
        Layers(layers=[line]).build(shape_of((1, 216, 64)))


def test_a_dense_layer_too_large_says_what_to_do(shape_of) -> None:
    with pytest.raises(ShapeError, match="more pooling before `flatten`"):
        Layers(layers=["flatten", "dense 100000"]).build(shape_of((1, 216, 64)))


def test_totals_are_plain_data(shape_of) -> None:
    reports = trace([parse("conv 8 5x5"), parse("flatten"), parse("dense 3")], shape_of((1, 9, 9)))
    told = json.loads(json.dumps(totals(reports)))
    assert told["parameters"] == 8 * 26 + 3 * (8 * 25 + 1)
    assert told["multiply_adds"] == 25 * 8 * 25 + 3 * 200
    first = told["layers"][0]
    assert first["name"] == "1-conv"
    assert first["out_shape"][1] == {
        "name": "time", "size": 5, "step": 0.01, "span": 0.065, "unit": "s",
    }  # fmt: skip
    assert first["formula"].startswith("time: floor((9 - 5)/1) + 1 = 5; frequency:")


def test_no_layers_are_a_network_too(shape_of) -> None:
    net, shape = Layers(), shape_of((1, 9, 9))
    assert net.out_shape(shape) == shape
    x = torch.randn(1, 1, 9, 9)
    assert net.build(shape)(x) is x
    assert totals(trace([], shape)) == {
        "parameters": 0,
        "kept": 0,
        "multiply_adds": 0,
        "connections": 0,
        "layers": [],
    }


def test_the_smallest_input_is_found(shape_of) -> None:
    layers = [parse("conv 1 5x5"), parse("maxpool 2x2"), parse("conv 1 5x5"), parse("maxpool 2x2")]
    assert smallest(layers, shape_of((1, 3, 99)), "time") == 16
    assert smallest(layers, shape_of((1, 999, 99)), "time") == 16
    assert smallest([parse("dense 3")], shape_of((1, 9, 9)), "time") is None


def test_units_are_read_easily() -> None:
    assert [measure(v, "s") for v in (0.0116, 1.0, 73.5)] == ["11.6 ms", "1 s", "73.5 s"]
    assert [measure(v, "Hz") for v in (43.07, 999.6, 9999.4, 22050)] == [
        "43.07 Hz", "999.6 Hz", "9999 Hz", "22.1 kHz",
    ]  # fmt: skip
