"""The network of Piczak, "Environmental sound classification with convolutional neural networks".

IEEE Workshop on Machine Learning for Signal Processing (MLSP), 2015, and the code beside it. The
input is 60 mel bands in decibels, standardised, and as a second channel their deltas, in segments
of 41 frames ("short", 0.98 s) or 101 frames ("long", 2.37 s); one filter of the first layer spans
nearly all bands::

    layer                         short            long             parameters
    deltas                        2 × 41 × 60      2 × 101 × 60
    conv 80 6x57                  80 × 36 × 4      80 × 96 × 4          54,800
    maxpool 3x4                   80 × 12 × 1      80 × 32 × 1
    conv 80 3x1                   80 × 10 × 1      80 × 30 × 1          19,280
    maxpool 3x1 ceil              80 × 4 × 1       80 × 10 × 1
    dense 5000                    5000             5000      1,605,000 / 4,005,000
    dense 5000                    5000             5000             25,005,000
    head: dense 10                10               10                   50,010

26,734,090 parameters (short) and 29,134,090 (long) for 10 classes, 26,934,130 and 29,334,130 for
50. The last pool lets its window reach beyond the end, as the pylearn2 of the day did: 10 frames
become 4. Dropout of 0.5 stands before the second convolution and after both dense layers.

The author's deltas are taken of the standardised segment, so they are a layer here and no part of
the representation. He began with U(±0.001), U(±0.1) and N(0, 0.01) for convolutions and dense
layers; here they begin as `init` says.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture
from tonotope.network.blocks import drop, layers
from tonotope.network.layers.vocabulary import Layer
from tonotope.network.published import Published, only_spectrograms

_RATE_HZ, _WINDOW, _HOP, _BANDS = 22050, 1024, 512, 60


class Piczak(Architecture):
    """Two convolutions and two large dense layers over log-mel segments and their deltas.

    `piczak-short` and `piczak-long` differ in nothing but the length of clip they were published
    for: `data.clip_s` is 0.97524 or 2.36844, with `representation` as in `published`.

    Attributes:
        dropout: probability in its three places.

    >>> net = Piczak(kind="piczak-short")
    >>> net.published.clip_samples / net.published.representation["rate_hz"]
    0.9752380952380952
    """

    kind: Literal["piczak-short", "piczak-long"] = "piczak-short"
    dropout: float = Field(default=0.5, ge=0, lt=1)

    @property
    def published(self) -> Published:
        """For the ten classes of ESC-10."""
        short = self.kind == "piczak-short"
        frames = 41 if short else 101
        return Published(
            source="Piczak 2015, Environmental sound classification with convolutional neural "
            "networks",
            sizes=(1, frames, _BANDS),
            outputs=10,
            parameters=26_734_090 if short else 29_134_090,
            representation={
                "kind": "log-mel",
                "rate_hz": _RATE_HZ,
                "window_s": _WINDOW / _RATE_HZ,
                "hop_s": _HOP / _RATE_HZ,
                "bands": _BANDS,
            },
            clip_samples=_WINDOW + (frames - 1) * _HOP,
        )

    def expand(self, shape: Shape) -> tuple[Layer, ...]:
        """The layers; an input of two channels is taken to bring its deltas along.

        Raises:
            ShapeError: the input is a wave.
        """
        only_spectrograms(self.kind, shape)
        return layers(
            [
                *(["deltas"] if shape.size("channel") == 1 else []),
                "conv 80 6x57", "relu", "maxpool 3x4", *drop(self.dropout),
                "conv 80 3x1", "relu", "maxpool 3x1 ceil",
                "flatten",
                "dense 5000", "relu", *drop(self.dropout),
                "dense 5000", "relu", *drop(self.dropout),
            ]
        )  # fmt: skip
