"""What each recording is to be predicted as: its tags and its numbers, as the head reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from tonotope._errors import TonotopeError
from tonotope._wording import counted, first_five
from tonotope.answers import is_known, table_of
from tonotope.datasets.labels import tag_warnings
from tonotope.datasets.manifest import Recording
from tonotope.datasets.quantities import Quantity
from tonotope.experiment import target_columns
from tonotope.experiment.spec import Experiment


def tags_and_quantities(
    experiment: Experiment, recordings: Sequence[Recording]
) -> tuple[dict[str, list[str]], dict[str, dict[str, float]]]:
    """The tags of each recording by its id, and each quantity by its name and the ids.

    Both are empty where the head asks for neither, or refuses the recordings.
    """
    tags: dict[str, list[str]] = {}
    quantities: dict[str, dict[str, float]] = {}
    rows = target_columns.rows(experiment, recordings)
    try:
        head = experiment.head.fit_targets(rows)
        found = head.answer_targets(rows)
    except TonotopeError:
        return {}, {}
    for answer in head.answers:
        values = found.get(answer.name)
        if not is_known(answer) or not isinstance(values, np.ndarray) or values.ndim != 2:
            continue
        for column, of_all in zip(answer.columns, values.T, strict=True):
            by_id = {one.id: float(value) for one, value in zip(recordings, of_all, strict=True)}
            if not table_of(answer).yes_or_no:
                quantities[column] = by_id
                continue
            for name in (name for name, value in by_id.items() if value > 0.5):
                tags.setdefault(name, []).append(column)
    return tags, quantities


def told_targets(experiment: Experiment, recordings: Sequence[Recording]) -> list[str]:
    """A sentence for each column of classes among several targets, and on empty cells of tags."""
    rows = target_columns.rows(experiment, recordings)
    if target_columns.by_label(experiment.head):
        return []
    try:
        head = experiment.head.fit_targets(rows)
        found = head.answer_targets(rows)
    except TonotopeError:
        return []
    said = []
    for answer in head.answers:
        values = found.get(answer.name)
        if values is None or not is_known(answer):
            continue
        if table_of(answer).one_label and not isinstance(values, np.ndarray):
            counts = Counter(str(label) for label in values if label)
            empty = len(values) - counts.total()
            named = first_five([f"{name} {count:,}" for name, count in counts.most_common()])
            there = counted(len(counts), "class", "classes")
            cells = f"; {counted(empty, 'empty cell')}" if empty else ""
            said.append(f"`{answer.name}`: {there} ({named}){cells}")
        elif isinstance(values, np.ndarray) and table_of(answer).yes_or_no:
            empty = int(np.isnan(values).all(axis=1).sum())
            there = counted(len(answer.columns), "tag")
            if empty:
                said.append(f"`{answer.name}`: {there}; {counted(empty, 'empty cell')}")
    return said


def target_doubts(experiment: Experiment, recordings: Sequence[Recording]) -> list[str]:
    """Questions about tags that may be the same and numbers that may mean `unknown`."""
    tags, quantities = tags_and_quantities(experiment, recordings)
    found = [Quantity.of(name, [*of.values()]) for name, of in quantities.items()]
    return [
        *tag_warnings(tag for own in tags.values() for tag in own),
        *(doubt for one in found if one for doubt in one.doubts()),
    ]
