"""What is doubtful about a sound that a network is asked about: what `check` measures too."""

from __future__ import annotations

import numpy as np

from tonotope._wording import counted
from tonotope.audio.file_header import UNKNOWN, AudioFacts
from tonotope.datasets.audio_stats import FULL_SCALE, smallest_step
from tonotope.datasets.data_checks import AT_FULL_SCALE, CLIPPED, QUIET_DB
from tonotope.datasets.heard import Listener
from tonotope.datasets.heard_sample import rounding_bits

_LISTENED_S = 600.0  # so much is listened to where the header says no length
_FEWEST_SAMPLES = 16  # fewer are alike by chance


class SoundDoubts:
    """Measures a recording block by block, in little memory; `sentences()` says what is doubtful.

    Args:
        facts: what the file's header says.
        band_hz: from where to where a network listens; None: nothing is compared with it.
    """

    def __init__(self, facts: AudioFacts, band_hz: tuple[float, float] | None = None) -> None:
        self._facts, self._band_hz = facts, band_hz
        known = 0 < facts.frames < UNKNOWN
        self._left = facts.frames if known else round(_LISTENED_S * facts.rate_hz)
        duration_s = self._left / facts.rate_hz
        self._listener = Listener(facts.rate_hz, rounding_bits(facts), duration_s)
        self._low, self._high = float("inf"), float("-inf")
        self._total = self._power = 0.0
        self._clipped = self._samples = 0

    def hear(self, samples: np.ndarray) -> None:
        """Take the next block, (channel, time)."""
        if not samples.size:
            return
        self._low = min(self._low, float(samples.min()))
        self._high = max(self._high, float(samples.max()))
        self._total += float(samples.sum(dtype=np.float64))
        self._power += float(np.einsum("ct,ct->", samples, samples, dtype=np.float64))
        self._clipped += int((np.abs(samples) >= FULL_SCALE).sum())
        self._samples += samples.size
        if self._left > 0:
            self._listener.hear(samples)
        self._left -= samples.shape[1]

    def sentences(self) -> list[str]:
        """What is doubtful, once all was heard: one sentence each."""
        if not self._samples:
            return []
        peak, step = max(self._high, -self._low), smallest_step(self._facts)
        if peak < step:
            return ["it holds no sound, so what is said of it means nothing"]
        if self._samples < _FEWEST_SAMPLES:
            return [
                f"it holds {counted(self._samples, 'sample')}, too few to hear anything in, so "
                "what is said of it means nothing"
            ]
        if self._high - self._low < step:
            return [
                "all its samples have one value, as of a broken cable, so what is said of it means "
                "nothing"
            ]
        return [*self._on_level(peak), *self._on_spectrum()]

    def _on_level(self, peak: float) -> list[str]:
        said: list[str] = []
        share = self._clipped / self._samples
        if share > CLIPPED and peak <= AT_FULL_SCALE:
            said.append(f"{100 * share:.0f} % of its samples are clipped: the gain was too high")
        variance = self._power / self._samples - (self._total / self._samples) ** 2
        level_db = 10 * np.log10(max(variance, 1e-30))
        if level_db < QUIET_DB:
            said.append(
                f"its level is {level_db:.0f} dB, below {QUIET_DB:.0f} dB: see whether anything is "
                "heard in it"
            )
        return said

    def _on_spectrum(self) -> list[str]:
        """A sentence where most of the sound lies outside the band that the network hears."""
        heard = self._listener.heard(whole=False)
        if heard is None or self._band_hz is None:
            return []
        low_hz, high_hz = self._band_hz
        if low_hz <= heard.high_hz and heard.low_hz <= high_hz:
            return []
        return [
            f"most of its sound lies between {heard.low_hz:,.0f} and {heard.high_hz:,.0f} Hz, "
            f"where the network does not listen (it does from {low_hz:,.0f} to {high_hz:,.0f} Hz)"
        ]
