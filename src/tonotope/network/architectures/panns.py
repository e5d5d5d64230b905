"""The PANNs Cnn6 and Cnn10, after Kong et al., 2020: audio tagging from log-mel spectrograms.

"PANNs: large-scale pretrained audio neural networks for audio pattern recognition", IEEE/ACM
Transactions on Audio, Speech, and Language Processing 28, 2020. 64 log-mel bands from 50 Hz to
14 kHz, at 32 kHz, 100 frames a second; a clip of 10 s::

    layer                                 comes out          Cnn6          Cnn10
    batchnorm over frequency              1 × 997 × 64            128            128
    block of 64, meanpool 2x2             64 × 498 × 32         1,728         37,696
    block of 128, meanpool 2x2            128 × 249 × 16      205,056        221,696
    block of 256, meanpool 2x2            256 × 124 × 8       819,712        885,760
    block of 512, meanpool 2x2            512 × 62 × 4      3,277,824      3,540,992
    mean of frequency, mean + max of time 512
    dense 512, relu                       512                 262,656        262,656
    head: dense 527                       527                 270,351        270,351

4,837,455 and 5,219,279 parameters. A block is one convolution of 5x5 in Cnn6 and two of 3x3 in
Cnn10, each followed by batch norm and ReLU. The 527 sigmoids belong to a head that tags with the
527 names of AudioSet. In training the authors also masked stripes of the spectrogram and mixed
clips: `training.time_masks`, `training.frequency_masks`, `training.mixup`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tonotope._shapes import Shape
from tonotope.network.architecture import Architecture, Published
from tonotope.network.initialisation import InitName
from tonotope.network.shared_layers import conv_norm_relu, drop

_RATE_HZ, _WINDOW, _HOP, _BANDS = 32_000, 1024, 320, 64
_CLIP_S = 10


class PANN(Architecture):
    """Four blocks of convolutions, global pooling, one dense layer.

    Attributes:
        dropout: probability after every block.
        dense_dropout: probability before the dense layer.
        init: as in the paper.

    >>> from tonotope._shapes import Axis
    >>> shape = Shape([Axis("channel", 1), Axis("time", 997), Axis("frequency", 64)])
    >>> print(PANN(kind="cnn10").out_shape(shape))
    512 (channel)
    """

    kind: Literal["cnn6", "cnn10"] = "cnn10"
    init: InitName = "glorot-uniform"
    dropout: float = Field(default=0.2, ge=0, lt=1)
    dense_dropout: float = Field(default=0.5, ge=0, lt=1)

    reads = "spectrogram"
    small_inputs = ((1, 16, 16),)

    @property
    def published(self) -> Published:
        """For the 527 classes of AudioSet."""
        samples = _CLIP_S * _RATE_HZ
        return Published(
            source="Kong, Cao, Iqbal, Wang, Wang & Plumbley 2020, PANNs: large-scale pretrained "
            "audio neural networks for audio pattern recognition",
            sizes=(1, 1 + (samples - _WINDOW) // _HOP, _BANDS),
            outputs=527,
            parameters=4_837_455 if self.kind == "cnn6" else 5_219_279,
            representation={
                "kind": "log-mel",
                "rate_hz": _RATE_HZ,
                "window_s": _WINDOW / _RATE_HZ,
                "hop_s": _HOP / _RATE_HZ,
                "bands": _BANDS,
                "low_hz": 50.0,
                "high_hz": 14_000.0,
                "floor": 1e-10,
            },
            clip_samples=samples,
        )

    def lines(self, shape: Shape) -> list[str]:
        """The blocks, global pooling and the dense layer."""
        lines = ["batchnorm over frequency"]
        for width in (64, 128, 256, 512):
            small = self.kind == "cnn6"
            block = conv_norm_relu(width, "5x5") if small else conv_norm_relu(width, "3x3") * 2
            lines += [*block, "meanpool 2x2", *drop(self.dropout)]
        return [
            *lines,
            "globalpool frequency mean", "globalpool time mean+max added", "flatten",
            *drop(self.dense_dropout),
            "dense 512", "relu",
        ]  # fmt: skip
