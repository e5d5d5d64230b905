"""Sounds without their noise, as figures: how near each came to the clean one, and was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from tonotope.answers.quantities import Quantities

RATIO, ERROR = "si-sdr", "mse"


@dataclass(frozen=True, eq=False)
class Restored(Quantities):
    """What each recording was judged by, noisy and denoised: a column each for `si-sdr` and `mse`.

    What is known beforehand of a recording, its `truth`, is how near the noisy sound was to the
    clean one: so tables can be held against each other only where the same noise was heard.

    >>> heard = Restored(
    ...     ids=("a.wav",), truth=[[5.0, 0.02]], said=[[12.0, 0.004]], groups=("s1",), folds=("",),
    ...     columns=("si-sdr", "mse"), units=("dB", ""),
    ... )
    >>> heard.gained
    array([7.])
    """

    layers: ClassVar[Mapping[str, str]] = {"noisy": "truth", "denoised": "said"}

    @property
    def gained(self) -> np.ndarray:
        """(recording,) by how many decibels the SI-SDR rose; NaN where the recording is silent."""
        return self.errors[:, self.columns.index(RATIO)]

    @property
    def wrongness(self) -> np.ndarray:
        """(recording,) how little was gained, in decibels; 0 where there was nothing to gain."""
        return -np.nan_to_num(self.gained)
