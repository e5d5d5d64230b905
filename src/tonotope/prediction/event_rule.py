"""The rule by which a run finds events: thresholds asked for or drawn from validation, lengths.

`auto` is drawn from recordings that the network did not learn from. For one class of several it is
the score that 95 % of the rightly named recordings reach (`heads/rejection.py`), for tags the
threshold of the tag. Where a model has none, it is 0.5, and that is said. Beside a class of
background it is 0.8 at most: windows that hold a part of a short sound only may well be background,
so the mean of the windows around it does not reach the score of a sound that is heard alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np

from tonotope._errors import ExperimentError, did_you_mean
from tonotope._progress import SILENT, Progress
from tonotope._wording import first_five
from tonotope.answers import Answer, table_of
from tonotope.datasets.background_class import is_background
from tonotope.prediction.ensemble import Ensemble
from tonotope.prediction.events import EventRule
from tonotope.prediction.hop_evidence import SILENT_BELOW

Threshold = float | Literal["auto"] | Mapping[str, float | str]

ALL = "*"
"""In a mapping of thresholds: every class that is not named."""

LEAVE = 0.8
"""An event lasts while the evidence stays above this share of its threshold."""

HOPS = 4
"""Windows begin this often in a clip, unless a hop is asked for."""

UNKNOWN = 0.5
"""The threshold of a class where nothing was learnt about it."""

MOST_BESIDE_BACKGROUND = 0.8
"""`auto` is at most this where a class of background is what else a window may hold."""

MOST_S = 86_400.0


class RuleOfRun(NamedTuple):
    """A rule, and what is written beside the events that it finds.

    Attributes:
        rule: how evidence becomes events.
        hop_steps: from one window to the next, in frames.
        settings: every parameter by name, as JSON.
    """

    rule: EventRule
    hop_steps: int
    settings: dict[str, Any]


def rule_of(
    ensemble: Ensemble,
    *,
    threshold: Threshold = "auto",
    min_length_s: float | None = None,
    merge_s: float | None = None,
    hop_s: float | None = None,
    progress: Progress = SILENT,
) -> RuleOfRun:
    """The rule for some models.

    Args:
        ensemble: the models.
        threshold: the evidence that an event reaches: one number for every class, or one for each
            that is named, `*` for the others; the rest is `auto`.
        min_length_s: shorter events are dropped; None is none, but what is heard for less
            than half a clip, though evidence is smeared over a clip, is no event.
        merge_s: events of a class nearer than this become one; None is half a clip.
        hop_s: from one window to the next; None is a quarter of a clip.
        progress: is told where `auto` is not known.

    Raises:
        ExperimentError: the models answer with no classes and no tags, or a value does not fit.
    """
    layout = ensemble.layout
    asked = [one for one in layout.answers if _names_what_is_heard(one)]
    if not asked:
        kinds = " and ".join(dict.fromkeys(table_of(one).phrase for one in layout.answers))
        raise ExperimentError(
            f"events are stretches of a class or a tag, and these models answer with {kinds};"
            " take a row for each window (--windows, per = 'window')"
        )
    labels, of_answer = [""] * len(layout.columns), {one.name: one for one in asked}
    for name, answer in of_answer.items():
        prefix = f"{name}: " if len(layout.answers) > 1 else ""
        for at, column in enumerate(answer.columns, start=layout.places[name].start):
            labels[at] = prefix + column
    clip_s = ensemble.clip_samples / ensemble.rate_hz
    hop_steps = ensemble.hop_steps(clip_s / HOPS if hop_s is None else hop_s)
    hop = hop_steps * ensemble.representation.hop_samples
    merge_s = _length("merge_s", clip_s / 2 if merge_s is None else merge_s)
    enter, where_from = _thresholds(ensemble, asked, labels, threshold, progress)
    columns = [column for one in layout.answers for column in one.columns]
    behind = [bool(name) and is_background(column)
              for name, column in zip(labels, columns, strict=True)]  # fmt: skip
    rule = EventRule(
        labels=tuple("" if left else name for name, left in zip(labels, behind, strict=True)),
        enter=enter,
        leave=LEAVE * enter,
        rivals=tuple(layout.places[one.name] for one in asked if table_of(one).one_label),
        rate_hz=ensemble.rate_hz,
        hop=hop,
        clip=ensemble.clip_samples,
        merge_s=merge_s,
        min_length_s=_length("min_length_s", min_length_s or 0.0),
        least_heard=ensemble.clip_samples // 2 if min_length_s is None else 0,
    )
    named = [at for at, name in enumerate(rule.labels) if name]
    settings = {
        "thresholds": {rule.labels[at]: round(float(enter[at]), 6) for at in named},
        "thresholds_from": {rule.labels[at]: where_from[at] for at in named},
        "leave_share": LEAVE,
        "merge_s": merge_s,
        "min_length_s": rule.min_length_s,
        "min_heard_s": rule.least_heard / ensemble.rate_hz,
        "hop_s": hop / ensemble.rate_hz,
        "clip_s": clip_s,
        "silent_below": SILENT_BELOW,
        "background": [name for name, left in zip(labels, behind, strict=True) if left],
        "score": "mean-evidence",
    }
    return RuleOfRun(rule, hop_steps, settings)


def _names_what_is_heard(answer: Answer) -> bool:
    table = table_of(answer)
    return table.one_label or table.yes_or_no


def _length(name: str, seconds: float) -> float:
    if not (math.isfinite(seconds) and 0 <= seconds <= MOST_S):
        raise ExperimentError(
            f"{name} = {seconds:g}: a length in seconds fits, from 0 to {MOST_S:g} (a day)"
        )
    return float(seconds)


def _thresholds(
    ensemble: Ensemble,
    asked: Iterable[Answer],
    labels: list[str],
    threshold: Threshold,
    progress: Progress,
) -> tuple[np.ndarray, list[str]]:
    """(column,) the threshold of each column, and where each comes from."""
    layout = ensemble.layout
    by_name = {ALL: threshold} if isinstance(threshold, float | int | str) else {**threshold}
    others = by_name.pop(ALL, "auto")
    found = np.full(len(labels), np.inf)
    where_from = [""] * len(labels)
    given = _given(by_name, labels, layout.columns)
    unknown: list[str] = []
    for answer in asked:
        own, known = ensemble.thresholds(answer)
        beside = table_of(answer).one_label and any(map(is_background, answer.columns))
        for at in range(len(answer.columns)):
            column = layout.places[answer.name].start + at
            value = given.get(column, others)
            if value != "auto":
                found[column], where_from[column] = _share(value), "given"
            elif known[at] and beside and own[at] > MOST_BESIDE_BACKGROUND:
                found[column], where_from[column] = MOST_BESIDE_BACKGROUND, "background"
            elif known[at]:
                found[column], where_from[column] = own[at], "validation"
            else:
                found[column], where_from[column] = UNKNOWN, "unknown"
                unknown.append(labels[column])
    if unknown:
        progress.say(
            f"the models say of no score that validation recordings reached it ("
            f"{first_five(unknown)}): the threshold is {UNKNOWN:g} there, unless you give one"
        )
    return found, where_from


def _given(
    by_name: Mapping[str, float | str], labels: list[str], columns: tuple[str, ...]
) -> dict[int, float | str]:
    """The columns that names mean: with the name of the task, or without where one alone has it."""
    found: dict[int, float | str] = {}
    for name, value in by_name.items():
        places = [at for at, label in enumerate(labels) if label and name in (label, columns[at])]
        if len(places) > 1:
            choices = ", ".join(f"`{labels[at]}`" for at in places)
            raise ExperimentError(f"a threshold for `{name}`: several are called so ({choices})")
        if not places:
            known = [label for label in labels if label]
            raise ExperimentError(
                f"a threshold for `{name}`: no class or tag is called so; there are:"
                f" {first_five(known)}{did_you_mean(name, known)}"
            )
        found[places[0]] = value
    return found


def _share(value: object) -> float:
    try:
        number = float(value)  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number <= 1:
        raise ExperimentError(
            f"a threshold of {value!s:.40}: a number above 0 and up to 1 fits, such as 0.5, or"
            " `auto`"
        )
    return number
