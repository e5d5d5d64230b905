"""Sounds of many patches as a training asks for them: each is synthesised when it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tonotope.datasets.patches.patches import FAMILIES, SOUND_S, name_of, patch_sound
from tonotope.datasets.patches.waves import RATE_HZ

# Another number where a change of the code makes other sounds: features in a cache are theirs.
_VERSION = 1


@dataclass(frozen=True, slots=True)
class PatchSounds:
    """Some takes of each of many patches, patch after patch.

    Attributes:
        patches: how many.
        takes: of each.
        first: the number of the first patch; families come in turn.
        seed: another number makes other patches.

    >>> sounds = PatchSounds(patches=22, takes=2)
    >>> len(sounds.lengths), sounds[3].shape, sounds.rows[3]
    (44, (55125,), {'source': '1', 'label': 'textures'})
    """

    patches: int
    takes: int
    first: int = 0
    seed: int = 0

    @property
    def lengths(self) -> Sequence[int]:
        """Samples of each, `(recording,)`."""
        return [round(SOUND_S * RATE_HZ)] * (self.patches * self.takes)

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """What is known of each: its source, a number, and the name of its family as a label."""
        numbers = [self.first + number for number in range(self.patches)]
        families = [name_of(FAMILIES[number % len(FAMILIES)]) for number in numbers]
        return [
            {"source": str(number), "label": family}
            for number, family in zip(numbers, families, strict=True)
            for _ in range(self.takes)
        ]

    def __getitem__(self, index: int, /) -> np.ndarray:
        """The samples of one, `(time,)`."""
        patch, take = divmod(index, self.takes)
        return patch_sound(self.first + patch, take, self.seed)

    def sound_hash(self, index: int, /) -> str:
        """A digest of the samples of one recording."""
        patch, take = divmod(index, self.takes)
        return f"patch {_VERSION} {self.seed} {self.first + patch} {take}"
