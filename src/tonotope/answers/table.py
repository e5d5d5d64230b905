"""`AnswerTable`: what each kind of answer must offer; finds a metric or a baseline by name.

A kind of answer is a subclass of `AnswerTable`, in one file: its columns on disk, its metrics, its
baselines, and what one prediction looks like in a table or as JSON. All other packages ask these
questions and never which kind it is. A kind of your own is a subclass in your own code, named by
the `Answer` of a head of your own.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from tonotope._errors import DataError, did_you_mean
from tonotope.answers.answer import Answer, Who
from tonotope.answers.baseline import Baseline
from tonotope.answers.metric import Estimate, Metric, Resampled, resample_means
from tonotope.answers.stored_table import StoredTable


class AnswerTable(StoredTable):
    """Predictions of some recordings, with the targets beside them.

    A subclass adds its arrays, one row per recording, as fields of its dataclass.

    Attributes:
        kind: the word for this kind of answer in files.
        phrase: what a head of this kind answers with, for messages.
        metrics: by which it is judged, the usual one first.
        baselines: simple methods that answer the same question.
        exact: whether scores must not be rounded, so that bfloat16 is never tried.
        one_label: whether each recording has one label: the parts of a split can hold the labels in
            equal shares, and the windows of a recording can vote by majority.
        yes_or_no: whether each column is 1 where it is given and 0 where not, and no quantity.
    """

    kind: ClassVar[str]
    phrase: ClassVar[str] = "something else"
    metrics: ClassVar[tuple[Metric, ...]] = ()
    baselines: ClassVar[tuple[Baseline, ...]] = ()
    exact: ClassVar[bool] = False
    one_label: ClassVar[bool] = False
    yes_or_no: ClassVar[bool] = False

    # --- what a kind must offer -------------------------------------------------------------

    @property
    @abstractmethod
    def losses(self) -> np.ndarray:
        """(recording,) how far off each prediction is, in one number; 0 where it is right."""

    @property
    @abstractmethod
    def truths(self) -> tuple[str, ...]:
        """The target of each recording in words, to be compared."""

    @classmethod
    @abstractmethod
    def of_scores(
        cls, answer: Answer, scores: np.ndarray, decided: np.ndarray, truth: Any, who: Who
    ) -> Self:
        """A table of what a head predicted.

        Args:
            answer: of the head.
            scores: (recording, column).
            decided: (recording, ...) from the head's `decide`.
            truth: of each recording: labels, or numbers (recording, column).
            who: `ids`, `groups` and `folds` of the recordings.
        """

    @classmethod
    @abstractmethod
    def outcome(
        cls, answer: Answer, scores: np.ndarray, decided: np.ndarray | None, own: Sequence[Answer]
    ) -> Any:
        """What one prediction comes to: a label, a list of numbers, a list of tags.

        Args:
            answer: its columns are those of all models together.
            scores: (column,) the mean of the models' scores.
            decided: what the head decided from them; None where there are several models.
            own: the answer of each model.
        """

    # --- what the evaluation asks -----------------------------------------------------------

    @property
    def correct_count(self) -> int | None:
        """How many predictions are right; None where nothing is simply right or wrong."""
        return None

    @property
    def only_class(self) -> str:
        """The class of all recordings where the others are not tested; empty where several are."""
        return ""

    def same_answers(self, other: Any) -> bool:
        """Whether another table of the same recordings, in the same order, answers all alike."""
        return np.array_equal(self.losses, other.losses)

    def calibration(self) -> dict[str, Any] | None:
        """How honest the scores are, as `measure_calibration` says; None where none promises."""
        return None

    def reaching(self, limits: Mapping[str, float]) -> tuple[Self, Self] | None:
        """The recordings whose score reaches what is asked; None where none can be asked.

        Args:
            limits: the score that is asked for each column; empty: none is.

        Returns:
            They, and a table of all recordings, of whose answers those are right that reach it.
        """
        del limits
        return None

    def values(self, metric: Metric) -> np.ndarray:
        """(recording,) the value of a metric that is a mean over recordings; NaN where unknown.

        A kind whose metrics are no such means overrides `resample` instead.
        """
        raise NotImplementedError(f"{type(self).__name__} has no values of `{metric.name}`")

    @classmethod
    def resample(
        cls, systems: Sequence[Any], unit: np.ndarray, units: int, draws: Iterable[np.ndarray]
    ) -> Sequence[Resampled]:
        """The metrics of each system over all recordings and every draw.

        Args:
            systems: tables of the same recordings in the same order, with the same columns.
            unit: (recording,) the unit that is drawn, from 0 up.
            units: how many there are.
            draws: blocks (draw, unit) of how often each was drawn.
        """
        return resample_means(systems, unit, units, draws)

    @classmethod
    def metric(cls, name: str) -> Metric:
        """The metric of a name.

        Raises:
            DataError: there is none; names those that would fit.
        """
        return _named(cls.metrics, name, "metric")

    @classmethod
    def baseline(cls, name: str) -> Baseline:
        """The baseline of a name.

        Raises:
            DataError: there is none; names those that would fit.
        """
        return _named(cls.baselines, name, "baseline")

    @classmethod
    def choices(cls, columns: Sequence[str]) -> tuple[str, ...]:
        """The metrics that may be the figure that counts, the usual one first."""
        del columns
        return tuple(one.name for one in cls.metrics if one.choosable)

    @classmethod
    def no_choice(cls) -> str:
        """Why a metric of this kind may still not be chosen."""
        return f"the head answers with {cls.phrase}"

    def reported(self) -> tuple[str, ...]:
        """The metrics over all recordings that an evaluation holds."""
        return self.choices(getattr(self, "columns", ()))

    def unit_of(self, metric: Metric) -> str:
        """The unit of a metric; empty where it has none."""
        return metric.unit

    def details(
        self, metric: Metric, own: Resampled, estimate: Callable[[Metric], list[Estimate]]
    ) -> dict[str, object]:
        """What `evaluation.json` holds of this kind alone.

        Args:
            metric: the figure that counts.
            own: from `resample`.
            estimate: a metric of each column, with its interval.
        """
        del own, estimate
        return {
            "kind": self.kind,
            "unit": self.unit_of(metric),
            "lower_is_better": metric.lower_is_better,
        }

    def notes(self, own: Resampled) -> list[str]:
        """What to know of the columns before believing the numbers, in sentences."""
        del own
        return []

    def with_predictions(self, predicted: Any) -> Self:
        """The same recordings and targets with what a baseline predicts.

        Raises:
            NotImplementedError: the kind has no baselines.
        """
        raise NotImplementedError(f"{type(self).__name__} takes no predictions of a baseline")

    # --- what a writer of predictions asks ----------------------------------------------------

    @classmethod
    def headings(cls, answer: Answer, prefix: str) -> list[str]:
        """The columns of one answer in a table of predictions.

        Args:
            answer: of a head.
            prefix: the name of the answer where there are several; empty where it is alone.
        """
        return [f"{prefix}: {name}" if prefix else name for name in answer.columns]

    @classmethod
    def row_cells(cls, outcome: Any, scores: Mapping[str, float], score: float) -> list[Any]:
        """The cells of one prediction under `headings`.

        Args:
            outcome: from `outcome`.
            scores: of each column.
            score: of the outcome, where it has one.
        """
        del outcome, score
        return [*scores.values()]

    @classmethod
    def row_object(cls, outcome: Any, scores: Mapping[str, float], score: float) -> dict[str, Any]:
        """One prediction as an object of JSON."""
        del outcome, score
        return dict(scores)

    @classmethod
    def label(cls, outcome: Any) -> str:
        """The class that an outcome names; empty where it names none."""
        del outcome
        return ""

    # --- what live listening asks -------------------------------------------------------------

    @classmethod
    def outcome_of_held(cls, names: Sequence[str], outcome: Any) -> Any:
        """What a prediction comes to where these labels are held; unchanged, if it has no labels.

        Args:
            names: the labels that are heard now, in the order of their columns.
            outcome: of the window alone.
        """
        del names
        return outcome

    @classmethod
    def control_values(cls, scores: np.ndarray) -> list[float]:
        """What an instrument is steered by, as Wekinator sends it, from scores `(column,)`."""
        return [float(one) for one in scores]


def _named(known: Sequence[Any], name: str, what: str) -> Any:
    for one in known:
        if one.name == name:
            return one
    names = [one.name for one in known]
    guess = did_you_mean(name, names)
    raise DataError(f"no {what} is called `{name}`; known: {', '.join(names) or 'none'}{guess}")
