"""Temperatures of folds without validation, each fitted on the predictions for the other folds.

With them the scores below which a sound is none of the classes (`reject_below`).

A fold has no recordings to spare for validation. But the models of the other folds predicted
recordings that they did not learn from, and networks trained alike are sure alike. So the
temperature of a fold comes from the test parts of all others, and its own test part has no say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from tonotope._errors import DataError
from tonotope._progress import Progress
from tonotope.answers import AnswerTable
from tonotope.datasets.split import Split
from tonotope.experiment import labelled_fold, run_files, run_folder
from tonotope.experiment.prepared_data import PreparedData
from tonotope.experiment.run_folder import Run
from tonotope.experiment.spec import Experiment
from tonotope.heads import Task
from tonotope.prediction.calibrate import with_rejection, with_temperature


def calibrate_folds(
    run: Run,
    experiment: Experiment,
    data: PreparedData,
    splits: Sequence[Split],
    predicted: Sequence[Mapping[str, AnswerTable]],
    progress: Progress,
) -> Sequence[Mapping[str, AnswerTable]]:
    """Give the model of each fold its temperature, and predict with it.

    It begins from the models at temperature 1, so that a call after a stop gives the same.

    Returns:
        for each fold the table of each answer; `predicted` itself where there is nothing to do.
    """
    if not _wanted(experiment.head, splits):
        return predicted
    known = run_folder.with_code(run.folder, experiment)
    models = [known.judged_model(one.fold) for one in splits]
    heads = [model.description.head.uncalibrated() for model in models]
    windows = [
        labelled_fold.windows_of_test(model, data, one, progress)
        for model, one in zip(models, splits, strict=True)
    ]
    targets = [_targets(head, data, one) for head, one in zip(heads, splits, strict=True)]
    found: list[Mapping[str, AnswerTable]] = []
    for at, (model, part, head) in enumerate(zip(models, splits, heads, strict=True)):
        others = [
            (windows[other], own)
            for other, own in enumerate(targets)
            if other != at and own is not None and heads[other].answers == head.answers
        ]
        scored, truth = [one for one, _ in others], [own for _, own in others]
        fitted = with_temperature(head, scored, truth)
        fitted = with_rejection(fitted, scored, truth)
        if fitted == head:
            if not others and head.answers:
                progress.say(
                    f"fold {part.fold}: the other folds have other classes or unknown labels, so"
                    " its scores have no temperature"
                )
            found.append(predicted[at])
            continue
        folder = run.part(part.fold)
        model.with_head(fitted).save(folder)
        tables = labelled_fold.tables(fitted, windows[at], data, part, folder)
        files = run_files.prediction_files(folder, fitted.answers)
        for name, table in tables.items():
            table.write_csv(files[name])
        found.append(tables)
    return found


def _wanted(head: Task, splits: Sequence[Split]) -> bool:
    """Whether there are folds without validation, and a head whose temperature is left open."""
    if len(splits) < 2 or any(one.validation for one in splits):
        return False
    learns = type(head).fit_temperature is not Task.fit_temperature
    return learns and head.noise is None and head.uncalibrated() is head


def _targets(head: Task, data: PreparedData, part: Split) -> dict[str, torch.Tensor] | None:
    """The targets of the test part; None where one of them is unknown to the head."""
    rows = [data.rows[number] for number in data.at(part.test)]
    try:
        encoded = head.encode_targets(rows)
    except DataError:
        return None
    return {name: torch.from_numpy(one) for name, one in encoded.items()}
