"""Phones and words: what is said, whoever says it. No language has these words.

A phone is a target that a throat moves to: four resonances, voice or breath or noise, for a while.
A word is a few of them in a row, with a vowel in it at least.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np

from tonotope.datasets.patches.waves import between

Manner = Literal["vowel", "nasal", "liquid", "fricative", "voiced fricative", "plosive"]
MANNERS: tuple[Manner, ...] = (
    "vowel", "nasal", "liquid", "fricative", "voiced fricative", "plosive",
)  # fmt: skip
_AFTER_A_VOWEL: tuple[Manner, ...] = ("nasal", "liquid", "fricative", "voiced fricative", "plosive")
_OTHERWISE: tuple[Manner, ...] = (
    "vowel", "vowel", "vowel", "vowel", "vowel", "liquid", "nasal",
)  # fmt: skip
_FEWEST, _MOST = 2, 6
_DIPHTHONG, _CONSONANT_FIRST, _TWO_CONSONANTS = 0.45, 0.75, 0.25  # how often each happens
_SHORTEST_S, _LONGEST_S = {"vowel": 0.07}, {"vowel": 0.22, "nasal": 0.11, "liquid": 0.1}
_LEVEL_DB = {
    "vowel": (-3, 0), "nasal": (-12, -6), "liquid": (-7, -2), "fricative": (-18, -4),
    "voiced fricative": (-16, -6), "plosive": (-12, -2),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Phone:
    """One speech sound.

    Attributes:
        manner: how it is made.
        begin_hz: its four resonances where it begins, in an average throat, `(resonance,)`.
        end_hz: and where it ends; another place in a diphthong.
        duration_s: how long it lasts at an average tempo.
        level_db: how loud it is.
        noise_hz: where its noise lies.
        noise_width_hz: how wide that is.
        breath_s: of a plosive: how long breath follows its burst.
    """

    manner: Manner
    begin_hz: np.ndarray
    end_hz: np.ndarray
    duration_s: float
    level_db: float
    noise_hz: float
    noise_width_hz: float
    breath_s: float

    @classmethod
    def draw(cls, rng: np.random.Generator, manner: Manner) -> Self:
        """A phone of this manner."""
        begin_hz = _resonances(rng, manner)
        glides = manner == "vowel" and rng.random() < _DIPHTHONG
        return cls(
            manner,
            begin_hz,
            _resonances(rng, manner) if glides else begin_hz,
            rng.uniform(_SHORTEST_S.get(manner, 0.04), _LONGEST_S.get(manner, 0.14)),
            rng.uniform(*_LEVEL_DB[manner]),
            between(rng, 1000, 8000),
            rng.uniform(400, 3000),
            rng.uniform(0, 0.06),
        )


def _resonances(rng: np.random.Generator, manner: Manner) -> np.ndarray:
    if manner == "nasal":
        first, second, third = rng.uniform(220, 350), between(rng, 900, 2200), 2500.0
    elif manner == "liquid":
        first, second, third = rng.uniform(280, 450), between(rng, 600, 2400), 0.0
        third = max(second + 200, rng.uniform(1500, 3000))
    else:
        first = between(rng, 240, 850)
        second = between(rng, max(first + 250, 650), 2600)
        third = max(second + 300, rng.uniform(2100, 3300))
    return np.array([first, second, third, rng.uniform(3300, 4200)])


@dataclass(frozen=True, slots=True)
class Word:
    """A few phones in a row.

    Attributes:
        phones: in the order in which they are said.
    """

    phones: tuple[Phone, ...]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Self:
        """A word in which consonants and vowels take turns, mostly."""
        manners: list[Manner] = []
        for _ in range(int(rng.integers(_FEWEST, _MOST))):
            consonant = (
                manners[-1] == "vowel" or rng.random() < _TWO_CONSONANTS
                if manners
                else rng.random() < _CONSONANT_FIRST
            )
            choices = _AFTER_A_VOWEL if consonant else _OTHERWISE
            manners.append(choices[rng.integers(len(choices))])
        if "vowel" not in manners:
            manners[-1] = "vowel"
        return cls(tuple(Phone.draw(rng, manner) for manner in manners))
