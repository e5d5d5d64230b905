"""Which column of a model's scores belongs to which answer; from scores to tables.

However many questions a head asks, its scores travel through windows and votes side by side, as
the columns of one matrix; only here are they split again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from tonotope._errors import ExperimentError
from tonotope.answers import Answer, AnswerTable, table_of
from tonotope.heads import Task

if TYPE_CHECKING:
    from tonotope.heads.task import AnswerTargets


@dataclass(frozen=True)
class Layout:
    """Where among the columns of a matrix of scores each answer of a head stands.

    Attributes:
        answers: in the order of their columns.

    >>> both = Layout((Answer("a", "class", ("x", "y")), Answer("b", "numbers", ("hz",))))
    >>> both.columns, both.places["b"]
    (('x', 'y', 'hz'), slice(2, 3, None))
    """

    answers: tuple[Answer, ...]

    @classmethod
    def of(cls, task: Task) -> Layout:
        """The layout of what a head says.

        Raises:
            ExperimentError: it says nothing that could be written down.
        """
        answers = task.answers
        if not answers or not all(one.columns for one in answers):
            kind = getattr(task, "kind", type(task).__name__)
            raise ExperimentError(
                f"a head of kind `{kind}` does not say what its scores stand for: classes,"
                " quantities or tags (`answers` of a Task in Python)"
            )
        return cls(answers)

    @property
    def columns(self) -> tuple[str, ...]:
        """What each column stands for."""
        return tuple(name for one in self.answers for name in one.columns)

    @cached_property
    def places(self) -> dict[str, slice]:
        """The columns of each answer."""
        found, first = {}, 0
        for one in self.answers:
            found[one.name] = slice(first, first + len(one.columns))
            first += len(one.columns)
        return found

    def split(self, scores: np.ndarray) -> dict[str, np.ndarray]:
        """The scores of each answer, (..., column) each."""
        return {name: scores[..., place] for name, place in self.places.items()}


def decide(task: Task, scores: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What a head decides from scores: indices of classes, quantities, or whether tags are given.

    Args:
        task: the head.
        scores: (recording, column) for each answer.
    """
    import torch

    given = {name: torch.from_numpy(np.asarray(one, np.float32)) for name, one in scores.items()}
    return {name: one.numpy() for name, one in task.decide(given).items()}


def tables_of(
    task: Task,
    scores: np.ndarray,
    truth: Mapping[str, AnswerTargets],
    *,
    ids: Sequence[str],
    groups: Sequence[str],
    folds: Sequence[str | None],
) -> dict[str, AnswerTable]:
    """A table of predictions for each answer, of the recordings whose truth is known.

    Args:
        task: the head.
        scores: (recording, column) of all answers side by side.
        truth: from `task.answer_targets`, of these recordings.
        ids: one per recording.
        groups: the group of each.
        folds: the fold of each, or None.
    """
    layout = Layout.of(task)
    by_answer = layout.split(scores)
    decisions = decide(task, by_answer)
    tables: dict[str, AnswerTable] = {}
    for answer in layout.answers:
        true = truth[answer.name]
        rows = [row for row, one in enumerate(true) if _is_known(one)]
        who: dict[str, Any] = {
            "ids": tuple(ids[row] for row in rows),
            "groups": tuple(groups[row] for row in rows),
            "folds": tuple(folds[row] or "" for row in rows),
        }
        tables[answer.name] = table_of(answer).of_scores(
            answer,
            by_answer[answer.name][rows],
            decisions[answer.name][rows],
            [true[row] for row in rows] if isinstance(true, list) else true[rows],
            who,
        )
    return tables


def _is_known(truth: str | np.ndarray | None) -> bool:
    if truth is None or isinstance(truth, str):
        return truth is not None
    return bool(np.isfinite(truth).any())
