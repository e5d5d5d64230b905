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

    def cancelled(self) -> int | None:
        """The channel to take where the channels cancel in their mean; None where they do not."""
        if self._each is None or not self._each.any():
            return None
        expected = float(self._each.sum()) / len(self._each) ** 2
        if self._mean > expected * 10 ** (-_CANCELLED_DB / 10):
            return None
        return 0 if self._each[0] >= 0.5 * self._each.max() else int(self._each.argmax())

    def note(self) -> str | None:
        """A sentence where the mean is much weaker than the channels; else None.

        Channels that have nothing to do with each other add up in power: the mean then has their
        powers' sum over n². A mean far below that is what is left of channels that cancel, be it
        all of them or two beside a third that is silent.

        >>> mix, wave = ChannelMix(), np.sin(np.arange(8000, dtype=np.float32))
        >>> mono = mix.mix(np.stack([wave, -0.98 * wave]))
        >>> str(mix.note())[:60]
        'the mean of its channels is 40 dB below each of them: they c'
        """
        take = self.cancelled()
        if take is None or self._each is None:
            return None
        weakest, which = float(self._each.min()), "each"
        if weakest < 0.1 * self._each.max():  # a channel that is silent, or nearly
            weakest, which = float(self._each.max()), "the loudest"
        ratio = self._mean / weakest
        level = (
            "silence" if ratio < 1e-12 else f"{-10 * np.log10(ratio):.0f} dB below {which} of them"
        )
        return f"the mean of its channels is {level}: they cancel; data.channels = {take} takes one"
