"""The sounds of the pictures: notes of the orchestra, and what the reference makes of them.

Everything here is what the chapters do as well, so that a picture shows what a reader computes.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

import tonotope as tt
from tonotope.reference.mel import decibels, log_power, mel_bands, mel_filters
from tonotope.reference.spectrum import hann, stft

RATE_HZ = 22050
WINDOW, HOP = 512, 256  # 23 ms and 12 ms
BANDS = 32
FAMILIES = ("blown", "bowed", "plucked", "struck")


@cache
def notes() -> dict[str, np.ndarray]:
    """One note of each instrument's first player: float64, (time,), 1.3 s."""
    recordings = tt.open_source(tt.Data(source="orchestra", notes=16)).recordings
    return {
        one.targets["label"]: tt.Clip.read(one.path).samples[0].astype(float) for one in recordings
    }


def phrase(*names: str, each_s: float = 0.6) -> np.ndarray:
    """The beginnings of some notes, one after the other, as loud as one another: (time,)."""
    length = round(each_s * RATE_HZ)
    fade = np.minimum(1.0, np.arange(length)[::-1] / (0.03 * RATE_HZ))
    heard = [notes()[name][:length] for name in names]
    return np.concatenate([0.5 * one / np.abs(one).max() * fade for one in heard])


def spectrum(sound: np.ndarray, window: int = WINDOW, hop: int = HOP) -> np.ndarray:
    """The complex spectrogram, (time, frequency)."""
    return stft(sound[None], hann(window), hop)[0]


def level_db(sound: np.ndarray, window: int = WINDOW, hop: int = HOP) -> np.ndarray:
    """The magnitude spectrogram in decibels below its loudest point, down to -70."""
    level = decibels(np.abs(spectrum(sound, window, hop)) ** 2)
    return np.maximum(level - level.max(), -70.0)


def mel_db(
    sound: np.ndarray, bands: int = BANDS, window: int = WINDOW, hop: int = HOP
) -> np.ndarray:
    """Levels of mel bands in decibels below the loudest, (time, band), down to -60."""
    power = np.abs(spectrum(sound, window, hop)) ** 2
    level = decibels(mel_bands(power, mel_filters(bands, window, RATE_HZ)))
    return np.maximum(level - level.max(), -60.0)


class School(NamedTuple):
    """Notes that teach and notes that judge.

    Attributes:
        x: (note, channel = 1, time = 32, band = 32), mean 0 and variance 1 over all.
        instruments: of each note.
        families: of each note, numbers into `FAMILIES`.
        pitch: of each note, log₂ of the fundamental in Hz.
        teach: whether its player is one of the first four.
    """

    x: np.ndarray
    instruments: list[str]
    families: np.ndarray
    pitch: np.ndarray
    teach: np.ndarray


@cache
def school() -> School:
    """A note of each of six players of each instrument, as a network is given them."""
    recordings = tt.open_source(tt.Data(source="orchestra", notes=96)).recordings
    clips = [tt.Clip.read(one.path).resampled(11025) for one in recordings]
    waves = np.concatenate([clip.samples for clip in clips]).astype(float)
    waves /= np.abs(waves).max(axis=1, keepdims=True)
    power = np.abs(stft(waves, hann(512), hop=440)) ** 2
    x = log_power(mel_bands(power, mel_filters(BANDS, 512, 11025)), offset=1e-3)[:, None]
    return School(
        (x - x.mean()) / x.std(),
        [one.targets["label"] for one in recordings],
        np.array([FAMILIES.index(one.targets["family"]) for one in recordings]),
        np.log2([float(one.targets["pitch_hz"]) for one in recordings]),
        np.array([int(one.group[-2:]) <= 4 for one in recordings]),
    )
