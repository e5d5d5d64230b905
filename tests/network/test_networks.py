"""Every network through the same: shape, parameters, forward, backward, JSON, export, copies."""

from __future__ import annotations

import copy
import json
import subprocess
import sys

import pytest
import torch
from pydantic import TypeAdapter

from tonotope.network import (
    VGG,
    Layers,
    LeNet,
    LeNet5,
    Network,
    ResNet,
    assemble,
    dump,
    load,
)
from tonotope.network.architecture import Architecture

SPELLED = Layers(
    layers=["conv 8 5x5", "batchnorm", "relu", "maxpool 2x2", "flatten", "dense 12", "relu"]
)
SPELLED_WAVE = Layers(layers="conv 8 9 stride 4, relu, maxpool 4, globalpool time max, flatten")
SPELLED_RARE = Layers(
    layers="clipnorm; deltas; batchnorm over frequency; parallel [conv 4 32x1 padding same] [];"
    "subsample 2x2; scaledtanh; tableconv 3x3 0+1/4+5; globalpool time mean+max added; flatten"
)
SPECTROGRAM, WAVE = (1, 40, 32), (1, 3000)
CASES = [
    pytest.param(SPELLED, SPECTROGRAM, id="layers"),
    pytest.param(SPELLED_WAVE, WAVE, id="layers-wave"),
    pytest.param(SPELLED_RARE, SPECTROGRAM, id="layers-rare"),
    pytest.param(LeNet(), SPECTROGRAM, id="lenet"),
    pytest.param(LeNet5(classes=3), SPECTROGRAM, id="lenet5"),
    pytest.param(LeNet(dropout=0.2), WAVE, id="lenet-wave"),
    pytest.param(VGG(widths=(4, 8, 8)), SPECTROGRAM, id="vgg"),
    pytest.param(VGG(widths=(4, 8), summary="average"), (2, 40, 33), id="vgg-average"),
    pytest.param(VGG(widths=(4, 8)), WAVE, id="vgg-wave"),
    pytest.param(VGG(widths=(4, 8)), (1, 5000), id="vgg-long-wave"),
    pytest.param(VGG(), (1, 3, 2), id="vgg-tiny"),
    pytest.param(ResNet(widths=(4, 8, 8)), SPECTROGRAM, id="resnet"),
    pytest.param(ResNet(widths=(4, 8), blocks=2, summary="average"), (2, 9, 7), id="resnet-deep"),
    pytest.param(ResNet(widths=(4, 8)), WAVE, id="resnet-wave"),
]


@pytest.mark.parametrize(("net", "sizes"), CASES)
def test_described_by_its_layers_alone(net: Architecture, sizes, shape_of) -> None:
    """Written as JSON and read again, with the weights put in, it computes the same."""
    shape = shape_of(sizes)
    layers = load(json.loads(json.dumps(dump(net.expand(shape)))))
    assert layers == net.expand(shape)
    module, again = net.build(shape).eval(), assemble(layers, shape).eval()
    again.load_state_dict(module.state_dict(), strict=True)
    x = torch.randn(2, *sizes)
    for found in (again(x), copy.deepcopy(module)(x)):
        torch.testing.assert_close(found, module(x), rtol=0, atol=0)


@pytest.mark.parametrize(("net", "sizes"), CASES)
def test_the_description_survives_json(net: Architecture, sizes) -> None:
    told = json.loads(net.model_dump_json())
    assert TypeAdapter(Network).validate_python(told) == net


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize(("net", "sizes"), [case for case in CASES if "tiny" not in str(case.id)])
def test_one_graph_for_any_batch(net: Architecture, sizes, shape_of) -> None:
    module = net.build(shape_of(sizes)).eval()
    program = torch.export.export(
        module, (torch.randn(2, *sizes),), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},)
    )
    x = torch.randn(5, *sizes)
    torch.testing.assert_close(program.module()(x), module(x))


@pytest.mark.parametrize("net", [VGG(), ResNet()], ids=["vgg", "resnet"])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_channels_stay_last_until_time_is_summed_up(net: Architecture, precision, shape_of) -> None:
    module = net.build(shape_of((1, 40, 32))).to(memory_format=torch.channels_last)
    x = torch.randn(2, 1, 40, 32).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
        for name, part in module.named_children():
            if "globalpool" in name:
                break
            x = part(x)
            assert x.is_contiguous(memory_format=torch.channels_last), name
    assert "globalpool" in name


def test_dropout_nought_means_none_at_all(shape_of) -> None:
    for net in (VGG(dropout=0), ResNet(dropout=0), LeNet(dropout=0)):
        texts = [layer.text for layer in net.expand(shape_of((1, 40, 32)))]
        assert not any("dropout" in text for text in texts)


def test_the_variant_of_a_description_is_a_new_one() -> None:
    net = VGG()
    assert net.model_copy(update={"dropout": 0.0}) != net
    assert hash(net) == hash(VGG())


def test_descriptions_and_sizes_do_not_wake_torch() -> None:
    """`tonotope shapes` answers at once: PyTorch alone takes longer than the whole command may."""
    code = (
        "import sys, tonotope.network, tonotope.representation.coverage as doctor\n"
        "from tonotope.representation import LogMel\n"
        "heard = LogMel(); shape = heard.out_shape(heard.clip_shape(22050))\n"
        "net = tonotope.network.VGG()\n"
        "tonotope.network.table(tonotope.network.trace(net.expand(shape), shape))\n"
        "doctor.measure_coverage(heard, 22050)\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
