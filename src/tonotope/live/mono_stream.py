"""`MonoStream`: what a source gives, as one channel at a network's rate, measured on the way.

    blocks of the source ─► level ─► NaN made zero ─► one channel ─► soxr ─► blocks for the network

It knows when each moment of the sound arrived, and says what nobody would notice: digital silence,
clipping, no sound at all.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator

import numpy as np

from tonotope._errors import DataError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted
from tonotope.audio.channels import ChannelMix, Channels
from tonotope.audio.decoding import repair_samples
from tonotope.audio.file_type import Refused
from tonotope.audio.resampling import resample_stream
from tonotope.live.feed import Feed
from tonotope.live.level import MUTED_S, InputLevel
from tonotope.live.sound_source import SoundSource
from tonotope.prediction.hop_evidence import SILENT_BELOW
from tonotope.prediction.windows import rate_note

RESAMPLER_S = 0.06
"""soxr gives a moment of sound so much later at most: about 25 ms, and 60 ms at worst."""


class MonoStream:
    """Sound of a source, one channel at `rate_hz`.

    Attributes:
        level: of what comes in.
        samples: how many samples at `rate_hz` have been given.
        ended: the source has no more.

    Args:
        source: where the sound comes from.
        rate_hz: the rate of the network.
        channels: how several channels become one, as in training.
        band_hz: what the network listens to.
        progress: is told what is odd.
    """

    def __init__(
        self,
        source: SoundSource,
        rate_hz: int,
        channels: Channels = "mean",
        band_hz: tuple[float, float] | None = None,
        progress: Progress = SILENT,
    ) -> None:
        self.source, self.rate_hz = source, rate_hz
        self.level = InputLevel(source.rate_hz)
        self.samples, self.ended = 0, False
        self._feed = Feed(source)
        self._mix, self._progress = ChannelMix(channels), progress
        self._given_s = 0.0  # of the source's sound
        self._arrived: deque[tuple[float, float]] = deque()
        self._loud: deque[tuple[int, int]] = deque()  # first and last sample of each block
        self._first_s = self._last_s = 0.0  # when the first and the last block came
        self._wrong = 0
        self._told: set[str] = set()
        note = rate_note(source.rate_hz, None if band_hz is None else band_hz[1])
        if note:
            progress.say(f"{source.name}: {note}")

    def blocks(self) -> Iterator[np.ndarray]:
        """Float32 (time,) each, as soon as it is there.

        Raises:
            DataError: no sound came at all, it is no sound, or has no such channel.
        """
        own_hz = self.source.rate_hz
        stream = None if own_hz == self.rate_hz else resample_stream(own_hz, self.rate_hz)
        for block in self._feed.blocks(MUTED_S):
            if block is None:
                self._say_once(f"no sound has come from {self.source.name} for {MUTED_S:g} s")
                continue
            self._last_s = block.arrived_s
            self._first_s = self._first_s or block.arrived_s
            mono = self._mono(block.samples)
            self._given_s += len(mono) / own_hz
            self._arrived.append((self._given_s, block.arrived_s))
            yield self._counted(mono if stream is None else stream.resample_chunk(mono))
        self.ended = True
        if not self._given_s:
            raise DataError(f"{self.source.name}: it ended before any sound came")
        if stream is not None:
            yield self._counted(stream.resample_chunk(np.zeros(0, np.float32), last=True))

    @property
    def in_real_time(self) -> bool:
        """Whether the sound came as fast as it is heard, not faster."""
        return self._last_s - self._first_s > 0.8 * self._given_s

    def arrived_s(self, moment_s: float) -> float:
        """When a moment of the sound came in, by `time.monotonic`; moments come in rising order."""
        while len(self._arrived) > 1 and self._arrived[0][0] < moment_s - 1e-9:
            self._arrived.popleft()
        return self._arrived[0][1] if self._arrived else time.monotonic()

    def behind_s(self, moment_s: float) -> float:
        """How much newer sound than this moment waits already; 0 where it does not come live."""
        if not self._feed.live:
            return 0.0
        waiting_s = self._feed.received_s - moment_s
        return waiting_s - RESAMPLER_S if self.source.rate_hz != self.rate_hz else waiting_s

    def sounds(self, begin: int, end: int) -> bool:
        """Whether the samples from `begin` to before `end` are more than digital silence."""
        while self._loud and self._loud[0][1] < begin:
            self._loud.popleft()
        return any(first < end for first, _ in self._loud)

    def close(self) -> list[str]:
        """Take no more; what is to be said at the end."""
        self._feed.close()
        found = [*self.source.notes]
        if self._wrong:
            found.append(f"{counted(self._wrong, 'non-finite sample')} (NaN or infinite) made zero")
        if self.level.clipped:
            found.append(
                f"{counted(self.level.clipped, 'sample')} clipped: the input is too loud; turn it"
                " down"
            )
        note = self._mix.note() if self._given_s else None
        return [*found, note] if note else found

    def _mono(self, samples: np.ndarray) -> np.ndarray:
        finite = np.array(samples, np.float32)
        try:
            self._wrong += repair_samples(finite, "zero")
        except Refused as refused:
            raise DataError(
                f"{self.source.name}: {refused} (are --format and --rate right?)"
            ) from None
        self.level.hear(finite)
        if self.level.silent_s >= MUTED_S:
            self._say_once("digital silence: is the microphone muted?")
        if self.level.clipped:
            self._say_once("clipping: the input is too loud; turn it down")
        return self._mix.mix(finite)[0]

    def _counted(self, block: np.ndarray) -> np.ndarray:
        loud = np.flatnonzero(np.abs(block) >= SILENT_BELOW)
        if len(loud):
            self._loud.append((self.samples + int(loud[0]), self.samples + int(loud[-1])))
        self.samples += len(block)
        return block

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._told:
            self._told.add(sentence)
            self._progress.say(sentence)
