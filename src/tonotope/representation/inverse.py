"""From a cleaned spectrogram back to a waveform: phase, overlap-add, masks.

    waveform     the estimate is the sound
    complex      the inverse transform of the estimate
    magnitude    the strength is the estimate's, the phase that of the noisy sound
    log-mel      in each band the sound is turned down by the ratio of the estimated amplitude to
                 the noisy one, in each bin as in the bands that include it; the phase is that of
                 the noisy sound

Estimates are amplitudes, those of log-mel bands too: an error is then as large as it sounds. The
best estimate is `ideal_amplitudes`: with the phase of the noisy sound no strength brings the clean
one back, and the best is what of it lies along that phase (Erdogan, Hershey, Watanabe and Le Roux,
"Phase-sensitive and recognition-boosted speech separation", ICASSP 2015).

Spectra become sound by overlap-add with the window once more, divided by what the squared windows
add up to, which is the least-squares signal for those spectra (Griffin and Lim, "Signal estimation
from modified short-time Fourier transform", IEEE Trans. ASSP 32, 1984). Band gains in place of a
mask for every bin are those of Valin, "A hybrid DSP/deep learning approach to real-time
full-band speech enhancement" (MMSP 2018).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from tonotope.representation.stft_params import (
    COVERED,
    StftRepresentation,
    window_sum,
    window_weights,
)

FAINT = 1e-8
# A decibel of amplitude as an exponent of e.
_PER_DB = math.log(10.0) / 20.0
_LOUDEST_DB = 40.0
_FAINT_POWER = 1e-12


def stft(representation: StftRepresentation, wave: Tensor) -> Tensor:
    """The spectra of the frames of (batch, time): complex, (batch, time, bin)."""
    size, own = representation.transform_samples, representation.window_samples
    frames = wave.float().unfold(-1, own, representation.hop_samples)
    return torch.fft.rfft(frames * _window(representation, wave), size)


def overlap_add(representation: StftRepresentation, spectra: Tensor, wave: Tensor) -> Tensor:
    """The sound (batch, time) of spectra (batch, time, bin); `wave` where no frame reaches."""
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
    made[:, :length] = torch.where(covered, folded / weights.clamp(min=FAINT), rest)
    return made


def along_phase(noisy: Tensor, clean: Tensor) -> tuple[Tensor, Tensor]:
    """The part of clean spectra that lies along the phase of noisy ones, and the noisy power.

    Args:
        noisy: complex, (batch, time, bin).
        clean: the same.

    Returns:
        the real part of clean times the conjugate of noisy, and the squared magnitude of noisy.
    """
    return (clean * noisy.conj()).real, noisy.abs().square()


def gain_of(along: Tensor, power: Tensor) -> Tensor:
    """The gain from 0 to 1 that comes nearest to the clean sound: (batch, 1, time, ...)."""
    return (along / power.clamp(min=FAINT**2)).clamp(0.0, 1.0)[:, None]


def level_factor(own: Tensor, features: Tensor) -> Tensor:
    """The factor that brings features as the network was given them to their own level.

    Features are (batch, channel, time, ...), the factor is (batch, 1, 1, ...).
    """
    every = tuple(range(1, own.dim()))
    peak, given = own.abs().amax(every, keepdim=True), features.abs().amax(every, keepdim=True)
    return peak / given.float().clamp(min=FAINT)


def decibels_as_amplitudes(decibels: Tensor) -> Tensor:
    """The output of a network in decibels, any shape, as factors; 40 dB at most."""
    return (decibels.clamp(max=_LOUDEST_DB) * _PER_DB).exp()


def apply_complex_mask(features: Tensor, mask: Tensor) -> Tensor:
    """Complex features times a complex mask of at most 1: (batch, channel = 2, ...).

    The channels are the real and the imaginary part. The mask is `tanh|m| · m / |m|` (Choi et al.,
    "Phase-aware speech enhancement with deep complex U-Net", ICLR 2019).
    """
    size = (mask.square().sum(1, keepdim=True) + _FAINT_POWER).sqrt()
    real, imaginary = (mask * (size.tanh() / size)).unbind(1)
    own_real, own_imaginary = features.unbind(1)
    return torch.stack(
        [
            own_real * real - own_imaginary * imaginary,
            own_real * imaginary + own_imaginary * real,
        ],
        1,
    )


def _window(representation: StftRepresentation, like: Tensor) -> Tensor:
    weights = window_weights(representation.window, representation.window_samples)
    return torch.as_tensor(weights, dtype=torch.float32, device=like.device)
