"""The tempo network of Schreiber & Müller, "A single-step approach to musical tempo estimation".

ISMIR 2018. From 256 frames of 40 mel bands (11.9 s) it predicts one of 256 tempi, 30 to 285 beats
per minute. Short filters in time find onsets; then modules of six parallel filters of very
different lengths find how often onsets come. Pooling removes the frequency axis step by step::

    layer                                   comes out        parameters
    3 × [batchnorm, conv 16 5x1, elu]       16 × 256 × 40         2,754
    meanpool 1x5, module                    36 × 256 × 8        300,308
    3 × [meanpool 1x2, module]              36 × 256 × 1      2,006,964
    batchnorm, dropout 0.5, dense 64        64                  589,960
    batchnorm, dense 64                     64                    4,288
    batchnorm, head: dense 256              256                  16,768

A module is [batchnorm, six convolutions of 24 filters and 32, 64, 96, 128, 192, 256 frames side by
side, a convolution of 36 filters and a single tap]; ELU follows every layer with weights. 2,921,042
parameters. The batch norm after the modules works on the 36 channels, before flattening: no other
reading of the paper gives this count.

In the paper the input is the magnitude in mel bands, divided by the maximum of the clip. Here it is
the standardised logarithm.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture, Published
from tonotope.network.shared_layers import drop

_RATE_HZ, _WINDOW, _HOP, _FRAMES = 11_025, 1024, 512, 256
_LENGTHS = (32, 64, 96, 128, 192, 256)
# The defaults of Keras, which the authors used.
_NORM = "batchnorm eps 0.001 momentum 0.01"


class Tempo(Architecture):
    """Onsets by short filters, their period by long ones, a class for each tempo.

    Attributes:
        dropout: probability before the first dense layer.

    >>> from tonotope._shapes import Axis
    >>> shape = Shape([Axis("channel", 1), Axis("time", 256), Axis("frequency", 40)])
    >>> print(Tempo().out_shape(shape))
    64 (channel)
    """

    kind: Literal["tempo"] = "tempo"
    dropout: float = Field(default=0.5, ge=0, lt=1)

    reads = "spectrogram"
    small_inputs = ((1, 4, 40),)

    @property
    def published(self) -> Published:
        """For 256 tempi."""
        return Published(
            source="Schreiber & Müller 2018, A single-step approach to musical tempo estimation "
            "using a convolutional neural network",
            sizes=(1, _FRAMES, 40),
            outputs=256,
            parameters=2_921_042,
            representation={
                "kind": "log-mel",
                "rate_hz": _RATE_HZ,
                "window_s": _WINDOW / _RATE_HZ,
                "hop_s": _HOP / _RATE_HZ,
                "bands": 40,
                "low_hz": 20.0,
                "high_hz": 5000.0,
            },
            clip_samples=_WINDOW + (_FRAMES - 1) * _HOP,
        )

    def lines(self, shape: Shape) -> list[str]:
        """Short filters, four modules, two dense layers and the batch norm before the head."""
        short = [_NORM, "conv 16 5x1 padding same", "elu"]
        modules = [line for bands in (5, 2, 2, 2) for line in _module(bands)]
        return [
            *short * 3,
            *modules,
            _NORM, *drop(self.dropout), "flatten", "dense 64", "elu",
            _NORM, "dense 64", "elu",
            _NORM,
        ]  # fmt: skip


def _module(bands: int) -> list[str]:
    """Pool `bands` neighbouring bands, then filters of six lengths in parallel."""
    branches = " ".join(f"[conv 24 {length}x1 padding same, elu]" for length in _LENGTHS)
    return [f"meanpool 1x{bands}", _NORM, f"parallel {branches}", "conv 36 1x1", "elu"]
