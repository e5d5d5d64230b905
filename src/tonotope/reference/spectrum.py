"""The spectrum: a sound, cut into short frames, becomes a plane of time and frequency.

Three steps. A frame of samples is weighed by a window, which fades its two ends. The discrete
Fourier transform asks the frame how much of each frequency it holds,

    X[k] = Σ_n x[n] · e^(-2πi·k·n / N),        bin k standing for k · rate / N hertz,

and the next frame begins one hop later. Frames lie entirely within the sound: frame t holds samples
t·hop to t·hop + window - 1, so the frames of a part of the sound are a part of the frames.

Laid back where they were cut out and added up, the frames are the sound again: `overlap_add`.

A network is handed either the magnitude |X| as one channel, or the real and the imaginary part as
two; the second forgets nothing, the phase included.

Sources: Oppenheim and Schafer, Discrete-time signal processing, chapters 8 and 10; Allen and
Rabiner, A unified approach to short-time Fourier analysis and synthesis (1977); Harris, On the use
of windows for harmonic analysis with the discrete Fourier transform (1978).
"""

from __future__ import annotations

import cmath
import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tonotope._errors import ShapeError


def dft(samples: np.ndarray) -> np.ndarray:
    """The discrete Fourier transform of one frame, by its definition: two loops.

    Args:
        samples: (time,), real or complex.

    Returns:
        (frequency,), complex, as many bins as samples.

    >>> abs(dft(np.array([1.0, 0.0, -1.0, 0.0]))).round(12).tolist()  # one turn in four samples
    [0.0, 2.0, 0.0, 2.0]
    """
    size = len(samples)
    spectrum = np.zeros(size, complex)
    for k in range(size):
        for n in range(size):
            spectrum[k] += samples[n] * cmath.exp(-2j * math.pi * ((k * n) % size) / size)
    return spectrum


def dft_matrix(points: int, bins: int | None = None) -> np.ndarray:
    """The same as a matrix E, E[k, n] = e^(-2πi·k·n / N): the transform of a frame is E @ frame.

    Args:
        points: N, how many samples go in.
        bins: how many rows are kept. N/2 + 1 tell all there is to tell of a real sound: the others
            are their mirror image.

    Returns:
        (bin, sample), complex.
    """
    turns = np.outer(np.arange(bins or points), np.arange(points)) % points  # whole turns dropped
    return np.exp(-2j * np.pi * turns / points)


