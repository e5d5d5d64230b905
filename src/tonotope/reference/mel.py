"""Mel bands and the cepstrum: the spectrum as the ear divides it, then in a few numbers.

The ear tells low tones apart by hertz and high tones by ratio. The mel scale bends the frequency
axis accordingly, triangles of equal width in mel gather the bins into bands, and the logarithm does
for loudness what the bend did for pitch. A cosine transform of the bands, the cepstrum, then parts
the slow outline (vowel, instrument) from the fine detail: its first coefficients are the MFCC.

    bands = H |X|²        level = 10·log₁₀ bands        mfcc = D level

Sources: Slaney, Auditory Toolbox, version 2 (1998), for scale and triangles; Davis and Mermelstein,
Comparison of parametric representations for monosyllabic word recognition (1980), for the
mel-frequency cepstrum; Ahmed, Natarajan and Rao, Discrete cosine transform (1974).
"""

from __future__ import annotations

import math

import numpy as np

from tonotope._errors import ShapeError
from tonotope.reference.spectrum import bin_frequencies_hz

HZ_PER_MEL = 200 / 3  # below the corner the scale is straight
CORNER_HZ = 1000.0
CORNER_MEL = CORNER_HZ / HZ_PER_MEL
LOG_PER_MEL = math.log(6.4) / 27  # above it, 27 mel take the frequency to 6.4 times itself


def hz_to_mel(frequency_hz: np.ndarray) -> np.ndarray:
    """Hertz to mel: straight up to 1000 Hz, logarithmic above. For any shape.

    >>> hz_to_mel(np.array([0.0, 500.0, 1000.0, 6400.0])).round(9).tolist()
    [0.0, 7.5, 15.0, 42.0]
    """
    above = CORNER_MEL + np.log(np.maximum(frequency_hz, CORNER_HZ) / CORNER_HZ) / LOG_PER_MEL
    return np.where(frequency_hz < CORNER_HZ, frequency_hz / HZ_PER_MEL, above)


def mel_to_hz(mel: np.ndarray) -> np.ndarray:
    """Mel to hertz, the way back. For any shape.

    >>> mel_to_hz(np.array([0.0, 7.5, 15.0, 42.0])).round(6).tolist()
    [0.0, 500.0, 1000.0, 6400.0]
    """
    above = CORNER_HZ * np.exp(LOG_PER_MEL * (np.maximum(mel, CORNER_MEL) - CORNER_MEL))
    return np.where(mel < CORNER_MEL, mel * HZ_PER_MEL, above)


def band_edges_hz(bands: int, low_hz: float, high_hz: float) -> np.ndarray:
    """Where the triangles begin, peak and end: bands + 2 frequencies, equally far apart in mel.

    Band m rises from edge m, peaks at edge m + 1 and is back at zero at edge m + 2.
    The edges are (band + 2,), in Hz.
    """
    low, high = hz_to_mel(np.array([low_hz, high_hz]))
    return mel_to_hz(np.linspace(low, high, bands + 2))


def mel_filters(
    bands: int, points: int, rate_hz: float, low_hz: float = 0.0, high_hz: float | None = None
) -> np.ndarray:
    """The triangles as a matrix H: a band is a weighted sum of bins, each triangle of area one.

    Args:
        bands: how many triangles.
        points: N of the transform.
        rate_hz: samples per second.
        low_hz: where the first triangle begins.
        high_hz: where the last one ends; half the rate where None.

    Returns:
        (band, frequency), N/2 + 1 bins.

    Raises:
        ShapeError: the band of frequencies is empty or reaches beyond half the rate.
    """
    high_hz = rate_hz / 2 if high_hz is None else high_hz
    if not 0 <= low_hz < high_hz <= rate_hz / 2:
        raise ShapeError(
            f"mel bands from {low_hz:g} to {high_hz:g} Hz at a rate of {rate_hz:g} Hz: they must "
            f"lie between 0 and {rate_hz / 2:g} Hz, the lower edge first"
        )
    edges = band_edges_hz(bands, low_hz, high_hz)
    bins = bin_frequencies_hz(points, rate_hz)
    begin, peak, end = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rise, fall = (bins - begin) / (peak - begin), (end - bins) / (end - peak)
    return np.maximum(0.0, np.minimum(rise, fall)) * 2 / (end - begin)


def mel_bands(power: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """The power in each band: H applied to every frame.

    Args:
        power: (…, time, frequency), |X|².
        filters: (band, frequency).

    Returns:
        (…, time, band).
    """
    return power @ filters.T


def decibels(power: np.ndarray, floor: float = 1e-10) -> np.ndarray:
    """10 · log₁₀ of a power, at least `floor`: silence is -100 dB and not minus infinity.

    For any shape.

    >>> decibels(np.array([100.0, 1.0, 0.0])).tolist()
    [20.0, 0.0, -100.0]
    """
    return 10.0 * np.log10(np.maximum(power, floor))


def log_power(power: np.ndarray, offset: float = 1e-6) -> np.ndarray:
    """log(power + offset): a smooth floor, with a gradient everywhere. For any shape."""
    return np.log(power + offset)


def dct_matrix(size: int, coefficients: int | None = None) -> np.ndarray:
    """The second cosine transform as a matrix D with orthonormal rows.

    D[q, m] = √(2/M) · cos(π·q·(m + ½) / M), the first row divided by √2.

    Args:
        size: M, how many values go in.
        coefficients: how many rows are kept; all of them where None.

    Returns:
        (coefficient, size).
    """
    q = np.arange(coefficients or size)[:, None]
    matrix = np.sqrt(2 / size) * np.cos(np.pi * q * (np.arange(size) + 0.5) / size)
    matrix[0] /= np.sqrt(2)
    return matrix


def mfcc(power: np.ndarray, filters: np.ndarray, coefficients: int = 13) -> np.ndarray:
    """Mel-frequency cepstral coefficients: the cosine transform of the bands' levels in decibels.

    Args:
        power: (…, time, frequency), |X|².
        filters: (band, frequency), `mel_filters`.
        coefficients: how many of the first are kept.

    Returns:
        (…, time, coefficient).

    Raises:
        ShapeError: more coefficients than bands.
    """
    if coefficients > len(filters):
        raise ShapeError(
            f"{coefficients} cepstral coefficients from {len(filters)} bands: "
            f"at most {len(filters)} can be had"
        )
    return decibels(mel_bands(power, filters)) @ dct_matrix(len(filters), coefficients).T
