"""`tt.compare`: finished runs read and compared on the recordings that all of them predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import tonotope.evaluation.compare as comparison
from tonotope._errors import DataError
from tonotope.answers import AnswerTable
from tonotope.evaluation.compare import Comparison
from tonotope.evaluation.plan import EvaluationPlan
from tonotope.experiment.run_folder import Run, load

Compared: TypeAlias = Run | AnswerTable | str | Path


def compare(
    *runs: Compared | Mapping[str, Compared],
    plan: EvaluationPlan | None = None,
    seed: int = 0,
) -> Comparison:
    """Which run is better, and how sure that is.

    The comparison is paired, on the same recordings: what makes a recording hard for all runs
    drops out of the difference.

    Args:
        *runs: two runs or more, or their folders; or one mapping from names to runs or to tables
            of predictions.
        plan: the figure that counts and the confidence; None takes those of the first run.
        seed: of the resamples.

    Raises:
        ExperimentError: no run lies in a folder.
        DataError: the runs are fewer than two, about other recordings, or of different kinds.
    """
    named = runs[0] if len(runs) == 1 and isinstance(runs[0], Mapping) else None
    found = [_loaded(one) for one in (named.values() if named is not None else runs)]
    if plan is None:
        plan = next((one.experiment.evaluation for one in found if isinstance(one, Run)), None)
    names = list(named) if named is not None else _names(found)
    tables = [one.predictions if isinstance(one, Run) else one for one in found]
    return comparison.compare(dict(zip(names, tables, strict=True)), plan, seed=seed)


def _loaded(run: object) -> Run | AnswerTable:
    if isinstance(run, Run | AnswerTable):
        return run
    if isinstance(run, str | Path):
        return load(run)
    raise DataError(f"{type(run).__name__}: a run, its folder, or a table of predictions would fit")


def _names(found: Sequence[Run | AnswerTable]) -> list[str]:
    """The runs by their folders, with the folder around them where two have the same name."""
    names = [one.name if isinstance(one, Run) else "predictions" for one in found]
    if len(set(names)) == len(names):
        return names
    names = [str(one.folder) if isinstance(one, Run) else "predictions" for one in found]
    return [
        f"{name} ({number})" if names.count(name) > 1 else name
        for number, name in enumerate(names, 1)
    ]
