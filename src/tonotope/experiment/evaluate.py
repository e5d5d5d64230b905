"""`tt.evaluate`: the predictions of all folds evaluated together, with the baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import tonotope.evaluation.evaluate as evaluation
from tonotope._errors import DataError, ExperimentError, TonotopeError
from tonotope._progress import SILENT, Progress
from tonotope._wording import counted, first_five
from tonotope.answers import Answer, AnswerTable
from tonotope.datasets.split import Split
from tonotope.evaluation.plan import EvaluationPlan, why_not
from tonotope.evaluation.rejection import measure_rejection
from tonotope.evaluation.result import Evaluation
from tonotope.experiment.request import ResolvedExperiment
from tonotope.experiment.run_folder import Run, load
from tonotope.experiment.spec import Experiment
from tonotope.runtime.interrupt import Interrupted

if TYPE_CHECKING:
    from tonotope.experiment.prepared_data import PreparedData


def evaluate(
    run: Run | AnswerTable | str | Path,
    plan: EvaluationPlan | None = None,
    *,
    baselines: Mapping[str, AnswerTable] | None = None,
    seed: int | None = None,
    progress: Progress = SILENT,
) -> Evaluation:
    """Evaluate the predictions of a run again, by its own plan or by another.

    The baselines of the plan learn from the recordings of the training part again, so these must
    still be there. A plan with `baselines=()` needs the run folder alone.

    Args:
        run: a run, its folder, or a table of predictions.
        plan: the figure that counts, the baselines, the confidence; None takes the run's own.
        baselines: beside a table: the predictions of other methods for the same recordings.
        seed: of the resamples; None takes the run's own.
        progress: follows the decoding of the recordings.

    Returns:
        The evaluation; of several tasks that of the first, with all of them in `tasks`.

    Raises:
        ExperimentError: no run lies there, or the plan does not fit what its head answers.
        DataError: the predictions cannot be read, or the recordings are no longer there.
    """
    if isinstance(run, AnswerTable):
        return evaluation.evaluate(run, baselines, plan, seed=seed or 0)
    if baselines:
        raise DataError(
            "baselines: the tables of other methods stand beside a table of predictions; of a run"
            " name them in a plan: EvaluationPlan(baselines=(...))"
        )
    run = run if isinstance(run, Run) else load(run)
    experiment = run.experiment
    if run.head is not None:  # written in Python
        experiment = experiment.model_copy(update={"head": run.head})
    if plan is not None:
        if not isinstance(plan, EvaluationPlan):
            raise ExperimentError(
                f"plan = {plan!r}: an EvaluationPlan would fit, such as"
                ' tt.EvaluationPlan(metric="balanced-accuracy")'
            )
        if wrong := why_not(plan, experiment.head.answers):
            raise ExperimentError(wrong)
        experiment = experiment.model_copy(update={"evaluation": plan})
    if seed is not None:
        experiment = experiment.model_copy(update={"seed": seed})
    data = _data_again(run, progress) if experiment.evaluation.baselines else None
    folds = [
        {name: _of_fold(table, part.fold or "") for name, table in run.tables.items()}
        for part in run.splits
    ]
    return evaluate_folds(
        experiment, data, run.splits, folds, run.uncalibrated, rejections_of(run)
    )[1]


def rejections_of(run: Run) -> dict[str, list[dict[str, float]]]:
    """By answer, the scores below which each fold's model names no class.

    A mapping is empty where a model has none; there is nothing where a model is lost.
    """
    from tonotope.model.serialise import read_description

    try:
        heads = [read_description(run.part(fold))[0].head for fold in run.folds or (None,)]
    except TonotopeError:
        return {}
    return {
        answer.name: [
            dict(zip(own.columns, head.rejection.get(own.name, ()), strict=False))
            for head in heads
            for own in head.answers
            if own.name == answer.name
        ]
        for answer in heads[0].answers
    }


def evaluate_folds(
    experiment: Experiment,
    data: PreparedData | None,
    splits: Sequence[Split],
    predicted: Sequence[Mapping[str, AnswerTable]],
    uncalibrated: Mapping[str, AnswerTable] | None = None,
    rejections: Mapping[str, Sequence[Mapping[str, float]]] | None = None,
) -> tuple[dict[str, AnswerTable], Evaluation]:
    """Join the predictions of all folds, and evaluate them beside the baselines.

    Args:
        experiment: with the plan and the seed.
        data: the recordings; None where the plan has no baselines.
        splits: the split, or one for each fold.
        predicted: for each of them the table of each answer.
        uncalibrated: the joined tables of answers with a temperature, as they are without it.
        rejections: by answer, for each of the splits the score below which each class is not named.

    Returns:
        The joined tables, and the evaluation of the first answer, with all of them in `tasks`.
    """
    head = experiment.head
    tables: dict[str, AnswerTable] = {}
    found: dict[str, Evaluation] = {}
    for answer in head.answers:
        own = [one[answer.name] for one in predicted]
        table = type(own[0])
        plan = experiment.evaluation.of(answer)
        baselines, failed = _baselines(plan, experiment, answer, data, splits, own)
        pooled = tables[answer.name] = table.joined(own)
        judged = evaluation.evaluate(pooled, baselines, plan, seed=experiment.seed)
        details = {**judged.details, **_calibration(pooled, (uncalibrated or {}).get(answer.name))}
        limits = (rejections or {}).get(answer.name) or ()
        none = measure_rejection(own, limits, plan, experiment.seed)
        details |= {} if none is None else {"none_of_these": none}
        found[answer.name] = replace(judged, notes=(*judged.notes, *failed), details=details)
    first = next(iter(found.values()))
    return tables, first if len(found) == 1 else replace(first, tasks=found)


def _calibration(table: AnswerTable, uncalibrated: AnswerTable | None) -> dict[str, object]:
    """How honest the scores are, and how honest they would be without a temperature."""
    after = table.calibration()
    if after is None:
        return {}
    before = None if uncalibrated is None else uncalibrated.calibration()
    return {"calibration": {"before": before, "after": after}}


def _baselines(
    plan: EvaluationPlan,
    experiment: Experiment,
    answer: Answer,
    data: PreparedData | None,
    splits: Sequence[Split],
    predicted: Sequence[AnswerTable],
) -> tuple[dict[str, AnswerTable], list[str]]:
    """The baselines that can be computed, all folds joined, and a sentence on each that cannot.

    They come after the training, which must not be lost for them.
    """
    from tonotope.experiment.train_fold import steps_of

    head, steps = experiment.head, steps_of(experiment.head)
    found: dict[str, AnswerTable] = {}
    failed: list[str] = []
    for name in plan.baselines:
        try:
            parts = [
                steps.baseline(name, head, answer, data, part, one)
                for part, one in zip(splits, predicted, strict=True)
            ]
        except Interrupted:
            raise
        except Exception as error:
            failed.append(
                f"The baseline `{name}` could not be computed ({type(error).__name__}: {error}); "
                "everything else is complete."
            )
        else:
            found[name] = type(predicted[0]).joined(parts)
    return found, failed


def _data_again(run: Run, progress: Progress) -> PreparedData:
    """The recordings of a run, decoded once more or found in the cache."""
    from tonotope.experiment.prepared_data import prepare_data

    base = Path(run.environment.get("folder") or run.folder)
    data = prepare_data(ResolvedExperiment(run.experiment, base, run.manifest), progress)
    there = {one.id for one in data.recordings}
    lost = sorted({name for part in run.splits for name in (*part.train, *part.test)} - there)
    if lost:
        raise DataError(
            f"{counted(len(lost), 'recording')} of {run.name} can no longer be read"
            f" ({first_five(lost)}), and the baselines learn from them: put back what is lost, or"
            " take a plan with baselines=()"
        )
    return data


def _of_fold(table: AnswerTable, fold: str) -> AnswerTable:
    return table.take([row for row, name in enumerate(table.folds) if name == fold])
