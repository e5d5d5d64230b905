"""The waveforms of two recordings, read again where their fingerprints alone decide too little."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from tonotope._errors import DataError
from tonotope.audio.channels import Channels, mix_to_mono
from tonotope.audio.open_sound import open_sound
from tonotope.datasets.fingerprint import LONGEST_S, compared_wave
from tonotope.datasets.manifest import Recording

_MOST_PAIRS = 3000  # half a minute or so
_KEPT = 64


class WavePairs:
    """Gives the waveforms of two recordings of different groups, by their numbers.

    Args:
        recordings: those that are compared.
        repair: NaN and infinite samples `refuse` the recording or become `zero`.
        channels: how several channels become the one that the network hears.
    """

    def __init__(
        self, recordings: Sequence[Recording], repair: str = "refuse", channels: Channels = "mean"
    ) -> None:
        self._recordings, self._repair = recordings, repair
        self._channels: Channels = channels
        self._asked = 0
        self._wave = lru_cache(_KEPT)(self._read)

    def __call__(self, one: int, other: int) -> tuple[np.ndarray, np.ndarray] | None:
        """Both, (time,) each, as they are compared.

        None where both are of one group, where one cannot be read any more, and after 3,000 pairs.
        """
        if self._recordings[one].group == self._recordings[other].group:
            return None
        self._asked += 1
        if self._asked > _MOST_PAIRS:
            return None
        first, second = self._wave(one), self._wave(other)
        return None if first is None or second is None else (first, second)

    def notes(self) -> list[str]:
        """A sentence where more pairs were asked for than are compared."""
        if self._asked <= _MOST_PAIRS:
            return []
        return [
            f"there may be more copies: {_MOST_PAIRS:,} of {self._asked:,} pairs that are alike "
            "were compared, wave by wave; check a part of the recordings at a time (sounds that "
            "repeat themselves or are shorter than a second are alike too)"
        ]

    def _read(self, number: int) -> np.ndarray | None:
        one = self._recordings[number]
        try:
            with open_sound(one.path) as file:
                wave, rate_hz, _ = file.read(
                    one.start_s, min(one.duration_s, LONGEST_S), repair=self._repair
                )
                return compared_wave(mix_to_mono(wave, self._channels)[0], rate_hz)
        except DataError:  # it could be read a moment ago; then it is said when it is used
            return None
