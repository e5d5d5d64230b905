"""What `run` needs of recordings (classes, groups, targets, no leaks); else refused, as in `check`.

Two functions need no decoded sound: `fit_to_data` and `make_splits`. `without_unread` and
`refuse_untrainable` come after decoding, when it is known which recordings cannot be read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from tonotope._errors import DataError
from tonotope.audio.noise import recordings_to_mix
from tonotope.datasets.duplicates import refuse_contradictions
from tonotope.datasets.leaks import refuse_leaks
from tonotope.datasets.manifest import Manifest, Recording
from tonotope.datasets.source import is_published
from tonotope.datasets.split import PARTS, Split, split
from tonotope.experiment import target_columns
from tonotope.experiment.data_summary import DataSummary
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
    refuse_contradictions(
        [one for one in manifest.recordings if one.id in used],
        columns,
        published=is_published(experiment.data.source),
    )
    refuse_leaks(manifest, splits)
    only = "" if label is None else only_class_tested(manifest, splits, label)
    return (replace(splits[0], notes=(*splits[0].notes, only)), *splits[1:]) if only else splits


def only_class_tested(manifest: Manifest, splits: Sequence[Split], label: str) -> str:
    """That the test parts hold one class alone, which is no test of several; empty otherwise."""
    label_of = {one.id: one.targets.get(label) for one in manifest.recordings}
    tested, used = (
        {label_of.get(name) for one in splits for part in parts for name in getattr(one, part)}
        for parts in (("test",), PARTS)
    )
    if len(tested) != 1 or len(used) < 2:
        return ""
    [name] = tested
    return (
        f"only `{name}` would be tested, of {len(used)} classes: a score of one class says nothing"
        " of the others, so there will be no verdict; each class needs a group to test besides"
        " those to learn from"
    )


def without_unread(splits: Sequence[Split], read: Collection[str]) -> tuple[Split, ...]:
    """The splits without recordings that could not be read; `read` are the ids of the others."""
    return tuple(
        replace(one, **{part: tuple(i for i in getattr(one, part) if i in read) for part in PARTS})
        for one in splits
    )


def refuse_untrainable(
    experiment: Experiment, recordings: Sequence[Recording], splits: Sequence[Split]
) -> None:
    """Refuse splits in which too little is left to train on or to evaluate, before training.

    Args:
        experiment: what is trained.
        recordings: those that could be read.
        splits: of these alone.

    Raises:
        DataError: no test part, training parts that the head cannot learn from, or a single
            recording in a part where other recordings are the noise.
    """
    from tonotope.evaluation.evaluate import NO_TEST_PART

    rows = target_columns.rows(experiment, recordings)
    head = experiment.head.fit_vocabulary(rows)
    places = {one.id: number for number, one in enumerate(recordings)}
    groups = [one.group for one in recordings]
    for one in splits:
        head.fit_targets([rows[places[name]] for name in one.train])
        if head.noise is not None and "recordings" in head.noise.kinds:
            for part in PARTS:
                recordings_to_mix([places[name] for name in getattr(one, part)], groups)
    if not any(one.test for one in splits):
        raise DataError(NO_TEST_PART)
