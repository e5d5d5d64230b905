"""Talkers: one word said by ever other throats, pitches and tempos, before a quiet background.

Frame by frame, a buzz and a breath pass through the resonances of a throat (source and filter). The
talker, the day and the place are drawn anew for every sound; the word alone stays.

Source: Fant, "Acoustic Theory of Speech Production", 1960: resonances in Hz are in inverse
proportion to the length of a throat.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np

from tonotope.datasets.patches.phones import Phone, Word
from tonotope.datasets.patches.waves import between, coloured, slow_curve

RATE_HZ = 8000
WORD_S = 0.6
_FRAME, _HOP = 256, 32  # samples: 32 and 4 ms
_WINDOW = np.hanning(_FRAME + 1)[:-1]
_FREQUENCY_HZ = np.fft.rfftfreq(_FRAME, 1 / RATE_HZ)
_WIDTHS_HZ = np.array([70.0, 100.0, 150.0, 220.0])
_STRENGTHS = (1.0, 0.6, 0.35, 0.2)  # of the resonances
_LEAK = 0.004  # what passes a throat between its resonances
_EDGE = 4  # frames in which a word swells and fades
_COLOUR_DB, _NOISE_COLOUR_DB, _NOISE_FALLS_DB = 2.5, 4.0, 12.0


@dataclass(frozen=True, slots=True)
class Talker:
    """Who says it, and how.

    Attributes:
        throat: how high the resonances lie, beside those of an average throat.
        pitch_hz: of the buzz.
        tempo: how long everything lasts, beside an average.
        breath: how much breath is in the voice.
        bright_db: how much louder each octave above 1 kHz is.
        widths_hz: of the resonances, `(resonance,)`.
        slur: frames in which the throat moves from one phone to the next.
    """

    throat: float
    pitch_hz: float
    tempo: float
    breath: float
    bright_db: float
    widths_hz: np.ndarray
    slur: int

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """Anyone: children, women, men; in a hurry or not."""
        return cls(
            between(rng, 0.82, 1.22),
            between(rng, 75, 320),
            float(np.exp(rng.normal(0, 0.2))),
            rng.uniform(0.02, 0.3),
            rng.uniform(-4, 4),
            _WIDTHS_HZ * rng.uniform(0.7, 1.6),
            int(rng.integers(5, 13)),
        )

    def say(self, word: Word, rng: np.random.Generator) -> np.ndarray:
        """The word in silence, `(time,)`; each time a little otherwise."""
        tracks = np.concatenate([self._tracks(phone, rng) for phone in word.phones])
        resonances_hz = _smooth(tracks[:, :4], self.slur)
        voice, breath = _smooth(tracks[:, 4:6], 3).T
        noise = _smooth(tracks[:, 6], 2)
        noise_hz, noise_width_hz = tracks[:, 7:9].T
        frames = len(tracks)
        samples = (frames - 1) * _HOP + _FRAME
        buzz, air = _frames(self._buzz(rng, samples)), _frames(rng.standard_normal(samples))
        source = 3 * voice[:, None] * buzz + 0.6 * (self.breath * voice + breath)[:, None] * air
        hiss = 1 / (1 + ((_FREQUENCY_HZ - noise_hz[:, None]) / noise_width_hz[:, None]) ** 2)
        spectrum = source * self._throat(resonances_hz) + 0.25 * noise[:, None] * hiss * air
        place = np.arange(frames) + 1
        edge = np.minimum(1, np.minimum(place, place[::-1]) / _EDGE)
        parts = np.fft.irfft(spectrum, _FRAME) * _WINDOW * edge[:, None]
        return _overlapped(parts)

    def _tracks(self, phone: Phone, rng: np.random.Generator) -> np.ndarray:
        """What the throat aims at in each frame of a phone, `(frame, track)`.

        Four resonances, voice, breath, noise, where the noise lies and how wide it is.
        """
        frames = self._frame_count(phone.duration_s, rng)
        moved = self.throat * np.exp(rng.normal(0, 0.05, 4))
        gain = 10 ** ((phone.level_db + rng.normal(0, 2)) / 20)
        place = np.linspace(0, 1, frames)[:, None]
        resonances_hz = moved * (phone.begin_hz + place * (phone.end_hz - phone.begin_hz))
        noise_hz = phone.noise_hz * np.sqrt(self.throat) * np.exp(rng.normal(0, 0.06))
        if phone.manner == "plosive":  # closed, a burst, breath
            after = round(phone.breath_s * self.tempo * RATE_HZ / _HOP)
            sources = np.zeros((frames + 2 + after, 3))
            sources[:frames, 0] = 0.05 * rng.random()
            sources[frames : frames + 2, 2] = 1.5 * gain
            sources[frames + 2 :, 1:] = 0.5 * gain, 0.3 * gain
            resonances_hz = np.resize(resonances_hz, (len(sources), 4))
        else:
            voiced = {"fricative": 0.0, "voiced fricative": 0.4}.get(phone.manner, 1.0)
            noisy = {"fricative": 1.0, "voiced fricative": 0.6}.get(phone.manner, 0.0)
            sources = np.tile([voiced * gain, 0.0, noisy * gain], (frames, 1))
        noise = np.tile([noise_hz, phone.noise_width_hz], (len(sources), 1))
        return np.concatenate([resonances_hz, sources, noise], axis=1)

    def _frame_count(self, duration_s: float, rng: np.random.Generator) -> int:
        said_s = duration_s * self.tempo * np.exp(rng.normal(0, 0.15))
        return max(2, round(said_s * RATE_HZ / _HOP))

    def _buzz(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        falls = np.linspace(rng.uniform(-0.1, 0.3), rng.uniform(-0.4, 0.1), samples)
        bend = slow_curve(rng, samples, 4, 0.12) + falls
        hoarse = 1 + 0.01 * rng.standard_normal(samples)
        turns = np.cumsum(self.pitch_hz * 2**bend * hoarse) / RATE_HZ
        saw = 2 * (turns % 1) - 1
        return 0.7 * np.diff(saw, prepend=0) + 0.3 * saw

    def _throat(self, resonances_hz: np.ndarray) -> np.ndarray:
        """What passes in each frame, `(frame, bin)`."""
        gain = np.full((len(resonances_hz), len(_FREQUENCY_HZ)), _LEAK)
        for centre_hz, width_hz, strength in zip(
            resonances_hz.T, self.widths_hz, _STRENGTHS, strict=True
        ):
            gain += strength / (1 + ((_FREQUENCY_HZ - centre_hz[:, None]) / width_hz) ** 2)
        octaves = np.log2(np.maximum(_FREQUENCY_HZ, 100) / 1000)
        return gain * 10 ** (self.bright_db * octaves / 20)


def _smooth(tracks: np.ndarray, width: int) -> np.ndarray:
    """Tracks, `(frame, ...)`, whose jumps take so many frames."""
    weights = np.hanning(width + 2)[1:-1]
    before = width // 2
    edges = [(before, width - 1 - before), *[(0, 0)] * (tracks.ndim - 1)]
    around = np.lib.stride_tricks.sliding_window_view(np.pad(tracks, edges, "edge"), width, axis=0)
    return around @ (weights / weights.sum())


def _frames(wave: np.ndarray) -> np.ndarray:
    """The spectrum of each frame, `(frame, bin)`."""
    parts = np.lib.stride_tricks.sliding_window_view(wave, _FRAME)[::_HOP]
    return np.fft.rfft(parts * _WINDOW)


def _overlapped(parts: np.ndarray) -> np.ndarray:
    """Frames laid over one another: `(frame, time)` to `(time,)`."""
    overlap = _FRAME // _HOP
    whole = np.zeros((len(parts) + overlap - 1, _HOP))
    for number in range(overlap):
        whole[number : number + len(parts)] += parts[:, number * _HOP : (number + 1) * _HOP]
    return whole.ravel()


@lru_cache(maxsize=64)
def word(number: int, seed: int = 0) -> Word:
    """The word of a number.

    >>> [phone.manner for phone in word(3).phones]
    ['fricative', 'vowel']
    """
    return Word.draw(np.random.default_rng([seed, 2, number]))


def word_sound(number: int, take: int, seed: int = 0, sound_s: float = WORD_S) -> np.ndarray:
    """A word, said by someone somewhere: `(time,)`, float32, at 8,000 Hz, its peak at 1.

    A word that is longer than the sound loses its end.

    Args:
        number: which word.
        take: which talker, day and place.
        seed: another number makes other words.
        sound_s: how long, in seconds.
    """
    rng = np.random.default_rng([seed, 3, number, take])
    said, samples = Talker.draw(rng).say(word(number, seed), rng), round(sound_s * RATE_HZ)
    said = said[:samples]
    wave = np.zeros(samples)
    begin = int(rng.integers(samples - len(said) + 1))
    wave[begin : begin + len(said)] = said
    wave = _even(coloured(wave, rng.normal(0, _COLOUR_DB, 10), RATE_HZ))
    falls = rng.normal(0, _NOISE_COLOUR_DB, 6) - np.linspace(0, _NOISE_FALLS_DB, 6)
    noise = coloured(rng.standard_normal(samples), falls, RATE_HZ)
    wave += 10 ** (rng.uniform(-60, -28) / 20) * noise / noise.std()
    return _even(wave).astype(np.float32)


def _even(wave: np.ndarray) -> np.ndarray:
    return wave / (np.abs(wave).max() + 1e-9)
