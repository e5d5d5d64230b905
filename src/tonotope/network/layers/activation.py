"""Activations: the bend without which many layers would be one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn

FORMULAS = {
    "relu": "max(0, x)",
    "elu": "x if x > 0, else exp(x) - 1",
    "gelu": "x · Φ(x), Φ the normal distribution",
    "tanh": "tanh(x)",
    "scaledtanh": "1.7159 tanh(2x/3)",
    "sigmoid": "1 / (1 + exp(-x))",
}


class Activation(LayerStage):
    """A bend without a number: `relu`, `elu`, `gelu`, `tanh`, `scaledtanh`, `sigmoid`.

    The scaled tanh maps ±1 to ±1, where it also bends most (LeCun et al. 1998, Appendix A).
    """

    kind: Literal["relu", "elu", "gelu", "tanh", "scaledtanh", "sigmoid"]

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return self.kind

    def formula(self, shape: Shape) -> str:
        """What becomes of each value x."""
        return FORMULAS[self.kind]

    def build(self, shape: Shape) -> nn.Module:
        """The PyTorch module of the same name."""
        from torch import nn

        from tonotope.network.layers.modules import ScaledTanh

        kinds: dict[str, type[nn.Module]] = {
            "relu": nn.ReLU,
            "elu": nn.ELU,
            "gelu": nn.GELU,
            "tanh": nn.Tanh,
            "scaledtanh": ScaledTanh,
            "sigmoid": nn.Sigmoid,
        }
        return kinds[self.kind]()


class LeakyReLU(LayerStage):
    """Values below zero keep a small `slope`. In text `leakyrelu SLOPE` (Maas et al. 2013)."""

    kind: Literal["leakyrelu"] = "leakyrelu"
    slope: float = Field(default=0.01, ge=0, lt=1)

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return f"leakyrelu {self.slope!r}"

    def formula(self, shape: Shape) -> str:
        """What becomes of each value x."""
        return f"max(x, {self.slope:g} x)"

    def build(self, shape: Shape) -> nn.Module:
        """`nn.LeakyReLU`."""
        from torch import nn

        return nn.LeakyReLU(self.slope)
