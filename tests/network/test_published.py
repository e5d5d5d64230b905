"""Every published network, with the numbers of its source."""

from __future__ import annotations

import math

import pytest
import torch
from pydantic import TypeAdapter

from tonotope._errors import ShapeError
from tonotope.heads import Tag
from tonotope.model import Model
from tonotope.network import (
    ARCHITECTURES,
    CREPE,
    M5,
    PANN,
    PUBLISHED,
    Piczak,
    ResNet,
    Tempo,
    totals,
    trace,
)
from tonotope.network.layers.vocabulary import parse
from tonotope.representation import Saved, Waveform

NETS = [ARCHITECTURES[kind].model_validate({"kind": kind}) for kind in ("lenet", *PUBLISHED)]
# As the sources count them; a network that is not here is held against its own `published`.
PARAMETERS = {
    "lenet": 61_706, "lenet5": 60_000, "piczak-short": 26_734_090, "piczak-long": 29_134_090,
    "m5": 559_114, "crepe": 22_244_328, "tempo": 2_921_042, "cnn6": 4_837_455, "cnn10": 5_219_279,
}  # fmt: skip
HEARD = [net for net in NETS if net.published.representation]


def kind(net) -> str:
    return net.kind


@pytest.mark.parametrize("net", NETS, ids=map(kind, NETS))
def test_as_many_parameters_as_the_source_counts(net, shape_of) -> None:
    told = net.published
    shape = shape_of(told.sizes)
    found = totals(trace(net.expand(shape), shape, told.outputs))
    counted = found["parameters"] + told.counts_kept * found["kept"]
    assert counted == PARAMETERS.get(net.kind, told.parameters) == told.parameters


@pytest.mark.parametrize("net", HEARD, ids=map(kind, HEARD))
def test_the_input_can_be_had_from_sound(net) -> None:
    told = net.published
    heard = TypeAdapter(Saved).validate_python(dict(told.representation))
    assert heard.out_shape(heard.clip_shape(told.clip_samples)).sizes == told.sizes


@pytest.mark.parametrize("net", NETS[1:], ids=map(kind, NETS[1:]))
def test_the_other_rank_is_refused(net, shape_of) -> None:
    waves = len(net.published.sizes) == 2
    lesson = "reads channel × time, not" if waves else "reads channel × time × frequency, not"
    with pytest.raises(ShapeError, match=f"`{net.kind}` {lesson} .*; set|choose"):
        net.out_shape(shape_of((1, 100, 64) if waves else (1, 100)))


def test_piczak_layer_by_layer(shape_of) -> None:
    """His table, time before frequency; the last pool is in ceil mode: 4 frames, not 3."""
    for frames, sizes in ((41, (36, 12, 10, 4)), (101, (96, 32, 30, 10))):
        shape = shape_of((1, frames, 60))
        reports = trace(Piczak().expand(shape), shape, 50)
        moved = [r.out_shape.sizes for r in reports if r.text.startswith(("conv", "maxpool"))]
        bands = (4, 1, 1, 1)
        assert moved == [(80, time, band) for time, band in zip(sizes, bands, strict=True)]
        assert [r.parameters for r in reports if r.parameters] == [
            54_800, 19_280, (80 * sizes[-1] + 1) * 5000, 25_005_000, 250_050,
        ]  # fmt: skip
    assert sum(r.parameters for r in reports) == 29_334_130


def test_piczak_takes_deltas_that_come_along(shape_of) -> None:
    net = Piczak()
    two = net.expand(shape_of((2, 41, 60)))
    assert [layer.text for layer in net.expand(shape_of((1, 41, 60)))[1:]] == [
        layer.text for layer in two
    ]
    assert two[0].text == "conv 80 6x57"


def test_crepe_layer_by_layer(shape_of) -> None:
    shape = shape_of((1, 1024))
    reports = trace(CREPE().expand(shape), shape, 360)
    convs = [(r.out_shape.sizes, r.parameters) for r in reports if r.text.startswith("conv")]
    assert convs == [
        ((1024, 256), 525_312),
        ((128, 128), 8_388_736),
        ((128, 64), 1_048_704),
        ((128, 32), 1_048_704),
        ((256, 16), 2_097_408),
        ((512, 8), 8_389_120),
    ]
    assert [r.kept for r in reports if r.kept] == [2048, 256, 256, 256, 512, 1024]
    assert reports[-1].parameters == 737_640


