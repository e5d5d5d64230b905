"""When events happen: one by one, regular or by chance, in groups with pauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from tonotope.datasets.patches.waves import RATE_HZ, between


@dataclass(frozen=True, slots=True)
class Onsets:
    """How the events of a patch follow one another.

    Attributes:
        rate_hz: events a second.
        regular: whether they come as a clock ticks, or by chance.
        jitter: how far a regular one may be late, as a share of the distance.
        grouped: whether there are pauses.
    """

    rate_hz: float
    regular: bool
    jitter: float
    grouped: bool

    @classmethod
    def draw(cls, rng: np.random.Generator, fastest_hz: float = 14.0) -> Self:
        """What stays the same from sound to sound."""
        return cls(
            between(rng, 0.6, fastest_hz),
            bool(rng.random() < 0.5),
            rng.uniform(0, 0.25),
            bool(rng.random() < 0.4),
        )

    def times(self, rng: np.random.Generator, samples: int, most: int = 80) -> np.ndarray:
        """The samples at which something begins; at least one, `(event,)`."""
        length_s = samples / RATE_HZ
        rate_hz = self.rate_hz * np.exp(rng.normal(0, 0.2))
        if self.regular:
            at = np.arange(rng.uniform(0, min(1 / rate_hz, length_s)), length_s, 1 / rate_hz)
            at = at + rng.normal(0, self.jitter / rate_hz, len(at))
        else:
            at = np.sort(rng.uniform(0, length_s, rng.poisson(rate_hz * length_s)))
        if self.grouped:
            at = at[np.cos(2 * np.pi * rng.uniform(0.3, 1) * at + rng.uniform(0, 6.3)) > -0.2]
        at = at[(at >= 0) & (at < length_s)][:most]
        if not len(at):
            at = rng.uniform(0, 0.6 * length_s, 1)
        return (at * RATE_HZ).astype(int)
