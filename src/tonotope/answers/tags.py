"""The kind `tags`, multi-label: F1, average precision (mAP), precision, recall; baselines.

Metrics: F1, precision and recall from counts; average precision from the order of the scores.
Baselines: how frequent each tag is; logistic regression on MFCC statistics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from tonotope._wording import first_five
from tonotope.answers.answer import Answer, Who
from tonotope.answers.baseline import Baseline
from tonotope.answers.baseline_methods import logistic_by_column, training_mean
from tonotope.answers.columns_table import ColumnTable
from tonotope.answers.metric import Metric, Resampled, ratio
from tonotope.answers.stored_table import written

_THRESHOLD = 0.5

# The sums of a recording: number known, hits, truly there, given.


def f1(sums: np.ndarray) -> np.ndarray:
    """2 hits / (given truly + given), undefined for a tag neither true nor given; (..., column)."""
    return ratio(2 * sums[..., 1], sums[..., 2] + sums[..., 3])


def precision(sums: np.ndarray) -> np.ndarray:
    """Of the recordings given a tag, the share that bear it; (..., column)."""
    return ratio(sums[..., 1], sums[..., 3])


def recall(sums: np.ndarray) -> np.ndarray:
    """Of the recordings that bear a tag, the share that were given it; (..., column)."""
    return ratio(sums[..., 1], sums[..., 2])


def average_precision(table: Tagged, column: int, times: np.ndarray) -> np.ndarray:
    """(draw,) the mean of the precision at each recording that bears the tag, best scores first.

    Recordings with equal scores come at once. Undefined where no recording drawn bears the tag.

    Args:
        table: the tags.
        column: which of them.
        times: (draw, recording) how often each recording was drawn.
    """
    known = table.known[:, column]
    rows = np.flatnonzero(known)
    scores = table.scores[rows, column]
    order = rows[np.argsort(-scores, kind="stable")]
    if not len(order):
        return np.full(len(times), np.nan)
    own = times[:, order]
    hits = (own * (table.truth[order, column] > 0)).cumsum(axis=1)
    named = own.cumsum(axis=1)
    in_order = table.scores[order, column]
    ends = np.append(np.flatnonzero(in_order[1:] != in_order[:-1]), len(order) - 1)
    hits, named = hits[:, ends], named[:, ends]
    more = np.diff(hits, axis=1, prepend=0.0)
    total = (more * np.nan_to_num(ratio(hits, named))).sum(axis=1)
    return ratio(total, hits[:, -1])


@dataclass(frozen=True, eq=False)
class Tagged(ColumnTable):
    """Tags, one column for each: 1 where it is given, 0 where not.

    Attributes:
        scores: (recording, column) the score of each tag, in single precision.

    >>> table = Tagged(
    ...     ids=("a.wav",), truth=[[1, 0]], predicted=[[1, 1]], groups=("s1",), folds=("",),
    ...     columns=("rain", "wind"), scores=[[0.9, 0.6]],
    ... )
    >>> table.words
    ('rain;wind',)
    """

    scores: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))

    layers: ClassVar[Mapping[str, str]] = {
        "truth": "truth",
        "prediction": "predicted",
        "score": "scores",
    }
    kind: ClassVar[str] = "tags"
    yes_or_no: ClassVar[bool] = True
    phrase: ClassVar[str] = "tags"
    metrics: ClassVar[tuple[Metric, ...]] = (
        Metric("macro-f1", "share", of_sums=f1, alone="f1"),
        Metric("map", "share", of_draws=average_precision, alone="average-precision"),
        Metric("precision", "share", of_sums=precision, choosable=False),
        Metric("recall", "share", of_sums=recall, choosable=False),
    )
    baselines: ClassVar[tuple[Baseline, ...]] = (
        Baseline("prevalence", training_mean),
        Baseline("mfcc-logistic-regression", logistic_by_column, uses="mfcc"),
    )

    @property
    def losses(self) -> np.ndarray:
        """(recording,) how many tags are wrong, of those that are known."""
        wrong = (self.predicted > 0) != (self.truth > 0)
        return wrong.sum(axis=1, where=self.known).astype(float)

    @property
    def words(self) -> tuple[str, ...]:
        """The tags given to each recording."""
        return tuple(
            ";".join(name for name, given in zip(self.columns, row, strict=True) if given)
            for row in self.predicted
        )

    @classmethod
    def of_scores(
        cls, answer: Answer, scores: np.ndarray, decided: np.ndarray, truth: Any, who: Who
    ) -> Self:
        """A table of what a head predicted, with the scores."""
        truth = np.asarray(truth)
        return cls(truth=truth, predicted=decided, columns=answer.columns, scores=scores, **who)

    @classmethod
    def outcome(
        cls, answer: Answer, scores: np.ndarray, decided: np.ndarray | None, own: Sequence[Answer]
    ) -> list[str]:
        """The tags whose score reaches the threshold that the models have on average."""
        del decided
        least = np.zeros(len(answer.columns))
        count = np.zeros(len(answer.columns))
        for one in own:
            at = [answer.columns.index(name) for name in one.columns]
            least[at] += one.thresholds or [_THRESHOLD] * len(at)
            count[at] += 1
        given = scores >= np.float32(least / np.maximum(count, 1))
        return [name for name, one in zip(answer.columns, given, strict=True) if one]

    def sums(self) -> np.ndarray:
        """(recording, column, sum) the number known, hits, truly there, given."""
        known, truth = self.known, np.where(self.known, self.truth, 0.0)
        there, given = truth > 0, self.predicted.astype(np.float64) > 0
        parts = [known, there & given, there, given & known]
        return np.stack([part.astype(np.float64) for part in parts], axis=-1)

    def about(self, at: int) -> dict[str, object]:
        """How many recordings bear a tag."""
        return {"positives": int((self.truth[:, at] > 0).sum())}

    def notes(self, own: Resampled) -> list[str]:
        """Tags of which nothing is known, and tags that no recording bears."""
        absent = [name for name, truth, known in zip(self.columns, self.truth.T, self.known.T,
                  strict=True) if known.any() and not (truth > 0).any()]  # fmt: skip
        found = super().notes(own)
        if absent:
            found.append(
                f"Borne by no recording judged, so that recall is undefined: {first_five(absent)}."
            )
        return found

    def with_predictions(self, predicted: np.ndarray) -> Self:
        """The same recordings and targets with other probabilities, (recording, column)."""
        given = {"predicted": predicted >= _THRESHOLD, "scores": predicted}
        changed: dict[str, Any] = self._fields() | given
        return type(self)(**changed)

    @classmethod
    def headings(cls, answer: Answer, prefix: str) -> list[str]:
        """The tags that are given, then the score of each."""
        return [prefix or "tags", *super().headings(answer, prefix)]

    @classmethod
    def row_cells(cls, outcome: Any, scores: Mapping[str, float], score: float) -> list[Any]:
        """The tags that are given, then the score of each."""
        del score
        return [written(";".join(outcome)), *scores.values()]

    @classmethod
    def row_object(cls, outcome: Any, scores: Mapping[str, float], score: float) -> dict[str, Any]:
        """The tags that are given, and the scores by name."""
        del score
        return {"tags": outcome, "scores": scores}

    # --- what live listening asks -------------------------------------------------------------

    @classmethod
    def outcome_of_held(cls, names: Sequence[str], outcome: Any) -> list[str]:
        """The tags that are held."""
        del outcome
        return list(names)
