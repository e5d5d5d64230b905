"""What every kind of answer offers: a table of predictions beside their targets.

A kind of answer is a subclass of `AnswerTable`, in one file: its columns on disk, its metrics, its
baselines, and what one prediction looks like in a table or as JSON. All other packages ask these
questions and never which kind it is. A kind of your own is a subclass in your own code, named by
the `Answer` of a head of your own.
"""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from tonotope import _files
from tonotope._errors import DataError, did_you_mean
from tonotope._escape import escaped, guarded, unescaped, unguarded
from tonotope.answers.answer import Answer
from tonotope.answers.metric import Estimate, Metric, Resampled, Score


@dataclass(frozen=True, eq=False)
class BaselineInput:
    """What a baseline may know: the training part, and the sound of the test part.

    Attributes:
        features: (recording, number) of the training part; None where the baseline uses no sound.
        targets: of the training part: labels (recording,), or numbers (recording, column).
        groups: (recording,) the group of each training recording.
        test_features: (recording, number) of the test part.
        test: a table of the test part; only its recordings and columns are used.
    """

    features: Any
    targets: np.ndarray
    groups: np.ndarray
    test_features: Any
    test: Any


@dataclass(frozen=True)
class Baseline:
    """A simple method that a network should beat.

    Attributes:
        name: as users write it.
        method: from a `BaselineInput` to what `AnswerTable.with_predictions` takes; of sound, from
            samples (time,) and a rate in Hz to samples.
        uses: what it hears of a recording: nothing, its `mfcc` statistics, its `pitch`, or its
            `samples`.
        usual: whether it is taken where the experiment names none.
    """

    name: str
    method: Callable[..., Any]
    uses: str = ""
    usual: bool = True


