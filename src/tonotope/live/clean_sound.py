"""A denoiser live: clean sound, block by block, as late as its window is long.

Windows fade into each other as in a file (`prediction/denoiser.py`), so the same samples give the
same sound. A sample comes out when the last window that holds it was heard: a window later.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tonotope._progress import SILENT, Progress
from tonotope.audio.channels import Channels
from tonotope.live.mono_stream import MonoStream
from tonotope.live.sound_source import SoundSource
from tonotope.prediction.denoiser import Denoiser


class CleanSound:
    """Live sound without its noise; an iterator of blocks, float32 (time,).

    Attributes:
        rate_hz: samples per second of what comes out.
        window_s: how much later the sound comes out.
        sound: what comes in, with its level.
        behind_s: how far the network is behind real time; 0 where it keeps up.
    """

    def __init__(
        self,
        denoise: Denoiser,
        source: SoundSource,
        channels: Channels = "mean",
        progress: Progress = SILENT,
    ) -> None:
        self.rate_hz, self.window_s = denoise.rate_hz, denoise.window / denoise.rate_hz
        self.sound = MonoStream(source, denoise.rate_hz, channels, None, progress)
        self.behind_s = 0.0
        self.notes = list[str]()
        self._denoise = denoise
        self._progress = progress

    def __iter__(self) -> Iterator[np.ndarray]:
        given, told = 0, False
        self._denoise(np.zeros(self._denoise.window, np.float32))  # the first takes far longer
        for block in self._denoise.stream(self.sound.blocks()):
            given += len(block)
            self.behind_s = max(0.0, self.sound.behind_s(given / self.rate_hz + self.window_s))
            if not told and self.behind_s > self.window_s:
                told = True
                self._progress.say(
                    "the network is slower than the sound: what comes out is ever later"
                )
            if len(block):
                yield block

    def close(self) -> None:
        """Let the source go."""
        self.notes += self.sound.close()
