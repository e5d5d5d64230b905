"""What to know before believing the numbers, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tonotope._wording import counted, first_five
from tonotope.evaluation.class_metrics import ClassScores, Estimate
from tonotope.evaluation.intervals import ROUGH_BELOW


def notes_on(
    score: Estimate,
    *,
    groups: int,
    recordings: int,
    per_class: Sequence[ClassScores],
    folds: Mapping[str, int],
    baselines: int,
) -> tuple[str, ...]:
    """The sentences that belong beside an evaluation.

    Args:
        score: the figure that counts.
        groups: how many groups the recordings come from.
        recordings: how many there are.
        per_class: how each class fared.
        folds: how many groups each fold holds.
        baselines: how many baselines there are.
    """
    found = [
        _on_groups(groups, recordings),
        _on_the_edge(score, groups),
        _on_folds(folds),
        *_on_classes(per_class),
        "" if baselines else _ALONE,
    ]
    return tuple(sentence for sentence in found if sentence)


def notes_on_columns(
    *,
    groups: int,
    recordings: int,
    folds: Mapping[str, int],
    baselines: int,
    unknown: Sequence[str],
    absent: Sequence[str],
) -> tuple[str, ...]:
    """The sentences that belong beside an evaluation of quantities or tags.

    Args:
        groups: how many groups the recordings come from.
        recordings: how many there are.
        folds: how many groups each fold holds.
        baselines: how many baselines there are.
        unknown: what nobody measured in the test part.
        absent: tags that no recording of the test part bears.
    """
    found = [
        _on_groups(groups, recordings),
        _on_folds(folds),
        f"Not known of any recording judged: {first_five(unknown)}." if unknown else "",
        f"Borne by no recording judged, so that recall is undefined: {first_five(absent)}."
        if absent
        else "",
        "" if baselines else _ALONE,
    ]
    return tuple(sentence for sentence in found if sentence)


_ALONE = "There is no baseline: nothing says how much of the score comes free."


def _on_groups(groups: int, recordings: int) -> str:
    if recordings == 1:
        return "There is one recording only: no interval can be given."
    if groups == 1:
        return (
            "All recordings come from one group: the intervals are over its recordings and say "
            "nothing of other groups."
        )
    if groups < ROUGH_BELOW:
        return f"The intervals are rough: the recordings come from {groups} groups only."
    return ""


def _on_the_edge(score: Estimate, groups: int) -> str:
    if score.value == 1:
        return (
            f"Every recording is right: the lower end is what {counted(groups, 'group')} without "
            "an error can vouch for."
        )
    return ""


def _on_folds(folds: Mapping[str, int]) -> str:
    single = [name for name, groups in folds.items() if groups == 1]
    if not single:
        return ""
    which = "Each fold holds" if len(single) == len(folds) else f"Folds {first_five(single)} hold"
    return (
        f"{which} a single group: a fold's interval is over its recordings and says nothing of "
        "other groups."
    )


def _on_classes(per_class: Sequence[ClassScores]) -> list[str]:
    absent = [one.name for one in per_class if not one.n]
    unnamed = [one.name for one in per_class if not one.named]
    single = [one.name for one in per_class if one.groups == 1]
    found = []
    if absent:
        found.append(f"Not in the test part, so that recall is undefined: {first_five(absent)}.")
    if unnamed:
        found.append(f"Never predicted, so that precision is undefined: {first_five(unnamed)}.")
    if single:
        found.append(f"From one group only, so that recall has no interval: {first_five(single)}.")
    return found
