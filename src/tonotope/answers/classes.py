"""The predictions of a test part, with the truth beside them: all that an evaluation needs.

One row per recording. On disk it is `predictions.csv`; the scores are kept in single precision and
written with as many digits as bring back the same number, so that every figure can be computed
again from the file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from tonotope import _files
from tonotope._errors import DataError
from tonotope._escape import escaped, guarded, unescaped, unguarded

_FIXED = ("id", "truth", "prediction", "group", "fold")


@dataclass(frozen=True, eq=False)
class Predictions:
    """What was heard in each recording, and what was there.

    Attributes:
        ids: one per recording, all different.
        truth: (recording,) the true class, as an index into `classes`.
        scores: (recording, class) the score of every class, in single precision.
        groups: the speaker, artist, patient or source of each recording.
        folds: the fold in which each recording was tested; empty where there are no folds.
        classes: the name of each class.

    Raises:
        ValueError: the parts do not fit one another, or a score is not finite.

    >>> heard = Predictions(
    ...     ids=("a.wav", "b.wav"),
    ...     truth=[0, 1],
    ...     scores=[[0.9, 0.1], [0.7, 0.3]],
    ...     groups=("s1", "s2"),
    ...     folds=("", ""),
    ...     classes=("cat", "dog"),
    ... )
    >>> heard.labels, int(heard.correct.sum())
    (('cat', 'cat'), 1)
    """

    ids: tuple[str, ...]
    truth: np.ndarray
    scores: np.ndarray
    groups: tuple[str, ...]
    folds: tuple[str, ...]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        count, kinds = len(self.ids), len(self.classes)
        truth = _frozen(np.array(self.truth, dtype=np.int64).reshape(-1))
        scores = _frozen(np.array(self.scores, dtype=np.float32).reshape(-1, max(kinds, 1)))
        lengths = (len(truth), len(scores), len(self.groups), len(self.folds))
        if set(lengths) - {count}:
            message = f"{count} ids, but truths, scores, groups, folds number {lengths}"
            raise ValueError(message)
        if len(set(self.ids)) < count or len(set(self.classes)) < kinds:
            message = "ids and classes must each be all different"
            raise ValueError(message)
        if count and (truth.min() < 0 or truth.max() >= kinds):
            message = f"truths must be indices of the {kinds} classes"
            raise ValueError(message)
        if not np.isfinite(scores).all():
            message = "scores must be finite"
            raise ValueError(message)
        fitted = {
            "ids": tuple(self.ids),
            "truth": truth,
            "scores": scores,
            "groups": tuple(self.groups),
            "folds": tuple(fold or "" for fold in self.folds),
            "classes": tuple(self.classes),
        }
        for name, value in fitted.items():
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.ids)

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
    def wrongness(self) -> np.ndarray:
        """(recording,) how wrong each answer is: 0 where it is right, 1 where not."""
        return 1.0 - self.correct

    @cached_property
    def correct(self) -> np.ndarray:
        """(recording,) whether the prediction is the truth."""
        return _frozen(self.predicted == self.truth)

    @classmethod
    def of_labels(
        cls,
        ids: Sequence[str],
        labels: Sequence[str],
        scores: np.ndarray,
        groups: Sequence[str],
        folds: Sequence[str | None],
        classes: Sequence[str],
    ) -> Predictions:
        """The same from true labels in words; a class the model never met is added, with score 0.

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
        return cls(tuple(ids), truth, wide, tuple(groups), tuple(one or "" for one in folds), known)

    @classmethod
    def joined(cls, parts: Sequence[Predictions]) -> Predictions:
        """Several tables as one: the folds of a cross-validation. Classes are matched by name."""
        if not parts:
            message = "there are no predictions to join"
            raise ValueError(message)
        parts = with_one_class_list(parts)
        return cls(
            tuple(one for part in parts for one in part.ids),
            np.concatenate([part.truth for part in parts]),
            np.concatenate([part.scores for part in parts]),
            tuple(one for part in parts for one in part.groups),
            tuple(one for part in parts for one in part.folds),
            parts[0].classes,
        )

    @classmethod
    def alike(cls, parts: Sequence[Predictions]) -> list[Predictions]:
        """The same tables, each with the classes of all of them."""
        return with_one_class_list(parts)

    def of_classes(self, classes: tuple[str, ...]) -> Predictions:
        """The same recordings with the columns of `classes`, which hold all of this table's."""
        if classes == self.classes:
            return self
        place = np.array([classes.index(name) for name in self.classes], dtype=np.int64)
        wide = _spread(self.scores, self.classes, classes)
        return Predictions(self.ids, place[self.truth], wide, self.groups, self.folds, classes)

    def take(self, rows: Sequence[int] | np.ndarray) -> Predictions:
        """Some of the recordings, in the order of `rows`."""
        rows = np.asarray(rows, dtype=np.int64)
        return Predictions(
            tuple(self.ids[row] for row in rows),
            self.truth[rows],
            self.scores[rows],
            tuple(self.groups[row] for row in rows),
            tuple(self.folds[row] for row in rows),
            self.classes,
        )

    def write_csv(self, path: Path) -> None:
        """Write id, truth, prediction, group, fold and one score column per class.

        A score column bears the name of its class, whatever that is: columns are told apart by
        their place. Names that would break a line are escaped, and cells that a spreadsheet would
        run are guarded; `read_csv` undoes both.
        """
        with (
            _files.writing(Path(path)) as aside,
            aside.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*_FIXED, *map(_written, self.classes)])
            for words, scores in zip(self._words(), self.scores, strict=True):
                writer.writerow([*map(_written, words), *map(str, scores)])

    def write_jsonl(self, path: Path) -> None:
        """Write one JSON object per recording: id, truth, prediction, group, fold, scores."""
        with _files.writing(Path(path)) as aside, aside.open("w", encoding="utf-8") as file:
            for words, scores in zip(self._words(), self.scores, strict=True):
                row: dict[str, object] = dict(zip(_FIXED, words, strict=True))
                row["scores"] = {
                    name: float(str(score))
                    for name, score in zip(self.classes, scores, strict=True)
                }
                file.write(json.dumps(row) + "\n")

    @classmethod
    def read_csv(cls, path: Path) -> Predictions:
        """Read what `write_csv` wrote.

        Raises:
            DataError: the file is not such a table; the row is named.
        """
        row = 1
        try:
            with Path(path).open(encoding="utf-8", newline="") as file:
                reader = csv.reader(file, strict=True)
                classes = _classes(next(reader, []))
                rows = []
                for cells in reader:
                    row += 1
                    rows.append(_read_row(cells, classes))
            if not rows:
                return cls((), np.zeros(0), np.zeros((0, len(classes))), (), (), tuple(classes))
            ids, truth, scores, groups, folds = zip(*rows, strict=True)
            return cls(ids, np.array(truth), np.array(scores), groups, folds, tuple(classes))
        except (OSError, ValueError, KeyError, csv.Error) as error:
            reason = f"no class is called {error}" if isinstance(error, KeyError) else error
            message = f"{path}: row {row} of the predictions cannot be read ({reason})"
            raise DataError(message) from error

    def _words(self) -> Iterator[tuple[str, ...]]:
        true = (self.classes[index] for index in self.truth)
        return zip(self.ids, true, self.labels, self.groups, self.folds, strict=True)


