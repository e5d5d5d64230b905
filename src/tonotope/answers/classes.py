"""The kind `class`, one class of several: table `Predictions`, list of metrics and baselines.

On disk it is `predictions.csv`; the scores are kept in single precision and written with as many
digits as bring back the same number, so that every figure can be computed again from the file.
Metrics come from counts per class (`class_metrics`), baselines from `baseline_methods`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from tonotope import _files
from tonotope.answers.answer import Answer, Who
from tonotope.answers.baseline import Baseline
from tonotope.answers.baseline_methods import Scored, logistic_regression, majority
from tonotope.answers.calibration import measure_calibration
from tonotope.answers.class_metrics import ResampledClasses, confusion, resample_classes
from tonotope.answers.metric import Estimate, Metric, Resampled
from tonotope.answers.stored_table import read, written
from tonotope.answers.table import AnswerTable

_FIXED = ("id", "truth", "prediction", "group", "fold")


@dataclass(frozen=True, eq=False)
class Predictions(AnswerTable):
    """The class predicted for each recording, and the true one.

    Attributes:
        ids: one per recording, all different.
        truth: (recording,) the true class, as an index into `classes`.
        scores: (recording, class) the score of every class, in single precision.
        groups: the speaker, artist, patient or source of each recording.
        folds: the fold in which each recording was tested; empty where there are no folds.
        classes: the name of each class.

    Raises:
        ValueError: the parts do not fit one another, or a score is not finite.

    >>> table = Predictions(
    ...     ids=("a.wav", "b.wav"), truth=[0, 1], scores=[[0.9, 0.1], [0.7, 0.3]],
    ...     groups=("s1", "s2"), folds=("", ""), classes=("cat", "dog"),
    ... )
    >>> table.labels, int(table.correct.sum())
    (('cat', 'cat'), 1)
    """

    ids: tuple[str, ...]
    truth: np.ndarray
    scores: np.ndarray
    groups: tuple[str, ...]
    folds: tuple[str, ...]
    classes: tuple[str, ...]

    kind: ClassVar[str] = "class"
    phrase: ClassVar[str] = "a class"
    one_label: ClassVar[bool] = True
    constants: ClassVar[tuple[str, ...]] = ("classes",)
    metrics: ClassVar[tuple[Metric, ...]] = (
        Metric("accuracy", "proportion"),
        Metric("balanced-accuracy", "proportion"),
        Metric("macro-f1", "proportion"),
        Metric("log-loss", "error", lower_is_better=True, choosable=False),
    )
    baselines: ClassVar[tuple[Baseline, ...]] = (
        Baseline("majority", majority),
        Baseline("mfcc-logistic-regression", logistic_regression, uses="mfcc"),
    )

    def __post_init__(self) -> None:
        count, kinds = len(self.ids), len(self.classes)
        truth = np.array(self.truth, dtype=np.int64).reshape(-1)
        scores = np.array(self.scores, dtype=np.float32).reshape(-1, max(kinds, 1))
        lengths = (len(truth), len(scores), len(self.groups), len(self.folds))
        if set(lengths) - {count}:
            raise ValueError(f"{count} ids, but truths, scores, groups, folds number {lengths}")
        if len(set(self.ids)) < count or len(set(self.classes)) < kinds:
            raise ValueError("ids and classes must each be all different")
        if count and (truth.min() < 0 or truth.max() >= kinds):
            raise ValueError(f"truths must be indices of the {kinds} classes")
        if not np.isfinite(scores).all():
            raise ValueError("scores must be finite")
        self._freeze(
            ids=tuple(self.ids),
            truth=truth,
            scores=scores,
            groups=tuple(self.groups),
            folds=tuple(fold or "" for fold in self.folds),
            classes=tuple(self.classes),
        )

    @cached_property
    def predicted(self) -> np.ndarray:
        """(recording,) the class with the highest score; the first of several that are equal."""
        return _frozen(self.scores.argmax(axis=1))

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of the class predicted for each recording."""
        return tuple(self.classes[index] for index in self.predicted)

    @property
    def truths(self) -> tuple[str, ...]:
        """The true class of each recording, to be compared."""
        return tuple(self.classes[index] for index in self.truth)

    @property
    def losses(self) -> np.ndarray:
        """(recording,) 0 where the prediction is right, 1 where not."""
        return 1.0 - self.correct

    @cached_property
    def correct(self) -> np.ndarray:
        """(recording,) whether the prediction is the true class."""
        return _frozen(self.predicted == self.truth)

    @property
    def correct_count(self) -> int:
        """How many predictions are right."""
        return int(self.correct.sum())

    @property
    def only_class(self) -> str:
        """The class of all recordings where the others are not tested; empty where several are."""
        tested = set(self.truths)
        return tested.pop() if len(tested) == 1 and len(self.classes) > 1 else ""

    def same_answers(self, other: Any) -> bool:
        """Whether the same class is predicted for every recording."""
        return self.labels == other.labels

    def calibration(self) -> dict[str, Any] | None:
        """Reliability bins, ECE, Brier score and log loss; None without a recording."""
        return measure_calibration(self.scores, self.truth) if len(self) else None

    def reaching(self, limits: Mapping[str, float]) -> tuple[Self, Self] | None:
        """Those whose highest score reaches that of its class; and of all, whether it does."""
        if not limits:
            return None
        asked = np.array([limits.get(name, 0.0) for name in self.classes], np.float32)
        reached = self.scores.max(axis=1, initial=0.0) >= asked[self.predicted]
        whether = replace(
            self,
            truth=np.ones(len(self), np.int64),
            scores=np.eye(2, dtype=np.float32)[reached.astype(int)],
            classes=("none of these", "named"),
        )
        return self.take([int(row) for row in np.flatnonzero(reached)]), whether

    @classmethod
    def of_labels(
        cls,
        ids: Sequence[str], labels: Sequence[str], scores: np.ndarray, groups: Sequence[str],
        folds: Sequence[str | None], classes: Sequence[str],
    ) -> Self:  # fmt: skip
        """A table from true labels in words; a class the model never met is added, with score 0.

        Args:
            ids: one per recording.
            labels: the true label of each.
            scores: (recording, class) in the order of `classes`.
            groups: the group of each recording.
            folds: the fold of each, or None.
            classes: the classes the model knows.
        """
        known = tuple(dict.fromkeys([*classes, *sorted(set(labels) - set(classes))]))
        place = {name: index for index, name in enumerate(known)}
        wide = _spread(np.asarray(scores), tuple(classes), known)
        truth = np.array([place[label] for label in labels], dtype=np.int64)
        folds = tuple(one or "" for one in folds)
        return cls(tuple(ids), truth, wide, tuple(groups), folds, known)

    @classmethod
    def of_scores(
        cls, answer: Answer, scores: np.ndarray, decided: np.ndarray, truth: Any, who: Who
    ) -> Self:
        """A table of what a head predicted."""
        del decided
        return cls.of_labels(
            labels=[*map(str, truth)], scores=scores, classes=answer.columns, **who
        )

    @classmethod
    def outcome(
        cls, answer: Answer, scores: np.ndarray, decided: np.ndarray | None, own: Sequence[Answer]
    ) -> str:
        """The class that is decided for; of several models, the one with the highest score."""
        del own
        return answer.columns[int(scores.argmax() if decided is None else decided)]

    @classmethod
    def alike(cls, parts: Sequence[Any]) -> list[Any]:
        """The same tables, each with the classes of all of them."""
        lists = {part.classes for part in parts}
        known = parts[0].classes if len(lists) == 1 else tuple(sorted(set().union(*lists)))
        return [part.of_classes(known) for part in parts]

    def of_classes(self, classes: tuple[str, ...]) -> Self:
        """The same recordings with the columns of `classes`, which hold all of this table's."""
        if classes == self.classes:
            return self
        place = np.array([classes.index(name) for name in self.classes], dtype=np.int64)
        wide = _spread(self.scores, self.classes, classes)
        return type(self)(self.ids, place[self.truth], wide, self.groups, self.folds, classes)

    def with_predictions(self, predicted: Scored) -> Self:
        """The same recordings and targets with other classes and their scores."""
        classes, scores = predicted
        return self.of_labels(self.ids, self.truths, scores, self.groups, self.folds, classes)

    # --- predictions.csv ----------------------------------------------------------------------

    def header(self) -> list[str]:
        """The fixed columns, then a score for each class, under its name whatever that is."""
        return [*_FIXED, *self.classes]

    def cells(self, row: int) -> tuple[Sequence[str], Sequence[str]]:
        """One row of `predictions.csv`."""
        return self._words(row), [str(score) for score in self.scores[row]]

    @classmethod
    def of_header(cls, header: list[str]) -> dict[str, Any]:
        """The classes that a header names."""
        if tuple(header[: len(_FIXED)]) != _FIXED or len(header) == len(_FIXED):
            raise ValueError(f"its columns must be {', '.join(_FIXED)} and one per class")
        return {"classes": tuple(header[len(_FIXED) :])}

    @classmethod
    def of_cells(cls, cells: list[str], constants: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values of one row, checked."""
        place = {name: index for index, name in enumerate(constants["classes"])}
        name, truth, predicted, group, fold = map(read, cells[: len(_FIXED)])
        scores = np.array(cells[len(_FIXED) :], dtype=np.float32)
        if not np.isfinite(scores).all():
            raise ValueError("a score is not a finite number")
        if place[predicted] != scores.argmax():
            message = f"it says `{predicted}`, which has not the highest score: was it edited?"
            raise ValueError(message)
        return name, place[truth], scores, group, fold

    @classmethod
    def of_rows(cls, rows: list[tuple[Any, ...]], constants: Mapping[str, Any]) -> Self:
        """The table of some rows."""
        ids, truth, scores, groups, folds = zip(*rows, strict=True) if rows else [()] * 5
        return cls(ids, np.array(truth), np.array(scores), groups, folds, **constants)

    def write_jsonl(self, path: Path) -> None:
        """Write one JSON object per recording: id, truth, prediction, group, fold, scores."""
        with _files.writing(Path(path)) as aside, aside.open("w", encoding="utf-8") as file:
            for number, scores in enumerate(self.scores):
                words = dict(zip(_FIXED, self._words(number), strict=True))
                own = dict(zip(self.classes, (float(str(one)) for one in scores), strict=True))
                file.write(json.dumps({**words, "scores": own}) + "\n")

    def _words(self, row: int) -> tuple[str, ...]:
        true, named = self.classes[self.truth[row]], self.classes[self.predicted[row]]
        return self.ids[row], true, named, self.groups[row], self.folds[row]

    @classmethod
    def resample(
        cls, systems: Sequence[Any], unit: np.ndarray, units: int, draws: Iterable[np.ndarray]
    ) -> Sequence[Resampled]:
        """The counts of each class by each system, over all recordings and every draw."""
        return resample_classes(systems, unit, units, draws)

    def reported(self) -> tuple[str, ...]:
        """Every metric, the log loss included."""
        return tuple(one.name for one in self.metrics)

    def details(
        self, metric: Metric, own: Resampled, estimate: Callable[[Metric], list[Estimate]]
    ) -> dict[str, object]:
        """How many are right, precision, recall and F1 of each class, and the confusion matrix."""
        del metric
        assert isinstance(own, ResampledClasses)
        counts = confusion(self.truth, self.predicted, len(self.classes))
        return {
            "correct": self.correct_count,
            "per_class": own.rows(self.classes, estimate, one_group=len(set(self.groups)) == 1),
            "confusion": {"classes": list(self.classes), "counts": counts.tolist()},
        }

    def notes(self, own: Resampled) -> list[str]:
        """Classes that are missing, that are never predicted, or that come from one group."""
        assert isinstance(own, ResampledClasses)
        return own.notes(self.classes)

    # --- what a writer of predictions asks ----------------------------------------------------

    @classmethod
    def headings(cls, answer: Answer, prefix: str) -> list[str]:
        """The label and its score, then the score of each class."""
        own = [prefix, f"{prefix} score"] if prefix else ["label", "score"]
        return [*own, *super().headings(answer, prefix)]

    @classmethod
    def row_cells(cls, outcome: Any, scores: Mapping[str, float], score: float) -> list[Any]:
        """The label and its score, then the score of each class."""
        return [written(outcome), scores.get(outcome, score), *scores.values()]

    @classmethod
    def row_object(cls, outcome: Any, scores: Mapping[str, float], score: float) -> dict[str, Any]:
        """The label, its score, and the scores by class."""
        return {"label": outcome, "score": scores.get(outcome, score), "scores": scores}

    @classmethod
    def label(cls, outcome: Any) -> str:
        """The class itself."""
        return outcome

    # --- what live listening asks -------------------------------------------------------------

    @classmethod
    def outcome_of_held(cls, names: Sequence[str], outcome: Any) -> Any:
        """The class that is held; empty where none is."""
        del outcome
        return names[0] if names else ""

    @classmethod
    def control_values(cls, scores: np.ndarray) -> list[float]:
        """The number of the most probable class, from 1 on."""
        return [float(scores.argmax() + 1)]


def _spread(scores: np.ndarray, had: tuple[str, ...], classes: tuple[str, ...]) -> np.ndarray:
    """The columns of `had` at their places among `classes`; 0 elsewhere."""
    wide = np.zeros((len(scores), len(classes)), dtype=np.float32)
    wide[:, [classes.index(name) for name in had]] = scores
    return wide


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
