"""LeNet-5 of 1998: the numbers that the paper prints, and the parts that make them."""

from __future__ import annotations

import pytest
import torch

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.heads import Classify, Task
from tonotope.model import Model
from tonotope.network import LeNet5, trace
from tonotope.network.layers.connection_table import LENET5
from tonotope.network.layers.modules_1998 import Subsampling, TableConvolution
from tonotope.representation import LogMel

# Layer, what comes out, trainable parameters, connections: LeCun et al. 1998, section II.B.
PRINTED = [
    ("conv 6 5x5", (6, 28, 28), 156, 122_304),
    ("subsample 2x2", (6, 14, 14), 12, 5_880),
    ("tableconv 5x5 lenet5", (16, 10, 10), 1_516, 151_600),
    ("subsample 2x2", (16, 5, 5), 32, 2_000),
    ("conv 120 5x5", (120, 1, 1), 48_120, 48_120),
    ("dense 84", (84,), 10_164, 10_164),
    ("rbf 10", (10,), 0, 840),
]


def test_every_layer_is_as_the_paper_counts_it(shape_of) -> None:
    shape = shape_of((1, 32, 32))
    reports = trace(LeNet5().expand(shape), shape)
    told = [(r.text, r.out_shape.sizes, r.parameters, r.connections) for r in reports]
    assert [row for row in told if row[3]] == PRINTED
    assert sum(row[2] for row in told) == 60_000
    assert sum(row[3] for row in told) == 340_908


def test_a_scaled_tanh_follows_every_layer_up_to_the_sixth(shape_of) -> None:
    texts = [layer.text for layer in LeNet5().expand(shape_of((1, 32, 32)))]
    weighed = [n for n, text in enumerate(texts) if text.split()[0] != "scaledtanh"]
    bent = [texts[n] for n in weighed if texts[min(n + 1, len(texts) - 1)] == "scaledtanh"]
    assert bent == [line for line, *_ in PRINTED[:-1]]


def test_the_table_is_table_one() -> None:
    """Six of three neighbours, six of four, three of four apart, one of all; ten readers a map."""
    assert [len(channels) for channels in LENET5] == [3] * 6 + [4] * 9 + [6]
    assert [sum(number in channels for channels in LENET5) for number in range(6)] == [10] * 6
    round_ = [{(start + step) % 6 for step in range(n)} for n in (3, 4) for start in range(6)]
    assert [set(channels) for channels in LENET5[:12]] == round_
    assert [set(range(6)) - set(channels) for channels in LENET5[12:15]] == [{2, 5}, {0, 3}, {1, 4}]


def test_larger_inputs_keep_the_full_connection(shape_of) -> None:
    net, shape = LeNet5(), shape_of((1, 60, 40))
    reports = {r.text: r for r in trace(net.expand(shape), shape)}
    assert reports["conv 120 12x7"].out_shape.sizes == (120, 1, 1)
    assert net.out_shape(shape).names == ("class",)


def test_as_many_codes_as_classes(shape_of) -> None:
    shape = shape_of((1, 32, 32))
    assert LeNet5().with_outputs(12).out_shape(shape).sizes == (12,)
    assert LeNet5(classes=7).with_outputs(12).out_shape(shape).sizes == (7,)


def test_it_begins_as_in_1998(shape_of) -> None:
    torch.manual_seed(0)
    net = LeNet5().build(shape_of((1, 32, 32)))
    for part in net.modules():
        if isinstance(part, TableConvolution):
            for weight in part.filters():
                fan_in = weight.numel()
                assert 0.9 * 2.4 / fan_in < float(weight.detach().abs().max()) <= 2.4 / fan_in
        elif isinstance(part, Subsampling):
            weight = part.weight.detach()
            assert float(weight.abs().max()) <= 2.4 / 4
            assert float(weight.min()) < 0 < float(weight.max())
    dense = net.get_submodule("12-dense").weight.detach()
    assert float(dense.abs().max()) == pytest.approx(2.4 / 120, rel=0.01)


def test_waves_are_refused_with_a_network_that_reads_them(shape_of) -> None:
    with pytest.raises(ShapeError, match=r"`lenet5` reads channel × time × frequency, not .* m5"):
        LeNet5().out_shape(shape_of((1, 3000)))


def test_too_small_is_told_with_what_fits(shape_of) -> None:
    with pytest.raises(ShapeError, match=r"layer 5 .* needs 5 frames, 4 are left"):
        LeNet5().out_shape(shape_of((1, 12, 32)))


HEARD = LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=32)
SAMPLES = 256 + 31 * 128


def test_a_model_has_the_parameters_of_the_paper_and_no_more() -> None:
    head = Classify(classes=tuple("0123456789"))
    model = Model.build(HEARD, LeNet5(), head, clip_samples=SAMPLES)
    assert sum(p.numel() for p in model.parameters()) == 60_000
    assert model(torch.zeros(2, SAMPLES))["label"].shape == (2, 10)


def test_the_head_says_how_many_codes_there_are() -> None:
    head = Classify(classes=tuple("abcdefghijkl"))
    model = Model.build(HEARD, LeNet5(), head, clip_samples=SAMPLES)
    assert model(torch.zeros(1, SAMPLES))["label"].shape == (1, 12)
    with pytest.raises(ShapeError, match="is made for 7 classes and there are 12: leave"):
        Model.build(HEARD, LeNet5(classes=7), head, clip_samples=SAMPLES)


def test_a_network_that_answers_is_no_use_to_another_question() -> None:
    class Height(Task):
        kind: str = "height"

        def out_shape(self, shape: Shape) -> Shape:
            return Shape([Axis("channel", 1)])

    with pytest.raises(ShapeError, match="fits the head `classify` and not `height`"):
        Model.build(HEARD, LeNet5(), Height(), clip_samples=SAMPLES)
