"""The fingerprint of a sound: which bands rise against their neighbours, every 24 ms.

Each bit says whether the energy of one band against the next rises or falls within a tenth of a
second (J. Haitsma and T. Kalker, "A highly robust audio fingerprinting system", 2002). A gain
changes no bit; another codec or rate turns a few; another sound turns half of them. Energies are
smoothed over 192 ms and the bits stand at fixed times, so that two copies that were cut differently
agree once one of them is shifted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tonotope.audio.clip import Clip

RATE_HZ = 8000  # all sounds are compared at this rate
STEP_S = 0.024  # from one moment to the next
BITS = 16  # of each moment
APART = 4  # moments from one that says something new to the next: half of the smoothing
LOW_HZ, HIGH_HZ = 200.0, 3600.0  # what every rate from 8 kHz on can hold
LONGEST_S = 60.0
_FRAME, _HOP = 256, 64  # samples
_SMOOTH, _STEP = 24, 3  # frames
_INAUDIBLE = 1e-6  # 60 dB below the loudest moment a codec makes of the sound what it likes
_FEW_BITS = 1000  # sounds of less than a second or so: the bits alone decide too little
_LONGEST_WAVE = 2 * RATE_HZ


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What another copy of a sound has in common with it.

    Attributes:
        bits: int8, (moment, bit): ±1; 0 where the sound is silent.
        wave: float32, (time,), the sound itself at `RATE_HZ`, where there are few bits; its energy
            is 1.
        start: moments of silence before the first of the bits.
    """

    bits: np.ndarray
    wave: np.ndarray | None
    start: int = 0


def fingerprint(wave: np.ndarray, rate_hz: int) -> Fingerprint | None:
    """The fingerprint of a sound (time,); None where it is too short or its rate too low."""
    if rate_hz < 2 * HIGH_HZ:
        return None
    wave = compared_wave(wave, rate_hz)
    energy = _energy(wave)
    if len(energy) <= APART or not energy.max():
        return None
    audible = energy > _INAUDIBLE * energy.max()
    tilt = np.diff(np.log(np.where(audible, energy, 1.0)), axis=1)
    said = audible[:, 1:] & audible[:, :-1]
    bits = np.where(said[APART:] & said[:-APART], np.sign(tilt[APART:] - tilt[:-APART]), 0)
    (moments,) = np.nonzero(bits.any(axis=1))
    if not len(moments):
        return None
    bits = bits[moments[0] : moments[-1] + 1].astype(np.int8)
    few = np.count_nonzero(bits) < _FEW_BITS
    return Fingerprint(bits, loudest(wave)[0] if few else None, int(moments[0]))


def compared_wave(wave: np.ndarray, rate_hz: int) -> np.ndarray:
    """What is compared of a sound (time,): its first minute, at `RATE_HZ`."""
    return Clip(wave[None, : round(LONGEST_S * rate_hz)], rate_hz).resampled(RATE_HZ).samples[0]


def _energy(wave: np.ndarray) -> np.ndarray:
    """The energy in bands, smoothed: (moment, band)."""
    if len(wave) < _FRAME:
        return np.zeros((0, BITS + 1))
    frames = np.lib.stride_tricks.sliding_window_view(wave, _FRAME)[::_HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(_FRAME).astype(np.float32))) ** 2
    energy = power @ _SHARES
    window = np.hanning(_SMOOTH + 2)[1:-1]
    smooth = [np.convolve(band, window) for band in energy.T]
    first = _SMOOTH // 2
    return np.stack(smooth, axis=1)[first : first + len(energy) : _STEP]


def _shares() -> np.ndarray:
    """How much of each bin of the transform lies in each band: (bin, band)."""
    edges = np.geomspace(LOW_HZ, HIGH_HZ, BITS + 2) * _FRAME / RATE_HZ
    bins = np.arange(_FRAME // 2 + 1)[:, None]
    inside = np.minimum(bins + 0.5, edges[1:]) - np.maximum(bins - 0.5, edges[:-1])
    return np.clip(inside, 0, 1).astype(np.float32)


def loudest(wave: np.ndarray) -> tuple[np.ndarray, int]:
    """The two seconds with the most energy, all of a shorter sound, scaled to energy 1.

    Args:
        wave: (time,).

    Returns:
        Those samples, (time,), and the number of the first of them.
    """
    total = np.concatenate([[0.0], np.cumsum(np.square(wave, dtype=np.float64))])
    size = min(len(wave), _LONGEST_WAVE)
    first = int(np.argmax(total[size:] - total[:-size])) if size else 0
    found = wave[first : first + size]
    return found / np.float32(np.linalg.norm(found) or 1.0), first


_SHARES = _shares()
