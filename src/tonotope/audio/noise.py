"""Noise mixed into sound at an SNR: white, pink or from recordings; the same for the same seed.

A pair is a clean sound and the same sound with noise, at a signal-to-noise ratio that holds over
the whole of it::

    noisy = clean + g · noise,   g² = (mean clean² / mean noise²) · 10^(-SNR / 10)

White noise is equally strong at every frequency, pink noise in every octave (its power falls as
1/f), and a recording is what somebody plays next door.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

import numpy as np

from tonotope._errors import DataError

NoiseName = Literal["white", "pink", "recordings"]

_LOWEST_HZ = 20.0  # pink noise below what is heard would only swallow the level
_SILENT = 1e-12  # mean square: nothing is there to be set in a ratio to


class Sounds(Protocol):
    """Decoded recordings: mono float32 each."""

    def __getitem__(self, number: int, /) -> np.ndarray:
        """The samples of one recording, (time,)."""
        ...


class NoisyPair(NamedTuple):
    """A sound with and without noise.

    Attributes:
        noisy: float32, (time,).
        clean: float32, (time,).
        kind: of the noise.
        snr_db: how far the sound lies above the noise.
    """

    noisy: np.ndarray
    clean: np.ndarray
    kind: NoiseName
    snr_db: float


@dataclass(frozen=True, eq=False)
class NoiseMixer:
    """Lays noise over recordings.

    Attributes:
        sounds: decoded recordings.
        rate_hz: samples per second of them.
        kinds: of noise; each pair draws one.
        snr_db: the lowest and the highest ratio; each pair draws one between them.
        others: for each recording, those that may be mixed into it, (recording,); needed where
            `recordings` is among the kinds.
    """

    sounds: Sounds
    rate_hz: int
    kinds: tuple[NoiseName, ...]
    snr_db: tuple[float, float]
    others: Mapping[int, np.ndarray]

    def noisy_pair(self, clean: np.ndarray, number: int, rng: np.random.Generator) -> NoisyPair:
        """A sound with noise that `rng` draws: its kind, its strength and itself.

        Args:
            clean: (time,) the recording `number`, or a part of it.
            number: whose sound it is, so that it is never mixed into itself.
            rng: decides everything.
        """
        kind = self.kinds[int(rng.integers(len(self.kinds)))]
        snr_db = float(rng.uniform(*self.snr_db))
        if kind == "recordings":
            noise = self._next_door(len(clean), number, rng)
        else:
            noise = NOISE_COLOURS[kind](len(clean), self.rate_hz, rng)
        return NoisyPair(mix_at_snr(clean, noise, snr_db), clean, kind, snr_db)

    def _next_door(self, samples: int, number: int, rng: np.random.Generator) -> np.ndarray:
        """A stretch of another recording; a short one goes round."""
        others = self.others[number]
        other = self.sounds[int(others[rng.integers(len(others))])]
        first = int(rng.integers(max(1, len(other) - samples + 1)))
        return np.resize(other[first : first + samples], samples)


def recordings_to_mix(
    part: Sequence[int] | np.ndarray, groups: Sequence[str]
) -> dict[int, np.ndarray]:
    """For each recording of a part, those of the same part that may be mixed into it.

    Those of other groups; where there is one group alone, the others of that group.

    Args:
        part: numbers of recordings, (recording,), as are those returned for each.
        groups: the group of every recording there is.

    Raises:
        DataError: the part holds a single recording.
    """
    part = np.asarray(part, np.int64)
    if len(part) == 1:
        raise DataError(
            "a part of the split holds one recording alone, and no other could be laid over it:"
            ' leave "recordings" out of head.noises, or give the part more recordings'
        )
    own = np.array([groups[number] for number in part], dtype=object)
    found = {}
    for at, number in enumerate(part):
        other = part[own != own[at]]
        found[int(number)] = other if len(other) else np.delete(part, at)
    return found


def mix_at_snr(clean: np.ndarray, noise: np.ndarray, snr_db: float) -> np.ndarray:
    """`clean` with `noise` so far below it, both float32 (time,).

    Where either is silent there is no ratio, and the sound comes back as it is.

    >>> tone = np.array([1.0, -1.0, 1.0, -1.0], np.float32)
    >>> mix_at_snr(tone, np.array([5.0, 5.0, -5.0, -5.0], np.float32), 20.0)
    array([ 1.1, -0.9,  0.9, -1.1], dtype=float32)
    """
    power, other = (float(np.mean(np.square(one, dtype=np.float64))) for one in (clean, noise))
    if power < _SILENT or other < _SILENT:
        return clean.astype(np.float32)
    gain = np.sqrt(power / other * 10 ** (-snr_db / 10))
    return (clean + np.float32(gain) * noise).astype(np.float32)


def white_noise(samples: int, rate_hz: int, rng: np.random.Generator) -> np.ndarray:
    """Noise that is equally strong at every frequency, float32 (time,)."""
    del rate_hz
    return rng.standard_normal(samples, np.float32)


def pink_noise(samples: int, rate_hz: int, rng: np.random.Generator) -> np.ndarray:
    """Noise that is equally strong in every octave from 20 Hz up, float32 (time,)."""
    size = 1 << max(samples - 1, 1).bit_length()  # the transform of a prime length is slow
    frequency_hz = np.fft.rfftfreq(size, 1 / rate_hz)
    slope = np.sqrt(1 / np.maximum(frequency_hz, min(_LOWEST_HZ, rate_hz / 4)))
    slope[0] = 0.0
    spectrum = np.fft.rfft(rng.standard_normal(size, np.float32)) * slope
    return np.fft.irfft(spectrum, size)[:samples].astype(np.float32)


Colour = Callable[[int, int, np.random.Generator], np.ndarray]
NOISE_COLOURS: Mapping[str, Colour] = {"white": white_noise, "pink": pink_noise}


def seeded_generator(seed: int, *names: object) -> np.random.Generator:
    """The generator that belongs to some names, at every visit and in every order of visits.

    >>> seeded_generator(0, "a.wav").random() == seeded_generator(0, "a.wav").random()
    True
    """
    told = hashlib.sha256("\0".join(map(str, names)).encode("utf-8", "surrogatepass")).digest()
    return np.random.default_rng([seed, *np.frombuffer(told[:16], np.uint32).tolist()])
