"""The kind `sound`, of a denoiser: SI-SDR, its gain and MSE of each recording; baselines.

Baselines are simple methods of noise reduction, which answer from the samples themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from tonotope.answers import denoising_baselines
from tonotope.answers.answer import Answer
from tonotope.answers.baseline import Baseline
from tonotope.answers.metric import Metric, ratio
from tonotope.answers.quantities import Quantities
from tonotope.answers.stored_table import written

RATIO, ERROR = "si-sdr", "mse"


# The sums of a recording, for SI-SDR and for the squared error: the number known, the figure, and
# for SI-SDR how it differs from that of the noisy sound.


def _si_sdr(sums: np.ndarray) -> np.ndarray:
    """The mean SI-SDR in decibels, of the column that holds it; (..., column)."""
    return ratio(sums[..., 1], sums[..., 0])


def _si_sdr_gain(sums: np.ndarray) -> np.ndarray:
    """The mean of what SI-SDR rose by, in decibels, of the column that holds it; (..., column)."""
    return ratio(sums[..., 2], sums[..., 0])


def _mse(sums: np.ndarray) -> np.ndarray:
    """The mean squared error of the samples, of the column that holds it; (..., column)."""
    return ratio(sums[..., 4], sums[..., 3])


@dataclass(frozen=True, eq=False)
class Restored(Quantities):
    """What each recording was judged by, noisy and denoised: a column each for `si-sdr` and `mse`.

    What is known beforehand of a recording, its `truth`, is how near the noisy sound was to the
    clean one: so tables can be compared only where the same noise was added.

    >>> table = Restored(
    ...     ids=("a.wav",), truth=[[5.0, 0.02]], predicted=[[12.0, 0.004]], groups=("s1",),
    ...     folds=("",), columns=("si-sdr", "mse"), units=("dB", ""),
    ... )
    >>> table.gained
    array([7.])
    """

    layers: ClassVar[Mapping[str, str]] = {"noisy": "truth", "denoised": "predicted"}
    kind: ClassVar[str] = "sound"
    phrase: ClassVar[str] = "sound"
    metrics: ClassVar[tuple[Metric, ...]] = (
        Metric("si-sdr", "any", unit="dB", of_sums=_si_sdr),
        Metric("si-sdr-gain", "any", unit="dB", of_sums=_si_sdr_gain),
        Metric("mse", "error", lower_is_better=True, of_sums=_mse),
    )
    baselines: ClassVar[tuple[Baseline, ...]] = (
        Baseline("noisy", denoising_baselines.noisy, uses="samples"),
        Baseline("wiener", denoising_baselines.filtered, uses="samples"),
        Baseline(
            "spectral-subtraction", denoising_baselines.subtracted, uses="samples", usual=False
        ),
    )

    @property
    def gained(self) -> np.ndarray:
        """(recording,) by how many decibels the SI-SDR rose; NaN where the recording is silent."""
        return self.errors[:, self.columns.index(RATIO)]

    @property
    def losses(self) -> np.ndarray:
        """(recording,) how little was gained, in decibels; 0 where there was nothing to gain."""
        return -np.nan_to_num(self.gained)

    def sums(self) -> np.ndarray:
        """(recording, column, sum): first of the ratio, then of the error; a column has one."""
        known = self.known
        after = np.where(known, self.predicted.astype(np.float64), 0.0)
        gained = np.where(known, after - self.truth, 0.0)
        own = [np.array([name == one for name in self.columns]) for one in (RATIO, ERROR)]
        parts = [known & own[0], after * own[0], gained * own[0], known & own[1], after * own[1]]
        return np.stack([part.astype(np.float64) for part in parts], axis=-1)

    @classmethod
    def choices(cls, columns: Sequence[str]) -> tuple[str, ...]:
        """Every metric: each is about one column."""
        del columns
        return tuple(one.name for one in cls.metrics)

    def unit_of(self, metric: Metric) -> str:
        """Decibels, or nothing."""
        return metric.unit

    # --- what a writer of predictions asks ----------------------------------------------------

    @classmethod
    def headings(cls, answer: Answer, prefix: str) -> list[str]:
        """The file of the denoised sound, and how strong what was taken away is."""
        del answer, prefix
        return ["denoised", "removed_db"]

    @classmethod
    def row_cells(cls, outcome: Any, scores: Mapping[str, float], score: float) -> list[Any]:
        """The name of the file, and decibels; nothing of silence."""
        del scores, score
        removed_db = outcome["removed_db"]
        return [written(outcome["denoised"]), "" if removed_db is None else removed_db]

    @classmethod
    def row_object(cls, outcome: Any, scores: Mapping[str, float], score: float) -> dict[str, Any]:
        """The same by name."""
        del scores, score
        return dict(outcome)
