"""From predictions of quantities or tags to the numbers of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tonotope._escape import escaped
from tonotope.answers.columns_table import Grid
from tonotope.answers.quantities import Quantities
from tonotope.answers.sound import RATIO, Restored
from tonotope.answers.tags import Tagged

MOST_POINTS = 1500

Table = dict[str, Any]


def columns(evaluation: Mapping[str, Any]) -> list[Table]:
    """How each quantity or tag fared, as the evaluation has it."""
    return [{**one, "name": escaped(str(one["name"]))} for one in evaluation["per_column"]]


def points(predictions: Grid) -> list[Table]:
    """What was said against what is true, for each quantity; nothing of tags.

    Of many recordings every so-manieth is taken, in the order of the truth, so that none is
    chosen by how well it came out.
    """
    if not isinstance(predictions, Quantities):
        return []
    found = []
    for at, name in enumerate(predictions.columns):
        if isinstance(predictions, Restored) and name != RATIO:
            continue  # errors differ by so much that most would lie in one corner
        rows = np.flatnonzero(predictions.known[:, at])
        rows = rows[np.argsort(predictions.truth[rows, at], kind="stable")]
        rows = rows[:: max(1, -(-len(rows) // MOST_POINTS))]
        found.append(
            {
                "name": escaped(name),
                "unit": escaped(predictions.units[at]),
                "n": int(predictions.known[:, at].sum()),
                "pairs": [
                    [float(predictions.truth[row, at]), float(predictions.said[row, at])]
                    for row in rows
                ],
                "files": [escaped(predictions.ids[row]) for row in rows],
            }
        )
    return found


def worst(predictions: Grid, most: int) -> list[Table]:
    """The recordings that were furthest off, one entry each, worst first; none of sounds."""
    if isinstance(predictions, Restored):
        return []
    off = predictions.wrongness
    order = sorted(range(len(predictions)), key=lambda row: (-off[row], predictions.ids[row]))
    return [_clip(predictions, row) for row in order[:most] if off[row] > 0]


def _clip(predictions: Grid, row: int) -> Table:
    """One recording: of each column what is true (None where unknown) and what was said."""
    truth = [float(one) if np.isfinite(one) else None for one in predictions.truth[row]]
    told: Table = {
        "file": escaped(predictions.ids[row]),
        "row": row,
        "columns": [escaped(name) for name in predictions.columns],
        "truth": truth,
        "said": [float(one) for one in predictions.said[row]],
        "group": escaped(predictions.groups[row]),
        "fold": escaped(predictions.folds[row]),
    }
    if isinstance(predictions, Quantities):
        told["units"] = [escaped(unit) for unit in predictions.units]
    if isinstance(predictions, Tagged):
        told["scores"] = [round(float(one), 6) for one in predictions.scores[row]]
    return told
