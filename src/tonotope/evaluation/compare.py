"""Several runs on the same recordings: which is better, and how sure that is.

The comparison is paired: each recording is heard by all runs, and the groups are drawn together.
What makes a recording hard for all of them drops out of the difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tonotope._errors import DataError
from tonotope._wording import first_five
from tonotope.answers.metric import Estimate
from tonotope.evaluation.bootstrap import bootstrap
from tonotope.evaluation.evaluate import align
from tonotope.evaluation.intervals import ROUGH_BELOW
from tonotope.evaluation.plan import EvaluationPlan
from tonotope.evaluation.result import excludes_zero


@dataclass(frozen=True)
class Difference:
    """How much better one run's figure is than another's: higher, or an error smaller."""

    run: str
    other: str
    score: Estimate
    only_run: int
    only_other: int

    def to_json(self) -> dict[str, object]:
        """Plain numbers; `only_run` counts the recordings on which `run` is the better one."""
        return {
            "run": self.run,
            "other": self.other,
            **self.score._asdict(),
            "only_run": self.only_run,
            "only_other": self.only_other,
            "excludes_zero": excludes_zero(self.score),
        }


@dataclass(frozen=True)
class Comparison:
    """Runs on the same recordings, best first, and every difference between two of them."""

    metric: str
    lower_is_better: bool
    n: int
    groups: int
    runs: tuple[tuple[str, Estimate], ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

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
        message = f"a comparison needs at least two runs; {len(runs)} given"
        raise DataError(message)
    names = list(runs)
    systems = _on_common_ground(runs)
    metric = systems[0].metric(plan.metric)
    measured = bootstrap(systems, confidence=plan.confidence, resamples=plan.resamples, seed=seed)
    scores = [measured.metric(plan.metric, index) for index in range(len(names))]
    sign = -1.0 if metric.lower_is_better else 1.0
    order = sorted(range(len(names)), key=lambda index: -sign * (scores[index].value or 0.0))
    differences = []
    for one, two in combinations(order, 2):
        wrong, other = systems[one].losses, systems[two].losses
        estimate = measured.difference(plan.metric, one, two)
        only = int((wrong < other).sum()), int((other < wrong).sum())
        differences.append(Difference(names[one], names[two], estimate, *only))
    ranked = tuple((names[index], scores[index]) for index in order)
    notes = _notes(measured.groups, len(differences), plan.confidence)
    return Comparison(
        metric=plan.metric,
        lower_is_better=metric.lower_is_better,
        n=measured.n,
        groups=measured.groups,
        runs=ranked,
        differences=tuple(differences),
        notes=notes,
    )


def _on_common_ground(runs: Mapping[str, Any]) -> list[Any]:
    (first_name, first), *_ = runs.items()
    for name, one in runs.items():
        if type(one) is not type(first):
            message = (
                f"{name} answers another question than {first_name}: only runs that both name "
                "classes, both measure quantities or both give tags can be compared"
            )
            raise DataError(message)
    if not len(first):
        message = f"{first_name} has judged no recording: there is nothing to compare"
        raise DataError(message)
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
            message = (
                f"{name} groups its recordings otherwise than {first_name} ({first_five(apart)}): "
                "the interval of a difference needs one grouping; run both with the same group"
            )
            raise DataError(message)
    return type(first).alike(systems)


def _notes(groups: int, pairs: int, confidence: float) -> tuple[str, ...]:
    found = []
    if groups == 1:
        found.append(
            "All recordings come from one group: the intervals say nothing of other groups."
        )
    elif groups < ROUGH_BELOW:
        found.append(f"The intervals are rough: the recordings come from {groups} groups only.")
    if pairs > 1:
        found.append(
            f"{pairs} differences are shown, each with its own interval: where all runs are "
            f"equally good, about {pairs * (1 - confidence):.2g} of them would still exclude zero."
        )
    return tuple(found)
