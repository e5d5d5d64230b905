"""What numbers, tags and sound share: a column for each target, and the metrics of each column.

One row per recording and, for every column, a cell each for the target and for the prediction. On
disk it is `predictions.csv`; an unknown target is an empty cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from tonotope._wording import first_five
from tonotope.answers.answer import Answer, Who
from tonotope.answers.metric import (
    Estimate,
    Metric,
    Resampled,
    Score,
    effective_groups,
    mean_of_defined,
)
from tonotope.answers.stored_table import read
from tonotope.answers.table import AnswerTable

_FIXED = ("id", "group", "fold")


@dataclass(frozen=True, eq=False)
class ColumnTable(AnswerTable):
    """Predictions in several columns, with the targets beside them.

    Attributes:
        ids: one per recording, all different.
        truth: (recording, column) the targets in double precision, NaN where unknown.
        predicted: (recording, column) the decisions, in single precision.
        groups: the speaker, artist, patient or source of each recording.
        folds: the fold in which each recording was tested; empty where there are no folds.
        columns: what each column is about.

    Raises:
        ValueError: the parts do not fit one another, or a prediction is not finite.
    """

    ids: tuple[str, ...]
    truth: np.ndarray
    predicted: np.ndarray
    groups: tuple[str, ...]
    folds: tuple[str, ...]
    columns: tuple[str, ...]

    # The tables of the file, each as the name of its columns and of the attribute that holds it.
    layers: ClassVar[Mapping[str, str]] = {"truth": "truth", "prediction": "predicted"}

    def __post_init__(self) -> None:
        count, wide = len(self.ids), len(self.columns)
        if len(set(self.ids)) < count or len(set(self.columns)) < wide:
            raise ValueError("ids and columns must each be all different")
        for name in self.layers.values():
            kind = np.float64 if name == "truth" else np.float32
            table = np.array(getattr(self, name), dtype=kind).reshape(-1, max(wide, 1))
            if table.shape != (count, max(wide, 1)):
                raise ValueError(f"{count} ids and {wide} columns, but `{name}` is {table.shape}")
            if np.isinf(table).any() or (name != "truth" and np.isnan(table).any()):
                raise ValueError(f"`{name}` must be finite")
            self._freeze(**{name: table})
        if {len(self.groups), len(self.folds)} != {count}:
            message = f"{count} ids, but {len(self.groups)} groups and {len(self.folds)} folds"
            raise ValueError(message)
        self._freeze(
            ids=tuple(self.ids),
            groups=tuple(self.groups),
            columns=tuple(self.columns),
            folds=tuple(fold or "" for fold in self.folds),
        )

    @cached_property
    def known(self) -> np.ndarray:
        """(recording, column) whether the target is known."""
        return np.isfinite(self.truth)

    @property
    def truths(self) -> tuple[str, ...]:
        """The targets of each recording in words, to be compared."""
        return tuple(" ".join(_cell(value) or "?" for value in row) for row in self.truth)

    @classmethod
    def of_scores(
        cls, answer: Answer, scores: np.ndarray, decided: np.ndarray, truth: Any, who: Who
    ) -> Self:
        """A table of what a head predicted."""
        del scores
        return cls(truth=np.asarray(truth), predicted=decided, columns=answer.columns, **who)

    @classmethod
    def outcome(
        cls, answer: Answer, scores: np.ndarray, decided: np.ndarray | None, own: Sequence[Answer]
    ) -> Any:
        """The scores as numbers, in single precision."""
        del answer, decided, own
        return [float(str(np.float32(one))) for one in scores]

    # --- predictions.csv ----------------------------------------------------------------------

    def header(self) -> list[str]:
        """`id`, `group`, `fold`, and for each column its target and its prediction."""
        return [*_FIXED, *(f"{layer}:{name}" for name in self.headed for layer in self.layers)]

    def cells(self, row: int) -> tuple[Sequence[str], Sequence[str]]:
        """One row of `predictions.csv`."""
        tables = [getattr(self, name) for name in self.layers.values()]
        numbers = [_cell(table[row, at]) for at in range(len(self.columns)) for table in tables]
        return (self.ids[row], self.groups[row], self.folds[row]), numbers

    @classmethod
    def of_header(cls, header: list[str]) -> dict[str, Any]:
        """The columns that a header names."""
        own, layers = header[len(_FIXED) :], list(cls.layers)
        names = [one.partition(":")[2] for one in own[:: len(layers)]]
        if tuple(header[: len(_FIXED)]) != _FIXED or own != [
            f"{layer}:{name}" for name in names for layer in layers
        ]:
            would_fit = ", ".join(f"{layer}:NAME" for layer in layers)
            message = f"its columns must be {', '.join(_FIXED)}, then for each NAME {would_fit}"
            raise ValueError(message)
        return cls.of_headed(names)

    @classmethod
    def of_headed(cls, names: Sequence[str]) -> dict[str, Any]:
        """The constants that `headed` was made of."""
        return {"columns": tuple(names)}

    @classmethod
    def of_cells(cls, cells: list[str], constants: Mapping[str, Any]) -> tuple[Any, ...]:
        """The id, the group, the fold, and the numbers of a row."""
        del constants
        numbers = [float(one or "nan") for one in cells[len(_FIXED) :]]
        return (*map(read, cells[: len(_FIXED)]), numbers)

    @classmethod
    def of_rows(cls, rows: list[tuple[Any, ...]], constants: Mapping[str, Any]) -> Self:
        """The table of some rows."""
        ids, groups, folds, values = zip(*rows, strict=True) if rows else ((), (), (), ())
        shape = (len(ids), len(constants["columns"]), len(cls.layers))
        table = np.array(values).reshape(shape)
        tables: dict[str, Any] = {
            name: table[:, :, at] for at, name in enumerate(cls.layers.values())
        }
        who: dict[str, Any] = {"ids": ids, "groups": groups, "folds": folds}
        return cls(**who, **constants, **tables)

    def same_answers(self, other: Any) -> bool:
        """Whether every number predicted is the same, where a target is known."""
        apart = (self.predicted != other.predicted) & self.known
        return not apart.any()

    # --- evaluation -----------------------------------------------------------------------------

    def sums(self) -> np.ndarray:
        """(recording, column, sum) what each recording adds to the sums that metrics are made of.

        Nothing where the target is unknown.
        """
        return self.known[..., None].astype(np.float64)

    @classmethod
    def resample(
        cls, systems: Sequence[Any], unit: np.ndarray, units: int, draws: Iterable[np.ndarray]
    ) -> Sequence[Resampled]:
        """The metrics of each system, column by column."""
        there = np.zeros((units, len(systems[0].columns)))
        np.add.at(there, unit, systems[0].known)
        found = [ResampledColumns(one, unit, there) for one in systems]
        for times in draws:
            for one in found:
                one.draw(times)
        return found

    def details(
        self, metric: Metric, own: Resampled, estimate: Callable[[Metric], list[Estimate]]
    ) -> dict[str, object]:
        """The unit of the figure that counts, and every metric of each column."""
        assert isinstance(own, ResampledColumns)
        table = {one: estimate(one) for one in self.metrics}
        rows = [self._column(at, own, {one: found[at] for one, found in table.items()})
                for at in range(len(self.columns))]  # fmt: skip
        return super().details(metric, own, estimate) | {"per_column": rows}

    def _column(
        self, at: int, own: ResampledColumns, estimates: Mapping[Metric, Estimate]
    ) -> dict[str, object]:
        groups = int(own.groups[at])  # where all come from one group, the units are recordings
        row: dict[str, object] = {
            "name": self.columns[at],
            "n": int(own.counts[at]),
            "groups": min(groups, 1) if len(set(self.groups)) == 1 else groups,
            **self.about(at),
        }
        for metric, (value, low, high) in estimates.items():
            key = metric.alone or metric.name
            row |= {key: value, f"{key}_low": low, f"{key}_high": high}
        return row

    def about(self, at: int) -> dict[str, object]:
        """What else `evaluation.json` says of one column."""
        del at
        return {}

    def notes(self, own: Resampled) -> list[str]:
        """The columns of which nothing is known."""
        assert isinstance(own, ResampledColumns)
        unknown = [name for name, n in zip(self.columns, own.counts, strict=True) if not n]
        return [f"Not known of any recording judged: {first_five(unknown)}."] if unknown else []


class ResampledColumns:
    """The metrics of one table with columns, over all recordings and draw by draw.

    Attributes:
        counts: (column,) how many recordings have a target.
        groups: (column,) how many units have one.
        effective: (column,) how many units of equal size would tell as much.
    """

    def __init__(self, table: ColumnTable, unit: np.ndarray, there: np.ndarray) -> None:
        self.table, self.unit, self.units = table, unit, len(there)
        self.counts, self.groups = table.known.sum(axis=0), (there > 0).sum(axis=0)
        self.effective = effective_groups(there)
        sums = table.sums()
        self.sums = np.zeros((self.units, *sums.shape[1:]))
        np.add.at(self.sums, unit, sums)
        self.value = {
            name: found[0] for name, found in self._scores(np.ones((1, self.units))).items()
        }
        self.parts: list[dict[str, np.ndarray]] = []

    def draw(self, times: np.ndarray) -> None:
        """Score some draws: `times` is (draw, unit)."""
        self.parts.append(self._scores(times))

    def overall(self, metric: Metric) -> Score:
        """The mean over the columns in which a metric is defined."""
        value, draws = map(mean_of_defined, (self.value[metric.name], self.draws[metric.name]))
        counts, effective = float(self.counts.sum()), np.nanmin(self.effective, initial=self.units)
        return Score(value, draws, self.units, counts, self.units, effective)

    def by_column(self, metric: Metric) -> list[Score]:
        """A metric of each column."""
        value, draws = self.value[metric.name], self.draws[metric.name]
        return [
            Score(value[at], draws[:, at], int(units), float(count), int(units), effective)
            for at, (count, units, effective) in enumerate(
                zip(self.counts, self.groups, self.effective, strict=True)
            )
        ]

    @cached_property
    def draws(self) -> dict[str, np.ndarray]:
        """Of each metric, (draw, column)."""
        return {name: np.concatenate([part[name] for part in self.parts]) for name in self.value}

    def _scores(self, times: np.ndarray) -> dict[str, np.ndarray]:
        sums = np.tensordot(times, self.sums, axes=1)
        return {
            metric.name: metric.of_sums(sums) if metric.of_sums else self._ranked(metric, times)
            for metric in self.table.metrics
        }

    def _ranked(self, metric: Metric, times: np.ndarray) -> np.ndarray:
        assert metric.of_draws is not None
        columns = range(len(self.table.columns))
        rows = max(1, 2**22 // max(len(self.unit), 1))  # 32 MB at once
        parts = [
            np.stack([metric.of_draws(self.table, at, own) for at in columns], axis=1)
            for first in range(0, len(times), rows)
            for own in [times[first : first + rows, self.unit]]
        ]
        return np.concatenate(parts)


def _cell(value: np.floating) -> str:
    """A number with as many digits as bring it back; nothing for one that is unknown."""
    if np.isnan(value):
        return ""
    text = str(value)
    return text.removesuffix(".0")
