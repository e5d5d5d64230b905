"""Every architecture passes the checks of networks; a network broken in one way fails that one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import tonotope as tt
from tonotope.network import ARCHITECTURES, Architecture
from tonotope.testing import NETWORK_CHECKS, CheckError, check_network

VARIANTS = (
    (tt.VGG(widths=(4, 8), summary="average"), (2, 40, 33)),
    (tt.VGG(widths=(4, 8)), (1, 5000)),
    (tt.VGG(), (1, 3, 2)),
    (tt.ResNet(widths=(4, 8), blocks=2, summary="average"), (2, 9, 7)),
    (tt.LeNet(dropout=0.2), (1, 3000)),
)
SPELLED = {
    "layers-wave": ("conv 8 9 stride 4, relu, maxpool 4, globalpool time max, flatten", (1, 3000)),
    "layers-rare": (
        "clipnorm; deltas; batchnorm over frequency; parallel [conv 4 32x1 padding same] [];"
        "subsample 2x2; scaledtanh; tableconv 3x3 0+1/4+5; globalpool time mean+max added; flatten",
        (1, 40, 32),
    ),
}


def cases() -> Iterator[Any]:
    """Every network on each small input that it names, or on what it was published for."""
    for name, (layers, sizes) in SPELLED.items():
        yield pytest.param(tt.Layers(layers=layers), sizes, id=name)
    for network, sizes in VARIANTS:
        yield pytest.param(network, sizes, id=f"{network.kind}-{'x'.join(map(str, sizes))}")
    for name, kind in ARCHITECTURES.items():
        small: dict[str, Any] = {"widths": (4, 8)} if "widths" in kind.model_fields else {}
        if kind is tt.Layers:
            small["layers"] = "conv 8 5x5, batchnorm, relu, maxpool 2x2, flatten, dense 12, relu"
        if kind.has_output_layer:
            small["classes"] = 3
        network = kind.model_validate({"kind": name, **small})
        published = [network.published.sizes] if network.published else [(1, 40, 32)]
        for sizes in kind.small_inputs or published:
            yield pytest.param(network, sizes, id=f"{name}-{'x'.join(map(str, sizes))}")


@pytest.mark.parametrize(("network", "sizes"), [*cases()])
def test_every_architecture(network: Architecture, sizes: tuple[int, ...]) -> None:
    check_network(network, [sizes])


class Right(nn.Module):
    """A network with nothing wrong; each of those below is wrong in one way."""

    def __init__(self, in_shape: tuple[int, ...], width: int = 4) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_shape[0], width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)
        self.drop = nn.Dropout(0.5)

    def forward(self, features: Tensor) -> Tensor:
        return self.drop(self.norm(self.conv(features))).mean((2, 3))


class Squeezes(Right):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features).squeeze()


class Doubles(Right):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features).double()


class Explodes(Right):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features) / 0.0


class LooksAtTheOthers(Right):
    def forward(self, features: Tensor) -> Tensor:
        found = super().forward(features)
        return found - found.mean(0, keepdim=True) if len(found) > 1 else found


class AlwaysDropsOut(Right):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(nn.functional.dropout2d(features, 0.5)) * torch.rand(1)


class WritesToItsInput(Right):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features.relu_())


class Views(Right):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features.view(len(features), -1).view(features.shape))


class DrawsElsewhere(Right):
    def __init__(self, in_shape: tuple[int, ...], width: int = 4) -> None:
        super().__init__(in_shape, width)
        bias = np.random.default_rng().standard_normal(width)
        self.conv.bias = nn.Parameter(torch.tensor(bias, dtype=torch.float32))


class LeavesOneOut(Right):
    def __init__(self, in_shape: tuple[int, ...], width: int = 4) -> None:
        super().__init__(in_shape, width)
        self.forgotten = nn.Linear(2, 2)


class KeepsItToItself(Right):
    def __init__(self, in_shape: tuple[int, ...], width: int = 4) -> None:
        super().__init__(in_shape, width)
        self.scale = torch.rand(width)

    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features) * self.scale


class NeedsFrames(Right):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features / features.std(2, keepdim=True))


class NeedsChannels(Right):
    def forward(self, features: Tensor) -> Tensor:
        return super().forward(features / features.std(1, keepdim=True))


class Miscounts(tt.VGG):
    """Its description says something else than its module does."""

    def build(self, shape: Any) -> nn.Sequential:
        module = super().build(shape)
        module[0].register_parameter("more", nn.Parameter(torch.zeros(1)))
        return module


def test_nothing_is_wrong() -> None:
    check_network(Right)
    check_network(tt.Custom(Right, width=8), shapes=[(2, 21, 8)])
    check_network(Right((1, 40, 32)))


@pytest.mark.parametrize(
    ("network", "check", "said"),
    [
        (Squeezes, "output", r"1 clips give the shape \(4,\); expected \(1, 4\)"),
        (Doubles, "output", r"the output is torch.float64; expected float32"),
        (Explodes, "output", "4 of 4 values of the output are NaN or infinite"),
        (Miscounts(), "sizes", "layer `01-conv` has 289 parameters; expected 288"),
        (LooksAtTheOthers, "batch independence", "alone and in a batch differ by up to"),
        (AlwaysDropsOut, "evaluation", "two outputs for the same features differ"),
        (WritesToItsInput, "input unchanged", "before and after differ by"),
        (Views, "memory format", "raises RuntimeError: view size is not compatible"),
        (DrawsElsewhere, "seed", "conv.bias` of two networks with the same seed"),
        (LeavesOneOut, "gradients", "reaches the parameter `1-LeavesOneOut.forgotten.weight`"),
        (KeepsItToItself, "save and load", "after saving and loading differ"),
        (NeedsFrames, "lengths", r"for 2 × 1 × 32 .*: .* values of the output are NaN"),
        (NeedsChannels, "channels", r"for 1 × 40 × 32 .*: .* values of the output are NaN"),
    ],
)
def test_a_network_that_is_wrong_in_one_way(network: Any, check: str, said: str) -> None:
    with pytest.raises(CheckError, match=said) as failed:
        check_network(network, shapes=[(2, 40, 32)])
    assert failed.value.check == check
    assert getattr(network, "__name__", "Miscounts") in failed.value.part


def test_every_check_has_been_seen_to_fail() -> None:
    (mark,) = test_a_network_that_is_wrong_in_one_way.pytestmark
    assert {check for _, check, _ in mark.args[1]} == set(NETWORK_CHECKS)
