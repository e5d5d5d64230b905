"""Several runs compared on the same recordings: paired differences with intervals.

The comparison is paired: each recording is heard by all runs, and the groups are drawn together.
What makes a recording hard for all of them drops out of the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from tonotope._dataframe import one_of
from tonotope._errors import DataError
from tonotope._wording import first_five
from tonotope.answers.metric import Estimate
from tonotope.evaluation.bootstrap import bootstrap
from tonotope.evaluation.evaluate import align
from tonotope.evaluation.intervals import ROUGH_BELOW, difference_tells, score_tells
from tonotope.evaluation.plan import EvaluationPlan
from tonotope.evaluation.result import excludes_zero
from tonotope.evaluation.warnings_on_scores import only_tested

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Difference:
    """How much better one run's figure is than another's: higher, or an error smaller.

    Attributes:
        run: the name of the better run.
        other: the name of the other.
        score: the difference with its interval.
        only_run: on how many recordings `run` is the better one.
        only_other: on how many `other` is.
        groups: from how many groups the recordings come.
        open_ended: whether the figure is an error or a level, which lies on no scale from 0 to 1.
        n: how many recordings both were judged on.
        same: whether both give the same answer to all of them; there is no interval then.
    """

    run: str
    other: str
    score: Estimate
    only_run: int
    only_other: int
    groups: int
    open_ended: bool = False
    n: int = 0
    same: bool = False

    @property
    def tells(self) -> bool:
        """Whether the interval says anything: so few groups may leave nearly all possible."""
        _, low, high = self.score
        return difference_tells(low, high, groups=self.groups, open_ended=self.open_ended)

    @property
    def excludes_zero(self) -> bool | None:
        """Whether the interval leaves out 0; None where unknown, as of one group alone."""
        if self.same:
            return False
        return None if self.groups == 1 else excludes_zero(self.score)

    def to_json(self) -> dict[str, object]:
        """Plain numbers and names."""
        return {
            "run": self.run,
            "other": self.other,
            **self.score._asdict(),
            "only_run": self.only_run,
            "only_other": self.only_other,
            "excludes_zero": self.excludes_zero,
            "same_answers": self.same,
        }


@dataclass(frozen=True)
class Comparison:
    """Runs on the same recordings, best first, and every difference between two of them.

    Attributes:
        metric: the figure by which they are compared.
        lower_is_better: whether a smaller figure is the better one.
        n: how many recordings.
        groups: from how many groups.
        runs: the name and the score of each run, best first.
        differences: between every two runs.
        notes: what to know before believing the numbers.
        unit: of the figure; empty where it has none.
        right_or_wrong: whether an answer is simply right or wrong, as a class is.
    """

    metric: str
    lower_is_better: bool
    n: int
    groups: int
    runs: tuple[tuple[str, Estimate], ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    unit: str = ""
    right_or_wrong: bool = True

    def tells(self, score: Estimate) -> bool:
        """Whether the interval of a run's score says anything."""
        open_ended = bool(self.unit or self.lower_is_better)
        return score_tells(score.low, score.high, groups=self.groups, open_ended=open_ended)

    def to_json(self) -> dict[str, object]:
        """Plain numbers, lists and names."""
        return {
            "metric": self.metric,
            "lower_is_better": self.lower_is_better,
            "n": self.n,
            "groups": self.groups,
            "runs": [{"name": name, **score._asdict()} for name, score in self.runs],
            "differences": [one.to_json() for one in self.differences],
            "notes": list(self.notes),
        }

    def to_dataframe(self, table: str = "runs") -> DataFrame:
        """The `runs` with their scores, best first, or their `differences`, as a data frame.

        Raises:
            DataError: there is no such table.
        """
        content: Any = self.to_json()
        return one_of({name: content[name] for name in ("runs", "differences")}, table)


def compare(
    runs: Mapping[str, Any], plan: EvaluationPlan | None = None, *, seed: int = 0
) -> Comparison:
    """Compare runs on the same recordings, two by two, with intervals.

    Args:
        runs: the predictions of each run by its name, all of one kind.
        plan: the figure that counts, the confidence, the number of resamples.
        seed: of the resamples.

    Raises:
        DataError: fewer than two runs, or runs on other recordings, truths or groups.
    """
    plan = plan or EvaluationPlan()
    if len(runs) < 2:
        raise DataError(f"a comparison needs at least two runs; {len(runs)} given")
    names = list(runs)
    systems = _on_common_ground(runs)
    metric = systems[0].metric(plan.metric)
    measured = bootstrap(systems, confidence=plan.confidence, resamples=plan.resamples, seed=seed)
    scores = [measured.metric(plan.metric, index) for index in range(len(names))]
    sign = -1.0 if metric.lower_is_better else 1.0
    order = sorted(range(len(names)), key=lambda index: -sign * (scores[index].value or 0.0))
    unit = systems[0].unit_of(metric)
    open_ended = bool(unit or metric.lower_is_better)
    differences = []
    for one, two in combinations(order, 2):
        wrong, other = systems[one].losses, systems[two].losses
        estimate = measured.difference(plan.metric, one, two)
        only = int((wrong < other).sum()), int((other < wrong).sum())
        same = estimate.value == 0 and estimate.low is None and measured.same_answers(one, two)
        rest = measured.groups, open_ended, measured.n, same
        differences.append(Difference(names[one], names[two], estimate, *only, *rest))
    ranked = tuple((names[index], scores[index]) for index in order)
    notes = (
        *filter(None, [only_tested(systems[0])]),
        *_notes(measured.groups, len(differences), plan.confidence),
    )
    return Comparison(
        metric=plan.metric,
        lower_is_better=metric.lower_is_better,
        n=measured.n,
        groups=measured.groups,
        runs=ranked,
        differences=tuple(differences),
        notes=notes,
        unit=unit,
        right_or_wrong=systems[0].correct_count is not None,
    )


def _on_common_ground(runs: Mapping[str, Any]) -> list[Any]:
    (first_name, first), *_ = runs.items()
    for name, one in runs.items():
        if type(one) is not type(first):
            raise DataError(
                f"{name} answers another question than {first_name}: only runs that both name "
                "classes, both measure quantities or both give tags can be compared, and of "
                "several tasks only the first counts"
            )
    if not len(first):
        raise DataError(f"{first_name} has judged no recording: there is nothing to compare")
    systems = [
        align(first, one, f"{name}, held against {first_name},") for name, one in runs.items()
    ]
    for name, one in zip(runs, systems, strict=True):
        apart = [
            f"{which}: `{ours}` or `{theirs}`"
            for which, ours, theirs in zip(first.ids, first.groups, one.groups, strict=True)
            if ours != theirs
        ]
        if apart:
            raise DataError(
                f"{name} groups its recordings otherwise than {first_name} ({first_five(apart)}): "
                "the interval of a difference needs one grouping; run both with the same group"
            )
    return type(first).alike(systems)


def _notes(groups: int, pairs: int, confidence: float) -> tuple[str, ...]:
    found = []
    if groups == 1:
        found.append(
            "All recordings come from one group, which says nothing of other groups: no interval "
            "is shown."
        )
    elif groups < ROUGH_BELOW:
        found.append(
            f"The recordings come from {groups} groups only: the intervals are rough, and none is "
            "shown where it would say nothing."
        )
    if pairs > 1:
        found.append(
            f"{pairs} differences are shown, each with its own interval: where all runs are "
            f"equally good, about {pairs * (1 - confidence):.2g} of them would still exclude zero."
        )
    return tuple(found)
