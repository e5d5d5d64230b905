"""What the head of an experiment asks of the recordings, and whether they can answer.

A classifier alone is judged by the labels that `data.label` names: they keep the parts of a split
in like mix, and a recording without one is in no part. Every other head names its own columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tonotope.answers import table_of
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.experiment.spec import Experiment
from tonotope.heads import Task
from tonotope.heads.classify import LABEL


def by_label(head: Task) -> bool:
    """Whether a head asks for one label per recording, that of `data.label`."""
    answers = head.answers
    return len(answers) == 1 and table_of(answers[0]).one_label and head.columns == (LABEL,)


def targets(head: Task) -> tuple[str, ...] | None:
    """The columns that a head asks for; None where it asks for the label."""
    return None if by_label(head) else head.columns


def label(experiment: Experiment) -> str | None:
    """The target whose classes a split keeps in like mix; None where there are no classes."""
    return experiment.data.label if by_label(experiment.head) else None


def rows(experiment: Experiment, recordings: Sequence[Recording]) -> tuple[dict[str, str], ...]:
    """The targets of each recording, the label that is judged under the name that heads know."""
    if not by_label(experiment.head):
        return tuple(dict(one.targets) for one in recordings)
    return tuple(_named(one.targets, experiment.data.label) for one in recordings)


def refuse_misfits(experiment: Experiment, manifest: Manifest) -> None:
    """Refuse recordings whose targets do not fit the head, before any of them is decoded.

    Raises:
        DataError: names the recordings, and what would fit.
    """
    recordings = manifest.recordings
    experiment.head.check(rows(experiment, recordings), [one.id for one in recordings])


def _named(given: Mapping[str, str], column: str) -> dict[str, str]:
    row = dict(given)
    if column in row:
        row[LABEL] = row[column]
    else:
        row.pop(LABEL, None)
    return row
