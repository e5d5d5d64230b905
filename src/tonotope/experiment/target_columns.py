"""Which columns of the manifest a head needs, and rows whose target is missing or does not fit.

A classifier alone uses the column that `data.label` names: its classes have equal shares in all
parts of a split, and a recording without a label is in no part. Any other head names its columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tonotope.datasets.manifest import Manifest, Recording
from tonotope.experiment.head_needs import by_label
from tonotope.experiment.spec import Experiment
from tonotope.heads import Task
from tonotope.heads.classify import LABEL


def targets(head: Task) -> tuple[str, ...] | None:
    """The columns that a head needs; None where it needs the label."""
    return None if by_label(head) else head.columns


def label(experiment: Experiment) -> str | None:
    """The column whose classes are stratified by a split; None where there are no classes."""
    return experiment.data.label if by_label(experiment.head) else None


def rows(experiment: Experiment, recordings: Sequence[Recording]) -> tuple[dict[str, str], ...]:
    """The targets of each recording; the label has the name that heads use."""
    if not by_label(experiment.head):
        return tuple(dict(one.targets) for one in recordings)
    return tuple(_with_label(one.targets, experiment.data.label) for one in recordings)


def refuse_misfits(experiment: Experiment, manifest: Manifest) -> None:
    """Refuse recordings whose targets do not fit the head, before any of them is decoded.

    Raises:
        DataError: names the recordings, and what would fit.
    """
    recordings = manifest.recordings
    experiment.head.check(rows(experiment, recordings), [one.id for one in recordings])


def _with_label(targets: Mapping[str, str], column: str) -> dict[str, str]:
    row = dict(targets)
    if column in row:
        row[LABEL] = row[column]
    else:
        row.pop(LABEL, None)
    return row
