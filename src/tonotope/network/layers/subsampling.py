"""Subsampling as in 1998: a mean with a learned gain and offset for each channel.

After LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition",
1998, section II.B, layers S2 and S4.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, ClassVar, Literal

from tonotope._shapes import Shape
from tonotope.network.layers.layer import Sizes, times
from tonotope.network.layers.window_arithmetic import Slide, Sliding

if TYPE_CHECKING:
    from torch import nn


class Subsample(Sliding):
    """The sum of a window is multiplied by a weight, and a bias is added.

    y[c] = w[c] · (sum of the window) + b[c]. Windows do not overlap. In text `subsample SIZE`.

    Attributes:
        size: of the window per axis, time before frequency.

    >>> from tonotope._shapes import Axis
    >>> shape = Shape([Axis("channel", 6), Axis("time", 28), Axis("frequency", 28)])
    >>> layer = Subsample(size=(2, 2))
    >>> print(layer.out_shape(shape), layer.parameters(shape), layer.connections(shape))
    6 × 14 × 14 (channel, time, frequency) 12 5880
    """

    per_axis: ClassVar[tuple[str, ...]] = ("size",)

    kind: Literal["subsample"] = "subsample"
    size: Sizes

    @property
    def text(self) -> str:
        """The layer as it is written in an experiment file."""
        return f"subsample {times(self.size)}"

    def slides(self) -> tuple[Slide, ...]:
        """The window on each axis."""
        return tuple(Slide(size, size) for size in self.size)

    def parameters(self, shape: Shape) -> int:
        """A weight and a bias per channel."""
        return 2 * shape.size("channel")

    def multiply_adds(self, shape: Shape) -> int:
        """One product per output value."""
        return prod(self.out_shape(shape).sizes)

    def connections(self, shape: Shape) -> int:
        """All values of the window and the bias, for each output value."""
        return prod(self.out_shape(shape).sizes) * (prod(self.size) + 1)

    def weighed(self, shape: Shape) -> str:
        """How the parameters add up."""
        channels = shape.size("channel")
        return (
            f"one weight and one bias for each channel; {channels} · 2 = {2 * channels} parameters"
        )

    def build(self, shape: Shape) -> nn.Module:
        """A module whose first weights give the mean."""
        from tonotope.network.layers.modules_1998 import Subsampling

        self.out_shape(shape)
        return Subsampling(shape.size("channel"), self.size)
