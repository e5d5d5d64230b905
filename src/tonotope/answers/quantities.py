"""The kind `numbers`: MAE, RMSE, R², median error; the units; baselines by mean, ridge, pitch.

Their metrics are functions of sums (mean errors, R²) or rank recordings (the median of the
errors). Baselines: the training mean; ridge regression on MFCC statistics; the pitch from the
autocorrelation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from tonotope.answers.answer import Answer, Who
from tonotope.answers.baseline import Baseline, BaselineInput
from tonotope.answers.baseline_methods import ridge, training_mean
from tonotope.answers.columns_table import ColumnTable
from tonotope.answers.metric import Metric, ratio

# The sums of a recording: number known, |e|, e², t, t².


def mae(sums: np.ndarray) -> np.ndarray:
    """The mean absolute error, in the unit of the quantity; (..., column)."""
    return ratio(sums[..., 1], sums[..., 0])


def rmse(sums: np.ndarray) -> np.ndarray:
    """The square root of the mean squared error, in the unit of the quantity; (..., column)."""
    return np.sqrt(ratio(sums[..., 2], sums[..., 0]))


def r2(sums: np.ndarray) -> np.ndarray:
    """The share of the variance explained, `1 - Σe² / Σ(t - mean t)²`; (..., column).

    0 is what the mean of these very recordings would reach; worse than that is below 0.
    """
    variance = sums[..., 4] - ratio(sums[..., 3] ** 2, sums[..., 0])
    return 1 - ratio(sums[..., 2], np.where(variance > 1e-12 * sums[..., 4], variance, 0.0))


def median_error(table: ColumnTable, column: int, times: np.ndarray) -> np.ndarray:
    """(draw,) the error that half of the recordings do not exceed.

    Args:
        table: the quantities.
        column: which of them.
        times: (draw, recording) how often each recording was drawn.
    """
    error = np.abs(table.predicted[:, column] - table.truth[:, column])
    order = np.argsort(np.where(table.known[:, column], error, np.inf), kind="stable")
    order = order[: int(table.known[:, column].sum())]
    if not len(order):
        return np.full(len(times), np.nan)
    reached = times[:, order].cumsum(axis=1)
    half = reached[:, -1:] / 2
    # As of plain numbers: between the two in the middle where the half falls between them.
    low, high = (reached < half).sum(axis=1), (reached <= half).sum(axis=1)
    sorted_error = error[order]
    last = len(order) - 1
    middle = (sorted_error[np.minimum(low, last)] + sorted_error[np.minimum(high, last)]) / 2
    return np.where(reached[:, -1] > 0, middle, np.nan)


def pitch_in_units(given: BaselineInput) -> np.ndarray:
    """(recording, column) pitches in the units of the quantities.

    The features are (recording, 1) pitches in Hz, NaN where nothing repeats. Hertz are given as
    they were found. Cents need a reference, which is the median distance on the training part. Of
    any other quantity, and where nothing repeats, the prediction is the training mean.
    """
    predicted = training_mean(given)
    train_hz, test_hz = given.features[:, 0], given.test_features[:, 0]
    for at, unit in enumerate(getattr(given.test, "units", ())):
        own = np.full(len(test_hz), np.nan)
        if unit == "Hz":
            own = test_hz
        elif unit == "cents":
            away = given.targets[:, at] - 1200 * np.log2(train_hz)
            known = away[np.isfinite(away)]
            own = 1200 * np.log2(test_hz) + (np.median(known) if len(known) else np.nan)
        predicted[:, at] = np.where(np.isfinite(own), own, predicted[:, at])
    return predicted


@dataclass(frozen=True, eq=False)
class Quantities(ColumnTable):
    """Numbers with units, one column for each quantity.

    Attributes:
        units: of each column; empty where it has none.

    >>> table = Quantities(
    ...     ids=("a.wav", "b.wav"), truth=[[440.0], [220.0]], predicted=[[441.0], [218.0]],
    ...     groups=("s1", "s2"), folds=("", ""), columns=("pitch_hz",), units=("Hz",),
    ... )
    >>> table.errors.ravel()
    array([ 1., -2.])
    """

    units: tuple[str, ...] = ()

    kind: ClassVar[str] = "numbers"
    phrase: ClassVar[str] = "numbers"
    exact: ClassVar[bool] = True  # how near two quantities lie depends on their units
    constants: ClassVar[tuple[str, ...]] = ("columns", "units")
    metrics: ClassVar[tuple[Metric, ...]] = (
        Metric("mae", "error", lower_is_better=True, of_sums=mae),
        Metric("rmse", "error", lower_is_better=True, of_sums=rmse),
        Metric("median-error", "error", lower_is_better=True, of_draws=median_error),
        Metric("r2", "at-most-one", of_sums=r2),
    )
    baselines: ClassVar[tuple[Baseline, ...]] = (
        Baseline("mean", training_mean),
        Baseline("mfcc-ridge", ridge, uses="mfcc"),
        # It knows of nothing but pitch, so it is taken only where it is named.
        Baseline("autocorrelation", pitch_in_units, uses="pitch", usual=False),
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        units = tuple(self.units) or ("",) * len(self.columns)
        if len(units) != len(self.columns):
            raise ValueError(f"{len(units)} units for {len(self.columns)} quantities")
        self._freeze(units=units)

    @property
    def errors(self) -> np.ndarray:
        """(recording, column) how far above the target each number lies; NaN where unknown."""
        return self.predicted - self.truth

    @property
    def losses(self) -> np.ndarray:
        """(recording,) how far off, in standard deviations of the targets, over what is known."""
        truth = np.where(self.known, self.truth, np.nan)
        spread = np.array([np.std(own[np.isfinite(own)]) if np.isfinite(own).any() else 1.0
                           for own in truth.T])  # fmt: skip
        off = np.where(self.known, np.abs(self.errors) / np.where(spread > 0, spread, 1.0), 0.0)
        return off.sum(axis=1) / np.maximum(self.known.sum(axis=1), 1)

    @classmethod
    def of_scores(
        cls, answer: Answer, scores: np.ndarray, decided: np.ndarray, truth: Any, who: Who
    ) -> Self:
        """A table of what a head predicted, in the units of its answer."""
        del scores
        units = answer.units or ("",) * len(answer.columns)
        truth = np.asarray(truth)
        return cls(truth=truth, predicted=decided, columns=answer.columns, units=units, **who)

    def sums(self) -> np.ndarray:
        """(recording, column, sum) the number known, |e|, e², t, t²."""
        known, truth = self.known, np.where(self.known, self.truth, 0.0)
        error = np.where(known, self.predicted.astype(np.float64) - truth, 0.0)
        # Around the mean of what is known, so that the squares lose no digits.
        centre = truth.sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        away = np.where(known, truth - centre, 0.0)
        parts = [known, np.abs(error), error**2, away, away**2]
        return np.stack([part.astype(np.float64) for part in parts], axis=-1)

    @classmethod
    def choices(cls, columns: Sequence[str]) -> tuple[str, ...]:
        """Of one quantity every metric; the errors of several have no unit in common."""
        return ("r2",) if len(columns) > 1 else super().choices(columns)

    @classmethod
    def no_choice(cls) -> str:
        """Why an error may not be chosen."""
        return "several quantities have no unit in common"

    def unit_of(self, metric: Metric) -> str:
        """An error has the unit of its quantity."""
        return self.units[0] if metric.lower_is_better else metric.unit

    def about(self, at: int) -> dict[str, object]:
        """The unit of a quantity."""
        return {"unit": self.units[at]}

    def with_predictions(self, predicted: np.ndarray) -> Self:
        """The same recordings and targets with other predictions, (recording, column)."""
        changed: dict[str, Any] = self._fields() | {"predicted": predicted}
        return type(self)(**changed)

    @property
    def headed(self) -> tuple[str, ...]:
        """Each quantity with its unit in brackets."""
        return tuple(
            f"{name} [{unit}]" if unit or name.endswith("]") else name
            for name, unit in zip(self.columns, self.units, strict=True)
        )

    @classmethod
    def of_headed(cls, names: Sequence[str]) -> dict[str, Any]:
        """The quantities and their units."""
        parts = [_split_unit(name) for name in names]
        return {
            "columns": tuple(name for name, _ in parts),
            "units": tuple(unit for _, unit in parts),
        }


def _split_unit(name: str) -> tuple[str, str]:
    """A quantity and its unit.

    >>> _split_unit("pitch_hz [Hz]"), _split_unit("valence")
    (('pitch_hz', 'Hz'), ('valence', ''))
    """
    if not name.endswith("]"):
        return name, ""
    quantity, _, unit = name[:-1].rpartition(" [")
    return quantity, unit
