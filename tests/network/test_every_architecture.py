"""Every architecture as a model: forward, backward, its shape rule, bf16, saved and loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network import (
    CREPE,
    M5,
    PANN,
    VGG,
    Encoder,
    Layers,
    LeNet,
    LeNet5,
    Piczak,
    ResNet,
    Tempo,
)
from tonotope.representation import LogMel, Waveform
from tonotope.training.device import Device
from tonotope.training.precision import Guard

WAVE = Waveform(rate_hz=8000)


def mel(bands: int) -> LogMel:
    return LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=bands)


def frames(count: int) -> int:
    """So many samples of a clip that `mel` makes of them so many frames."""
    return 256 + (count - 1) * 128


CASES = {
    "layers": (Layers(layers=["conv 4 3x3", "relu", "flatten"]), mel(20), frames(20)),
    "lenet": (LeNet(), mel(32), frames(32)),
    "lenet-1d": (LeNet(), WAVE, 2000),
    "lenet5": (LeNet5(), mel(32), frames(32)),
    "vgg": (VGG(widths=(4, 8)), mel(32), frames(32)),
    "vgg-1d": (VGG(widths=(4, 8)), WAVE, 2000),
    "resnet": (ResNet(widths=(4, 8)), mel(32), frames(32)),
    "resnet-1d": (ResNet(widths=(4, 8)), WAVE, 2000),
    "encoder": (Encoder(widths=(4, 8)), mel(32), frames(32)),
    "encoder-1d": (Encoder(widths=(4, 8)), WAVE, 2000),
    "piczak-short": (Piczak(kind="piczak-short"), mel(60), frames(41)),
    "piczak-long": (Piczak(kind="piczak-long"), mel(60), frames(101)),
    "m5": (M5(), WAVE, 2000),
    "crepe": (CREPE(), WAVE, 512),
    "tempo": (Tempo(), mel(40), frames(4)),
    "cnn6": (PANN(kind="cnn6"), mel(16), frames(16)),
    "cnn10": (PANN(kind="cnn10"), mel(16), frames(16)),
}


@pytest.mark.parametrize("name", CASES)
def test_forward_backward_shapes_bfloat16_and_the_way_to_the_disk(
    name: str, tmp_path: Path, *, right_bfloat16: bool
) -> None:
    network, representation, samples = CASES[name]
    head = Classify(classes=("a", "b", "c"))
    model = Model.build(representation, network, head, clip_samples=samples, seed=3)
    x = _features(model)
    _every_layer_is_as_foretold(model, x)
    _everything_learns(model, x)

    model.eval()
    with torch.no_grad():
        told = model.answer(x)["label"]
        guard = Guard(Device("cpu", 1, precision="bfloat16"))
        guard.check(model, Model.answer, x)
        said = guard.device.probe
        assert not (said and right_bfloat16), said
        with guard.device.autocast():  # in float32 where bfloat16 is wrong here
            rough = model.answer(x)["label"].float()
        assert torch.linalg.vector_norm(rough - told) < 0.1 * torch.linalg.vector_norm(told)
        model.save(tmp_path)
        again = Model.load(tmp_path)
        assert again.description == model.description
        torch.testing.assert_close(again.answer(x)["label"], told, rtol=0, atol=0)


def test_every_kind_of_the_union_is_among_them() -> None:
    from typing import get_args

    from tonotope.network import Network

    members = get_args(get_args(Network)[0])
    kinds = {kind for one in members for kind in get_args(one.model_fields["kind"].annotation)}
    assert kinds == {network.kind for network, _, _ in CASES.values()}


def _features(model: Model) -> torch.Tensor:
    """Two clips of noise, standardised."""
    torch.manual_seed(0)
    with torch.no_grad():
        features = model.features(torch.randn(2, model.description.clip_samples))
    return (features - features.mean()) / features.std()


def _every_layer_is_as_foretold(model: Model, x: torch.Tensor) -> None:
    y = x
    with torch.no_grad():
        for (part, layer), shape in zip(
            model.network.named_children(), model.description.shapes()[1:], strict=True
        ):
            y = layer(y)
            assert y.shape[1:] == torch.Size(shape.sizes), part


def _everything_learns(model: Model, x: torch.Tensor) -> None:
    model.train()
    answers = model.answer(x)
    assert answers["label"].shape == (2, 3)
    model.description.head.loss(answers, {"label": torch.eye(3)[:2]}).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
    assert any(bool(parameter.grad.any()) for parameter in model.parameters())
    model.zero_grad()
