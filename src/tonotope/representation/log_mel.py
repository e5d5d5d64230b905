"""The log-mel spectrogram: mel scale, mel filter bank, decibels; its inverse.

The mel scale and the bands are Slaney's (Auditory Toolbox, 1998), as librosa's defaults: linear
below 1000 Hz, logarithmic above; triangles that overlap by half and have equal area.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from tonotope._shapes import Axis, Shape
from tonotope.representation.stft_params import StftRepresentation

if TYPE_CHECKING:
    from torch import Tensor, nn

MOST_BANDS = 4096
LOWEST_FLOOR = 1e-37
MOST_WEIGHTS = 2**26
"""The largest matrix of bins by bands: 268 MB as float32."""

_LINEAR_HZ_PER_MEL = 200 / 3
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27


def mel_from_hz(hz: np.ndarray | float) -> np.ndarray:
    """Slaney's mel scale: 15 mel at 1000 Hz, 27 mel for each factor of 6.4 above. For any shape.

    >>> mel_from_hz([500.0, 1000.0, 6400.0])
    array([ 7.5, 15. , 42. ])
    """
    hz = np.asarray(hz, float)
    above = _BREAK_MEL + np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hz < _BREAK_HZ, hz / _LINEAR_HZ_PER_MEL, above)


def hz_from_mel(mel: np.ndarray | float) -> np.ndarray:
    """The inverse of `mel_from_hz`, for any shape.

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
            raise ValueError(
                f"high_hz = {self.high_hz:g} lies above half the rate: sound at {self.rate_hz} Hz "
                f"holds frequencies from 0 to {half:g} Hz; leave high_hz out for {half:g}"
            )
        if self.low_hz >= self.upper_hz:
            raise ValueError(
                f"low_hz = {self.low_hz:g} must lie below high_hz = {self.upper_hz:g}: "
                f"bands of a positive width are needed"
            )
        return self

    @model_validator(mode="after")
    def _something_is_heard(self) -> MelBands:
        step_hz = self.rate_hz / self.transform_samples
        if not (np.floor(self.low_hz / step_hz) + 1) * step_hz < self.upper_hz:
            raise ValueError(
                f"high_hz = {self.upper_hz:g}: no frequency of the transform lies between low_hz = "
                f"{self.low_hz:g} and high_hz = {self.upper_hz:g}, since they are {step_hz:.4g} Hz "
                "apart: take the two further apart, or a longer window_s"
            )
        if self.floor < LOWEST_FLOOR:
            raise ValueError(
                f"floor = {self.floor:g} is zero in single precision: use at least "
                f"{LOWEST_FLOOR:g}, which is -370 dB"
            )
        return self

    @model_validator(mode="after")
    def _weights_fit_in_memory(self) -> MelBands:
        count = self.bins * self.bands
        if count > MOST_WEIGHTS:
            raise ValueError(
                f"bands = {self.bands}: {self.bands:,} bands of {self.bins:,} frequencies are "
                f"{count:,} weights, {count * 4 / 1e9:.2g} GB of memory; at most {MOST_WEIGHTS:,} "
                f"({MOST_WEIGHTS * 4 / 1e9:.2g} GB) are used: {MOST_WEIGHTS // self.bins} bands "
                f"fit, or shorten window_s or fft_samples"
            )
        return self

    @property
    def upper_hz(self) -> float:
        """Upper edge of the highest band."""
        return self.rate_hz / 2 if self.high_hz is None else self.high_hz

    @property
    def band_hz(self) -> tuple[float, float]:
        """The edges of the lowest and the highest band."""
        return self.low_hz, self.upper_hz

    def empty_bands(self) -> tuple[int, ...]:
        """The mel bands that lie between two bins of the transform: their power is always zero.

        >>> LogMel(rate_hz=16000, window_s=0.016, bands=100).empty_bands()
        (0, 21)
        """
        edges, bins = self.band_edges_hz(), self.bin_frequencies_hz()
        first_above = np.searchsorted(bins, edges[:-2], side="right")
        first_beyond = np.searchsorted(bins, edges[2:], side="left")
        return tuple(np.flatnonzero(first_beyond <= first_above).tolist())

    def max_bands(self) -> int:
        """The greatest number of bands, not above the present one, of which none is empty."""
        bands = self.bands
        while bands > 1 and self.model_copy(update={"bands": bands}).empty_bands():
            bands -= 1
        return bands

    def coverage_warnings(self, clip_samples: int, covered: float) -> list[str]:
        """What the frames leave out, and bands without a frequency."""
        warnings, empty = super().coverage_warnings(clip_samples, covered), self.empty_bands()
        if empty:
            first = MelBands.frequencies_hz(self)[empty[0]]
            bands = "band holds" if len(empty) == 1 else "bands hold"
            warnings.append(
                f"{len(empty)} of {self.bands} mel {bands} "
                f"no frequency of the transform and stay silent for ever, the "
                f"first at {first:.0f} Hz: use at most {self.max_bands()} bands, or a longer "
                f"window_s"
            )
        return warnings

    def facts(self) -> dict[str, Any]:
        """Those of the frames, and how many bands there are, and how many are empty."""
        return {
            **super().facts(),
            "mel_bands": self.bands,
            "empty_bands": len(self.empty_bands()),
        }

    def band_edges_hz(self) -> np.ndarray:
        """Corners in Hz, `(band + 2,)`: band b rises from b, peaks at b + 1, ends at b + 2."""
        low, high = mel_from_hz(self.low_hz), mel_from_hz(self.upper_hz)
        return hz_from_mel(np.linspace(low, high, self.bands + 2))

    def frequencies_hz(self) -> np.ndarray:
        """The frequency at which every band peaks."""
        return self.band_edges_hz()[1:-1]

    def band_entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The weights that are not zero: bin, band and weight (float64) of each, `(pair,)`.

        Triangles overlap by half, so a bin lies on the slopes of two bands at most: it rises in
        the band that begins at the corner below it, and falls in the band that peaks there.
        """
        edges, hz = self.band_edges_hz(), self.bin_frequencies_hz()
        corner = np.searchsorted(edges, hz, side="right") - 1
        bins = np.flatnonzero((corner >= 0) & (corner <= self.bands))
        corner, hz = corner[bins], hz[bins]
        share = (hz - edges[corner]) / (edges[corner + 1] - edges[corner])
        left = (edges[corner + 1] - hz) / (edges[corner + 1] - edges[corner])
        rises, falls = corner < self.bands, corner > 0
        bins = np.concatenate([bins[rises], bins[falls]])
        bands = np.concatenate([corner[rises], corner[falls] - 1])
        slopes = np.concatenate([share[rises], left[falls]])
        weights = slopes * (2 / (edges[2:] - edges[:-2]))[bands]
        kept = weights > 0
        return bins[kept], bands[kept], weights[kept]

    def band_weights(self, dtype: type[np.floating] = np.float64) -> np.ndarray:
        """What each bin adds to each band: `(bin, band)`, triangles of equal area."""
        bins, bands, weights = self.band_entries()
        found = np.zeros((self.bins, self.bands), dtype)
        found[bins, bands] = weights
        return found

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
        from tonotope.representation.transforms import LogMelTransform

        self.out_shape(shape)
        return LogMelTransform(self, self.band_weights(np.float32), self.floor)

    def relative_to_loudest(self, features: Tensor) -> Tensor:
        """Decibels below the loudest point of each clip."""
        from tonotope.representation.level import below_peak

        return below_peak(features, self.floor)

    def decibel_step(self, like: Tensor) -> Tensor:
        """One decibel, everywhere."""
        return like.new_ones(like.shape)

    def resynthesise(self, wave: Tensor, features: Tensor, estimate: Tensor) -> Tensor:
        """The noisy spectra, turned down in each bin by the gains of the bands that include it."""
        from tonotope.representation import inverse

        estimate = estimate.float().clamp(min=0.0)
        gain = (estimate / self.amplitudes(features).clamp(min=inverse.FAINT))[:, 0]
        gain = gain.clamp(max=1.0) @ self._bin_shares().T.to(gain)
        return inverse.overlap_add(self, inverse.stft(self, wave) * gain, wave)

    def ideal_amplitudes(self, noisy: Tensor, clean: Tensor, features: Tensor) -> Tensor:
        """What of the clean sound lies along the phase of the noisy one, band by band."""
        import torch

        from tonotope.representation import inverse

        given, wanted = (inverse.stft(self, one) for one in (noisy, clean))
        along, power = inverse.along_phase(given, wanted)
        dtype = np.float64 if power.dtype == torch.float64 else np.float32
        weights = torch.as_tensor(self.band_weights(dtype), dtype=power.dtype).to(power.device)
        return self.amplitudes(features) * inverse.gain_of(along @ weights, power @ weights)

    def amplitudes(self, features: Tensor) -> Tensor:
        """Decibels as factors."""
        return 10 ** (features / 20)

    def limited_amplitudes(self, values: Tensor) -> Tensor:
        """Decibels as factors, 40 dB at most."""
        from tonotope.representation.inverse import decibels_as_amplitudes

        return decibels_as_amplitudes(values)

    def _bin_shares(self) -> Tensor:
        """How much each bin follows each band: (bin, band), rows of sum 1.

        A bin outside all bands follows the nearest.
        """
        import torch

        bins, bands, weights = self.band_entries()
        total = np.bincount(bins, weights, self.bins)
        shares = np.zeros((self.bins, self.bands), np.float32)
        shares[bins, bands] = weights / total[bins]
        outside = np.flatnonzero(total <= 0)
        peaks = self.frequencies_hz()
        halfway = (peaks[1:] + peaks[:-1]) / 2
        shares[outside, np.searchsorted(halfway, self.bin_frequencies_hz()[outside])] = 1.0
        return torch.from_numpy(shares)
