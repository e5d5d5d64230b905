"""Sounds to teach an ear with, each synthesised when a training asks for it: patches, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tonotope.datasets.patches import talkers, waves
from tonotope.datasets.patches.patches import FAMILIES, SOUND_S, name_of, patch_sound
from tonotope.datasets.patches.phones import MANNERS


@dataclass(frozen=True, slots=True)
class SynthesisedSounds:
    """Some takes of each of many sources, source after source.

    Attributes:
        sources: how many.
        takes: of each.
        first: the number of the first source.
        seed: another number makes other sources.
    """

    sources: int
    takes: int
    first: int = 0
    seed: int = 0
    rate_hz: ClassVar[int]
    sound_s: ClassVar[float]
    labels: ClassVar[tuple[str, ...]]
    # Another text where a change of the code makes other sounds: features in a cache are theirs.
    version: ClassVar[str]

    @property
    def lengths(self) -> Sequence[int]:
        """Samples of each, `(recording,)`."""
        return [round(self.sound_s * self.rate_hz)] * (self.sources * self.takes)

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """What is known of each: its source, a number, and what kind of source that is."""
        return [
            {"source": str(number), "label": self.label(number)}
            for number in range(self.first, self.first + self.sources)
            for _ in range(self.takes)
        ]

    def __getitem__(self, index: int, /) -> np.ndarray:
        """The samples of one, `(time,)`."""
        source, take = divmod(index, self.takes)
        return self.sound(self.first + source, take)

    def sound_hash(self, index: int, /) -> str:
        """A digest of the samples of one recording."""
        source, take = divmod(index, self.takes)
        return f"{self.version} {self.seed} {self.first + source} {take}"

    def label(self, number: int) -> str:
        """The kind of a source."""
        raise NotImplementedError

    def sound(self, number: int, take: int) -> np.ndarray:
        """One take of a source, `(time,)`."""
        raise NotImplementedError


class PatchSounds(SynthesisedSounds):
    """Takes of patches; their families come in turn.

    >>> sounds = PatchSounds(sources=22, takes=2)
    >>> len(sounds.lengths), sounds[3].shape, sounds.rows[3]
    (44, (55125,), {'source': '1', 'label': 'textures'})
    """

    __slots__ = ()
    rate_hz, sound_s, version = waves.RATE_HZ, SOUND_S, "patch 1"
    labels = tuple(sorted(map(name_of, FAMILIES)))

    def label(self, number: int) -> str:
        """The family."""
        return name_of(FAMILIES[number % len(FAMILIES)])

    def sound(self, number: int, take: int) -> np.ndarray:
        """One recording of a patch, `(time,)`."""
        return patch_sound(number, take, self.seed)


class WordSounds(SynthesisedSounds):
    """Words of no language, each take by another talker; labelled by how they begin.

    >>> sounds = WordSounds(sources=5, takes=2)
    >>> sounds[3].shape, sounds.rows[7]
    ((4800,), {'source': '3', 'label': 'fricative'})
    """

    __slots__ = ()
    rate_hz, sound_s, version = talkers.RATE_HZ, talkers.WORD_S, "word 1"
    labels = tuple(sorted(MANNERS))

    def label(self, number: int) -> str:
        """The manner of the first phone."""
        return talkers.word(number, self.seed).phones[0].manner

    def sound(self, number: int, take: int) -> np.ndarray:
        """One word by one talker, `(time,)`."""
        return talkers.word_sound(number, take, self.seed)
