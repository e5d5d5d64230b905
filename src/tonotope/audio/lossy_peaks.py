"""MP3 and Ogg that decode to far beyond full scale are damaged: how loud, and where."""

from __future__ import annotations

import numpy as np

from tonotope.audio.file_header import AudioFacts

FAR_BEYOND = 4.0  # 12 dB: codecs overshoot full scale by less, however loud the music
_LOSSY = ("VORBIS", "OPUS", "MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III")


def is_lossy(coding: str) -> bool:
    """Whether samples of this container and coding come from a spectrum, not from a file.

    >>> is_lossy("MP3 MPEG_LAYER_III"), is_lossy("OGG FLAC"), is_lossy("WAV FLOAT")
    (True, False, False)
    """
    return coding.rpartition(" ")[2] in _LOSSY


class LossyPeak:
    """The loudest sample of a file whose coding cannot mean what lies far beyond full scale.

    Args:
        facts: what the file holds.
        first: the sample with which the part begins that is heard.
    """

    def __init__(self, facts: AudioFacts, first: int = 0) -> None:
        self._facts, self._next = facts, first
        self._lossy = is_lossy(facts.format)
        self._peak, self._at = 0.0, 0

    def hear(self, block: np.ndarray) -> None:
        """Samples (time, channel) that follow those before."""
        if self._lossy and len(block):
            each = np.abs(block).max(axis=1)
            at = int(each.argmax())
            if each[at] > self._peak:
                self._peak, self._at = float(each[at]), self._next + at
        self._next += len(block)

    def note(self) -> list[str]:
        """The sentence on a damaged place; none where all is as loud as sound can be.

        >>> peak = LossyPeak(AudioFacts(8000, 1, 8000, "MP3 MPEG_LAYER_III"), 4000)
        >>> peak.hear(np.array([[0.5], [-3674.0], [0.1]]))
        >>> peak.note()
        ['damaged at 0.50 s, where it decodes to 3,674 times full scale; copy or download it again']
        """
        if self._peak <= FAR_BEYOND:
            return []
        at_s = self._at / self._facts.rate_hz
        return [
            f"damaged at {at_s:.2f} s, where it decodes to {self._peak:,.0f} times full scale; "
            "copy or download it again"
        ]
