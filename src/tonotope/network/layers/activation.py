"""Activation layers: ReLU, leaky ReLU, ELU, GELU, tanh, scaled tanh, sigmoid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.layers.layer import LayerStage

if TYPE_CHECKING:
    from torch import nn

# The formula of each, and the name of PyTorch's module.
_KINDS = {
    "relu": ("max(0, x)", "ReLU"),
    "elu": ("x if x > 0, else exp(x) - 1", "ELU"),
    "gelu": ("x · Φ(x), Φ the normal distribution", "GELU"),
    "tanh": ("tanh(x)", "Tanh"),
    "scaledtanh": ("1.7159 tanh(2x/3)", ""),
    "sigmoid": ("1 / (1 + exp(-x))", "Sigmoid"),
}


class Activation(LayerStage):
    """An activation without settings: `relu`, `elu`, `gelu`, `tanh`, `scaledtanh`, `sigmoid`.

    The scaled tanh maps ±1 to ±1, where its curvature is greatest (LeCun et al. 1998, Appendix A).
    """

    kind: Literal["relu", "elu", "gelu", "tanh", "scaledtanh", "sigmoid"]

    def formula(self, shape: Shape) -> str:
        """The function of each value x."""
        return _KINDS[self.kind][0]

    def build(self, shape: Shape) -> nn.Module:
        """The PyTorch module of the same name."""
        from torch import nn

        from tonotope.network.layers.modules import ScaledTanh

        return getattr(nn, _KINDS[self.kind][1])() if _KINDS[self.kind][1] else ScaledTanh()


class LeakyReLU(LayerStage):
    """Negative values are multiplied by `slope` (Maas et al. 2013). In text `leakyrelu SLOPE`."""

    kind: Literal["leakyrelu"] = "leakyrelu"
    slope: float = Field(default=0.01, ge=0, lt=1)

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return f"leakyrelu {self.slope!r}"

    def formula(self, shape: Shape) -> str:
        """The function of each value x."""
        return f"max(x, {self.slope:g} x)"

    def build(self, shape: Shape) -> nn.Module:
        """`nn.LeakyReLU`."""
        from torch import nn

        return nn.LeakyReLU(self.slope)
