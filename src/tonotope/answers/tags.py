"""Any of several tags: which were given, which are true, and the score of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from tonotope.answers.columns_table import Grid


@dataclass(frozen=True, eq=False)
class Tagged(Grid):
    """Tags, one column for each: 1 where it is given, 0 where not.

    Attributes:
        scores: (recording, column) the score of each tag, in single precision.

    >>> heard = Tagged(
    ...     ids=("a.wav",), truth=[[1, 0]], said=[[1, 1]], groups=("s1",), folds=("",),
    ...     columns=("rain", "wind"), scores=[[0.9, 0.6]],
    ... )
    >>> heard.words
    ('rain;wind',)
    """

    scores: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))

    layers: ClassVar[Mapping[str, str]] = {
        "truth": "truth",
        "prediction": "said",
        "score": "scores",
    }

    @property
    def wrongness(self) -> np.ndarray:
        """(recording,) how many tags are wrong, of those that are known."""
        return ((self.said > 0) != (self.truth > 0)).sum(axis=1, where=self.known).astype(float)

    @property
    def words(self) -> tuple[str, ...]:
        """The tags given to each recording."""
        return tuple(
            ";".join(name for name, given in zip(self.columns, row, strict=True) if given)
            for row in self.said
        )
