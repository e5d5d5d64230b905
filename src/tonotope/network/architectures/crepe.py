"""CREPE: six convolutions over a frame of the wave, and a value for every 20 cents of pitch.

Kim, Salamon, Li & Bello, "CREPE: a convolutional representation for pitch estimation", ICASSP 2018,
in the size "full", as its code builds it. A frame of 1024 samples at 16 kHz is brought to mean 0
and deviation 1, and becomes 360 values::

    layer                      comes out      conv        batch norm (half of it learnt)
    conv 1024 512 stride 4     1024 × 256       525,312      4,096
    maxpool 2                  1024 × 128
    conv 128 64                128 × 128      8,388,736        512
    conv 128 64                128 × 64       1,048,704        512
    conv 128 64                128 × 32       1,048,704        512
    conv 256 64                256 × 16       2,097,408      1,024
    conv 512 64                512 × 8        8,389,120      2,048
    maxpool 2                  512 × 4
    head: dense 360            360              737,640

22,244,328 numbers as Keras counts them, of which 22,239,976 are learnt and 4,352 are running means
and variances. Every convolution is followed by ReLU, batch norm, a pool of 2 and dropout, in this
order. The 360 sigmoids are what a head that tags with 360 names puts on top; bin i stands for
10 · 2^((1997.38 + 20 i) / 1200) Hz.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.blocks import drop, layers
from tonotope.network.layers.vocabulary import Layer
from tonotope.network.published import Published, only_waves

_FILTERS = (1024, 128, 128, 128, 256, 512)


class CREPE(Architecture):
    """Six convolutions over one short frame of the wave.

    Attributes:
        dropout: probability after every pool.

    >>> from tonotope._shapes import Axis
    >>> print(CREPE().out_shape(Shape([Axis("channel", 1), Axis("time", 1024)])))
    2048 (channel)
    """

    kind: Literal["crepe"] = "crepe"
    dropout: float = Field(default=0.25, ge=0, lt=1)

    small_inputs: ClassVar[tuple[tuple[int, ...], ...]] = ((1, 512),)

    @property
    def published(self) -> Published:
        """For 360 bins of pitch."""
        return Published(
            source="Kim, Salamon, Li & Bello 2018, CREPE: a convolutional representation for pitch "
            "estimation",
            sizes=(1, 1024),
            outputs=360,
            parameters=22_244_328,
            representation={"kind": "waveform", "rate_hz": 16_000},
            clip_samples=1024,
            counts_kept=True,
        )

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """The frame's own level taken away, then six times convolution and pool.

        Raises:
            ShapeError: the input is no wave.
        """
        only_waves(self.kind, shape)
        lines = ["clipnorm"]
        for number, filters in enumerate(_FILTERS):
            first = f"512 stride 4 padding {_ends(shape.size('time'), 512, 4)}"
            lines += [
                f"conv {filters} {'64 padding same' if number else first}",
                "relu",
                "batchnorm eps 0.001 momentum 0.01",
                "maxpool 2",
                *drop(self.dropout),
            ]
        return layers([*lines, "flatten"])


def _ends(size: int, kernel: int, stride: int) -> str:
    """The zeros of TensorFlow's "same", which depend on the size where the stride is not 1.

    >>> _ends(1024, 512, 4)
    '254:254'
    """
    total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
    return f"{total // 2}:{total - total // 2}"
