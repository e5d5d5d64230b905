"""What recordings must hold for an experiment; asked by `check`, `new` and `run` alike.

Everything here is known before a recording is decoded. What only the decoded sound shows (equal
sound in different files) is refused by `datasets.leaks` right after decoding.
"""

from __future__ import annotations

from tonotope.datasets.duplicates import refuse_contradictions
from tonotope.datasets.leaks import refuse_leaks
from tonotope.datasets.manifest import Manifest
from tonotope.datasets.split import Split, split
from tonotope.experiment import target_columns
from tonotope.experiment.defaults import DataSummary
from tonotope.experiment.propose import refuse_single_class, with_found_label
from tonotope.experiment.spec import Experiment


def fit_to_data(experiment: Experiment, manifest: Manifest) -> tuple[Experiment, DataSummary]:
    """The experiment with the column of labels that was found, and a summary of the recordings.

    Raises:
        DataError: there are no labels, one class alone, or targets that do not fit the head.
    """
    data, by_label = experiment.data, target_columns.by_label(experiment.head)
    data = with_found_label(data, manifest) if by_label else data
    experiment = experiment.model_copy(update={"data": data})
    summary = DataSummary.of(manifest, target_columns.label(experiment))
    if by_label:
        refuse_single_class(summary, data.label)
    target_columns.refuse_misfits(experiment, manifest)
    return experiment, summary


def make_splits(experiment: Experiment, manifest: Manifest) -> tuple[Split, ...]:
    """The split of an experiment, or one for each fold.

    Raises:
        DataError: too few groups, nothing that can be held out, a leak, or equal recordings with
            different labels; the message names them.
    """
    label = target_columns.label(experiment)
    splits = split(manifest, experiment.split, label=label)
    used = {name for one in splits for name in (*one.train, *one.validation, *one.test)}
    columns = experiment.head.columns if label is None else (label,)
    refuse_contradictions([one for one in manifest.recordings if one.id in used], columns)
    for one in splits:
        refuse_leaks(manifest, one)
    return splits
