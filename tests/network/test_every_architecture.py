"""Every architecture as a model: forward, backward, its shape rule, bf16, saved and loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tonotope.heads import Classify
from tonotope.model import Model
from tonotope.network import ARCHITECTURES, Architecture, Layers
from tonotope.representation import LogMel, Waveform
from tonotope.runtime.device import Device
from tonotope.runtime.precision import Guard

WAVE = Waveform(rate_hz=8000)


def mel(bands: int) -> LogMel:
    return LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=bands)


def frames(count: int) -> int:
    """So many samples of a clip that `mel` makes of them so many frames."""
    return 256 + (count - 1) * 128


def cases() -> Iterator[tuple[str, Architecture, LogMel | Waveform, int]]:
    """Every network on each small input that it names, or on what it was published for."""
    for name, kind in ARCHITECTURES.items():
        small = {"widths": (4, 8)} if "widths" in kind.model_fields else {}
        network = kind.model_validate({"kind": name, **small})
        published = [network.published.sizes] if network.published else []
        for sizes in kind.small_inputs or published:
            if len(sizes) == 2:
                yield f"{name}-1d", network, WAVE, sizes[1]
            else:
                yield name, network, mel(sizes[2]), frames(sizes[1])


SPELLED = Layers(layers=["conv 4 3x3", "relu", "flatten"])
CASES = {"layers": (SPELLED, mel(20), frames(20))} | {name: rest for name, *rest in cases()}


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
    assert {network.kind for network, _, _ in CASES.values()} == set(ARCHITECTURES)


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
