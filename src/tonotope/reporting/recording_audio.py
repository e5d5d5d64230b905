"""The recordings' sound for pictures and players, from the waveform store or the file.

A picture shows the input of the network: one channel at the network's rate, from the waveform
store that the run filled. The page plays the original recording at its own rate, since the network
may have got only 8 kHz. If the store has the samples to play, they come from there; else the file
is decoded, once for picture and player.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tonotope._errors import DataError
from tonotope.audio import reading
from tonotope.audio.channels import Channels
from tonotope.audio.clip import Clip
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
        """The network's input of a recording, float32, (time,) at its rate, up to 10 minutes.

        None if neither the store nor the file has it.
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
        """A part of a recording in its own quality.

        Args:
            one: the recording.
            start_s: where the part begins in the recording.
            duration_s: how long it is.
            played_hz: the rate at which it will be played as one channel; None: not yet known.

        Raises:
            DataError: the store does not have its samples, and the file cannot be read.
        """
        whole = not start_s and duration_s >= one.duration_s
        same = one.channels == 1 and one.rate_hz == self._rate_hz
        # Resampling a whole recording gives the same samples; a part would differ at its ends.
        mean = one.channels == 1 or self._channels == "mean"
        resampled = whole and played_hz == self._rate_hz and mean
        if same or resampled:
            stored = self._stored(one)
            if stored is not None:
                samples = _cut(stored[None], one, start_s, duration_s, self._rate_hz)
                return Clip(samples, self._rate_hz)
        return self._decoded(one, start_s, duration_s)

    def keep(self, one: Recording, clip: Clip) -> None:
        """Keep the whole sound of a recording that was read already."""
        self._remember((one.path, one.start_s, one.duration_s), 0.0, clip)

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
        clip, _ = reading.read(one.path, one.start_s + start_s, duration_s, repair=self._repair)
        self._remember(key, start_s, clip)
        return clip

    def _remember(self, key: _Part, start_s: float, clip: Clip) -> None:
        self._kept.pop(key, None)
        self._kept[key] = start_s, clip
        while sum(held.samples.size for _, held in self._kept.values()) > _KEPT_SAMPLES:
            del self._kept[next(iter(self._kept))]


def _cut(
    samples: np.ndarray, one: Recording, start_s: float, duration_s: float, rate_hz: int,
    first_s: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """A part of the samples (channel, time), which begin at `first_s` of the recording.

    Rounded as decoding rounds the frames of the file.
    """
    first = round((one.start_s + start_s) * rate_hz) - round((one.start_s + first_s) * rate_hz)
    return samples[:, first : first + max(1, round(duration_s * rate_hz))]
