"""Warnings about a score: few groups, one class, folds of one group, all right, no baseline."""

from __future__ import annotations

from collections.abc import Sequence

from tonotope._wording import counted, first_five
from tonotope.answers.metric import Metric
from tonotope.answers.table import AnswerTable
from tonotope.evaluation.bootstrap import Bootstrap
from tonotope.evaluation.intervals import ROUGH_BELOW
from tonotope.evaluation.result import NamedScore

_ALONE = "There is no baseline: nothing says how much of the score comes free."


def score_notes(
    found: Bootstrap, metric: Metric, folds: Sequence[NamedScore], *, baselines: int
) -> tuple[str, ...]:
    """The sentences that belong beside an evaluation.

    Args:
        found: the metrics of the run, first of all systems.
        metric: the figure that counts.
        folds: the figure in each fold.
        baselines: how many baselines there are.
    """
    sentences = [
        _on_groups(found.groups, found.n),
        only_tested(found.tables[0]),
        _on_the_edge(found, metric),
        _on_folds(folds),
        *found.tables[0].notes(found.systems[0]),
        "" if baselines else _ALONE,
    ]
    return tuple(sentence for sentence in sentences if sentence)


def how_clear(groups: int, recordings: int, excludes_zero: bool | None) -> str:
    """How sure a difference of two scores is, in the words of the report; empty where it is clear.

    Recordings that are each a group of their own are called recordings, as in the report.

    Args:
        groups: from how many groups the recordings come.
        recordings: how many there are.
        excludes_zero: whether the interval of the difference leaves out 0.

    >>> how_clear(3, 18, False), how_clear(40, 90, False)
    ('3 groups are too few to tell which does better', 'too close to tell apart')
    >>> how_clear(1, 18, None), how_clear(3, 18, True)
    ('one group cannot tell which does better', '')
    """
    if groups == 1:
        return "one group cannot tell which does better"
    if excludes_zero:
        return ""
    if groups < ROUGH_BELOW:
        evidence = counted(groups, "recording" if groups == recordings else "group")
        return f"{evidence} are too few to tell which does better"
    return "too close to tell apart"


def only_tested(table: AnswerTable) -> str:
    """That one class alone was tested, which is no test of several; empty where it is not so."""
    if not table.only_class:
        return ""
    return f"Only `{table.only_class}` was tested: a score of one class says nothing of the others."


def _on_groups(groups: int, recordings: int) -> str:
    if recordings == 1:
        return "There is one recording only: no interval can be given."
    if groups == 1:
        return (
            "All recordings come from one group: the intervals are over its recordings and say "
            "nothing of other groups."
        )
    if groups < ROUGH_BELOW:
        return f"The intervals are rough: the recordings come from {groups} groups only."
    return ""


def _on_the_edge(found: Bootstrap, metric: Metric) -> str:
    if metric.range == "proportion" and found.metric(metric.name).value == 1:
        return (
            "Every recording is right: the lower end is what "
            f"{counted(found.groups, 'group')} without an error can vouch for."
        )
    return ""


def _on_folds(folds: Sequence[NamedScore]) -> str:
    single = [fold.name for fold in folds if fold.groups == 1]
    if not single:
        return ""
    which = "Each fold holds" if len(single) == len(folds) else f"Folds {first_five(single)} hold"
    return (
        f"{which} a single group: a fold's interval is over its recordings and says nothing of "
        "other groups."
    )
