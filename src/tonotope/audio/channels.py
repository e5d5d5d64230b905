"""Stereo to mono: the mean of the channels, or one; a note where channels cancel each other."""

from __future__ import annotations

from typing import Literal

import numpy as np

from tonotope._errors import DataError

# The mean of all channels, or the number of one of them, counted from 0.
Channels = Literal["mean"] | int
_CANCELLED_DB = 7.0


def mix_to_mono(samples: np.ndarray, how: Channels = "mean") -> np.ndarray:
    """Samples (channel, time) as (1, time).

    >>> mix_to_mono(np.array([[0.0, 1.0], [1.0, 1.0]], np.float32))
    array([[0.5, 1. ]], dtype=float32)

    Raises:
        DataError: there is no channel of that number.
    """
    channels = len(samples)
    if how == "mean":
        return samples.mean(axis=0, keepdims=True, dtype=np.float32) if channels > 1 else samples
    if not 0 <= how < channels:
        raise DataError(
            f'channel {how} was asked for, but the sound has {channels}: give "mean" '
            f"or a number from 0 to {channels - 1}"
        )
    return samples[how : how + 1]


class ChannelMix:
    """Mixes a recording, block by block, and finds out whether its channels cancel each other.

    Sound that one channel has upside down (a cable with swapped wires, some stereo effects) is not
    in the mean of both, though each of them holds it.

    Args:
        how: the mean of all channels, or the number of one of them.
    """

    def __init__(self, how: Channels = "mean") -> None:
        self.how: Channels = how
        self._each: np.ndarray | None = None
        self._mean = 0.0

    def mix(self, samples: np.ndarray) -> np.ndarray:
        """Samples (channel, time) as (1, time).

        Raises:
            DataError: there is no channel of that number.
        """
        mono = mix_to_mono(samples, self.how)
        if mono is not samples and self.how == "mean":
            each = np.einsum("ct,ct->c", samples, samples, dtype=np.float64)
            self._each = each if self._each is None else self._each + each
            self._mean += float(np.einsum("ct,ct->", mono, mono, dtype=np.float64))
        return mono

    def note(self) -> str | None:
        """A sentence where the mean is much weaker than the weakest channel; else None.

        Channels that have nothing to do with each other leave the mean 10 log10(n) dB below.

        >>> mix, wave = ChannelMix(), np.sin(np.arange(8000, dtype=np.float32))
        >>> mono = mix.mix(np.stack([wave, -0.98 * wave]))
        >>> str(mix.note())[:60]
        'the mean of its channels is 40 dB below each of them: they c'
        """
        if self._each is None or not self._each.min() > 0:
            return None
        ratio = self._mean / float(self._each.min())
        below_db = 120.0 if ratio < 1e-12 else -10 * float(np.log10(ratio))
        if below_db < 10 * np.log10(len(self._each)) + _CANCELLED_DB:
            return None
        level = "silence" if below_db >= 120 else f"{below_db:.0f} dB below each of them"
        return f"the mean of its channels is {level}: they cancel; data.channels = 0 takes one"
