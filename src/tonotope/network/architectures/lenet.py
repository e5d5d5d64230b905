"""LeNet as it is taught today: two convolutions, two pools, three dense layers.

After LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition",
1998, in the simplified form of the textbooks: full connections, ReLU and max pooling, a softmax
head in place of the radial basis functions. On 1 × 32 × 32 with ten classes: 61,706 parameters,
416,520 multiply-adds, the head's 850 and 840 of them included.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture, Published
from tonotope.network.shared_layers import drop, is_wave


class LeNet(Architecture):
    """LeNet for spectrograms; on waveforms, kernels of 25 and pools of 4 replace 5x5 and 2x2.

    Attributes:
        activation: after every layer with weights; tanh in 1998.
        pooling: "max" or "mean"; a kind of mean in 1998.
        dropout: probability after both dense layers; none in 1998.

    >>> from tonotope._shapes import Axis
    >>> net = LeNet()
    >>> shape = Shape([Axis("channel", 1), Axis("time", 32), Axis("frequency", 32)])
    >>> print(net.out_shape(shape), sum(p.numel() for p in net.build(shape).parameters()) + 850)
    84 (channel) 61706
    """

    kind: Literal["lenet"] = "lenet"
    activation: Literal["relu", "tanh", "sigmoid"] = "relu"
    pooling: Literal["max", "mean"] = "max"
    dropout: float = Field(default=0.0, ge=0, lt=1)

    small_inputs = ((1, 32, 32), (1, 2000))

    @property
    def published(self) -> Published:
        """As in textbooks, for the ten digits."""
        return Published(
            source="LeCun et al. 1998, in the simplified form of the textbooks",
            sizes=(1, 32, 32),
            outputs=10,
            parameters=61_706,
        )

    def lines(self, shape: Shape) -> list[str]:
        """All layers but the dense layer of the head."""
        act = self.activation
        # Waveforms are long: the stride keeps the first dense layer small.
        kernel, size, stride = ("25", "4", " stride 4") if is_wave(shape) else ("5x5", "2x2", "")
        pool = f"{self.pooling}pool {size}"
        return [
            f"conv 6 {kernel}{stride}", act, pool,
            f"conv 16 {kernel}", act, pool,
            "flatten",
            "dense 120", act, *drop(self.dropout),
            "dense 84", act, *drop(self.dropout),
        ]  # fmt: skip
