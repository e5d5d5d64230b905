"""Every architecture: foretold, forward, backward, in bfloat16, and the same from a folder.

bfloat16 is used as the product uses it: after it was held against float32. Where some of it is
wrong, on processors with AMX, float32 is what comes out.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter

from tonotope._errors import ShapeError
from tonotope.heads import Classify, Denoise, Task
from tonotope.heads.denoise import NOISY, SOUND
from tonotope.model import Model
from tonotope.network import ARCHITECTURES, PUBLISHED, Network
from tonotope.network.architecture import Architecture
from tonotope.representation import LogMel, Saved, Waveform
from tonotope.runtime.bfloat16_guard import Guard
from tonotope.runtime.device import Device

CLASSES = ("high", "low", "middle")
# What a network hears that was not published for sound, or for none in particular.
IMAGE: dict[str, Any] = {
    "kind": "log-mel", "rate_hz": 8000, "window_s": 0.032, "hop_s": 0.016, "bands": 32,
}  # fmt: skip
WAVE: dict[str, Any] = {"kind": "waveform", "rate_hz": 8000}
LAYERS = {"layers": "conv 8 5x5, batchnorm, relu, maxpool 2x2, dropout 0.2, flatten"}
LAYERS_1D = {"layers": "conv 8 9 stride 4, relu, maxpool 4, globalpool time max, flatten"}
SMALL = {"widths": [4, 8, 8]}
CASES: list[tuple[dict[str, Any], dict[str, Any] | None]] = [
    ({"kind": "layers", **LAYERS}, IMAGE),
    ({"kind": "layers", **LAYERS_1D}, WAVE),
    ({"kind": "encoder", **SMALL}, IMAGE),
    ({"kind": "encoder", **SMALL}, WAVE),
    *(({"kind": kind, **SMALL}, heard) for kind in ("vgg", "resnet") for heard in (IMAGE, WAVE)),
    ({"kind": "lenet"}, IMAGE),
    ({"kind": "lenet5", "classes": len(CLASSES)}, IMAGE),
    ({"kind": "lenet"}, WAVE),
    *(({"kind": kind}, None) for kind in PUBLISHED if kind != "lenet5"),
]
NETWORK: TypeAdapter[Architecture] = TypeAdapter(Network)
SOUND_OF: TypeAdapter[Any] = TypeAdapter(Saved)


def named(case: Any) -> str | None:
    return f"{case['kind']}" if isinstance(case, dict) else None


def shortest_clip(network: Architecture, sound: Waveform | LogMel) -> int:
    """Half a second where the network takes any length, since bfloat16 may be emulated."""
    half_a_second = min(sound.rate_hz // 2, network.published.clip_samples)
    with contextlib.suppress(ShapeError):
        network.out_shape(sound.out_shape(sound.clip_shape(half_a_second)))
        return half_a_second
    return network.published.clip_samples


def built(told: dict[str, Any], heard: dict[str, Any] | None) -> Model:
    """With the sound it was published for, where none is named."""
    network, clip_samples = NETWORK.validate_python(told), 4500
    published = network.published
    if heard is None and published.representation:
        heard = dict(published.representation)
        clip_samples = shortest_clip(network, SOUND_OF.validate_python(heard))
    elif heard is None:  # it read images: a spectrogram of a size that fits
        _, frames, bands = (*network.small_inputs, published.sizes)[0]
        heard, clip_samples = {**IMAGE, "bands": bands}, 256 + (frames - 1) * 128
    sound: Waveform | LogMel = SOUND_OF.validate_python(heard)
    head: Task = Denoise() if told["kind"] == "encoder" else Classify(classes=CLASSES)
    torch.manual_seed(0)
    return Model.build(sound, network, head, clip_samples=clip_samples)


def cost(model: Model, outputs: Any, features: torch.Tensor) -> torch.Tensor:
    """As the head counts it: of the second class, or of silence to be found in the features."""
    if isinstance(model.description.head, Denoise):
        wanted = {SOUND: torch.zeros_like(features), NOISY: features}
    else:
        wanted = {"label": torch.eye(len(CLASSES))[[1] * len(features)]}
    return model.description.head.loss(outputs, wanted)


def compared(model: Model, features: torch.Tensor) -> tuple[Any, Any, Guard]:
    """What a guard compares, in float32 and in bfloat16, each computed once, and the guard."""
    outputs: list[dict[str, torch.Tensor]] = []

    def answer(module: Model, batch: torch.Tensor) -> dict[str, torch.Tensor]:
        outputs.append({name: value.float() for name, value in module.answer(batch).items()})
        return outputs[-1]

    guard = Guard(Device("cpu", 1, precision="bfloat16"))
    guard.check(model, answer, features)
    return *outputs, guard


def test_none_is_left_out() -> None:
    assert {told["kind"] for told, _ in CASES} == set(ARCHITECTURES)


@pytest.mark.parametrize(("told", "heard"), CASES, ids=named)
def test_every_architecture(
    told: dict[str, Any], heard: dict[str, Any] | None, tmp_path: Path, *, right_bfloat16: bool
) -> None:
    model = built(told, heard)
    description = model.description
    shape = description.feature_shape()
    with torch.no_grad():
        features = model.standardise(model.features(0.1 * torch.randn(3, description.clip_samples)))
    assert features.shape[1:] == torch.Size(shape.sizes)

    found = model.network(features)
    assert found.shape[1:] == torch.Size(NETWORK.validate_python(told).out_shape(shape).sizes)

    before = cost(model, model.answer(features), features)
    before.backward()
    for name, weight in model.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.isfinite().all(), name
    assert any(bool(weight.grad.any()) for weight in model.parameters() if weight.grad is not None)

    # Where bfloat16 is emulated it takes minutes: of the published ones one clip must do.
    few = features if heard is not None else features[:1]
    exactly, nearly, guard = compared(model, few)
    if guard.device.precision == "bfloat16":
        for name, answer in exactly.items():
            assert (nearly[name] - answer).norm() < 0.05 * answer.norm(), name
        if heard is not None:
            guard.check(model, Model.answer, few, lambda outputs: cost(model, outputs, few))
    assert not (guard.device.probe and right_bfloat16), guard.device.probe

    model.eval()
    with torch.no_grad():
        exact = model.answer(features)
        model.save(tmp_path)
        again = Model.load(tmp_path).answer(features)
    for name, answer in exact.items():
        assert torch.equal(again[name], answer), name