def hann(length: int) -> np.ndarray:
    """The Hann window, periodic: w[n] = (1 - cos(2πn / length)) / 2. Returns (sample,).

    Periodic, not symmetric: windows laid half their length apart then add up to exactly one.

    >>> (hann(8) + np.roll(hann(8), 4)).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    return 0.5 * (1.0 - np.cos(2 * np.pi * np.arange(length) / length))


def frames(sound: np.ndarray, window: int, hop: int) -> np.ndarray:
    """The sound cut into overlapping frames: frame t is sound[t·hop : t·hop + window].

    Args:
        sound: (batch, time).
        window: samples in a frame.
        hop: samples from the start of one frame to the start of the next.

    Returns:
        (batch, frame, sample), ⌊(time - window) / hop⌋ + 1 frames.

    Raises:
        ShapeError: the sound is shorter than one window.

    >>> frames(np.arange(7)[None], window=4, hop=2).tolist()
    [[[0, 1, 2, 3], [2, 3, 4, 5]]]
    """
    if sound.shape[1] < window:
        raise ShapeError(
            f"a window of {window} samples finds no place in a sound of {sound.shape[1]}; "
            f"a window of at most {sound.shape[1]} would fit, or silence laid around the sound"
        )
    return sliding_window_view(sound, window, axis=1)[:, ::hop]


def stft(sound: np.ndarray, window: np.ndarray, hop: int, points: int | None = None) -> np.ndarray:
    """The short-time Fourier transform: X[t, k] = Σ_n w[n] · x[t·hop + n] · e^(-2πi·k·n / N).

    Args:
        sound: (batch, time), real.
        window: (sample,), the weights of a frame; `hann(length)`.
        hop: samples from frame to frame.
        points: N. Beyond the window's length the frame is continued with zeros, which draws the
            same curve through more bins and adds no resolution.

    Returns:
        (batch, time, frequency), complex, N/2 + 1 bins from 0 Hz to half the rate.

    Raises:
        ShapeError: the sound is shorter than the window, or N is.
    """
    points = points or len(window)
    if points < len(window):
        raise ShapeError(
            f"a transform of {points} points cannot take a window of {len(window)} samples; "
            f"{len(window)} points or more would"
        )
    matrix = dft_matrix(points, points // 2 + 1)[:, : len(window)]  # the rest would meet zeros
    return (frames(sound, len(window), hop) * window) @ matrix.T


def overlap_add(spectrum: np.ndarray, hop: int) -> np.ndarray:
    """The way back to sound: each frame is transformed back, laid where it was cut, and added.

        x[t·hop + n] += (1/N) · Σ_k X[t, k] · e^(+2πi·k·n / N)

    Only half of the bins are kept, so each of them counts for itself and for its mirror image; 0 Hz
    and half the rate have none. Where the windows add up to one, as `hann` does at half its length,
    the sound comes back as it was; the first and the last half window stand alone and stay faded.

    Args:
        spectrum: (batch, time, frequency), complex, as from `stft` with an even number N of points.
        hop: samples from frame to frame, as for `stft`.

    Returns:
        (batch, time), real, hop · (frames - 1) + N samples.

    >>> tone = np.cos(np.pi * np.arange(16) / 4)[None]
    >>> back = overlap_add(stft(tone, hann(8), hop=4), hop=4)
    >>> bool(np.allclose(back[:, 4:-4], tone[:, 4:-4]))
    True
    """
    batch, count, bins = spectrum.shape
    points = 2 * (bins - 1)
    images = np.full(bins, 2.0)
    images[[0, -1]] = 1.0
    pieces = np.real((spectrum * images) @ dft_matrix(points, bins).conj()) / points
    sound = np.zeros((batch, hop * (count - 1) + points))
    for t in range(count):
        sound[:, hop * t : hop * t + points] += pieces[:, t]
    return sound


def bin_frequencies_hz(points: int, rate_hz: float) -> np.ndarray:
    """The frequency that each bin of `stft` stands for: k · rate / N. Returns (bin,), in Hz.

    >>> bin_frequencies_hz(8, 16000).tolist()
    [0.0, 2000.0, 4000.0, 6000.0, 8000.0]
    """
    return np.arange(points // 2 + 1) * rate_hz / points


def response_db(taps: np.ndarray, frequency_hz: float, rate_hz: float) -> float:
    """By how many decibels a filter makes a tone louder: one term of its Fourier transform.

        20 · log₁₀ |Σ_k w[k] · e^(-2πi·k · frequency / rate)|

    Args:
        taps: (tap,), the weights of a filter on a wave.
        frequency_hz: of the tone.
        rate_hz: samples per second.

    Returns:
        Decibels: 0 where the tone passes as it is, below 0 where it comes out quieter.

    >>> two = np.array([0.5, 0.5])  # the mean of two neighbours
    >>> [round(response_db(two, hertz, 8000), 1) for hertz in (0, 2000)]
    [0.0, -3.0]
    """
    turn = np.exp(-2j * np.pi * frequency_hz / rate_hz * np.arange(len(taps)))
    return float(20 * np.log10(abs(taps @ turn)))


def magnitude(spectrum: np.ndarray) -> np.ndarray:
    """The magnitude |X| as one channel: how much of each frequency, and nothing of its phase.

    Args:
        spectrum: (batch, time, frequency), complex.

    Returns:
        (batch, channel = 1, time, frequency).
    """
    return np.abs(spectrum)[:, None]


def real_imaginary(spectrum: np.ndarray) -> np.ndarray:
    """The spectrum as two channels, real part and imaginary part: the lecture's C = 2.

    Args:
        spectrum: (batch, time, frequency), complex.

    Returns:
        (batch, channel = 2, time, frequency).
    """
    return np.stack([np.real(spectrum), np.imag(spectrum)], axis=1)
