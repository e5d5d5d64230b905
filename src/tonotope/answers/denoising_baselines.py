"""Baselines of a denoiser: spectral subtraction, the Wiener filter, and the noisy sound itself.

Both methods take the noise to be steady and smooth over frequency. Its power in each bin is read
off the quiet moments there, as a low quantile over time (after Stahl, Fischer and Bippus,
"Quantile based noise estimation for spectral subtraction and Wiener filtering", ICASSP 2000) and
the median over neighbouring bins, so that a tone that lasts is not taken for noise.

    spectral subtraction   g² = 1 - a · noise / |X|², never below a floor (Boll, "Suppression of
                           acoustic noise in speech using spectral subtraction", IEEE Trans. ASSP
                           27, 1979; with a factor a and a floor, Berouti et al., ICASSP 1979)
    Wiener                 g = r / (1 + r), where the ratio r of sound to noise follows the one
                           found in the frame before (decision-directed: Ephraim and Malah, IEEE
                           Trans. ASSP 32, 1984; with this gain, Scalart and Filho, ICASSP 1996)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

WINDOW_S = 0.064
_PIECE_S = 30.0  # of long recordings; noise is taken to be steady for so long
_QUANTILE = 0.2
# Of noise alone, the power in a bin is distributed exponentially: what its mean is to the quantile.
_OF_MEAN = -1.0 / np.log1p(-_QUANTILE)
_NEIGHBOURS = 15
_SUBTRACTED = 2.0
_FLOOR = 0.1
_LEAST = 0.05
_REMEMBERED = 0.98
_FAINT = 1e-20


def noisy(wave: np.ndarray, rate_hz: int) -> np.ndarray:
    """The sound as it is, float32 (time,)."""
    del rate_hz
    return np.asarray(wave, np.float32)


def subtracted(wave: np.ndarray, rate_hz: int) -> np.ndarray:
    """The sound (time,) less the power of its noise."""
    return _gained(wave, rate_hz, _subtraction)


def filtered(wave: np.ndarray, rate_hz: int) -> np.ndarray:
    """The sound (time,) through a Wiener filter that follows it from frame to frame."""
    return _gained(wave, rate_hz, _wiener)


def noise_power(power: np.ndarray) -> np.ndarray:
    """The power of steady noise in each bin, (bin,), from spectra of power (frame, bin)."""
    quiet = np.quantile(power, _QUANTILE, axis=0) * _OF_MEAN
    around = min(_NEIGHBOURS, len(quiet) - 1 + len(quiet) % 2)
    padded = np.pad(quiet, around // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, around)
    return np.maximum(np.median(windows, axis=1), _FAINT)


def _subtraction(power: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Gains (frame, bin) of power spectral subtraction."""
    left = 1.0 - _SUBTRACTED * noise / np.maximum(power, _FAINT)
    return np.sqrt(np.maximum(left, _FLOOR**2))


def _wiener(power: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Gains (frame, bin) of a Wiener filter with a decision-directed ratio."""
    gains = np.empty_like(power)
    before = np.zeros_like(noise)
    for frame, own in enumerate(power):
        now = np.maximum(own / noise - 1.0, 0.0)
        weight = _REMEMBERED if frame else 0.0
        ratio = weight * before / noise + (1.0 - weight) * now
        gains[frame] = np.maximum(ratio / (1.0 + ratio), _LEAST)
        before = gains[frame] ** 2 * own
    return gains


def _gained(
    wave: np.ndarray, rate_hz: int, gain: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> np.ndarray:
    """The sound after a gain in every bin of every frame, piece by piece."""
    size = 2 * max(round(WINDOW_S * rate_hz / 2), 8)
    piece = max(round(_PIECE_S * rate_hz), 4 * size)
    parts = [_piece(wave[at : at + piece], size, gain) for at in range(0, len(wave), piece)]
    return np.concatenate([np.zeros(0, np.float32), *parts])


def _piece(
    wave: np.ndarray, size: int, gain: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> np.ndarray:
    hop = size // 4
    window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size))
    count = -(-(len(wave) + size) // hop)
    padded = np.zeros((count - 1) * hop + size)
    padded[size : size + len(wave)] = wave
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop] * window
    spectra = np.fft.rfft(frames, axis=1)
    power = np.abs(spectra) ** 2
    inside = power[4 : max(5, len(power) - 4)]  # the first and the last frames hear the padding
    spectra *= gain(power, noise_power(inside))
    made = np.fft.irfft(spectra, size, axis=1) * window
    total, weights = np.zeros(len(padded)), np.zeros(len(padded))
    for frame, own in enumerate(made):
        total[frame * hop : frame * hop + size] += own
        weights[frame * hop : frame * hop + size] += window**2
    found = total / np.maximum(weights, 1e-9)
    return found[size : size + len(wave)].astype(np.float32)
