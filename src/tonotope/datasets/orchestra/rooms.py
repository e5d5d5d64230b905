"""The toy orchestra's rooms: reverberation, distance, microphone, background noise, hum.

All of it is done at once on the note's spectrum: the room multiplies it, the microphone colours
it, the background is added to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tonotope.datasets.orchestra.tones import RATE_HZ, SAMPLES

# Room for the note and for the echo of its end; a product of small primes, for a fast transform.
_LENGTH = 43_200
_ECHO = _LENGTH - SAMPLES
_FREQUENCY_HZ = np.fft.rfftfreq(_LENGTH, 1 / RATE_HZ).astype(np.float32)
_OCTAVES = np.log2(np.maximum(_FREQUENCY_HZ, 20.0) / 1000.0)
_FADE_IN = round(0.004 * RATE_HZ)
_FADE_OUT = round(0.040 * RATE_HZ)


@dataclass(frozen=True, slots=True)
class Room:
    """A room, as it answers.

    Attributes:
        echo_s: how long it takes to fall by 60 dB.
        high_echo_s: the same above some 2 kHz, where the air and the curtains take more.
        seed: which room of that kind it is.
    """

    echo_s: float
    high_echo_s: float
    seed: int


@dataclass(frozen=True, slots=True)
class Microphone:
    """What the recording does to the spectrum.

    Attributes:
        tilt_db: per octave.
        low_cut_hz: it falls off below.
        high_cut_hz: it falls off above.
        bumps: where (octaves from 1 kHz), how wide (octaves) and how high (dB) it rises or dips.
    """

    tilt_db: float
    low_cut_hz: float
    high_cut_hz: float
    bumps: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Take:
    """What differs between two recordings of one player.

    Attributes:
        begins_s: silence before the note.
        echo_db: how loud the room is against the direct sound: the distance.
        background_db: the background against the note.
        background_slope_db: how the background falls, per octave.
        hum_hz: the mains, 0 where there is none.
        peak_db: how high the loudest sample lies.
    """

    begins_s: float
    echo_db: float
    background_db: float
    background_slope_db: float
    hum_hz: float
    peak_db: float


def recorded(
    dry: np.ndarray, room: Room, microphone: Microphone, take: Take, rng: np.random.Generator
) -> np.ndarray:
    """The note as it is on the recording, (time,), float32, faded at both ends."""
    begins = round(take.begins_s * RATE_HZ)
    padded = np.zeros(_LENGTH, dtype=np.float32)
    padded[begins:SAMPLES] = dry[: SAMPLES - begins]
    spectrum = np.fft.rfft(padded)
    size = np.sqrt(np.mean(np.abs(spectrum) ** 2))
    spectrum *= 1 + 10 ** (take.echo_db / 20) * _answer(room)
    noise = rng.standard_normal(2 * len(_OCTAVES), dtype=np.float32).view(np.complex64)
    shape = 10 ** (np.maximum(_OCTAVES, -5) * take.background_slope_db / 20)
    noise *= shape / np.sqrt(2 * np.mean(shape**2))
    spectrum += noise * size * 10 ** (take.background_db / 20)
    wave = np.fft.irfft(spectrum * _colour(microphone), _LENGTH)[:SAMPLES]
    if take.hum_hz:
        turns = take.hum_hz * np.arange(SAMPLES) / RATE_HZ
        wave += (
            0.02
            * np.abs(wave).max()
            * (np.sin(2 * np.pi * turns) + 0.5 * np.sin(6 * np.pi * turns))
        )
    return (_faded(wave) * (10 ** (take.peak_db / 20) / np.abs(wave).max())).astype(np.float32)


@lru_cache(maxsize=4)
def _answer(room: Room) -> np.ndarray:
    """The spectrum of the echo, at the size of the direct sound: two noises that die away."""
    rng = np.random.default_rng(room.seed)
    late_s = np.arange(1, _ECHO + 1) / RATE_HZ
    gone = np.clip((late_s[-1] - late_s) / 0.05, 0, 1)
    crossed = 1 / (1 + (_FREQUENCY_HZ / 2000.0) ** 2)
    answer = np.zeros(len(_FREQUENCY_HZ), dtype=complex)
    for echo_s, share in ((room.echo_s, crossed), (room.high_echo_s, 1 - crossed)):
        tail = rng.standard_normal(_ECHO) * np.exp(-6.91 * late_s / echo_s) * gone
        answer += np.fft.rfft(tail / np.sqrt(np.sum(tail**2)), _LENGTH) * share
    walls = np.zeros(_LENGTH)  # the first echoes, one by one
    walls[rng.integers(round(0.003 * RATE_HZ), round(0.03 * RATE_HZ), 5)] = 0.25
    return (answer + np.fft.rfft(walls)).astype(np.complex64)


def _colour(microphone: Microphone) -> np.ndarray:
    gain_db = microphone.tilt_db * np.clip(_OCTAVES, -4, 4)
    for place, width, height_db in microphone.bumps:
        gain_db = gain_db + height_db * np.exp(-(((_OCTAVES - place) / width) ** 2))
    low = _FREQUENCY_HZ / microphone.low_cut_hz
    high = _FREQUENCY_HZ / microphone.high_cut_hz
    return 10 ** (gain_db / 20) * low**2 / (1 + low**2) / (1 + high**4)


def _faded(wave: np.ndarray) -> np.ndarray:
    """No click at either end."""
    rise = np.sin(0.5 * np.pi * np.arange(_FADE_IN) / _FADE_IN) ** 2
    fall = np.cos(0.5 * np.pi * np.arange(1, _FADE_OUT + 1) / _FADE_OUT) ** 2
    wave = wave.copy()
    wave[:_FADE_IN] *= rise
    wave[-_FADE_OUT:] *= fall
    return wave