def test_crepes_sigmoids_are_those_of_a_head_that_tags() -> None:
    """Its dense layer of 360 is the head's: the model as a whole has the published parameters."""
    bins = Tag(labels=tuple(f"{number}" for number in range(360)))
    model = Model.build(Waveform(rate_hz=16_000), CREPE(), bins, clip_samples=1024)
    assert sum(weights.numel() for weights in model.parameters()) == 22_239_976
    kept = [n for name, n in model.network.named_buffers() if "num_batches" not in name]
    assert sum(one.numel() for one in kept) == 4_352


def test_crepes_first_filter_lies_where_tensorflow_lays_it() -> None:
    """A click at sample 0 meets tap 254 at the first place, tap 250 at the second."""
    line = CREPE().expand(_wave(1024))[1]
    conv = parse(line.text.replace("conv 1024", "conv 1")).build(_wave(1024))
    with torch.no_grad():
        conv.weight.copy_(torch.arange(512.0).reshape(1, 1, -1))
        conv.bias.zero_()
    click = torch.zeros(1, 1, 1024)
    click[..., 0] = 1
    assert conv(click)[0, 0, :2].tolist() == [254, 250]


def test_crepe_hears_no_level(shape_of) -> None:
    first = CREPE().expand(shape_of((1, 1024)))[0].build(shape_of((1, 64)))
    x = torch.randn(3, 1, 64)
    torch.testing.assert_close(first(x), first(0.01 * x + 5), atol=1e-4, rtol=1e-4)
    assert not first(torch.zeros(1, 1, 64)).any()


def test_tempo_layer_by_layer(shape_of) -> None:
    shape = shape_of((1, 256, 40))
    reports = trace(Tempo().expand(shape), shape, 256)
    bands = [r.out_shape.size("frequency") for r in reports if r.text.startswith("meanpool")]
    assert bands == [8, 4, 2, 1]
    modules = [(r.out_shape.sizes[:2], r.parameters) for r in reports if "parallel" in r.text]
    assert modules == [((144, 256), 295_056), *[((144, 256), 663_696)] * 3]
    assert [r.parameters for r in reports if r.text.startswith("dense")] == [589_888, 4_160, 16_640]


def test_m5_halves_as_the_paper_prints(shape_of) -> None:
    shape = shape_of((1, 32_000))
    pools = [r for r in trace(M5().expand(shape), shape) if r.text.startswith("maxpool")]
    assert [r.out_shape.sizes for r in pools] == [(128, 2000), (128, 500), (256, 125), (512, 32)]


def test_panns_sum_up_time_as_the_mean_and_the_greatest_added(shape_of) -> None:
    texts = [layer.text for layer in PANN(kind="cnn6").expand(shape_of((1, 100, 64)))]
    assert texts[0] == "batchnorm over frequency"
    assert texts[-6:-4] == ["globalpool frequency mean", "globalpool time mean+max added"]
    assert sum(text.startswith("conv") for text in texts) == 4
    deep = [layer.text for layer in PANN(kind="cnn10").expand(shape_of((1, 100, 64)))]
    assert sum(text.startswith("conv") for text in deep) == 8


def test_no_dropout_where_none_is_wanted(shape_of) -> None:
    for net in (Piczak(dropout=0), Tempo(dropout=0), PANN(dropout=0, dense_dropout=0)):
        layers = net.expand(shape_of(net.published.sizes))
        assert not [layer for layer in layers if "dropout" in layer.text], net.kind
    assert not [x for x in CREPE(dropout=0).expand(shape_of((1, 1024))) if "dropout" in x.text]


def test_the_resnet_of_twenty_layers_is_the_papers(shape_of) -> None:
    """He et al. 2016, section 4.2: 0.27 million; 272,474 with the head's 650 and projections."""
    shape = shape_of((3, 32, 32))
    net = ResNet(widths=(16, 32, 64), blocks=3, summary="average", dropout=0)
    assert totals(trace(net.expand(shape), shape))["parameters"] + 650 == 272_474


def test_a_resnet_of_waves_has_as_many_layers(shape_of) -> None:
    """One dimension: nine taps for three by three, a quarter of the samples for each stage."""
    net, shape = ResNet(widths=(8, 16), blocks=2), shape_of((1, 3200))
    reports = trace(net.expand(shape), shape)
    blocks = [r for r in reports if r.text.startswith("residual")]
    assert [r.out_shape.sizes for r in blocks] == [(8, 3200)] * 2 + [(16, 800)] * 2
    assert blocks[1].parameters == 2 * (8 * 8 * 9 + 16)
    assert math.prod(net.out_shape(shape).sizes) == 32


def _wave(samples: int):
    from tonotope._shapes import Axis, Shape

    return Shape([Axis("channel", 1), Axis("time", samples)])
