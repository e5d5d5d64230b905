"""What a head answers, one file for each kind: its table, metrics, rows and baselines.

answer          one thing that a head answers
table           what every kind offers: `AnswerTable`
classes         one class of several; `class_counts` holds its metrics
quantities      numbers with units
tags            any of several tags
sound           a sound of the same length, judged by figures
columns_table   what the tables of quantities, tags and sound share
metric          a metric, its score over draws, an estimate with its interval
linear_models, noise_reduction   the simple methods of the baselines
si_sdr          how near a sound is to the clean one

A further kind is a file and a line in `KINDS`; one of your own is a subclass of `AnswerTable` that
the `Answer` of your head names.
"""

from __future__ import annotations

from collections.abc import Mapping

from tonotope._errors import ExperimentError
from tonotope.answers.answer import Answer
from tonotope.answers.classes import Predictions
from tonotope.answers.quantities import Quantities
from tonotope.answers.sound import Restored
from tonotope.answers.table import AnswerTable
from tonotope.answers.tags import Tagged

KINDS: Mapping[str, type[AnswerTable]] = {
    table.kind: table for table in (Predictions, Quantities, Tagged, Restored)
}

__all__ = ["KINDS", "Answer", "AnswerTable", "kind_word", "table_of"]


def table_of(answer: Answer) -> type[AnswerTable]:
    """The table of an answer.

    Raises:
        ExperimentError: the kind was written outside the package, and its class is not there.
    """
    kind = answer.kind
    if isinstance(kind, type):
        return kind
    if kind not in KINDS:
        raise ExperimentError(
            f"`{answer.name}` is an answer of the kind `{kind}`, which was written in Python"
            " outside tonotope, and no code is run from a file: pass its head again, as in"
            " tonotope.load(run, head=...)"
        )
    return KINDS[kind]


def kind_word(kind: str | type[AnswerTable]) -> str:
    """The word for a kind of answer in files."""
    return kind if isinstance(kind, str) else kind.kind
