"""M5, after Dai, Dai, Qu, Li & Das, "Very deep convolutional neural networks for raw waveforms".

ICASSP 2017. A long first filter that can be a band pass, then short ones; no dense layer but the
head. On a waveform of 32,000 samples (4 s at 8 kHz)::

    layer                       comes out       parameters
    conv 128 80 stride 4        128 × 8000          10,368
    maxpool 4                   128 × 2000
    conv 128 3                  128 × 2000          49,280
    maxpool 4                   128 × 500
    conv 256 3                  256 × 500           98,560
    maxpool 4                   256 × 125
    conv 512 3                  512 × 125          393,728
    maxpool 4 ceil              512 × 32
    globalpool time mean        512 × 1
    head: dense 10              10                   5,130

Batch norm and ReLU follow every convolution: 2,048 more parameters, 559,114 in all. The paper says
0.5 million; 559,114 is from a reimplementation whose convolutions have a bias, as here.
"""

from __future__ import annotations

from typing import Literal

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture, Published


class M5(Architecture):
    """Five layers with weights, counting the head, on the raw waveform.

    >>> from tonotope._shapes import Axis
    >>> print(M5().out_shape(Shape([Axis("channel", 1), Axis("time", 32000)])))
    512 (channel)
    """

    kind: Literal["m5"] = "m5"

    reads = "waveform"
    small_inputs = ((1, 2000),)

    @property
    def published(self) -> Published:
        """For the ten classes of UrbanSound8K."""
        return Published(
            source="Dai, Dai, Qu, Li & Das 2017, Very deep convolutional neural networks for raw "
            "waveforms",
            sizes=(1, 32_000),
            outputs=10,
            parameters=559_114,
            representation={"kind": "waveform", "rate_hz": 8000},
            clip_samples=32_000,
        )

    def lines(self, shape: Shape) -> list[str]:
        """Convolution, batch norm, ReLU and pooling, four times; then the mean over time."""
        lines: list[str] = []
        for conv in ("conv 128 80 stride 4", "conv 128 3", "conv 256 3", "conv 512 3"):
            lines += [f"{conv} padding same", "batchnorm", "relu", "maxpool 4 ceil"]
        return [*lines, "globalpool time mean", "flatten"]
