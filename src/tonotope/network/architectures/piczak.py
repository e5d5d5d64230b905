"""The network of Piczak, 2015, for environmental sounds.

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
50. The window of the last pool may reach past the end, as in pylearn2: 10 frames become 4.
Dropout of 0.5 comes before the second convolution and after both dense layers.

The paper computes deltas from the standardised segment, so they are a layer here and not part of
the representation. It initialises weights with U(±0.001), U(±0.1) and N(0, 0.01); here `init` does.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture, Published
from tonotope.network.shared_layers import drop

_RATE_HZ, _WINDOW, _HOP, _BANDS = 22050, 1024, 512, 60


class Piczak(Architecture):
    """Two convolutions and two large dense layers over log-mel segments and their deltas.

    `piczak-short` and `piczak-long` differ only in the clip length they were published for:
    `data.clip_s` is 0.97524 or 2.36844, with `representation` as in `published`.

    Attributes:
        dropout: probability of all three dropout layers.

    >>> net = Piczak(kind="piczak-short")
    >>> net.published.clip_samples / net.published.representation["rate_hz"]
    0.9752380952380952
    """

    kind: Literal["piczak-short", "piczak-long"] = "piczak-short"
    dropout: float = Field(default=0.5, ge=0, lt=1)

    reads = "spectrogram"

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

    def lines(self, shape: Shape) -> list[str]:
        """The layers; an input of two channels already has its deltas."""
        return [
            *(["deltas"] if shape.size("channel") == 1 else []),
            "conv 80 6x57", "relu", "maxpool 3x4", *drop(self.dropout),
            "conv 80 3x1", "relu", "maxpool 3x1 ceil",
            "flatten",
            "dense 5000", "relu", *drop(self.dropout),
            "dense 5000", "relu", *drop(self.dropout),
        ]  # fmt: skip
