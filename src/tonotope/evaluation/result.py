"""The evaluation of a run as a value: written to `evaluation.json`, and read from it again."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tonotope import _files
from tonotope._errors import DataError
from tonotope.answers.metric import Estimate
from tonotope.evaluation.plan import EvaluationPlan

_ENDS = ("value", "low", "high")
_SHARED = frozenset(
    ("metric", *_ENDS, "n", "groups", "confidence", "resamples", "metrics", "baselines",
     "difference", "folds", "mean_over_folds", "notes", "verdict", "tasks")
)  # fmt: skip


@dataclass(frozen=True)
class NamedScore:
    """A baseline or a fold: its name, its figure, and how many of how many were right.

    Where nothing is simply right or wrong, as of measured quantities, `correct` is None.
    """

    name: str
    score: Estimate
    correct: int | None
    n: int
    groups: int

    def to_json(self) -> dict[str, object]:
        """Plain numbers; `correct` only where something is right or wrong."""
        right = {} if self.correct is None else {"correct": self.correct}
        return {"name": self.name, **self.score._asdict(), **right, "n": self.n,
                "groups": self.groups}  # fmt: skip

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> NamedScore:
        """What `to_json` gave."""
        return cls(row["name"], _estimate(row), row.get("correct"), row["n"], row["groups"])


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation:
    """What a run is worth: a figure, its interval, and what stands beside it.

    Attributes:
        plan: the figure that counts, and how it was found.
        score: that figure, over all recordings; of several columns their mean.
        n: how many recordings.
        groups: from how many groups.
        metrics: every figure with its interval.
        baselines: what each simple method reaches on the same recordings.
        best: the name of the best baseline; None where there is none.
        difference: how much better the run is than the best baseline: a higher score, or a
            smaller error; None where there is none.
        folds: the figure in each fold, where there are folds.
        notes: what to know before believing the numbers.
        details: what belongs to this kind of answer alone, as in `evaluation.json`: of classes
            `correct`, `per_class` and `confusion`; of others `unit` and `per_column`.
        tasks: the evaluation of each task, where there are several; this one is of the first.
    """

    plan: EvaluationPlan
    score: Estimate
    n: int
    groups: int
    metrics: Mapping[str, Estimate]
    baselines: tuple[NamedScore, ...]
    best: str | None
    difference: Estimate | None
    folds: tuple[NamedScore, ...]
    notes: tuple[str, ...]
    details: Mapping[str, Any]
    tasks: Mapping[str, Evaluation] = field(default_factory=dict)

    @property
    def best_baseline(self) -> NamedScore | None:
        """The baseline called `best`."""
        return next((one for one in self.baselines if one.name == self.best), None)

    @property
    def unit(self) -> str:
        """The unit of the figure that counts; empty where it has none."""
        return str(self.details.get("unit", ""))

    @property
    def lower_is_better(self) -> bool:
        """Whether a smaller figure is the better one."""
        return bool(self.details.get("lower_is_better"))

    @property
    def mean_over_folds(self) -> dict[str, float | int | None] | None:
        """The mean of the folds' figures and their standard deviation; None without folds."""
        values = [fold.score.value for fold in self.folds if fold.score.value is not None]
        if not values:
            return None
        spread = float(np.std(values, ddof=1)) if len(values) > 1 else None
        return {"value": float(np.mean(values)), "spread": spread, "folds": len(values)}

    @property
    def verdict(self) -> dict[str, object]:
        """The numbers a verdict is made of; the words are the report's."""
        best, sure = self.best_baseline, excludes_zero(self.difference)
        if "correct" in self.details:
            right = best.correct if best else None
            return {"correct": self.details["correct"], "n": self.n, "baseline": self.best,
                    "baseline_correct": right, "excludes_zero": sure}  # fmt: skip
        value = best.score.value if best else None
        return {"n": self.n, "baseline": self.best, "baseline_value": value, "excludes_zero": sure}

    def to_json(self) -> dict[str, object]:
        """The content of `evaluation.json`: plain numbers, lists and names."""
        content = {
            "metric": self.plan.metric,
            **self.score._asdict(),
            "n": self.n,
            "groups": self.groups,
            "confidence": self.plan.confidence,
            "resamples": self.plan.resamples,
            "metrics": {name: one._asdict() for name, one in self.metrics.items()},
            "baselines": [one.to_json() for one in self.baselines],
            "difference": self.difference and {"baseline": self.best, **self.difference._asdict()},
            "folds": [one.to_json() for one in self.folds],
            "mean_over_folds": self.mean_over_folds,
            "notes": list(self.notes),
            **self.details,
            "verdict": self.verdict,
        }
        if self.tasks:
            content["tasks"] = {name: one.to_json() for name, one in self.tasks.items()}
        return content

    def write(self, path: Path) -> None:
        """Write `evaluation.json`."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        _files.write_text(Path(path), text + "\n")

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Evaluation:
        """What `to_json` gave.

        Raises:
            KeyError: something that every evaluation holds is missing.
        """
        difference = content.get("difference")
        baselines = tuple(NamedScore.from_json(one) for one in content["baselines"])
        plan = EvaluationPlan.model_construct(
            metric=content["metric"],
            baselines=tuple(one.name for one in baselines),
            confidence=content["confidence"],
            resamples=content["resamples"],
        )
        return cls(
            plan=plan,
            score=_estimate(content),
            n=content["n"],
            groups=content["groups"],
            metrics={name: _estimate(one) for name, one in content["metrics"].items()},
            baselines=baselines,
            best=difference["baseline"] if difference else None,
            difference=_estimate(difference) if difference else None,
            folds=tuple(NamedScore.from_json(one) for one in content["folds"]),
            notes=tuple(content["notes"]),
            details={key: one for key, one in content.items() if key not in _SHARED},
            tasks={name: cls.from_json(one) for name, one in content.get("tasks", {}).items()},
        )

    @classmethod
    def read(cls, path: Path) -> Evaluation:
        """Read `evaluation.json`.

        Raises:
            DataError: the file is missing or holds something else.
        """
        try:
            return cls.from_json(json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            message = f"{path}: cannot be read as an evaluation ({error}); was it edited?"
            raise DataError(message) from error

    def __getitem__(self, key: str) -> Any:
        """The same as in `evaluation.json`; version 0.1 gave a dictionary."""
        content = self.to_json()
        if key in content:
            told = _ATTRIBUTES.get(key, f"details[{key!r}]")
            warnings.warn(
                f"evaluation[{key!r}] is deprecated: write evaluation.{told}, or"
                f" evaluation.to_json()[{key!r}]",
                DeprecationWarning,
                stacklevel=2,
            )
        return content[key]

    def get(self, key: str, default: Any = None) -> Any:
        """As `[]`, or `default` where there is no such key."""
        return self[key] if key in self.to_json() else default


_ATTRIBUTES = {
    "metric": "plan.metric", "value": "score.value", "low": "score.low", "high": "score.high",
    "confidence": "plan.confidence", "resamples": "plan.resamples", "unit": "unit",
    **{name: name for name in ("n", "groups", "metrics", "baselines", "difference", "folds",
       "mean_over_folds", "notes", "verdict", "tasks", "lower_is_better")},
}  # fmt: skip


def excludes_zero(difference: Estimate | None) -> bool | None:
    """Whether a difference's interval lies wholly on one side of zero; None where unknown."""
    if difference is None or difference.low is None or difference.high is None:
        return None
    return difference.low > 0 or difference.high < 0


def _estimate(row: Mapping[str, Any]) -> Estimate:
    return Estimate(*(row[end] for end in _ENDS))
