"""Settings of the STFT: window (Hann, ...), hop, transform size; its axes in s and Hz.

A frame is `window_samples` long, the next one begins `hop_samples` later, and the first begins
with the sound itself: frames are not centred, nothing is padded at the ends. So the frames of a
part of a recording are a part of the frames of the recording, and a long recording may be
computed piece by piece.

Each frame is weighted by the window, filled up with zeros at its end to `transform_samples`
values and transformed::

    X[t, k] = sum over n of  x[t * hop + n] * w[n] * exp(-2 pi i k n / N),   n = 0 ... window - 1

`N = transform_samples` is the next power of two unless `fft_samples` says otherwise. The zeros
add no information: they only sample the same spectrum more finely.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape
from tonotope.representation.representation import Level, Representation
from tonotope.representation.sample_rate import RateHz, kilohertz_hint

LONGEST_WINDOW = 65_536
LONGEST_HOP_S = 60.0
_COUNTLESS = 10**15  # more samples than this are not counted: 1e308 s times a rate is infinite
FEW_FRAMES = 8
COVERED = 0.01
"""The least share of the largest weight that a sample must get from the squared windows."""

WindowName = Literal["hann", "hamming", "blackman", "rectangular"]

# Weights of the cosines of multiples of the first harmonic (Harris 1978, Table I).
_COSINES: dict[str, tuple[float, ...]] = {
    "hann": (0.5, -0.5),
    "hamming": (0.54, -0.46),
    "blackman": (0.42, -0.5, 0.08),
    "rectangular": (1.0,),
}


def window_weights(name: WindowName, samples: int) -> np.ndarray:
    """A periodic window, `(sample,)` weights, float64, as for spectra of frames that overlap.

    >>> window_weights("hann", 4)
    array([0. , 0.5, 1. , 0.5])
    """
    angles = 2 * np.pi * np.arange(samples) / samples
    weights = np.zeros(samples)
    for multiple, weight in enumerate(_COSINES[name]):
        weights += weight * np.cos(multiple * angles)
    return weights


def window_sum(representation: StftRepresentation, length: int) -> np.ndarray:
    """What the squared windows of all whole frames in `length` samples add up to, (time,)."""
    own = window_weights(representation.window, representation.window_samples) ** 2
    total = np.zeros(length)
    for first in range(0, length - len(own) + 1, representation.hop_samples):
        total[first : first + len(own)] += own
    return total


class StftRepresentation(Representation):
    """A representation whose time axis counts frames.

    Attributes:
        rate_hz: samples per second of the sound that comes in.
        window_s: length of a frame in seconds.
        hop_s: from the begin of one frame to the begin of the next, in seconds.
        window: the weights of a frame.
        fft_samples: length of the transform; None is the next power of two from the window's.
        level: `clip` makes each clip relative to its loudest point, `recorded` leaves it as it
            was recorded; see `level.py`.
    """

    rate_hz: RateHz = 22050
    window_s: float = Field(default=0.04644, gt=0)
    hop_s: float = Field(default=0.02322, gt=0)
    window: WindowName = "hann"
    fft_samples: int | None = Field(default=None, ge=2, le=16 * LONGEST_WINDOW, strict=True)
    level: Level = "recorded"

    # A complex spectrum travels as two channels, its real and its imaginary part.
    channels: ClassVar[int] = 1

    @model_validator(mode="after")
    def _frames_are_possible(self) -> StftRepresentation:
        self._check_window()
        self._check_hop()
        if self.fft_samples is not None and self.fft_samples < self.window_samples:
            raise ValueError(
                f"fft_samples = {self.fft_samples} is shorter than the window of "
                f"{self.window_samples} samples: use {self.window_samples} or more, or leave it out"
            )
        return self

    def _check_window(self) -> None:
        samples, rate = self.window_samples, self.rate_hz
        if 2 <= samples <= LONGEST_WINDOW:
            return
        allowed = f"from {2 / rate:.2g} to {LONGEST_WINDOW / rate:.3g} s"
        counted = f"{samples:,}" if samples < _COUNTLESS else "countless"
        given = f"window_s = {self.window_s:g} is {counted} samples at {rate} Hz"
        if samples < 2:
            hint = kilohertz_hint(rate).replace("did you mean", "did you mean rate_hz =")
            raise ValueError(f"{given}, and a frame needs at least 2: {allowed} fit{hint}")
        raise ValueError(f"{given}; {allowed} fit{_meant_seconds(self.window_s, rate)}")

    def _check_hop(self) -> None:
        if self.hop_samples < 1:
            raise ValueError(
                f"hop_s = {self.hop_s:g} is less than one sample at {self.rate_hz} Hz: "
                f"use at least {1 / self.rate_hz:.2g} s"
            )
        if self.hop_s > LONGEST_HOP_S:
            hint = _meant_seconds(self.hop_s, self.rate_hz)
            raise ValueError(
                f"hop_s = {self.hop_s:g}: at most {LONGEST_HOP_S:g} s are allowed{hint}"
            )

    @property
    def window_samples(self) -> int:
        """Length of a frame in samples."""
        return round(min(self.window_s * self.rate_hz, _COUNTLESS))

    @property
    def hop_samples(self) -> int:
        """Distance from frame to frame in samples."""
        return round(min(self.hop_s * self.rate_hz, _COUNTLESS))

    @property
    def transform_samples(self) -> int:
        """Length of the transform: the window filled up with zeros to a power of two."""
        return self.fft_samples or 1 << (self.window_samples - 1).bit_length()

    @property
    def bins(self) -> int:
        """Frequencies of the transform from 0 Hz to half the rate."""
        return self.transform_samples // 2 + 1

    def bin_frequencies_hz(self) -> np.ndarray:
        """The frequency of every bin of the transform, `(bin,)`."""
        return np.arange(self.bins) * (self.rate_hz / self.transform_samples)

    def frequencies_hz(self) -> np.ndarray:
        """The frequency at the centre of every index of the frequency axis."""
        return self.bin_frequencies_hz()

    def frequency_axis(self) -> Axis:
        """The frequency axis with its step and span in Hz."""
        step, resolution = self.rate_hz / self.transform_samples, self.rate_hz / self.window_samples
        return Axis("frequency", self.bins, step, resolution, "Hz")

    def out_shape(self, shape: Shape) -> Shape:
        """`channel × time × frequency` for a clip of `shape`.

        Raises:
            ShapeError: the clip is shorter than one frame.
        """
        samples = shape.size("time")
        frames = self.frames(samples)
        if frames < 1:
            raise ShapeError(self._too_short(samples))
        rate = self.rate_hz
        return Shape(
            [
                Axis("channel", self.channels),
                Axis("time", frames, self.hop_samples / rate, self.window_samples / rate, "s"),
                self.frequency_axis(),
            ]
        )

    @property
    def frequency_resolution_hz(self) -> float:
        """One over the length of a frame."""
        return self.rate_hz / self.window_samples

    @property
    def edge_samples(self) -> int:
        """The length of a frame."""
        return self.window_samples

    def check_invertible(self) -> None:
        """Refuse frames that leave out sound.

        Raises:
            ShapeError: says which hop fits.
        """
        own = self.window_samples
        steady = window_sum(self, 4 * own + self.hop_samples)[own : 3 * own]
        if steady.min() < COVERED * steady.max():
            raise ShapeError(
                f"frames of {self.window_s:g} s every {self.hop_s:g} s leave sound out that nothing"
                f" brings back: representation.hop_s = {self.window_s / 2:.3g} or less would fit"
            )

    def coverage_warnings(self, clip_samples: int, covered: float) -> list[str]:
        """Frames further apart than they are long, and clips of few frames or none."""
        rate, frames, warnings = self.rate_hz, self.frames(clip_samples), []
        window, hop = self.window_samples, self.hop_samples
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
                f"the clip has {frames} frame{'s' if frames > 1 else ''} only: a shorter hop_s, now"
                f" {hop / rate:.3g} s, would show how the sound moves"
            )
        return warnings

    def facts(self) -> dict[str, Any]:
        """Frames, transform and bands."""
        low, high = self.band_hz
        return {
            "window_s": self.window_samples / self.rate_hz,
            "window_samples": self.window_samples,
            "window": self.window,
            "hop_s": self.hop_samples / self.rate_hz,
            "hop_samples": self.hop_samples,
            "transform_samples": self.transform_samples,
            "resolution_hz": self.frequency_resolution_hz,
            "bands": self.frequency_axis().size,
            "low_hz": low,
            "high_hz": high,
        }

    def _too_short(self, samples: int) -> str:
        have, need = samples / self.rate_hz, self.window_samples / self.rate_hz
        return (
            f"a clip of {samples} samples ({have:.3g} s at {self.rate_hz} Hz) is shorter than one "
            f"frame of {self.window_samples} samples ({need:.3g} s): lengthen the clip to at least "
            f"{need:.3g} s, or shorten window_s to {have:.3g} or less"
        )


def _meant_seconds(value: float, rate_hz: int) -> str:
    """The end of a sentence for a time that was given in milliseconds or in samples.

    >>> _meant_seconds(25, 16000)
    '; the unit is the second: 25 ms is 0.025'
    >>> _meant_seconds(1024, 22050)
    '; the unit is the second: 1024 samples is 0.0464399'
    """
    if value >= 128 and value == int(value):
        return f"; the unit is the second: {value:g} samples is {value / rate_hz:.6g}"
    return f"; the unit is the second: {value:g} ms is {value / 1000:g}"
