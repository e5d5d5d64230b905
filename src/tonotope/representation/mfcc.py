"""Mel-frequency cepstral coefficients (MFCC): the DCT of the log-mel spectrum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NoReturn

import numpy as np
from pydantic import Field, model_validator

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.representation.log_mel import MelBands

if TYPE_CHECKING:
    from torch import Tensor, nn


class MFCC(MelBands):
    """The first cosine coefficients of each frame's log-mel spectrum in decibels.

    A type-II cosine transform with orthonormal scale over the bands, as `librosa.feature.mfcc`
    without its limit to the loudest 80 dB (Davis & Mermelstein 1980).

    >>> mfcc = MFCC(rate_hz=16000, window_s=0.032, hop_s=0.016, bands=40, coefficients=13)
    >>> print(mfcc.out_shape(mfcc.clip_shape(16000)))
    1 × 61 × 13 (channel, time, frequency)
    """

    kind: Literal["mfcc"] = "mfcc"
    coefficients: int = Field(default=20, ge=1, strict=True)
    floor: float = Field(default=1e-10, gt=0, le=1e6)

    @model_validator(mode="after")
    def _no_more_coefficients_than_bands(self) -> MFCC:
        if self.coefficients > self.bands:
            raise ValueError(
                f"coefficients = {self.coefficients}: {self.bands} bands have only {self.bands} "
                f"cosine coefficients; ask for at most {self.bands}, or for more bands"
            )
        return self

    def cosines(self) -> np.ndarray:
        """The transform from bands to coefficients: `(band, coefficient)`, float64."""
        band = (np.arange(self.bands) + 0.5)[:, None]
        matrix = np.pi / self.bands * band * np.arange(self.coefficients)
        np.cos(matrix, out=matrix)
        matrix *= np.sqrt(2 / self.bands)
        matrix[:, 0] /= np.sqrt(2)
        return matrix

    def frequencies_hz(self) -> np.ndarray:
        """Empty: a coefficient describes the whole spectrum, not one frequency."""
        return np.zeros(0)

    def frequency_axis(self) -> Axis:
        """The coefficients; they have no hertz."""
        return Axis("frequency", self.coefficients)

    def build(self, shape: Shape) -> nn.Module:
        """A module from waves `(batch, time)` to `(batch, 1, time, coefficient)`."""
        from tonotope.representation.transforms import MFCCTransform

        self.out_shape(shape)
        return MFCCTransform(self, self.band_weights(np.float32), self.floor, self.cosines())

    def relative_to_loudest(self, features: Tensor) -> Tensor:
        """The first coefficient alone carries the level: relative to its greatest value."""
        from tonotope.representation.level import below_peak

        found = features.clone()
        found[..., :1] = below_peak(features[..., :1], self.floor, self.bands**0.5)
        return found

    def decibel_step(self, like: Tensor) -> Tensor:
        """The first coefficient alone: in the orthonormal transform a band adds 1 / sqrt(bands)."""
        step = like.new_zeros(like.shape)
        step[..., 0] = self.bands**0.5
        return step

    def picture(self, features: np.ndarray) -> np.ndarray:
        """Each coefficient on a scale of its own."""
        matrix = features[0].astype(np.float64)
        spread = matrix.std(axis=0)
        return (matrix - matrix.mean(axis=0)) / np.where(spread > 0, spread, 1.0)

    def check_invertible(self) -> None:
        """Always refused: the phase and the fine shape of the spectrum are lost.

        Raises:
            ShapeError: says what would fit.
        """
        self._no_way_back()

    def _no_way_back(self) -> NoReturn:
        raise ShapeError(
            "cepstral coefficients (`mfcc`) cannot be turned back into sound:"
            " representation.kind = magnitude, complex, log-mel or waveform would fit"
        )
