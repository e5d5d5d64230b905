"""What every evaluation shares: named figures beside each other, on the same recordings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from tonotope import _files
from tonotope._errors import DataError
from tonotope._wording import first_five
from tonotope.evaluation.class_metrics import Estimate
from tonotope.evaluation.plan import EvaluationPlan

if TYPE_CHECKING:
    from tonotope.answers.classes import Predictions
    from tonotope.answers.quantities import Quantities
    from tonotope.answers.tags import Tagged

T = TypeVar("T", "Predictions", "Quantities", "Tagged")


@dataclass(frozen=True)
class Judged:
    """A baseline or a fold: its name, its figure, and how many of how many were right.

    Where nothing is right or wrong, as of measured quantities, `correct` is None.
    """

    name: str
    score: Estimate
    correct: int | None
    n: int
    groups: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Judgement:
    """What a run is worth, whatever it answers: a figure, its interval, and what stands beside it.

    Attributes:
        plan: the figure that counts, and how it was judged.
        score: that figure, over all recordings; of several columns their mean.
        n: how many recordings.
        groups: from how many groups.
        metrics: every figure with its interval.
        baselines: what each plain method reaches on the same recordings.
        best: the name of the best baseline; None where there is none.
        difference: how much better the run is than the best baseline: a higher score, or a
            smaller error; None where there is none.
        folds: the figure in each fold, where there are folds.
        notes: what to know before believing the numbers.
    """

    plan: EvaluationPlan
    score: Estimate
    n: int
    groups: int
    metrics: Mapping[str, Estimate]
    baselines: tuple[Judged, ...]
    best: str | None
    difference: Estimate | None
    folds: tuple[Judged, ...]
    notes: tuple[str, ...]

    @property
    def best_baseline(self) -> Judged | None:
        """The baseline called `best`."""
        return next((one for one in self.baselines if one.name == self.best), None)

    @property
    def mean_over_folds(self) -> dict[str, float | int | None] | None:
        """The mean of the folds' figures and their standard deviation; None without folds."""
        values = [fold.score.value for fold in self.folds if fold.score.value is not None]
        if not values:
            return None
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
        return {"value": float(np.mean(values)), "spread": spread, "folds": len(values)}

    def to_json(self) -> dict[str, object]:
        """The content of `evaluation.json`: plain numbers, lists and names."""
        return {
            "metric": self.plan.metric,
            **self.score._asdict(),
            "n": self.n,
            "groups": self.groups,
            "confidence": self.plan.confidence,
            "resamples": self.plan.resamples,
            "metrics": {name: one._asdict() for name, one in self.metrics.items()},
            "baselines": [judged_json(one) for one in self.baselines],
            "difference": self.difference and {"baseline": self.best, **self.difference._asdict()},
            "folds": [judged_json(one) for one in self.folds],
            "mean_over_folds": self.mean_over_folds,
            "notes": list(self.notes),
        }

    def write(self, path: Path) -> None:
        """Write `evaluation.json`."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        _files.write_text(Path(path), text + "\n")


def beside(predictions: T, baselines: Mapping[str, T] | None) -> dict[str, T]:
    """The baselines' answers, each in the order of the predictions.

    Raises:
        DataError: there is no recording, or a baseline answered for other recordings or truths.
    """
    if not len(predictions):
        message = "there is nothing to evaluate: the test part holds no recording"
        raise DataError(message)
    return {
        name: aligned(predictions, one, f"the baseline {name}")
        for name, one in (baselines or {}).items()
    }


def aligned(wanted: T, other: T, name: str) -> T:
    """The rows of `other` in the order of `wanted`.

    Raises:
        DataError: they are not about the same recordings, or disagree on what is true.
    """
    place = {one: row for row, one in enumerate(other.ids)}
    lacking = [one for one in wanted.ids if one not in place]
    extra = sorted(set(other.ids) - set(wanted.ids))
    if lacking or extra:
        parts = [
            f"{len(ids)} {words} ({first_five(ids)})"
            for ids, words in ((lacking, "it has not judged"), (extra, "only it has judged"))
            if ids
        ]
        message = (
            f"{name} is about other recordings: {'; '.join(parts)}. Scores can be held against "
            "each other only on the same recordings: use the same data, split and seed of the split"
        )
        raise DataError(message)
    other = other.take([place[one] for one in wanted.ids])
    apart = [
        f"{one}: `{our}` or `{their}`"
        for one, our, their in zip(wanted.ids, wanted.truths, other.truths, strict=True)
        if our != their
    ]
    if apart:
        message = f"{name} was told another truth for {len(apart)} recordings: {first_five(apart)}"
        raise DataError(message)
    return other


def excludes_zero(difference: Estimate | None) -> bool | None:
    """Whether a difference's interval lies wholly on one side of zero; None where unknown."""
    if difference is None or difference.low is None or difference.high is None:
        return None
    return difference.low > 0 or difference.high < 0


def by_number(name: str) -> tuple[int, str]:
    """What sorts fold 10 after fold 9."""
    return (int(name), name) if name.isdecimal() else (10**9, name)


def judged_json(one: Judged) -> dict[str, object]:
    """Plain numbers; `correct` only where something is right or wrong."""
    right = {} if one.correct is None else {"correct": one.correct}
    return {"name": one.name, **one.score._asdict(), **right, "n": one.n, "groups": one.groups}
