"""The log-mel spectrogram: power in bands as wide as the ear's, in decibels.

The mel scale and the bands are Slaney's (Auditory Toolbox, 1998), as librosa's defaults: linear
below 1000 Hz, logarithmic above; triangles that overlap by half and have equal area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field, model_validator

from tonotope._shapes import Axis, Shape
from tonotope.representation.stft_params import StftRepresentation

if TYPE_CHECKING:
    from torch import nn

MOST_BANDS = 4096

_LINEAR_HZ_PER_MEL = 200 / 3
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27


def mel_from_hz(hz: np.ndarray | float) -> np.ndarray:
    """Slaney's mel scale: 15 mel at 1000 Hz, 27 mel for each factor of 6.4 above.

    >>> mel_from_hz([500.0, 1000.0, 6400.0])
    array([ 7.5, 15. , 42. ])
    """
    hz = np.asarray(hz, float)
    above = _BREAK_MEL + np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hz < _BREAK_HZ, hz / _LINEAR_HZ_PER_MEL, above)


def hz_from_mel(mel: np.ndarray | float) -> np.ndarray:
    """The inverse of `mel_from_hz`.

    >>> hz_from_mel([7.5, 15.0])
    array([ 500., 1000.])
    """
    mel = np.asarray(mel, float)
    above = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _LINEAR_HZ_PER_MEL, above)


class MelBands(StftRepresentation):
    """What the representations in mel bands share: how many, from where to where.

    Attributes:
        bands: how many mel bands.
        low_hz: lower edge of the lowest band.
        high_hz: upper edge of the highest band; None is half the rate.
        floor: power below this counts as this, so that silence has a logarithm.
    """

    bands: int = Field(default=64, ge=1, le=MOST_BANDS, strict=True)
    low_hz: float = Field(default=0.0, ge=0)
    high_hz: float | None = Field(default=None, gt=0)
    floor: float = Field(default=1e-8, gt=0, le=1e6)

    @model_validator(mode="after")
    def _bands_lie_in_the_sound(self) -> MelBands:
        half = self.rate_hz / 2
        if self.high_hz is not None and self.high_hz > half:
            message = (
                f"high_hz = {self.high_hz:g} lies above half the rate: sound at {self.rate_hz} Hz "
                f"holds frequencies from 0 to {half:g} Hz; leave high_hz out for {half:g}"
            )
            raise ValueError(message)
        if self.low_hz >= self.upper_hz:
            message = (
                f"low_hz = {self.low_hz:g} must lie below high_hz = {self.upper_hz:g}: "
                f"bands of a positive width are needed"
            )
            raise ValueError(message)
        return self

    @property
    def upper_hz(self) -> float:
        """Upper edge of the highest band."""
        return self.rate_hz / 2 if self.high_hz is None else self.high_hz

    def band_edges_hz(self) -> np.ndarray:
        """`bands + 2` corners: band b rises from corner b, peaks at b + 1, ends at b + 2."""
        low, high = mel_from_hz(self.low_hz), mel_from_hz(self.upper_hz)
        return hz_from_mel(np.linspace(low, high, self.bands + 2))

    def frequencies_hz(self) -> np.ndarray:
        """The frequency at which every band peaks."""
        return self.band_edges_hz()[1:-1]

    def band_weights(self) -> np.ndarray:
        """What each bin adds to each band: `[bins, bands]`, float64, triangles of equal area."""
        edges, bins = self.band_edges_hz(), self.bin_frequencies_hz()[:, None]
        lower, peak, upper = edges[:-2], edges[1:-1], edges[2:]
        rising, falling = (bins - lower) / (peak - lower), (upper - bins) / (upper - peak)
        return np.maximum(0, np.minimum(rising, falling)) * (2 / (upper - lower))

    def mel_axis(self) -> Axis:
        """The frequency axis; step and span are those of the average band."""
        edges = self.band_edges_hz()
        step = float(edges[-1] - edges[0]) / (self.bands + 1)
        return Axis("frequency", self.bands, step, float(np.mean(edges[2:] - edges[:-2])), "Hz")


class LogMel(MelBands):
    """Power in mel bands, in decibels: 10 log10(max(power, floor)).

    >>> log_mel = LogMel(rate_hz=22050, window_s=0.04644, hop_s=0.02322, bands=64)
    >>> print(log_mel.out_shape(log_mel.clip_shape(5 * 22050)))
    1 × 214 × 64 (channel, time, frequency)
    """

    kind: Literal["log-mel"] = "log-mel"

    def frequency_axis(self) -> Axis:
        """The mel bands with their average step and span in Hz."""
        return self.mel_axis()

    def build(self, shape: Shape) -> nn.Module:
        """A module from waves `(batch, time)` to decibels `(batch, 1, time, band)`."""
        from tonotope.representation.modules import LogMelTransform

        self.out_shape(shape)
        return LogMelTransform(self, self.band_weights(), self.floor)
