"""Stereo to mono: the mean of the channels, or one; notes on it, and where channels cancel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from tonotope._errors import DataError
from tonotope._wording import counted

# The mean of all channels, or the number of one of them, counted from 0.
Channels = Literal["mean"] | int
_CANCELLED_DB = 7.0
_STRETCH = 32_768  # samples: 0.7 s at 44.1 kHz
_GONE_DB = 20.0  # of a stretch: wide stereo cancels for a moment, and less
_GONE_SHARE = 0.1  # of the stretches that sound
_LOUD = 1e-4  # of the loudest stretch: 40 dB below it
_DEAD = 1e-6  # of the power of the loudest channel: 60 dB below it


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


def downmix_note(channels: Iterable[int], how: Channels) -> list[str]:
    """What is heard of recordings with several channels; nothing where all have one.

    >>> downmix_note([1, 2, 32], "mean")[0].partition(";")[0]
    '2 recordings have several channels, and their mean is heard'
    """
    several = sum(number > 1 for number in channels)
    if not several:
        return []
    have = counted(several, "recording has", "recordings have")
    if how == "mean":
        return [
            f"{have} several channels, and their mean is heard; data.channels = 0 takes the first"
        ]
    return [f"{have} several channels, and channel {how} alone is heard (data.channels, from 0)"]


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
        self._samples = 0
        self._powers: list[float] = []  # of each stretch, all channels together
        self._mean_powers: list[float] = []

    def mix(self, samples: np.ndarray) -> np.ndarray:
        """Samples (channel, time) as (1, time).

        Raises:
            DataError: there is no channel of that number.
        """
        mono = mix_to_mono(samples, self.how)
        if len(samples) > 1:
            each = np.einsum("ct,ct->c", samples, samples, dtype=np.float64)
            self._each = each if self._each is None else self._each + each
            self._mean += float(np.einsum("ct,ct->", mono, mono, dtype=np.float64))
            self._count_stretches(samples, mono)
        return mono

    def _count_stretches(self, samples: np.ndarray, mono: np.ndarray) -> None:
        """Add the powers of every stretch; a block may begin and end inside one."""
        length = samples.shape[1]
        if not length:
            return
        first, inside = divmod(self._samples, _STRETCH)
        begins = np.arange(-inside, length, _STRETCH).clip(0)
        squares = np.einsum("ct,ct->t", samples, samples)
        for sums, values in ((self._powers, squares), (self._mean_powers, np.square(mono[0]))):
            found = np.add.reduceat(values, begins, dtype=np.float64).tolist()
            if len(sums) > first:
                sums[first] += found.pop(0)
            sums += found
        self._samples += length

    def _cancelled_share(self) -> float:
        """In which share of the stretches that sound the mean of the channels does not."""
        if self._each is None or self.how != "mean":
            return 0.0
        powers, means = np.array(self._powers), np.array(self._mean_powers)
        loud = powers > _LOUD * powers.max()
        gone = loud & (means <= powers / len(self._each) ** 2 * 10 ** (-_GONE_DB / 10))
        return float(gone.sum() / max(1, loud.sum()))

    def cancelled(self) -> int | None:
        """The channel to take where the channels cancel in their mean; None where they do not."""
        if self._each is None or self.how != "mean" or not self._each.any():
            return None
        expected = float(self._each.sum()) / len(self._each) ** 2
        if self._mean > expected * 10 ** (-_CANCELLED_DB / 10):
            return None
        return 0 if self._each[0] >= 0.5 * self._each.max() else int(self._each.argmax())

    def note(self) -> str | None:
        """A sentence where channels cancel, or some are silent beside others; else None.

        Channels that have nothing to do with each other add up in power: the mean then has their
        powers' sum over n². A mean far below that is what is left of channels that cancel, be it
        all of them or two beside a third that is silent.

        >>> mix, wave = ChannelMix(), np.sin(np.arange(8000, dtype=np.float32))
        >>> mono = mix.mix(np.stack([wave, -0.98 * wave]))
        >>> str(mix.note())[:60]
        'the mean of its channels is 40 dB below each of them: they c'
        """
        take = self.cancelled()
        if self._each is None:
            return None
        if take is None:
            return self._note_on_a_part() or self._note_on_silent_ones(self._each)
        weakest, which = float(self._each.min()), "each"
        if weakest < 0.1 * self._each.max():  # a channel that is silent, or nearly
            weakest, which = float(self._each.max()), "the loudest"
        ratio = self._mean / weakest
        level = (
            "silence" if ratio < 1e-12 else f"{-10 * np.log10(ratio):.0f} dB below {which} of them"
        )
        return f"the mean of its channels is {level}: they cancel; data.channels = {take} takes one"

    def _note_on_a_part(self) -> str | None:
        """A sentence where channels cancel for a part of the time; else None."""
        share = self._cancelled_share()
        if share < _GONE_SHARE:
            return None
        return (
            f"its channels cancel for {share:.0%} of the time that sounds: nothing of it is in "
            "their mean; data.channels = 0 takes the first"
        )

    def _note_on_silent_ones(self, each: np.ndarray) -> str | None:
        """A sentence where channels are silent beside others that are not."""
        dead = [number for number, power in enumerate(each) if power <= _DEAD * each.max()]
        if not dead or not each.any():
            return None
        take = int(each.argmax())
        if self.how != "mean":
            return (
                f"channel {self.how}, which is heard, is silent, and channel {take} is not; "
                f"data.channels = {take} takes that"
                if self.how in dead
                else None
            )
        weaker_db = 20 * np.log10(len(each) / (len(each) - len(dead)))
        if len(dead) == 1:
            return (
                f"channel {dead[0]} is silent, so that the mean of all is {weaker_db:.0f} dB "
                f"weaker than the sound; data.channels = {take} takes a channel that is not"
            )
        return (
            f"{len(dead)} of {len(each)} channels are silent, so that the mean of all is "
            f"{weaker_db:.0f} dB weaker than the sound; data.channels = {take} takes a channel "
            "that is not"
        )