def with_one_class_list(parts: Sequence[Predictions]) -> list[Predictions]:
    """The same tables, each with the classes of all of them."""
    lists = {part.classes for part in parts}
    known = parts[0].classes if len(lists) == 1 else tuple(sorted(set().union(*lists)))
    return [part.of_classes(known) for part in parts]


def _written(text: str) -> str:
    return guarded(escaped(text))


def _read(text: str) -> str:
    return unescaped(unguarded(text))


def _classes(header: list[str]) -> dict[str, int]:
    if tuple(header[: len(_FIXED)]) != _FIXED or len(header) == len(_FIXED):
        message = f"its columns must be {', '.join(_FIXED)} and one per class"
        raise ValueError(message)
    names = [_read(cell) for cell in header[len(_FIXED) :]]
    return {name: index for index, name in enumerate(names)}


def _read_row(cells: list[str], classes: dict[str, int]) -> tuple[str, int, np.ndarray, str, str]:
    if len(cells) != len(_FIXED) + len(classes):
        message = f"{len(cells)} cells where {len(_FIXED) + len(classes)} belong"
        raise ValueError(message)
    name, truth, predicted, group, fold = map(_read, cells[: len(_FIXED)])
    scores = np.array(cells[len(_FIXED) :], dtype=np.float32)
    if not np.isfinite(scores).all():
        message = "a score is not a finite number"
        raise ValueError(message)
    if classes[predicted] != scores.argmax():
        message = f"it says `{predicted}`, which has not the highest score: was it edited?"
        raise ValueError(message)
    return name, classes[truth], scores, group, fold


def _spread(scores: np.ndarray, had: tuple[str, ...], wanted: tuple[str, ...]) -> np.ndarray:
    """The columns of `had` at their places among `wanted`; 0 elsewhere."""
    wide = np.zeros((len(scores), len(wanted)), dtype=np.float32)
    wide[:, [wanted.index(name) for name in had]] = scores
    return wide


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array