class AnswerTable(ABC):
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
    """

    kind: ClassVar[str]
    phrase: ClassVar[str] = "something else"
    metrics: ClassVar[tuple[Metric, ...]] = ()
    baselines: ClassVar[tuple[Baseline, ...]] = ()
    exact: ClassVar[bool] = False
    one_label: ClassVar[bool] = False
    constants: ClassVar[tuple[str, ...]] = ("columns",)

    # Every subclass has these fields, in its own order.
    ids: Any
    groups: Any
    folds: Any

    def __len__(self) -> int:
        return len(self.ids)

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
        cls,
        answer: Answer,
        scores: np.ndarray,
        decided: np.ndarray,
        truth: Any,
        who: Mapping[str, tuple[str, ...]],
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

    @abstractmethod
    def header(self) -> list[str]:
        """The columns of `predictions.csv`."""

    @abstractmethod
    def cells(self, row: int) -> tuple[Sequence[str], Sequence[str]]:
        """One row of `predictions.csv`: its texts, then its numbers as text."""

    @classmethod
    @abstractmethod
    def of_header(cls, header: list[str]) -> dict[str, Any]:
        """The constants that a header tells.

        Raises:
            ValueError: it is the header of another table.
        """

    @classmethod
    @abstractmethod
    def of_cells(cls, cells: list[str], constants: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values of one row, in the order that `of_rows` takes them."""

    @classmethod
    @abstractmethod
    def of_rows(cls, rows: list[tuple[Any, ...]], constants: Mapping[str, Any]) -> Self:
        """The table of some rows."""

    # --- what the evaluation asks -----------------------------------------------------------

    @property
    def correct_count(self) -> int | None:
        """How many predictions are right; None where nothing is simply right or wrong."""
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
        return _means(systems, unit, units, draws)

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
    def row_object(
        cls, outcome: Any, scores: Mapping[str, float], score: float
    ) -> dict[str, object]:
        """One prediction as an object of JSON."""
        del outcome, score
        return dict(scores)

    @classmethod
    def label(cls, outcome: Any) -> str:
        """The class that an outcome names; empty where it names none."""
        del outcome
        return ""

    # --- tables, written once for all kinds ---------------------------------------------------

    def take(self, rows: Sequence[int] | np.ndarray) -> Self:
        """Some of the recordings, in the order of `rows`."""
        rows = np.asarray(rows, dtype=np.int64)
        return type(self)(**{
            name: value if name in self.constants
            else value[rows] if isinstance(value, np.ndarray)
            else tuple(value[row] for row in rows)
            for name, value in self._fields().items()
        })  # fmt: skip

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Several tables as one: the folds of a cross-validation."""
        if not parts:
            message = "there are no predictions to join"
            raise ValueError(message)
        every = [part._fields() for part in cls.alike(parts)]
        return cls(**{
            name: value if name in cls.constants
            else np.concatenate([one[name] for one in every]) if isinstance(value, np.ndarray)
            else tuple(item for one in every for item in one[name])
            for name, value in every[0].items()
        })  # fmt: skip

    @classmethod
    def alike(cls, parts: Sequence[Self]) -> list[Self]:
        """The same tables, each with the same columns.

        Raises:
            DataError: they are about different things.
        """
        for part in parts:
            if any(getattr(part, name) != getattr(parts[0], name) for name in cls.constants):
                message = (
                    "these predictions are not about the same things: "
                    f"{', '.join(parts[0].headed)} and {', '.join(part.headed)}"
                )
                raise DataError(message)
        return list(parts)

    @property
    def headed(self) -> tuple[str, ...]:
        """The columns as the header of the file names them."""
        return getattr(self, "columns", ())

    def write_csv(self, path: Path) -> None:
        """Write `predictions.csv`.

        Names that would break a line are escaped, and cells that a spreadsheet would run are
        guarded; `read_csv` undoes both.
        """
        with (
            _files.writing(Path(path)) as aside,
            aside.open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(map(written, self.header()))
            for row in range(len(self)):
                texts, numbers = self.cells(row)
                writer.writerow([*map(written, texts), *numbers])

    @classmethod
    def read_csv(cls, path: Path) -> Self:
        """Read what `write_csv` wrote.

        Raises:
            DataError: the file is not such a table; the row is named.
        """
        row = 1
        try:
            with Path(path).open(encoding="utf-8", newline="") as file:
                reader = csv.reader(file, strict=True)
                header = [unescaped(unguarded(cell)) for cell in next(reader, [])]
                constants = cls.of_header(header)
                rows = []
                for cells in reader:
                    row += 1
                    if len(cells) != len(header):
                        message = f"{len(cells)} cells where {len(header)} belong"
                        raise ValueError(message)
                    rows.append(cls.of_cells(cells, constants))
            return cls.of_rows(rows, constants)
        except (OSError, ValueError, KeyError, csv.Error) as error:
            reason = f"no class is called {error}" if isinstance(error, KeyError) else error
            message = f"{path}: row {row} of the predictions cannot be read ({reason})"
            raise DataError(message) from error

    def _fields(self) -> dict[str, Any]:
        kind: Any = type(self)
        return {one.name: getattr(self, one.name) for one in fields(kind)}

    def _freeze(self, **values: Any) -> None:
        """Set fields to what was checked; arrays can no longer be written to."""
        for name, value in values.items():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            object.__setattr__(self, name, value)


def written(text: str) -> str:
    """A text as a cell of a table."""
    return guarded(escaped(text))


def read(text: str) -> str:
    """The text of a cell, as it was before `written`."""
    return unescaped(unguarded(text))


def _named(known: Sequence[Any], name: str, what: str) -> Any:
    for one in known:
        if one.name == name:
            return one
    names = [one.name for one in known]
    guess = did_you_mean(name, names)
    message = f"no {what} is called `{name}`; known: {', '.join(names) or 'none'}{guess}"
    raise DataError(message)


class _Means:
    """Metrics that are means over recordings."""

    def __init__(self, table: AnswerTable, unit: np.ndarray, units: int) -> None:
        self.units, self.draws = units, {}
        self.sums: dict[str, np.ndarray] = {}
        self.counts: dict[str, np.ndarray] = {}
        for metric in table.metrics:
            values = np.asarray(table.values(metric), dtype=np.float64)
            there = np.isfinite(values)
            self.counts[metric.name] = np.bincount(unit, there, units)
            self.sums[metric.name] = np.bincount(unit, np.where(there, values, 0.0), units)
            self.draws[metric.name] = []

    def draw(self, times: np.ndarray) -> None:
        for name, parts in self.draws.items():
            parts.append(_ratio(times @ self.sums[name], times @ self.counts[name]))

    def overall(self, metric: Metric) -> Score:
        name = metric.name
        counts = self.counts[name]
        value = _ratio(self.sums[name].sum(), counts.sum())
        draws = np.concatenate(self.draws[name])
        return Score(value, draws, self.units, counts.sum(), int((counts > 0).sum()))

    def by_column(self, metric: Metric) -> list[Score]:
        del metric
        return []


def _means(
    systems: Sequence[AnswerTable], unit: np.ndarray, units: int, draws: Iterable[np.ndarray]
) -> list[Resampled]:
    found = [_Means(one, unit, units) for one in systems]
    for times in draws:
        for one in found:
            one.draw(times)
    return [*found]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), np.nan)
