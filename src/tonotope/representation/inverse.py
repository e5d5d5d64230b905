"""From an estimate of the clean features back to sound.

    waveform     the estimate is the sound
    complex      the inverse transform of the estimate
    magnitude    the strength is the estimate's, the phase that of the noisy sound
    log-mel      in each band the sound is turned down by the factor that the estimated amplitude
                 is smaller than the one heard, in each bin as the bands that hear it say; the
                 phase is that of the noisy sound

Estimates are amplitudes, those of log-mel bands too: an error is then as large as it sounds. What
can be wanted of one is `reachable`: with the phase of the noisy sound no strength brings the clean
one back, and the best is what of it lies along that phase (Erdogan, Hershey, Watanabe and Le Roux,
"Phase-sensitive and recognition-boosted speech separation", ICASSP 2015).

Spectra become sound by overlap-add with the window once more, divided by what the squared windows
add up to, which is the least-squares signal for those spectra (Griffin and Lim, "Signal estimation
from modified short-time Fourier transform", IEEE Trans. ASSP 32, 1984). Band gains in place of a
mask for every bin are those of Valin, "A hybrid DSP/deep learning approach to real-time
full-band speech enhancement" (MMSP 2018).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from tonotope.representation import LogMel, Representation
from tonotope.representation.invertibility import COVERED, check_invertible, window_sum
from tonotope.representation.stft_params import StftRepresentation, window_weights

_FAINT = 1e-8


def resynthesise(
    representation: Representation, wave: Tensor, heard: Tensor, estimate: Tensor
) -> Tensor:
    """The sound that belongs to an estimate of the clean features.

    Args:
        representation: what the features are.
        wave: the noisy sound, (batch, time).
        heard: its features, at the level that the network was given: (batch, channel, time, ...).
        estimate: amplitudes of the clean sound, at the same level.

    Returns:
        (batch, time) float32; samples that no frame hears come back as they were.

    Raises:
        ShapeError: the representation leads back to no sound.
    """
    check_invertible(representation)
    estimate = estimate.float()
    if not isinstance(representation, StftRepresentation):
        return (estimate * _level(wave[:, None], heard))[:, 0]
    spectrum = stft(representation, wave)
    if representation.kind == "complex":
        level = _level(torch.view_as_real(spectrum).movedim(-1, 1), heard)
        parts = (estimate * level).movedim(1, -1).contiguous()
        return overlap_add(representation, torch.view_as_complex(parts), wave)
    gain = (estimate.clamp(min=0.0) / amplitudes(representation, heard).clamp(min=_FAINT))[:, 0]
    if isinstance(representation, LogMel):
        gain = gain.clamp(max=1.0) @ _bin_shares(representation).T.to(gain)
    return overlap_add(representation, spectrum * gain, wave)


def ideal_amplitudes(
    representation: Representation, noisy: Tensor, clean: Tensor, heard: Tensor
) -> Tensor:
    """The amplitudes from which `resynthesised` makes what comes nearest to the clean sound.

    Args:
        representation: what the features are.
        noisy: (batch, time).
        clean: (batch, time).
        heard: the features of the noisy sound, at the level that the network is given.

    Returns:
        (batch, channel, time, ...) at the same level.
    """
    if not isinstance(representation, StftRepresentation):
        return clean[:, None] / _level(noisy[:, None], heard)
    given, wanted = (stft(representation, one) for one in (noisy, clean))
    if representation.kind == "complex":
        level = _level(torch.view_as_real(given).movedim(-1, 1), heard)
        return torch.view_as_real(wanted).movedim(-1, 1) / level
    along = (wanted * given.conj()).real
    power = given.abs().square()
    if isinstance(representation, LogMel):
        weights = torch.as_tensor(representation.band_weights(), dtype=power.dtype).to(power.device)
        along, power = along @ weights, power @ weights
    gain = along / power.clamp(min=_FAINT**2)
    return amplitudes(representation, heard) * gain.clamp(0.0, 1.0)[:, None]


def amplitudes(representation: Representation, features: Tensor) -> Tensor:
    """Features as amplitudes: decibels are made factors, all others are amplitudes already."""
    return 10 ** (features / 20) if representation.kind == "log-mel" else features


def _bin_shares(representation: LogMel) -> Tensor:
    """How much each bin follows each band: (bin, band), rows of sum 1.

    A bin outside all bands follows the nearest.
    """
    weights = representation.band_weights()
    outside = np.flatnonzero(weights.sum(axis=1) <= 0)
    away = np.abs(
        representation.bin_frequencies_hz()[outside, None] - representation.frequencies_hz()
    )
    weights[outside, away.argmin(axis=1)] = 1.0
    return torch.as_tensor(weights / weights.sum(axis=1, keepdims=True), dtype=torch.float32)


def stft(representation: StftRepresentation, wave: Tensor) -> Tensor:
    """The spectra of the frames of (batch, time): complex, (batch, time, bin)."""
    size, own = representation.transform_samples, representation.window_samples
    frames = wave.float().unfold(-1, own, representation.hop_samples)
    return torch.fft.rfft(frames * _window(representation, wave), size)


def overlap_add(representation: StftRepresentation, spectra: Tensor, wave: Tensor) -> Tensor:
    """The sound (batch, time) of spectra (batch, time, bin), laid over `wave` where they reach."""
    size, own, hop = (
        representation.transform_samples,
        representation.window_samples,
        representation.hop_samples,
    )
    frames = torch.fft.irfft(spectra, size)[..., :own] * _window(representation, wave)
    length = own + (frames.shape[1] - 1) * hop
    folded = F.fold(frames.transpose(1, 2), (1, length), (1, own), stride=(1, hop))[:, 0, 0]
    weights = torch.as_tensor(window_sum(representation, length), dtype=folded.dtype)
    weights = weights.to(folded.device)
    covered = weights > COVERED * weights.max()
    made = wave.float().clone()
    rest = made[:, :length]
    made[:, :length] = torch.where(covered, folded / weights.clamp(min=_FAINT), rest)
    return made


def _window(representation: StftRepresentation, like: Tensor) -> Tensor:
    weights = window_weights(representation.window, representation.window_samples)
    return torch.as_tensor(weights, dtype=torch.float32, device=like.device)


def _level(own: Tensor, heard: Tensor) -> Tensor:
    """The factor that brings features as the network was given them to their own level."""
    every = tuple(range(1, own.dim()))
    peak, given = own.abs().amax(every, keepdim=True), heard.abs().amax(every, keepdim=True)
    return peak / given.float().clamp(min=_FAINT)
