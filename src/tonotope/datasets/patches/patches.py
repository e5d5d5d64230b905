"""`patch_sound`: the sounds of a patch, a kind of source that has a number and no name.

A patch is drawn from its number: one family or two together, their lasting traits, a colour. A
sound of it is drawn from a second number: when things happen, how high and how loud, in which room,
before which background. So two sounds of a patch differ as two recordings of a kind do, and a
network that tells patches apart has learnt to hear through rooms and noise.

Source of the idea: Cherep and Singh, "Contrastive Learning from Synthetic Audio Doppelgängers",
ICLR 2025, where the parameters of one general synthesiser are varied. The physics of the families
is that of the toy orchestra and of everyday sounds, simplified to a few lines each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, Self

import numpy as np

from tonotope.datasets.patches import strikes, textures, tones, voices
from tonotope.datasets.patches.recording import recorded
from tonotope.datasets.patches.waves import RATE_HZ, coloured

SOUND_S = 2.5
_TWO_FAMILIES = 0.25
_COLOUR_DB, _COLOUR_POINTS = 9.0, 10


class Family(Protocol):
    """A kind of source in the physical sense; its attributes are the traits of a patch."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """What stays the same from sound to sound."""
        ...

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One sound, `(time,)`."""
        ...


FAMILIES: tuple[type[Family], ...] = (
    strikes.Impacts,
    textures.Textures,
    strikes.Grains,
    textures.Engines,
    voices.Voices,
    voices.Calls,
    tones.Tones,
    tones.Alarms,
    tones.Insects,
    strikes.Bursts,
    textures.Machines,
)


def name_of(family: type[Family]) -> str:
    """The name of a family, such as `impacts`."""
    return family.__name__.lower()


@dataclass(frozen=True, slots=True)
class Patch:
    """A kind of source.

    Attributes:
        layers: one family, or two together.
        balance_db: how loud the second is beside the first.
        colour_db: the gain of its body at points even over the octaves, `(point,)`.
    """

    layers: Sequence[Family]
    balance_db: float
    colour_db: np.ndarray

    @classmethod
    def draw(cls, rng: np.random.Generator, first: type[Family]) -> Self:
        """A patch whose first layer is of the given family."""
        layers = [first.draw(rng)]
        if rng.random() < _TWO_FAMILIES:
            layers.append(FAMILIES[rng.integers(len(FAMILIES))].draw(rng))
        return cls(layers, rng.uniform(-12, 6), rng.normal(0, _COLOUR_DB, _COLOUR_POINTS))

    def play(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """One dry sound of mean power 1, `(time,)`."""
        wave = np.zeros(samples)
        for number, layer in enumerate(self.layers):
            part = layer.play(rng, samples)
            wave += 10 ** (number * self.balance_db / 20) * part / (part.std() + 1e-9)
        wave = coloured(wave, self.colour_db)
        return wave / (wave.std() + 1e-9)


@lru_cache(maxsize=64)
def patch(number: int, seed: int = 0) -> Patch:
    """The patch of a number; families come in turn.

    >>> [type(patch(number).layers[0]).__name__ for number in (0, 1, 11)]
    ['Impacts', 'Textures', 'Impacts']
    """
    rng = np.random.default_rng([seed, 0, number])
    return Patch.draw(rng, FAMILIES[number % len(FAMILIES)])


def patch_sound(number: int, take: int, seed: int = 0, sound_s: float = SOUND_S) -> np.ndarray:
    """One recording of a patch: `(time,)`, float32, at 22,050 Hz.

    Args:
        number: which patch.
        take: which recording of it.
        seed: another number makes other patches.
        sound_s: how long, in seconds.
    """
    rng = np.random.default_rng([seed, 1, number, take])
    return recorded(patch(number, seed).play(rng, round(sound_s * RATE_HZ)), rng)
