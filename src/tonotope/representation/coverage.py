"""What a representation lets the network hear of a clip, and what it does not.

The network cannot learn what it is not shown: frames further apart than they are long leave most
of the sound out, bands narrower than the transform's steps stay silent for ever.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tonotope._shapes import Stage
from tonotope.representation.log_mel import MelBands
from tonotope.representation.sample_rate import kilohertz_hint
from tonotope.representation.stft_params import StftRepresentation
from tonotope.representation.waveform import Waveform

FEW_FRAMES = 8


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
        low_hz: lowest frequency that is heard.
        high_hz: highest frequency that is heard.
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

    def to_json(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def measure_coverage(
    representation: StftRepresentation | Waveform,
    clip_samples: int,
    source_rate_hz: int | None = None,
) -> Coverage:
    """What `representation` shows of a clip of `clip_samples`.

    Args:
        representation: any of the union.
        clip_samples: length of the clip at the representation's rate.
        source_rate_hz: the rate most recordings have before they are resampled.

    >>> from tonotope.representation.spectrogram import Magnitude
    >>> sparse = Magnitude(rate_hz=22050, window_s=256 / 22050, hop_s=5558 / 22050)
    >>> print(measure_coverage(sparse, 30 * 22050).warnings[0])
    the frames see 4.6 % of the sound: a frame of 11.6 ms begins only every 252 ms; shorten hop_s
    to 0.0058 or lengthen window_s
    """
    rate, frames = representation.rate_hz, representation.frames(clip_samples)
    framed = isinstance(representation, StftRepresentation)
    low, high = _heard_hz(representation)
    empty = empty_bands(representation) if isinstance(representation, MelBands) else ()
    covered = _covered(representation, frames, clip_samples)
    warnings = _warnings_of_rate(rate, source_rate_hz, high)
    if framed:
        warnings = [
            *_warnings_of_frames(representation, frames, clip_samples, covered),
            *_warnings_of_bands(representation, empty),
            *warnings,
        ]
    return Coverage(
        clip_s=clip_samples / rate,
        frames=frames,
        covered=covered,
        time_resolution_s=representation.window_samples / rate,
        hop_s=representation.hop_samples / rate,
        frequency_resolution_hz=rate / representation.window_samples if framed else None,
        low_hz=low,
        high_hz=high,
        empty_bands=empty,
        warnings=tuple(warnings),
    )


def empty_bands(representation: MelBands) -> tuple[int, ...]:
    """The mel bands that lie between two bins of the transform: their power is always zero.

    >>> from tonotope.representation.log_mel import LogMel
    >>> empty_bands(LogMel(rate_hz=16000, window_s=0.016, bands=100))
    (0, 21)
    """
    weights = representation.band_weights()
    return tuple(np.flatnonzero(~(weights > 0).any(axis=0)).tolist())


def max_bands(representation: MelBands) -> int:
    """The greatest number of bands, not above the present one, of which none is empty."""
    bands = representation.bands
    while bands > 1 and empty_bands(representation.model_copy(update={"bands": bands})):
        bands -= 1
    return bands


def _heard_hz(representation: Stage) -> tuple[float, float]:
    if isinstance(representation, MelBands):
        return representation.low_hz, representation.upper_hz
    assert isinstance(representation, StftRepresentation | Waveform)
    return 0.0, representation.rate_hz / 2


def _covered(
    representation: StftRepresentation | Waveform, frames: int, clip_samples: int
) -> float:
    if frames < 1 or clip_samples < 1:
        return 0.0
    window, hop = representation.window_samples, representation.hop_samples
    seen = frames * window if hop > window else representation.samples(frames)
    return seen / clip_samples


def _warnings_of_frames(
    representation: StftRepresentation, frames: int, clip_samples: int, covered: float
) -> list[str]:
    rate, warnings = representation.rate_hz, []
    window, hop = representation.window_samples, representation.hop_samples
    if hop > window:
        warnings.append(
            f"the frames see {covered:.1%}".replace("%", " %")
            + f" of the sound: a frame of {window / rate * 1000:.3g} ms begins only every "
            f"{hop / rate * 1000:.3g} ms; shorten hop_s to {window / rate / 2:.2g} or lengthen "
            f"window_s"
        )
    if frames < 1:
        warnings.append(
            f"the clip of {clip_samples / rate:.3g} s is shorter than one frame of "
            f"{window / rate:.3g} s: nothing is seen"
        )
    elif frames < FEW_FRAMES:
        warnings.append(
            f"the clip has {frames} frame{'s' if frames > 1 else ''} only: a shorter hop_s, now "
            f"{hop / rate:.3g} s, would show how the sound moves"
        )
    return warnings


def _warnings_of_bands(representation: StftRepresentation, empty: tuple[int, ...]) -> list[str]:
    if not (empty and isinstance(representation, MelBands)):
        return []
    first = representation.frequencies_hz()[empty[0]]
    number, of = len(empty), representation.bands
    stay = "band holds" if number == 1 else "bands hold"
    return [
        f"{number} of {of} mel {stay} no frequency of the transform and stay silent for ever, the "
        f"first at {first:.0f} Hz: use at most {max_bands(representation)} bands, or a longer "
        f"window_s"
    ]


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
