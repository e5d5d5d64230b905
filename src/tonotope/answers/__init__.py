"""What a head answers, one file a kind: table, metrics, rows, baselines; listed in `KINDS`.

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

__all__ = ["KINDS", "Answer", "AnswerTable", "is_known", "kind_word", "table_of"]


def table_of(answer: Answer) -> type[AnswerTable]:
    """The table of an answer.

    Raises:
        ExperimentError: the kind was written outside the package, and its class is not there, or
            one of its metrics or baselines has a name that files cannot tell from a mistake.
    """
    kind = answer.kind
    if isinstance(kind, type):
        _check_names(kind)
        return kind
    if kind not in KINDS:
        raise ExperimentError(
            f"`{answer.name}` is an answer of the kind `{kind}`, which was written in Python"
            " outside tonotope, and no code is run from a file: pass its head again, as in"
            " tonotope.load(run, head=...)"
        )
    return KINDS[kind]


def is_known(answer: Answer) -> bool:
    """Whether the table of an answer is at hand: not of a foreign kind that a file names."""
    return isinstance(answer.kind, type) or answer.kind in KINDS


def kind_word(kind: str | type[AnswerTable]) -> str:
    """The word for a kind of answer in files."""
    return kind if isinstance(kind, str) else kind.kind


def _check_names(table: type[AnswerTable]) -> None:
    """Refuse names that would be taken for a slip in a file that is read without the class."""
    own = KINDS.get(table.kind)
    if own is not None and own is not table:
        raise ExperimentError(
            f"{table.__name__} is called `{table.kind}` (`kind`), as {own.__name__} of tonotope is,"
            " and a file would be read as that: give the class a `kind` of its own, such as"
            f' kind = "my-{table.kind}"'
        )
    known = {one.name for own in KINDS.values() for one in (*own.metrics, *own.baselines)}
    for one in (*table.metrics, *table.baselines):
        if one.name not in known and ":" not in one.name:
            raise ExperimentError(
                f"{table.__name__}: `{one.name}` is a name of your own; experiment files know it"
                f' as one by a colon: call it "{table.kind}:{one.name}"'
            )
