from __future__ import annotations

import pytest
import torch

from tonotope.network import VGG, ResNet, trace


def test_it_is_the_architecture_that_was_measured(shape_of) -> None:
    """Four blocks of widths 16 to 128 on 216 × 64: about 0.30 million parameters with a head."""
    shape = shape_of((1, 216, 64))
    texts = [layer.text for layer in VGG().expand(shape)]
    block = ["conv 16 3x3 padding same nobias", "batchnorm", "relu"] * 2
    assert texts[:8] == [*block, "meanpool 2x2", "dropout 0.1"]
    assert texts[-3:] == ["globalpool time mean+max", "flatten", "dropout 0.3"]
    reports = trace(VGG().expand(shape), shape)
    assert reports[-1].out_shape.sizes == (2 * 128 * 4,)
    assert sum(report.parameters for report in reports) == pytest.approx(0.29e6, rel=0.05)


def test_averaging_gives_the_frequency_axis_up(shape_of) -> None:
    shape = shape_of((1, 216, 64))
    assert VGG(summary="average").out_shape(shape).sizes == (256,)
    assert ResNet(summary="average").out_shape(shape).sizes == (256,)


def test_a_head_may_hear_the_last_blocks_beside_each_other(shape_of) -> None:
    """Of 216 × 64: 128 filters in 4 bands and 64 filters in 8, each by three figures."""
    shape = shape_of((1, 216, 64))
    net = VGG(summary_blocks=2, statistics="mean+max+std")
    assert net.out_shape(shape).sizes == (3 * 128 * 4 + 3 * 64 * 8,)
    texts = [layer.text for layer in net.expand(shape)]
    assert texts[-1] == "dropout 0.3"
    assert texts[-2].startswith("parallel [conv 128 3x3")
    assert texts[-2].endswith("flatten] [globalpool time mean+max+std, flatten]")
    costs = [sum(r.parameters for r in trace(one.expand(shape), shape)) for one in (net, VGG())]
    assert costs[0] == costs[1]  # the same filters
    assert VGG(summary_blocks=4).out_shape(shape).sizes == (2 * (128 + 128 + 128 + 128) * 4,)


def test_two_blocks_hear_what_each_would_alone(shape_of) -> None:
    shape = shape_of((1, 40, 16))
    both = torch.nn.Sequential(
        *(one.build(at) for one, at in _with_shapes(VGG(widths=(4, 8), summary_blocks=2), shape))
    ).eval()
    x = torch.randn(3, 1, 40, 16)
    first = both[:8](x)  # the first block, as it is: a stem of none, seven layers and dropout
    shallow = torch.cat([first.mean(2), first.amax(2)], 1).flatten(1)
    torch.testing.assert_close(both(x)[:, -shallow.shape[1] :], shallow)


def _with_shapes(net: VGG, shape):
    for layer in net.expand(shape):
        yield layer, shape
        shape = layer.out_shape(shape)


def test_more_blocks_than_there_are(shape_of) -> None:
    with pytest.raises(ValueError, match="summary_blocks = 3: there are 2 blocks"):
        VGG(widths=(4, 8), summary_blocks=3)


def test_axes_that_are_used_up_are_pooled_no_further(shape_of) -> None:
    texts = [layer.text for layer in VGG(widths=(4, 4, 4)).expand(shape_of((1, 9, 2)))]
    assert [text for text in texts if "meanpool" in text] == [
        "meanpool 2x2",
        "meanpool 2x1",
        "meanpool 2x1",
    ]


def test_long_waves_begin_with_long_filters(shape_of) -> None:
    long = [layer.text for layer in VGG().expand(shape_of((1, 110_250)))]
    assert long[0] == "conv 16 80 stride 4 padding same nobias"
    assert long[3] == "conv 16 9 padding same nobias"
    short = [layer.text for layer in VGG().expand(shape_of((1, 800)))]
    assert short[0] == "conv 16 9 padding same nobias"


@pytest.mark.parametrize("net", [VGG(), ResNet()], ids=["vgg", "resnet"])
def test_a_wave_costs_about_as_much_as_its_spectrogram(net, shape_of) -> None:
    """Five seconds at 22,050 Hz, as samples and as 216 frames of 64 bands."""
    costs = []
    for sizes in ((1, 110_250), (1, 216, 64)):
        shape = shape_of(sizes)
        costs.append(sum(r.multiply_adds for r in trace(net.expand(shape), shape)))
    assert costs[0] < 4 * costs[1]


def test_other_pools_and_depths(shape_of) -> None:
    texts = [
        layer.text
        for layer in VGG(widths=(8,), convolutions=3, pooling="max").expand(shape_of((1, 9, 8)))
    ]
    assert texts.count("conv 8 3x3 padding same nobias") == 3
    assert "maxpool 2x2" in texts
