"""`Evaluation`: the result of a run as a value; `evaluation.json` written and read."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tonotope import _files
from tonotope._dataframe import one_of
from tonotope._errors import DataError
from tonotope._wording import counted
from tonotope.answers.metric import Estimate
from tonotope.evaluation.evaluation_file import check_content
from tonotope.evaluation.intervals import ROUGH_BELOW, difference_tells, score_tells
from tonotope.evaluation.plan import EvaluationPlan

if TYPE_CHECKING:
    from pandas import DataFrame

_ENDS = ("value", "low", "high")
_SHARED = frozenset(
    ("metric", *_ENDS, "n", "groups", "confidence", "resamples", "metrics", "baselines",
     "difference", "folds", "mean_over_folds", "notes", "verdict", "tasks")
)  # fmt: skip


@dataclass(frozen=True)
class NamedScore:
    """The score of a baseline or of a fold.

    Attributes:
        name: of the baseline, or of the fold.
        score: the figure that counts.
        correct: how many predictions are right; None where nothing is simply right or wrong.
        n: how many recordings.
        groups: from how many groups.
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


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Evaluation:
    """How well a run predicts: a score, its interval, and the scores of the baselines.

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
    def metric(self) -> str:
        """The name of the figure that counts."""
        return self.plan.metric

    def __str__(self) -> str:
        """The score, what it rests on, and the best baseline; of several tasks a line each."""
        if self.tasks:
            return "\n".join(f"{name}: {one}" for name, one in self.tasks.items())
        score = f"{self.metric} {self.text(self.score)}"
        text = f"{score}, {self.n} recordings, {self.groups} groups"
        if self.only_class:
            return f"{text}; only {self.only_class} was tested"
        if self.best_baseline is None or self.difference is None:
            return text
        baseline = f"{self.best} {self.text(self.best_baseline.score)}"
        if self.as_baseline:
            return f"{text}; {baseline}; the same answers"
        return f"{text}; {baseline}; {self._ahead(self.difference)}"

    def __repr__(self) -> str:
        return f"<Evaluation: {self}>"

    def text(self, estimate: Estimate, *, difference: bool = False) -> str:
        """A figure with its interval: `0.944 (0.910 to 0.968)`; what is undefined is a dash.

        An error has its unit and as many digits as mean something. Where so few groups tell no
        interval, the figure of a score is followed by their number: `0.250 (2 groups)`.

        Args:
            estimate: the figure.
            difference: whether it is the difference of two scores; without a telling interval it
                stands alone.
        """
        value, low, high = estimate
        digits = ".4g" if self.lower_is_better else ".3f"
        if value is None:
            return "–"
        unit = f" {self.unit}" if self.unit else ""
        text = f"{value:{digits}}{unit}"
        if not self.tells(estimate, difference=difference):
            few = self.groups < ROUGH_BELOW and not difference
            return f"{text} ({counted(self.groups, 'group')})" if few else text
        return f"{text} ({low:{digits}} to {high:{digits}}{unit})"

    def tells(self, estimate: Estimate, *, difference: bool = False) -> bool:
        """Whether the interval of a score, or of a difference of two, says anything."""
        _, low, high = estimate
        rule = difference_tells if difference else score_tells
        open_ended = bool(self.unit or self.lower_is_better)
        return rule(low, high, groups=self.groups, open_ended=open_ended)

    def _ahead(self, difference: Estimate) -> str:
        """`better by 0.2 (0.1 to 0.3)`, or `worse by`: never `better by -0.2`."""
        value, low, high = difference
        if value is None or value >= 0:
            return f"better by {self.text(difference, difference=True)}"
        turned = Estimate(-value, high and -high, low and -low)
        return f"worse by {self.text(turned, difference=True)}"

    @property
    def best_baseline(self) -> NamedScore | None:
        """The baseline called `best`."""
        return next((one for one in self.baselines if one.name == self.best), None)

    @property
    def only_class(self) -> str:
        """The one class that was tested, where others were not: no verdict then; else empty."""
        return str(self.details.get("only_class") or "")

    @property
    def as_baseline(self) -> bool:
        """Whether the run gives the same answer as the best baseline to every recording."""
        return self.n > 1 and same_answers(self.difference)

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
        # One group says nothing of others, however many recordings of it there are.
        best, sure = self.best_baseline, excludes_zero(self.difference)
        if self.groups == 1 or self.only_class:
            sure = None
        if "correct" in self.details:
            right = best.correct if best else None
            return {"correct": self.details["correct"], "n": self.n, "baseline": self.best,
                    "baseline_correct": right, "excludes_zero": sure}  # fmt: skip
        value = best.score.value if best else None
        return {"n": self.n, "baseline": self.best, "baseline_value": value, "excludes_zero": sure}

    def to_json(self) -> dict[str, Any]:
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
            "difference": self.difference
            and {
                "baseline": self.best,
                **self.difference._asdict(),
                **({"same_answers": True} if self.as_baseline else {}),
            },
            "folds": [one.to_json() for one in self.folds],
            "mean_over_folds": self.mean_over_folds,
            "notes": list(self.notes),
            **self.details,
            "verdict": self.verdict,
        }
        if self.tasks:
            content["tasks"] = {name: one.to_json() for name, one in self.tasks.items()}
        return content

    def to_dataframe(self, table: str = "metrics") -> DataFrame:
        """One table of `evaluation.json` as a pandas data frame.

        Args:
            table: `metrics`, `baselines` or `folds`; of classes also `per_class`, of quantities
                and tags `per_column`.

        Raises:
            DataError: there is no such table.
        """
        content: Any = self.to_json()
        rows = [{"metric": name, **one} for name, one in content["metrics"].items()]
        more = {
            name: one
            for name, one in content.items()
            if name in ("baselines", "folds")
            or (name in self.details and isinstance(one, list) and isinstance(one[0], dict))
        }
        return one_of({"metrics": rows, **more}, table)

    def write(self, path: Path) -> None:
        """Write `evaluation.json`."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        _files.write_text(Path(path), text + "\n")

    @classmethod
    def from_json(cls, content: Mapping[str, Any], file: object = "evaluation.json") -> Evaluation:
        """What `to_json` gave.

        Args:
            content: of the file.
            file: its name, for the message.

        Raises:
            DataError: an entry is missing, or of another type; names it.
        """
        check_content(content, file)
        try:
            return cls._from_json(content)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            message = f"{file}: cannot be read as an evaluation ({error!r}); was it edited?"
            raise DataError(message) from error

    @classmethod
    def _from_json(cls, content: Mapping[str, Any]) -> Evaluation:
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
            tasks={name: cls._from_json(one) for name, one in (content.get("tasks") or {}).items()},
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Evaluation) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash((self.score, self.n, self.groups))

    # Version 0.1 gave a dictionary, the content of `evaluation.json`.

    def __getitem__(self, key: str) -> Any:
        return self._of_dictionary(key)[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Deprecated: as of the dictionary of version 0.1."""
        return self._of_dictionary(key).get(key, default)

    def __contains__(self, key: str) -> bool:
        return key in self._of_dictionary(key)

    def keys(self) -> Iterable[str]:
        """Deprecated: as of the dictionary of version 0.1."""
        return self._of_dictionary("").keys()

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def _of_dictionary(self, key: str) -> dict[str, Any]:
        told = _ATTRIBUTES.get(key, key if key in dir(self) else f"details[{key!r}]")
        new = f"evaluation.{told}, or " * bool(key) + "evaluation.to_json()"
        message = f"an evaluation is no dictionary any more: write {new}"
        warnings.warn(message, DeprecationWarning, stacklevel=3)
        return self.to_json()


_ATTRIBUTES = {
    "value": "score.value", "low": "score.low", "high": "score.high",
    "confidence": "plan.confidence", "resamples": "plan.resamples",
}  # fmt: skip


def same_answers(difference: Estimate | None) -> bool:
    """Whether a difference is that of two systems that gave the same answers: 0, no interval.

    >>> same_answers(Estimate(0.0, None, None)), same_answers(Estimate(0.0, -0.1, 0.1))
    (True, False)
    """
    return difference is not None and difference.value == 0 and difference.low is None


def excludes_zero(difference: Estimate | None) -> bool | None:
    """Whether a difference's interval lies wholly on one side of zero; None where unknown."""
    if same_answers(difference):
        return False
    if difference is None or difference.low is None or difference.high is None:
        return None
    return difference.low > 0 or difference.high < 0


def _estimate(row: Mapping[str, Any]) -> Estimate:
    return Estimate(*(row[end] for end in _ENDS))
