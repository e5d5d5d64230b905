"""The sound of the run's recordings, for pictures and for playing; each file opened once at most.

A picture shows what the network was given: one channel at the network's rate. That lies in the
waveform store, which the run filled. The page plays the recording itself, at its own rate: a
network may have been given 8 kHz, and whoever listens wants the original. Where the store holds
the very samples that would be played it serves here too; else the file is decoded, once for
picture and sound.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tonotope._errors import DataError
from tonotope.audio import decoding
from tonotope.audio.clip import Channels, Clip
from tonotope.datasets.manifest import Recording
from tonotope.datasets.waveform_store import stored_waveform
from tonotope.experiment.run_folder import Run

_LONGEST_INPUT_S = 600.0
_KEPT_SAMPLES = 1 << 25  # 128 MB

_Part = tuple[Path, float, float]


class RecordingAudio:
    """Reads recordings from the waveform store, or else from their files.

    Args:
        rate_hz: the network's rate.
        channels: how several channels become one for the network.
        repair: what is done with NaN and infinite samples: `refuse` or `zero`.
        cache: the folder of the waveform store; None for the user's.
    """

    def __init__(
        self,
        rate_hz: int,
        channels: Channels = "mean",
        repair: str = "refuse",
        cache: Path | None = None,
    ) -> None:
        self._rate_hz = rate_hz
        self._channels: Channels = channels
        self._repair = repair
        self._cache = cache
        self._kept: dict[_Part, tuple[float, Clip]] = {}

    @classmethod
    def of_run(cls, run: Run) -> RecordingAudio:
        """A reader of the recordings of a run."""
        data = run.experiment.data
        return cls(run.experiment.representation.rate_hz, data.channels, data.repair)

    def network_input(self, one: Recording) -> np.ndarray | None:
        """What the network was given of a recording, float32, (time,) at its rate, up to 10 min.

        None where neither the store nor the file has it.
        """
        stored = self._stored(one)
        if stored is not None:
            return stored[: round(_LONGEST_INPUT_S * self._rate_hz)]
        try:
            clip = self._decoded(one, 0.0, min(one.duration_s, _LONGEST_INPUT_S))
            return clip.mono(self._channels).resampled(self._rate_hz).samples[0]
        except DataError:
            return None

    def original(
        self, one: Recording, start_s: float, duration_s: float, played_hz: int | None = None
    ) -> Clip:
        """A part of a recording as it was recorded.

        Args:
            one: the recording.
            start_s: where the part begins in the recording.
            duration_s: how long it is.
            played_hz: the rate at which it will be played as one channel; None: undecided.

        Raises:
            DataError: the file is gone or cannot be read, and the store has not its samples.
        """
        whole = not start_s and duration_s >= one.duration_s
        same = one.channels == 1 and one.rate_hz == self._rate_hz
        # Of a whole recording resampling gives the same samples; of a part it would differ at
        # the ends.
        resampled = whole and played_hz == self._rate_hz and self._mean(one)
        if same or resampled:
            stored = self._stored(one)
            if stored is not None:
                return Clip(
                    _cut(stored[None], one, start_s, duration_s, self._rate_hz), self._rate_hz
                )
        return self._decoded(one, start_s, duration_s)

    def keep(self, one: Recording, clip: Clip) -> None:
        """Remember the whole sound of a recording that was read already."""
        self._remember((one.path, one.start_s, one.duration_s), 0.0, clip)

    def _mean(self, one: Recording) -> bool:
        return one.channels == 1 or self._channels == "mean"

    def _stored(self, one: Recording) -> np.ndarray | None:
        return stored_waveform(
            one, self._rate_hz, channels=self._channels, repair=self._repair, cache=self._cache
        )

    def _decoded(self, one: Recording, start_s: float, duration_s: float) -> Clip:
        key = one.path, one.start_s, one.duration_s
        kept = self._kept.get(key)
        if kept is not None:
            first_s, clip = kept
            if first_s <= start_s and start_s + duration_s <= first_s + clip.duration_s + 1e-6:
                samples = _cut(clip.samples, one, start_s, duration_s, clip.rate_hz, first_s)
                return Clip(samples, clip.rate_hz)
        clip, _ = decoding.read(one.path, one.start_s + start_s, duration_s, repair=self._repair)
        self._remember(key, start_s, clip)
        return clip

    def _remember(self, key: _Part, start_s: float, clip: Clip) -> None:
        self._kept.pop(key, None)
        self._kept[key] = start_s, clip
        while sum(held.samples.size for _, held in self._kept.values()) > _KEPT_SAMPLES:
            del self._kept[next(iter(self._kept))]


def _cut(
    samples: np.ndarray,
    one: Recording,
    start_s: float,
    duration_s: float,
    rate_hz: int,
    first_s: float = 0.0,
) -> np.ndarray:
    """A part of samples (channel, time), counted as a reader of the file counts its frames.

    The samples begin at `first_s` of the recording.
    """
    first = round((one.start_s + start_s) * rate_hz) - round((one.start_s + first_s) * rate_hz)
    return samples[:, first : first + max(1, round(duration_s * rate_hz))]
