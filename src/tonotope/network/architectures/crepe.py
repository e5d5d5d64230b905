"""CREPE, after Kim, Salamon, Li & Bello, 2018: pitch from one frame of the waveform.

Kim, Salamon, Li & Bello, "CREPE: a convolutional representation for pitch estimation", ICASSP 2018,
in the size "full", as its code builds it. A frame of 1024 samples at 16 kHz is normalised to mean 0
and standard deviation 1, and becomes 360 values::

    layer                      comes out      conv        batch norm (half of it trained)
    conv 1024 512 stride 4     1024 × 256       525,312      4,096
    maxpool 2                  1024 × 128
    conv 128 64                128 × 128      8,388,736        512
    conv 128 64                128 × 64       1,048,704        512
    conv 128 64                128 × 32       1,048,704        512
    conv 256 64                256 × 16       2,097,408      1,024
    conv 512 64                512 × 8        8,389,120      2,048
    maxpool 2                  512 × 4
    head: dense 360            360              737,640

22,244,328 numbers as Keras counts them: 22,239,976 are trained, and 4,352 are running means and
variances. ReLU, batch norm, a pool of 2 and dropout follow every convolution, in this order. The
360 sigmoids belong to a head that tags with 360 names; bin i means
10 · 2^((1997.38 + 20 i) / 1200) Hz.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture, Published
from tonotope.network.layers.padding import tensorflow_same
from tonotope.network.shared_layers import drop

_FILTERS = (1024, 128, 128, 128, 256, 512)


class CREPE(Architecture):
    """Six convolutions on one short frame of the waveform.

    Attributes:
        dropout: probability after every pool.

    >>> from tonotope._shapes import Axis
    >>> print(CREPE().out_shape(Shape([Axis("channel", 1), Axis("time", 1024)])))
    2048 (channel)
    """

    kind: Literal["crepe"] = "crepe"
    dropout: float = Field(default=0.25, ge=0, lt=1)

    reads = "waveform"
    small_inputs = ((1, 512),)

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

    def lines(self, shape: Shape) -> list[str]:
        """Normalise the frame, then six times convolution and pool."""
        lines = ["clipnorm"]
        for number, filters in enumerate(_FILTERS):
            first = f"512 stride 4 padding {tensorflow_same(shape.size('time'), 512, 4)}"
            lines += [
                f"conv {filters} {'64 padding same' if number else first}",
                "relu",
                "batchnorm eps 0.001 momentum 0.01",
                "maxpool 2",
                *drop(self.dropout),
            ]
        return [*lines, "flatten"]
