"""`Representation`: what every representation must offer; frames, hop, clip length in samples.

A representation of your own is a class of `Representation` with `kind`, `rate_hz`, `out_shape` and
`build`; what else it overrides (its windows, its level, its way back to sound, its picture) has a
default that suits features of any kind::

    class Envelope(tt.Representation):
        kind: Literal["envelope"] = "envelope"
        rate_hz: int = 16000

        @property
        def window_samples(self): return 160
        @property
        def hop_samples(self): return 160
        def out_shape(self, shape): ...
        def build(self, shape): ...         # an nn.Module, (batch, time) -> (batch, channel, ...)

    run = tt.run(tt.Experiment(representation=Envelope(), ...))
    run.model(representation=Envelope)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NoReturn

import numpy as np

from tonotope._errors import ShapeError
from tonotope._shapes import Axis, Shape, Stage

if TYPE_CHECKING:
    from torch import Tensor

Level = Literal["recorded", "clip"]
LONGEST_CLIP_SAMPLES = 2**27
"""537 MB as float32: 47 minutes at 48 kHz."""


class Representation(Stage):
    """From waves, `(batch, time)`, to features, `(batch, channel, time)` or with a frequency axis.

    Its time axis counts windows of `window_samples`, each `hop_samples` after the one before; the
    first begins with the sound.

    Attributes:
        kind: its name in files.
        rate_hz: samples per second of the sound that comes in.
        level: `clip` makes each clip relative to its loudest point, `recorded` leaves it as it
            was recorded; the latter where a class has no such field.
        window_samples: how many samples one index of the time axis sees.
        hop_samples: from one index of the time axis to the next, in samples.
    """

    if TYPE_CHECKING:
        kind: Any
        rate_hz: int
        level: Level = "recorded"

    @property
    def window_samples(self) -> int:
        """How many samples one index of the time axis sees."""
        return 1

    @property
    def hop_samples(self) -> int:
        """From one index of the time axis to the next, in samples."""
        return 1

    def frames(self, samples: int) -> int:
        """How many whole windows fit into `samples`: 1 + floor((samples - window) / hop)."""
        return max(0, 1 + (samples - self.window_samples) // self.hop_samples)

    def samples(self, frames: int) -> int:
        """How many samples `frames` windows reach over."""
        return self.window_samples + (frames - 1) * self.hop_samples if frames > 0 else 0

    def clip_shape(self, samples: int) -> Shape:
        """The shape of a clip of `samples`, as `out_shape` and `build` want it."""
        return Shape([Axis("time", samples, 1 / self.rate_hz, 1 / self.rate_hz, "s")])

    def frequencies_hz(self) -> np.ndarray:
        """The frequency of every index of the frequency axis, `(frequency,)`; empty without one."""
        return np.zeros(0)

    # Coverage

    @property
    def band_hz(self) -> tuple[float, float]:
        """The lowest and the highest frequency that reach the features."""
        return 0.0, self.rate_hz / 2

    @property
    def frequency_resolution_hz(self) -> float | None:
        """How far apart two tones must lie to be told apart; None without a frequency axis."""
        return None

    def empty_bands(self) -> tuple[int, ...]:
        """Indices of the frequency axis, from 0, that are zero whatever the sound."""
        return ()

    def coverage_warnings(self, clip_samples: int, covered: float) -> list[str]:
        """What in its settings leaves out of a clip, a sentence each.

        Args:
            clip_samples: the length of the clip.
            covered: the share of its samples that a window sees, 0 to 1.
        """
        del clip_samples, covered
        return []

    def facts(self) -> dict[str, Any]:
        """Further settings in numbers, for the report."""
        return {}

    # Level

    def normalise_level(self, features: Tensor) -> Tensor:
        """Features of clips, each relative to its own loudest point where `level` says `clip`.

        Args:
            features: `(batch, channel, time, frequency)`, or `(batch, channel, time)`.

        Returns:
            a new tensor of the same shape; the same tensor with `level = "recorded"`.
        """
        return self.relative_to_loudest(features) if self.is_relative else features

    @property
    def is_relative(self) -> bool:
        """Whether clips are relative to their loudest point."""
        return getattr(self, "level", "recorded") == "clip"

    def relative_to_loudest(self, features: Tensor) -> Tensor:
        """Features divided by the largest of each clip, for those that a gain multiplies.

        `(batch, channel, time, ...)` in and out.
        """
        from tonotope.representation.level import over_peak

        return over_peak(features)

    def decibel_step(self, like: Tensor) -> Tensor | None:
        """What one more decibel of the sound adds to its features; None where it multiplies them.

        Args:
            like: `(channel, 1, frequency)`, whose shape, type and device the result has.
        """
        del like
        return None

    # Back to sound

    def check_invertible(self) -> None:
        """Refuse a representation from which no sound can be made.

        Raises:
            ShapeError: says why and what fits.
        """
        self._no_way_back()

    @property
    def edge_samples(self) -> int:
        """How many samples at either end of a clip fewer windows see than in its middle."""
        return 0

    def resynthesise(self, wave: Tensor, features: Tensor, estimate: Tensor) -> Tensor:
        """The sound that belongs to an estimate of the clean features.

        Args:
            wave: the noisy sound, `(batch, time)`.
            features: its features, at the level the network was given, `(batch, channel, ...)`.
            estimate: amplitudes of the clean sound, at the same level.

        Returns:
            `(batch, time)` float32; samples that no window sees are those of `wave`.

        Raises:
            ShapeError: no sound can be made of this representation.
        """
        del wave, features, estimate
        self._no_way_back()

    def ideal_amplitudes(self, noisy: Tensor, clean: Tensor, features: Tensor) -> Tensor:
        """The amplitudes from which `resynthesise` makes what comes nearest to the clean sound.

        Args:
            noisy: `(batch, time)`.
            clean: `(batch, time)`.
            features: those of the noisy sound, at the level that the network is given,
                `(batch, channel, time, ...)`.

        Returns:
            `(batch, channel, time, ...)` at the same level.

        Raises:
            ShapeError: no sound can be made of this representation.
        """
        del noisy, clean, features
        self._no_way_back()

    def amplitudes(self, features: Tensor) -> Tensor:
        """Features as amplitudes, which they are already where they are no logarithms.

        `(batch, channel, time, ...)` in and out.
        """
        return features

    def limited_amplitudes(self, values: Tensor) -> Tensor:
        """The same for the output of a network, which may be any number: never beyond float32.

        `(batch, channel, time, ...)` in and out.
        """
        return values

    def apply_mask(self, amplitudes: Tensor, mask: Tensor) -> Tensor:
        """Amplitudes turned down by a mask: `mask`, any number, is a factor from 0 to 1.

        Args:
            amplitudes: `(batch, channel, time, ...)`.
            mask: the same shape; the output of a network.
        """
        return amplitudes * mask.sigmoid()

    def _no_way_back(self) -> NoReturn:
        raise ShapeError(
            f"no sound can be made of the representation `{self.kind}` again:"
            " representation.kind = magnitude, complex, log-mel or waveform would fit"
        )

    # Picture

    def picture(self, features: np.ndarray) -> np.ndarray:
        """The matrix `(time, frequency)` to draw for features `(channel, time, frequency)`."""
        return features[0].astype(np.float64)
