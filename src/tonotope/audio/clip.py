"""`Clip`: samples and their sampling rate; read, written as WAV, mixed to mono, resampled."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tonotope import _files
from tonotope._errors import DataError
from tonotope.audio.channels import Channels, mix_to_mono
from tonotope.audio.mp3_notices import kept_quiet
from tonotope.audio.open_sound import with_sound
from tonotope.audio.resampling import resample

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Clip:
    """A piece of sound: what the air pressure did, and how often a second it was looked at.

    Operations return new clips; the samples cannot be written to.

    Attributes:
        samples: float32, (channel, time), finite; a single channel may be given as (time,).
        rate_hz: samples per second.

    Raises:
        DataError: samples of another shape or with NaN or infinity, or no rate.

    >>> clip = Clip(np.zeros((2, 8000)), 16000)
    >>> clip.channels, clip.duration_s, clip.mono("mean").samples.shape
    (2, 0.5, (1, 8000))
    """

    samples: np.ndarray
    rate_hz: int

    def __post_init__(self) -> None:
        samples = np.atleast_2d(np.asarray(self.samples, dtype=np.float32)).view()
        if samples.ndim != 2 or not samples.shape[0]:
            shape = " × ".join(map(str, np.shape(self.samples)))
            raise DataError(f"a clip's samples are channel × time, not {shape}")
        if self.rate_hz < 1:
            raise DataError(f"a clip needs a rate of at least 1 Hz, not {self.rate_hz}")
        wrong = samples.size - int(np.isfinite(samples).sum())
        if wrong:
            raise DataError(f"a clip's samples are finite; {wrong:,} of {samples.size:,} are not")
        samples.flags.writeable = False
        object.__setattr__(self, "samples", samples)
        object.__setattr__(self, "rate_hz", int(self.rate_hz))

    @property
    def channels(self) -> int:
        """How many channels there are."""
        return self.samples.shape[0]

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return self.samples.shape[1] / self.rate_hz

    @property
    def tensor(self) -> Tensor:
        """The samples as a PyTorch tensor of its own, (channel, time)."""
        import torch

        return torch.tensor(self.samples)

    @classmethod
    def read(cls, path: Path | str, start_s: float = 0.0, duration_s: float | None = None) -> Clip:
        """Read a sound file, or `duration_s` of it from `start_s`.

        What is doubtful about it (cut short, damaged) is a Python warning.

        Raises:
            AudioError: the file cannot be read; the message says why and what to do.
        """
        clip, doubts, met = _read(path, start_s, duration_s)
        for doubt in doubts or met:
            warnings.warn(f"{path}: {doubt}", UserWarning, stacklevel=2)
        return clip

    def write(self, path: Path | str) -> None:
        """Write a WAV file of 32-bit floats: what is read back is what was written."""
        import soundfile

        with _files.writing(_files.link_target(path)) as aside:
            soundfile.write(aside, self.samples.T, self.rate_hz, subtype="FLOAT", format="WAV")

    def mono(self, how: Channels = "mean") -> Clip:
        """One channel: the mean of all, or the one numbered `how`, counted from 0.

        Raises:
            DataError: there is no channel of that number.
        """
        samples = mix_to_mono(self.samples, how)
        return self if samples is self.samples else Clip(samples, self.rate_hz)

    def resampled(self, rate_hz: int) -> Clip:
        """The same sound at another rate; see `resampling`."""
        if rate_hz == self.rate_hz:
            return self
        return Clip(resample(self.samples, self.rate_hz, rate_hz), rate_hz)


def read_with_doubts(
    path: Path | str, start_s: float = 0.0, duration_s: float | None = None, **how: Any
) -> tuple[Clip, list[str]]:
    """Read a sound file as `Clip.read` does, and say what is doubtful about it.

    `how` are the options of `SoundFile.read`: repair, strict, max_duration_s.

    Raises:
        AudioError: the file cannot be read; the message says why and what to do.
    """
    clip, doubts, _ = _read(path, start_s, duration_s, **how)
    return clip, doubts


def _read(
    path: Path | str, start_s: float, duration_s: float | None, **how: Any
) -> tuple[Clip, list[str], list[str]]:
    """The sound, what is doubtful about it, and what its decoder met besides."""
    met: list[str] = []
    with kept_quiet(met):
        wave, rate_hz, doubts = with_sound(path, lambda file: file.read(start_s, duration_s, **how))
    if start_s:
        met = []  # a file that is entered in its middle lacks what its first frame needs
    return Clip(wave, rate_hz), doubts, met
