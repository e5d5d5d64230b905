"""What of a clip the network gets, and how finely: gaps between frames, empty bands, lost highs.

The network cannot learn what it does not see: frames further apart than they are long leave most
of the sound out, bands narrower than the transform's steps stay silent for ever.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from tonotope.representation.representation import Representation
from tonotope.representation.sample_rate import kilohertz_hint


@dataclass(frozen=True)
class Coverage:
    """What the frames cover, how finely, and what is wrong with that.

    Attributes:
        clip_s: length of the clip in seconds.
        frames: how many indices its time axis has.
        covered: share of the clip's samples that at least one frame sees, 0 to 1.
        time_resolution_s: length of a frame, over which time is blurred.
        hop_s: from frame to frame.
        frequency_resolution_hz: how far apart two tones must lie to be told apart, one over the
            length of a frame; None for waveforms.
        low_hz: lowest frequency that reaches the features.
        high_hz: highest frequency that reaches the features.
        empty_bands: mel bands, counted from 0, that no bin of the transform falls into.
        warnings: what to think about, a sentence each.
    """

    clip_s: float
    frames: int
    covered: float
    time_resolution_s: float
    hop_s: float
    frequency_resolution_hz: float | None
    low_hz: float
    high_hz: float
    empty_bands: tuple[int, ...]
    warnings: tuple[str, ...]

    @property
    def has_gaps(self) -> bool:
        """Whether sound between the frames is lost; else it is less than a window at the end."""
        return self.hop_s > self.time_resolution_s

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def measure_coverage(
    representation: Representation, clip_samples: int, source_rate_hz: int | None = None
) -> Coverage:
    """What `representation` shows of a clip of `clip_samples`.

    Args:
        representation: of any kind.
        clip_samples: length of the clip at the representation's rate.
        source_rate_hz: the rate most recordings have before they are resampled.

    >>> from tonotope.representation.spectrogram import Magnitude
    >>> sparse = Magnitude(rate_hz=22050, window_s=256 / 22050, hop_s=5558 / 22050)
    >>> print(measure_coverage(sparse, 30 * 22050).warnings[0])
    the frames see 4.6 % of the sound: a frame of 11.6 ms begins only every 252 ms; shorten hop_s
    to 0.0058 or lengthen window_s
    """
    rate, frames = representation.rate_hz, representation.frames(clip_samples)
    low, high = representation.band_hz
    covered = _covered(representation, frames, clip_samples)
    return Coverage(
        clip_s=clip_samples / rate,
        frames=frames,
        covered=covered,
        time_resolution_s=representation.window_samples / rate,
        hop_s=representation.hop_samples / rate,
        frequency_resolution_hz=representation.frequency_resolution_hz,
        low_hz=low,
        high_hz=high,
        empty_bands=representation.empty_bands(),
        warnings=(
            *representation.coverage_warnings(clip_samples, covered),
            *_warnings_of_rate(rate, source_rate_hz, high),
        ),
    )


def _covered(representation: Representation, frames: int, clip_samples: int) -> float:
    if frames < 1 or clip_samples < 1:
        return 0.0
    window, hop = representation.window_samples, representation.hop_samples
    seen = frames * window if hop > window else representation.samples(frames)
    return seen / clip_samples


def _warnings_of_rate(rate_hz: int, source_rate_hz: int | None, high_hz: float) -> list[str]:
    warnings = []
    if kilohertz_hint(rate_hz):
        warnings.append(f"the rate is {rate_hz} Hz{kilohertz_hint(rate_hz)}")
    if source_rate_hz and source_rate_hz / 2 < high_hz:
        warnings.append(
            f"recordings at {source_rate_hz} Hz hold nothing above {source_rate_hz / 2:g} Hz: what "
            f"lies from there to {high_hz:g} Hz is empty; set rate_hz = {source_rate_hz}"
        )
    elif source_rate_hz and source_rate_hz / 2 > high_hz:
        warnings.append(
            f"recordings at {source_rate_hz} Hz reach up to {source_rate_hz / 2:g} Hz: what lies "
            f"above {high_hz:g} Hz is not heard"
        )
    return warnings
