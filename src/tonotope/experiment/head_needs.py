"""What a head asks of the recordings: one label each, or columns; whether nothing is an answer."""

from __future__ import annotations

from tonotope.answers import is_known, table_of
from tonotope.heads import Task
from tonotope.heads.classify import LABEL


def by_label(head: Task) -> bool:
    """Whether a head needs one label per recording, that of `data.label`."""
    answers = head.answers
    if len(answers) != 1 or head.columns != (LABEL,) or not is_known(answers[0]):
        return False
    return table_of(answers[0]).one_label


def background_misfit(head: Task) -> str:
    """Why examples of no class (`data.background`) do not fit a head; empty if they do."""
    answers = head.answers
    tags = len(answers) == 1 and is_known(answers[0]) and table_of(answers[0]).yes_or_no
    if tags or by_label(head):
        return ""
    return (
        'data.background = "unlabelled" makes examples of no class or of no tag, and goes with '
        'head.kind = "classify" or "tag" alone: leave it out'
    )
