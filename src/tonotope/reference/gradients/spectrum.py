"""The gradients of the spectrum: from bins, bands and coefficients back to the samples.

A Fourier transform is a sum, and so is a mel band, and so is a cosine transform: the way back is
the transposed matrix. For a frame, with g for the upstream of real and imaginary part,

    ∂/∂x[n] = w[n] · Σ_k  g_re[k] · cos(2πkn/N) - g_im[k] · sin(2πkn/N)

and where frames overlap, the sample hears the sum. Only the magnitude and the logarithm bend.
"""

from __future__ import annotations

import numpy as np

from tonotope.reference.gradients.convolve import add_back
from tonotope.reference.mel import dct_matrix, mel_bands
from tonotope.reference.spectrum import dft_matrix, real_imaginary


def stft_backward(
    upstream: np.ndarray,
    samples: int,
    window: np.ndarray,
    hop: int,
    points: int | None = None,
) -> np.ndarray:
    """The gradient of `real_imaginary(stft(sound))` with respect to the sound.

    Args:
        upstream: (batch, channel = 2, time, frequency).
        samples: how long the sound was.
        window: as in `stft`.
        hop: as in `stft`.
        points: as in `stft`.

    Returns:
        (batch, time).
    """
    points = points or len(window)
    matrix = dft_matrix(points, points // 2 + 1)[:, : len(window)]
    to_frames = upstream[:, 0] @ np.real(matrix) + upstream[:, 1] @ np.imag(matrix)
    patches = (to_frames * window)[:, None, :, None, :, None]  # a 1-D plane: (…, K = sample, 1)
    return add_back(patches, (samples, 1), (hop, 1))[:, 0, :, 0]


def magnitude_backward(upstream: np.ndarray, spectrum: np.ndarray) -> np.ndarray:
    """The gradient of `magnitude` with respect to real and imaginary part: g · X / |X|.

    Args:
        upstream: (batch, channel = 1, time, frequency).
        spectrum: (batch, time, frequency), complex. At X = 0 there is no direction: 0.

    Returns:
        (batch, channel = 2, time, frequency), as `stft_backward` takes it.
    """
    size = np.abs(spectrum)
    direction = np.divide(spectrum, size, out=np.zeros_like(spectrum), where=size > 0)
    return upstream * real_imaginary(direction)


def power_backward(upstream: np.ndarray, spectrum: np.ndarray) -> np.ndarray:
    """The gradient of |X|² with respect to real and imaginary part: 2 · g · X.

    Args:
        upstream: (batch, time, frequency).
        spectrum: (batch, time, frequency), complex.

    Returns:
        (batch, channel = 2, time, frequency).
    """
    return 2 * real_imaginary(upstream * spectrum)


def mel_bands_backward(upstream: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """The gradient of `mel_bands` with respect to the power: (…, band) to (…, frequency)."""
    return upstream @ filters


def decibels_backward(upstream: np.ndarray, power: np.ndarray, floor: float = 1e-10) -> np.ndarray:
    """The gradient of `decibels`: 10 / (power · log 10) above the floor, 0 below it.

    Both arrays have any shape, the same for both.
    """
    return upstream * (power > floor) * 10 / (np.log(10) * np.maximum(power, floor))


def log_power_backward(upstream: np.ndarray, power: np.ndarray, offset: float = 1e-6) -> np.ndarray:
    """The gradient of `log_power`: 1 / (power + offset). For any shape."""
    return upstream / (power + offset)


def mfcc_backward(upstream: np.ndarray, power: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """The gradient of `mfcc` with respect to the power: the three steps in reverse.

    Args:
        upstream: (…, time, coefficient).
        power: (…, time, frequency), as `mfcc` was given it.
        filters: (band, frequency).

    Returns:
        (…, time, frequency).
    """
    to_levels = upstream @ dct_matrix(len(filters), upstream.shape[-1])
    return mel_bands_backward(decibels_backward(to_levels, mel_bands(power, filters)), filters)
